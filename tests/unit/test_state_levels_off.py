"""What a team's state holds grows with its tickets for thirty days and then no more: as many are let go as come."""

from __future__ import annotations

from api.json_text import to_json
from router import snapshot
from router.state import TeamState
from support import build
from support.build import DAY_S, HOUR_S
from support.streams import START_S


def a_day(state: TeamState, day: int) -> None:
    """Four tickets of five customers, one in nine escalated, and everybody goes home."""
    morning_s = START_S + day * DAY_S
    for agent_id in ("ann", "ben"):
        build.set_status(state, agent_id, "online", morning_s)
    for number in range(4 * day, 4 * day + 4):
        at_s = morning_s + (1 + number % 4) * HOUR_S
        build.open_ticket(state, f"T{number}", f"account-{number % 5}", at_s, escalated=number % 9 == 0)
        build.take_turn(state)
        build.happen(state, f"T{number}", "resolved", at_s + 600.0)
        build.take_turn(state)
    for agent_id in ("ann", "ben"):
        build.set_status(state, agent_id, "offline", morning_s + 9 * HOUR_S)
    build.take_turn(state)


def test_what_is_kept_levels_off_after_thirty_days() -> None:
    state = build.team(["ann", "ben"])
    kept_bytes = {}
    for day in range(75):
        a_day(state, day)
        if day in (14, 29, 44, 74):
            kept_bytes[day] = len(to_json(snapshot.dump(state)))
    assert kept_bytes[29] > 1.9 * kept_bytes[14]
    assert kept_bytes[74] < 1.02 * kept_bytes[44]
    assert len(state.tickets) == 4 * 30
