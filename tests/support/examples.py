"""The calls of the published examples, made again one after the other. As a program, this writes their answers anew:

PYTHONPATH=.:tests python tests/support/examples.py
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.store.tables import keys
from support.jobs import follow
from support.world import World
from support.world import world as make_world

FILE = Path(__file__).parents[2] / "api" / "examples.json"
SETTINGS: dict[str, Any] = {"jobs_per_key": 1, "job_processes": 1}
JOB = "sim-019cae4d5a0f3b9c2"  # in place of an id that has chance in it


class Names:
    """What differs from run to run, and what stands for it in the examples."""

    def __init__(self, world: World) -> None:
        with world.services.engine.connect() as connection:
            rows = connection.execute(sa.select(keys.c.id, keys.c.role)).all()
        self._shown = {key_id: f"key-of-{role}" for key_id, role in rows}

    def learn(self, real: str, shown: str) -> None:
        self._shown[real] = shown

    def shown(self, answer: Any) -> Any:
        text = json.dumps(answer)
        for real, shown in self._shown.items():
            text = text.replace(real, shown)
        return json.loads(text)

    def real(self, text: str) -> str:
        for real, shown in self._shown.items():
            text = text.replace(shown, real)
        return text


def walk(world: World, steps: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Any, Any]]:
    """Each step with the response that it got, and its answer as the examples show it."""
    names = Names(world)
    for step in steps:
        world.clock.instant_s += step.get("later_s", 0)
        method, _, path = step["call"].partition(" ")
        for name, value in step.get("path", {}).items():
            path = path.replace(f"{{{name}}}", value)
        path = names.real(path)
        if step.get("when_done"):
            follow_to_the_end(world, path)
        response = send(world, step, method, path)
        if "Location" in response.headers:
            names.learn(response.json()["id"], JOB)
        yield step, response, names.shown(response.json() if "json" in response.headers["content-type"] else response.text)


def send(world: World, step: dict[str, Any], method: str, path: str) -> Any:
    """Make the call of a step: with a JSON body, with `raw` text, with as many `spaces`, or with none."""
    who, query = step["who"], step.get("query", {})
    headers = {} if who is None else {"Authorization": f"Bearer {world.key(who)}"}
    raw = " " * step["spaces"] if "spaces" in step else step.get("raw")
    sent: dict[str, Any] = {"json": step.get("body")} if raw is None else {"content": raw}
    return world.client.request(method, path, params=query, headers=headers | ({"Content-Type": "application/json"} if raw else {}), **sent)


def follow_to_the_end(world: World, result: str) -> None:
    """Wait until a job has ended."""
    world.client.headers["Authorization"] = f"Bearer {world.keys['manager']}"
    for each in follow(world.client, result.removesuffix("/result")):
        if each["event"] == "end":
            assert each["data"]["state"] == "done", each
    del world.client.headers["Authorization"]


def rewrite() -> None:
    steps = json.loads(FILE.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, make_world(f"sqlite:///{folder}/a.db", **SETTINGS) as world:
        for step, response, answer in walk(world, steps):
            step["status"], step["answer"] = response.status_code, answer
            print(step["call"], step["status"])
    FILE.write_text(json.dumps(steps, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    rewrite()
