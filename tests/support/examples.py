"""The calls of the published examples, made again one after the other. As a program, this writes their answers anew:

PYTHONPATH=.:tests python tests/support/examples.py
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.hooks import webhooks
from api.schemas.subscriptions import EXAMPLE_URL
from api.store.tables import keys
from support.jobs import follow
from support.receiver import until
from support.world import World
from support.world import world as make_world

FILE = Path(__file__).parents[2] / "api" / "examples.json"
NOWHERE = "http://127.0.0.1:65535/respite"  # in place of the address in the examples: nobody listens, so that there are dead letters
SETTINGS: dict[str, Any] = {
    "jobs_per_key": 1,
    "job_processes": 1,
    "job_nice": 0,  # at the lowest a job never ends on a machine that is busy with other tests
    "allow_private_targets": "127.0.0.0/8",
    "webhook_give_up_s": 0.0,
}
HOOK_ID = "msg_2fJq8"


class Names:
    """What differs from run to run, and what stands for it in the examples."""

    def __init__(self, world: World) -> None:
        with world.services.engine.connect() as connection:
            rows = connection.execute(sa.select(keys.c.id, keys.c.role)).all()
        self._shown = {key_id: f"key-of-{role}" for key_id, role in rows} | {NOWHERE: EXAMPLE_URL}

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
        call = partial(send, world, names, step, method, path)
        response = until(call, lambda answer: bool(answer.json()["items"])) if step.get("awaited") else call()
        assert response.status_code < 500, response.text
        for name, stand_in in step.get("chance", {}).items():
            names.learn(response.json()[name], stand_in)
        yield step, response, names.shown(response.json() if "json" in response.headers.get("content-type", "") else response.text)


def send(world: World, names: Names, step: dict[str, Any], method: str, path: str) -> Any:
    """Make the call of a step: with a JSON body, with `raw` text, with as many `spaces`, or with none; `signed` by a secret."""
    who, query = step["who"], step.get("query", {})
    headers = {} if who is None else {"Authorization": f"Bearer {world.key(who)}"}
    body = names.real(json.dumps(step["body"])) if step.get("body") is not None else None
    raw = " " * step["spaces"] if "spaces" in step else step.get("raw", body)
    if raw is not None:
        headers["Content-Type"] = "application/json"
    if "signed" in step:
        headers |= webhooks.signed(HOOK_ID, raw, [names.real(step["signed"])], time.time())
    return world.client.request(method, path, params=query, headers=headers, content=raw)


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
