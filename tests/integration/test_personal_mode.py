"""The agent's own side over HTTP: the statement, taps, who looked, personal mode, and leaving it without a trace."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest

from fatigue_model.calibrate import SPEED_GRID
from support.world import World
from support.world import world as make_world

LIGHT_DUTY = re.compile(r'"rule":"light_duty","actual":([^,]+),"limit":([^}]+)}')
FOUND_FROM = 8  # check-ins before anything is fitted


def checked_in(world: World, answer: float, **fields: Any) -> dict[str, Any]:
    """A check-in as a page sends it, with a key of its own."""
    body, key = {"answer": answer} | fields, f"check-in-{world.clock.now_s()}-{answer}"
    found: dict[str, Any] = world.ok("ana", "POST", "/v1/agents/ana/check-ins", body, Idempotency_Key=key)
    return found


def join(world: World) -> None:
    world.agent("ana")
    world.ok("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})


def hard_days(world: World, count: int) -> None:
    """Days with a hard contact and a check-in half an hour after it, all answered as by one who takes things hard."""
    for number in range(count):
        ticket_id = f"T{number}-{world.clock.now_s():.0f}"
        world.ticket(ticket_id, account_id=f"account-{number}", escalated=number % 2 == 0)
        world.happened(ticket_id, "contact", agent_id="ana")
        world.clock.instant_s += 1800
        checked_in(world, 5.0 if number % 2 == 0 else 2.5, occasion="after_hard")
        world.clock.instant_s += 86_400 - 1800


def everything_stored(world: World) -> str:
    with world.services.engine.connect() as connection:
        names = [
            row[0]
            for row in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                if connection.dialect.name == "sqlite"
                else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        ]
        return "\n".join(str(tuple(row)) for name in names for row in connection.exec_driver_sql(f"SELECT * FROM {name}"))


def test_the_statement_adds_up_and_says_who_looked(world: World) -> None:
    world.agent("ana", time_zone="Europe/Rome")
    world.ticket("T1", escalated=True)
    world.happened("T1", "contact")
    world.clock.instant_s += 300
    world.ok("manager", "GET", "/v1/agents/ana/recovery")
    world.ok("helpdesk", "GET", "/v1/agents/ana/recovery")
    world.ok("helpdesk", "GET", "/v1/agents/ana/recovery")  # the same hour: one line
    world.ok("ana", "GET", "/v1/agents/ana/recovery")  # a look at oneself is none
    found = world.ok("ana", "GET", "/v1/agents/ana/statement?explain=text")
    recovery = world.ok("ana", "GET", "/v1/agents/ana/recovery")
    for total, share in (("points", "share_of_points"), ("carried", "share_of_carried")):
        shares = [each[share] for each in found["contacts"]] + [found["earlier"][share]]
        assert sum(shares) == pytest.approx(found[total], rel=0, abs=1e-9)
    assert round(found["points"], 3) == recovery["points"]
    assert found["contacts"][0]["facts"][-1]["fact"] == "escalated"
    assert [each["because"] for each in found["breaks"]] == [["escalated:T1"]]
    assert sorted(each["role"] for each in found["looked"]) == ["helpdesk", "manager"]
    assert any("ticket T1 was escalated" in line for line in found["text"])
    assert any("A manager key" in line and "on Mon 02 Mar between 13:00 and 14:00" in line for line in found["text"])
    assert world("manager", "GET", "/v1/agents/ana/statement").status_code == 403


def test_a_tap_corrects_the_points(world: World) -> None:
    world.agent("ana")
    world.ticket("T1", escalated=True)
    world.happened("T1", "contact")
    before = world.ok("ana", "GET", "/v1/agents/ana/recovery")
    rated = world.ok("ana", "POST", "/v1/agents/ana/taps", {"ticket_id": "T1", "rating": "a_bit"})
    assert rated == {"ticket_id": "T1", "rating": "a_bit", "points": 0.2}
    after = world.ok("ana", "GET", "/v1/agents/ana/recovery")
    assert (before["points"], after["points"]) == (1.5, 0.2)
    assert after["state"] == before["state"] == "break"  # what is owed stays owed
    assert world("ana", "POST", "/v1/agents/ana/taps", {"ticket_id": "T9", "rating": "hard"}).status_code == 404
    assert world("ana", "POST", "/v1/agents/ana/taps", {"ticket_id": "T1", "rating": "fine"}).status_code == 422
    world.agent("ben")
    assert world("ben", "POST", "/v1/agents/ben/taps", {"ticket_id": "T1", "rating": "hard"}).status_code == 409


def test_words_count_and_are_not_kept(world: World) -> None:
    world.agent("ana")
    calm = world.ticket("T1", subject="Invoice", body="Could you please send me the invoice for March? Thank you!")
    angry = "This is UNACCEPTABLE!! You people are useless, absolute incompetents. I am furious!!"
    world.ticket("T2", account_id="b", subject="WORST company ever", body=angry)
    world.ticket("T3", account_id="c", subject="hello", body="hello")
    world.happened("T3", "message", body="I will come to your office and kill you.")
    world.happened("T3", "message", body=angry, agent_id="ana")  # hers: nobody looks at it
    for ticket_id in ("T1", "T2", "T3"):
        world.happened(ticket_id, "contact", agent_id="ana")
    points = {each["ticket_id"]: each for each in world.ok("ana", "GET", "/v1/agents/ana/statement")["contacts"]}
    assert points["T1"]["points"] < 0.2 < 0.35 < points["T2"]["points"] <= 0.63
    assert points["T3"]["points"] == 2.0
    assert [each["fact"] for each in points["T3"]["facts"]][-1] == "threat"
    assert "subject" not in json.dumps(calm)
    stored = everything_stored(world)
    assert not any(word in stored for word in ("UNACCEPTABLE", "invoice", "kill you", "WORST"))
    problem = world("helpdesk", "POST", "/v1/tickets/T1/events", {"type": "contact", "body": "words"})
    assert problem.status_code == 422


def test_own_ratings_are_exported_in_order_of_time(world: World) -> None:
    world.agent("ana")
    for ticket_id in ("T2", "T1"):
        world.ticket(ticket_id, account_id=ticket_id)
        world.happened(ticket_id, "contact", agent_id="ana")
    for ticket_id in ("T1", "T2"):
        world.clock.instant_s += 60
        world.ok("ana", "POST", "/v1/agents/ana/taps", {"ticket_id": ticket_id, "rating": "hard"})
    assert [each["ticket_id"] for each in world.ok("ana", "GET", "/v1/agents/ana/export")["ratings"]] == ["T1", "T2"]


def test_check_ins_need_a_yes_first(world: World) -> None:
    world.agent("ana")
    refused = world("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 3})
    assert refused.status_code == 409
    assert "opts in" in refused.json()["detail"]
    join(world)
    assert checked_in(world, 3)["check_ins"] == 1
    for wrong in ({"answer": 11}, {"answer": -1}, {"answer": "often"}, {}, {"answer": 5, "mood": "low"}):
        assert world("ana", "POST", "/v1/agents/ana/check-ins", wrong).status_code == 422
    for who in ("manager", "helpdesk", "admin"):
        assert world(who, "POST", "/v1/agents/ana/check-ins", {"answer": 3}).status_code == 403
        assert world(who, "GET", "/v1/agents/ana/export").status_code == 403


def test_a_policy_keeps_personal_mode_closed(world: World) -> None:
    world.agent("ana")
    world.ok("manager", "PUT", "/v1/policy", {"personal": {"allowed": 0}})
    assert world("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True}).status_code == 409
    assert world("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 3}).status_code == 409


def test_a_high_answer_protects_today_and_a_low_one_takes_nothing(world: World) -> None:
    join(world)
    checked_in(world, 9)
    assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["state"] == "light_duty"
    checked_in(world, 0)
    now = world.ok("ana", "GET", "/v1/agents/ana/recovery")
    assert (now["state"], now["because"]) == ("light_duty", ["asked"])
    assert world.ticket("T1", escalated=True)["decision"]["lane"] == "queue"
    assert world.ticket("T2")["decision"]["agent_id"] == "ana"  # routine
    assert world.ok("manager", "GET", "/v1/agents/ana/recovery").keys() == {"state", "until", "now"}
    world.clock.instant_s += 12 * 3600  # past midnight
    assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["state"] == "ready"


def test_nobody_else_can_tell_light_duty_that_was_asked_for_from_any_other(world: World) -> None:
    """Ana, who had no contact, said that she is drained; ben met two customers who were abusive; cleo did both."""
    world.ok("manager", "PUT", "/v1/policy", {"break_min_s": 0, "break_max_s": 0})
    days = [{"day": "mon", "start": "08:00", "end": "16:00"}]
    for agent_id in ("ana", "ben", "cleo"):
        world.agent(agent_id, shifts=days)
        for number in range(0 if agent_id == "ana" else 2):
            ticket_id = f"{agent_id}-{number}"
            world.ticket(ticket_id, account_id=ticket_id, abuse=True)
            world.happened(ticket_id, "contact", agent_id=agent_id)
            world.happened(ticket_id, "resolved", agent_id=agent_id)
    world.clock.instant_s += 60
    for agent_id in ("ana", "cleo"):
        world.ok(agent_id, "PUT", f"/v1/agents/{agent_id}/personal-mode", {"opt_in": True})
        world.ok(agent_id, "POST", f"/v1/agents/{agent_id}/check-ins", {"answer": 7})
    mine = world.ok("ana", "GET", "/v1/agents/ana/recovery")
    assert (mine["because"], mine["until"], mine["points"]) == (["asked"], world.at(4 * 3600 - 60), 0.0)
    for who in ("manager", "helpdesk"):
        seen = [world.ok(who, "GET", f"/v1/agents/{agent_id}/recovery") for agent_id in ("ana", "ben", "cleo")]
        assert seen[0] == seen[1] == seen[2]
        assert (seen[0]["state"], seen[0]["until"]) == ("light_duty", None)
        rows = [each | {"agent_id": "", "name": ""} for each in world.ok(who, "GET", "/v1/team")["agents"]]
        assert rows[0] == rows[1] == rows[2]
    page = world.client.get("/team", headers={"Authorization": f"Bearer {world.keys['manager']}"}).text
    assert page.count("<td>on light duty</td>") == 3
    told = []
    while not told:  # of ben's in the last half hour of it
        world.clock.instant_s += 300
        told = [each["agent_id"] for each in world.ok("manager", "GET", "/v1/team")["agents"] if each["until"] is not None]
    assert told == ["ben"]


def test_of_others_who_are_ready_nobody_reads_when_they_gave_an_answer(world: World) -> None:
    join(world)
    world.clock.instant_s += 60
    checked_in(world, 9)
    world.clock.instant_s += 12 * 3600
    seen = world.ok("helpdesk", "GET", "/v1/agents/ana/recovery")
    assert (seen["state"], seen["since"]) == ("ready", None)
    assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["since"] is not None


def test_a_late_answer_protects_the_shift_that_it_was_given_in_and_no_later_one(world: World) -> None:
    days = [{"day": day, "start": "08:00", "end": "16:00"} for day in ("mon", "tue")]
    world.agent("ana", shifts=days)
    world.ok("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})
    noon = world.at()
    world.clock.instant_s += 3600
    checked_in(world, 9, occurred_at=noon)
    now = world.ok("ana", "GET", "/v1/agents/ana/recovery")
    assert (now["state"], now["until"]) == ("light_duty", world.at(3 * 3600))
    world.clock.instant_s += 86_400
    assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["state"] == "ready"
    assert checked_in(world, 9, occurred_at=world.at(-86_400))["check_ins"] == 2  # of yesterday's shift, which is over
    assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["state"] == "ready"


def test_no_answer_lies_before_personal_mode_was_turned_on(world: World) -> None:
    join(world)
    refused = world("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 9, "occurred_at": "2026-01-05T09:00:00Z"})
    assert refused.status_code == 422
    assert f"/occurred_at: lies before personal mode was turned on, {world.at()}" in refused.text
    assert world.ok("ana", "GET", "/v1/agents/ana/recovery")["state"] == "ready"
    assert world.ok("ana", "GET", "/v1/agents/ana/personal-mode")["check_ins"] == 0
    world.ok("ana", "DELETE", "/v1/agents/ana/personal-data")
    left = world.at()
    world.clock.instant_s += 60
    world.ok("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})
    assert world("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 9, "occurred_at": left}).status_code == 422


def test_from_eight_check_ins_on_the_own_pace_counts_and_leaving_takes_it_all_away(world: World) -> None:
    join(world)
    hard_days(world, FOUND_FROM - 1)
    assert world.ok("ana", "GET", "/v1/agents/ana/statement")["counted_with"] == {"sensitivity": 1.0, "speed": 1.0}
    hard_days(world, 5)
    checked_in(world, 9.0)
    found = world.ok("ana", "GET", "/v1/agents/ana/personal-mode")
    counted = world.ok("ana", "GET", "/v1/agents/ana/statement")["counted_with"]
    assert counted["sensitivity"] > 1.05
    assert counted["speed"] == 1.0  # not from so few
    assert found["found"]["sensitivity"] == pytest.approx(counted["sensitivity"], abs=0.02)
    assert "speed" not in found["found"]
    exported = world.ok("ana", "GET", "/v1/agents/ana/export")
    assert len(exported["check_ins"]) == found["check_ins"] == FOUND_FROM - 1 + 6
    assert exported["profile"]["id"] == "ana"
    stored = everything_stored(world)
    assert "check_ins" not in json.dumps(world.ok("manager", "GET", "/v1/team"))
    number = str(counted["sensitivity"])
    assert f'"sensitivity":{number}' in stored

    left = world.ok("ana", "DELETE", "/v1/agents/ana/personal-data")
    assert (left["on"], left["check_ins"], left["found"]) == (False, 0, None)
    with world.services.engine.connect() as connection:
        for table in ("personal", "check_ins"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0
    stored = everything_stored(world)
    assert number not in stored
    assert '"check_ins":1' not in stored
    assert not [each for each in LIGHT_DUTY.findall(stored) if each != ("null", "null")]
    asked_for = [row for row in stored.splitlines() if "light_duty_asked" in row]
    assert asked_for
    assert all('"erased":true' in row for row in asked_for)
    assert set(re.findall(r'"sensitivity":([\d.]+)', stored)) == {"1.0"}  # what is left of it in the log
    after = world.ok("ana", "GET", "/v1/agents/ana/statement")
    assert after["counted_with"] == {"sensitivity": 1.0, "speed": 1.0}
    assert sum(each["share_of_points"] for each in after["contacts"]) + after["earlier"]["share_of_points"] == pytest.approx(
        after["points"], rel=0, abs=1e-9
    )
    assert world("ana", "POST", "/v1/agents/ana/check-ins", {"answer": 3}).status_code == 409


def test_a_check_in_keeps_the_load_that_it_answers_to(world: World) -> None:
    """Half an hour at the queue after 1.5 points: at r = 1, 1.5 · 2^(−.5) and half of what was carried; the faster, the less."""
    world.ok("manager", "PUT", "/v1/policy", {"break_min_s": 0, "break_max_s": 0})
    join(world)
    world.ticket("T1", escalated=True)
    world.happened("T1", "contact")
    world.clock.instant_s += 1800
    checked_in(world, 5)
    with world.services.engine.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT loads FROM check_ins").all()
    loads = json.loads(row[0])
    assert len(loads) == len(SPEED_GRID)
    assert loads == sorted(loads, reverse=True)
    near_one = min(range(len(loads)), key=lambda index: abs(SPEED_GRID[index] - 1))
    speed = float(SPEED_GRID[near_one])
    acute = 1.5 * 2 ** (-0.5 * speed)
    assert acute < loads[near_one] < acute + 0.5 * 0.25 * 1.5


def test_a_question_is_asked_after_a_hard_contact_and_once_at_random(world: World) -> None:
    days = [{"day": day, "start": "09:00", "end": "17:00"} for day in ("mon", "tue", "wed", "thu", "fri")]
    world.agent("ana", shifts=days)
    world.ok("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})

    def asked() -> str | None:
        found: str | None = world.ok("ana", "GET", "/v1/agents/ana/personal-mode")["asked"]
        return found

    world.ticket("T1", escalated=True)
    world.happened("T1", "contact")
    world.clock.instant_s += 1200
    assert asked() == "after_hard"
    checked_in(world, 4, occasion="after_hard")
    assert asked() != "after_hard"
    seen = set()
    for _ in range(4 * 24):
        world.clock.instant_s += 900
        seen.add(asked())
        if asked() == "random":
            checked_in(world, 2, occasion="random")
            assert asked() is None
    assert seen == {None, "random"}


def test_low_answers_take_no_protection_away_either(world: World) -> None:
    join(world)
    for number in range(14):
        world.ticket(f"T{number}", account_id=f"account-{number}", escalated=number % 2 == 0)
        world.happened(f"T{number}", "contact", agent_id="ana")
        world.clock.instant_s += 1800
        checked_in(world, 0.0, occasion="after_hard")
        world.clock.instant_s += 86_400 - 1800
    found = world.ok("ana", "GET", "/v1/agents/ana/personal-mode")["found"]
    assert found["sensitivity"] < 0.95  # she takes things lightly, says the fit
    assert world.ok("ana", "GET", "/v1/agents/ana/statement")["counted_with"] == {"sensitivity": 1.0, "speed": 1.0}


def test_who_left_is_not_in_the_files_either(tmp_path: Path) -> None:
    """The bytes of the database and of its write-ahead log, while the service runs."""
    answers = (6.283185307, 2.718281828)
    with make_world(f"sqlite:///{tmp_path / 'own.db'}") as world:
        join(world)
        for answer in answers:
            world.clock.instant_s += 60
            checked_in(world, answer)
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert all(struct.pack(">d", answer) in written for answer in answers)
        world.ok("ana", "DELETE", "/v1/agents/ana/personal-data")
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert not [answer for answer in answers if struct.pack(">d", answer) in written]
