"""A rolling upgrade: a service meets what a newer version wrote into a team's log. It says so, and decides nothing without it."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api.cli import app
from api.settings import DEFAULT_TEAM
from api.store import keys
from api.store.repository import Repository
from api.store.tables import events, teams
from support.retained import enforce
from support.world import NOON_S, World
from support.world import world as make_world

KIND = ("ticket_merged", {"ticket_id": "T1"})
FIELD = ("account_put", {"account_id": "acme", "mood": 1})
SETTING = ("policy_put", {"version": 2, "values": {"a_new_setting": 3}})
WORD = ("ticket_event", {"ticket_id": "T1", "type": "teleported", "occurred_s": NOON_S})
WRITTEN = "a newer version of Respite wrote it"


def written(world: World, kind: str, values: dict[str, Any]) -> int:
    """What another service has put into the team's log; its revision."""
    with world.services.engine.begin() as connection:
        seq = Repository(connection).revision(DEFAULT_TEAM) + 1
        row = {"team": DEFAULT_TEAM, "seq": seq, "at_s": NOON_S, "kind": kind, "body": json.dumps({"at_s": NOON_S} | values)}
        connection.execute(sa.insert(events).values(row))
        connection.execute(sa.update(teams).where(teams.c.id == DEFAULT_TEAM).values(revision=seq))
    return seq


def taken_back(world: World, seq: int) -> None:
    with world.services.engine.begin() as connection:
        connection.execute(sa.delete(events).where(events.c.team == DEFAULT_TEAM, events.c.seq == seq))
        connection.execute(sa.update(teams).where(teams.c.id == DEFAULT_TEAM).values(revision=seq - 1))


def asked(world: World, ticket_id: str = "T2") -> list[Any]:
    """What becomes of a look, of a ticket, and of a look after it."""
    body = {"id": ticket_id, "account_id": "acme", "subject": "words", "created_at": world.at()}
    calls = (("manager", "GET", "/v1/team"), ("helpdesk", "POST", "/v1/tickets", body), ("manager", "GET", "/v1/queue"))
    return [world(*each) for each in calls]


@pytest.mark.parametrize(("kind", "values"), [KIND, FIELD, SETTING, WORD])
def test_what_this_version_can_not_fold_is_neither_left_out_nor_a_bug(
    staffed: World, kind: str, values: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    staffed.ticket("T1")
    seq = written(staffed, kind, values)
    with caplog.at_level(logging.WARNING):
        for each in (*asked(staffed), *asked(staffed, "T3")):
            assert (each.status_code, each.headers["Retry-After"]) == (503, "1"), each.text
            assert each.json()["detail"].startswith(f"the log of team 'default' can't be read at revision {seq}: {WRITTEN}")
    assert [each.getMessage().count(WRITTEN) for each in caplog.records] == [1]
    with staffed.services.engine.connect() as connection:
        assert Repository(connection).revision(DEFAULT_TEAM) == seq
    ready = staffed.client.get("/readyz")
    assert (ready.status_code, WRITTEN in ready.json()["detail"]) == (503, True)


def test_other_teams_go_on_and_readyz_names_the_one(staffed: World) -> None:
    with staffed.services.engine.begin() as connection:
        Repository(connection).create_team("other", NOON_S)
        key = keys.create(connection, "other", "helpdesk", None, NOON_S, None)[1]
    seq = written(staffed, *KIND)
    assert [each.status_code for each in asked(staffed)] == [503] * 3
    staffed.keys["other"] = key
    body = {"id": "T1", "account_id": "acme", "subject": "words", "created_at": staffed.at()}
    assert staffed("other", "POST", "/v1/tickets", body).status_code == 201
    ready = staffed.client.get("/readyz")
    (told,) = ready.json()["degraded"]
    assert (ready.status_code, told["team"], told["since"]) == (200, "default", staffed.at())
    metrics = staffed("admin", "GET", "/metrics")
    assert (metrics.status_code, "respite_teams_undecided 1.0" in metrics.text) == (200, True)
    assert told["why"] == f"the log of team 'default' can't be read at revision {seq}: {WRITTEN}"


def test_a_start_on_such_a_log_says_so_and_goes_on_where_it_can_be_read_again(upgraded_url: str) -> None:
    with make_world(upgraded_url) as world:
        world.agent("ana")
        seq = written(world, *KIND)
    with make_world(upgraded_url) as world:
        assert world.client.get("/readyz").status_code == 503
        assert [each.status_code for each in asked(world)] == [503] * 3
        taken_back(world, seq)
        world.clock.instant_s += 30.0
        assert [each.status_code for each in asked(world)] == [200, 201, 200]
        assert world.client.get("/readyz").json()["degraded"] == []


def test_doctor_and_retention_say_which_version_is_needed(
    staffed: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = written(staffed, *KIND)
    monkeypatch.setenv("RESPITE_DATABASE_URL", staffed.services.engine.url.render_as_string(hide_password=False))
    for options in ([], ["--integrity"]):
        done = CliRunner().invoke(app, ["doctor", *options])
        (line,) = (each for each in done.stdout.splitlines() if each.startswith("bad") and " log: " in each)
        assert f"can't be read at revision {seq}: {WRITTEN}" in line
        assert "→ go on with the version that wrote it" in line
    with caplog.at_level(logging.ERROR, "api.retention"):
        enforce(staffed, points_days=32)
    assert "stays until the newer version that wrote it is at work" in caplog.text
