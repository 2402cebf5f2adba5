"""A status with an `occurred_at` of before, through the API: a break that an absence was thought to stand for is sent, a row ends."""

from __future__ import annotations

from support.world import World


def status(desk: World, what: str, at: str | None = None) -> None:
    desk.ok("helpdesk", "POST", "/v1/agents/ana/status", {"status": what, "occurred_at": at})


def test_a_return_told_after_the_contact_sends_its_break(staffed: World) -> None:
    back, ended = staffed.at(480), staffed.at(600)
    staffed.ticket("T1", escalated=True)
    staffed.clock.instant_s += 300
    status(staffed, "away")
    staffed.clock.instant_s += 1500
    staffed.happened("T1", "contact", occurred_at=ended)
    assert staffed.ok("ana", "GET", "/v1/agents/ana/recovery")["state"] != "break"
    staffed.clock.instant_s += 600
    status(staffed, "online", back)
    found = staffed.ok("ana", "GET", "/v1/agents/ana/recovery")
    assert (found["state"], found["since"], found["because"]) == ("break", staffed.at(), ["escalated:T1"])


def test_an_absence_told_after_the_return_ends_a_row_of_hard_contacts(staffed: World) -> None:
    soon_hard = {"ordinary_points": 0.5, "repeat_points": 0.0, "line_points": 20.0}
    staffed.ok("manager", "PUT", "/v1/policy", {"hard_streak_max": 1, "max_wait_s": {"normal": 36_000}, "fatigue": soon_hard})
    staffed.ticket("T1")
    staffed.happened("T1", "resolved")
    away = staffed.at(60)
    staffed.clock.instant_s += 1200
    status(staffed, "online")
    (kept,) = staffed.ticket("T2")["decision"]["not_others"]
    assert [each["rule"] for each in kept["rules"]] == ["hard_streak"]
    status(staffed, "away", away)
    assert staffed.ok("helpdesk", "GET", "/v1/tickets/T2")["agent_id"] == "ana"
