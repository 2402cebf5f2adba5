"""What is kept of one agent, put together for that agent alone: the statement, who looked, and the personal mode."""

from __future__ import annotations

import hashlib
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from api import instants
from api.services import Services
from api.store import feedback, looks, personal, reading
from api.store.database import read_only
from api.store.feedback import Feedback
from api.store.keys import Principal
from api.store.looks import HOUR_S, WHAT, Look
from fatigue_model.calibrate import Personal, calibrate
from router.ledger import LEDGER_S
from router.personal import asked
from router.state import TeamState
from router.statement import Rest, Statement, statement

QUESTION = "Right now, how drained are you by recent customer contacts?"


def told(service: Services, team: str, agent_id: str) -> tuple[Statement, list[Rest], list[Look], ZoneInfo]:
    """The statement as of now, with the breaks and the looks of the last month, and the agent's time zone."""
    with service.dispatcher.reading(team) as (state, now_s):
        row = state.agents.known_row(agent_id)
        found, zone = statement(state, row, now_s), ZoneInfo(state.agents.people[row].time_zone)
    with read_only(service.engine) as connection:
        rests = reading.breaks_of(connection, team, agent_id, now_s - LEDGER_S)
        seen = looks.of(connection, team, agent_id, now_s - LEDGER_S)
    return found, rests, seen, zone


def wins(service: Services, team: str, agent_id: str) -> list[Feedback]:
    """What of their feedback an agent may be glad of, the newest first."""
    with read_only(service.engine) as connection:
        return feedback.wins(connection, team, agent_id)


def win_sentence(win: Feedback, zone: ZoneInfo) -> str:
    rated = "" if win.felt_understood is None else f" felt understood: {win.felt_understood} of 10"
    said = "" if win.praise is None else f" says: “{win.praise}”"
    return f"A customer of ticket {win.ticket_id}, {instants.local(win.at_s, zone, '%a %d %b')},{' and'.join(filter(None, (rated, said)))}"


def looked(look: Look, zone: ZoneInfo) -> str:
    start, end = (instants.local(each, zone, "%H:%M") for each in (look.hour_s, look.hour_s + HOUR_S))
    return look_words(look).format(day=instants.local(look.hour_s, zone, "%a %d %b"), start=start, end=end)


def look_words(look: Look) -> str:
    """Who looked at what; `{day}`, `{start}` and `{end}` are when."""
    article = "An" if look.role[0] in "aeiou" else "A"
    return f"{article} {look.role} key ({look.key_id}) looked at {WHAT[look.what]} on {{day}} between {{start}} and {{end}}."


def mode(connection: sa.Connection, state: TeamState, who: Principal, now_s: float) -> dict[str, Any]:
    """Whether personal mode is on, what it has found, and whether a check-in is asked for now."""
    assert who.agent_id is not None
    since_s = personal.joined_s(connection, who.team, who.agent_id)
    given = personal.of(connection, who.team)
    mine = given.get(who.agent_id, [])
    found = calibrate({each: personal.series(answers) for each, answers in given.items()}, now_s).get(who.agent_id)
    person = state.agents.people[state.agents.known_row(who.agent_id)]
    due = asked(person, now_s, _chance(who.agent_id, person.time_zone, now_s), [each.at_s for each in mine])
    return {
        "on": since_s is not None,
        "since": instants.text(since_s),
        "check_ins": len(mine),
        "found": None if found is None or since_s is None else _shown(found),
        "asked": due if since_s is not None else None,
        "question": QUESTION,
    }


def _shown(found: Personal) -> dict[str, Any]:
    """What was fitted; the speed of recovery is shown from 60 check-ins on, before that it is too unsure."""
    shown: dict[str, Any] = {"sensitivity": found.sensitivity, "sensitivity_80": found.sensitivity_80}
    return shown | ({"speed": found.speed, "speed_80": found.speed_80} if found.show_speed else {})


def _chance(agent_id: str, time_zone: str, now_s: float) -> float:
    """A number from 0 to 1 that nobody guesses beforehand and that stays the same all day."""
    day = instants.local(now_s, time_zone, "%Y-%m-%d")
    return int.from_bytes(hashlib.sha256(f"{agent_id} {day}".encode()).digest()[:6], "big") / 2**48
