"""What a manager's page shows: states and until when, never a number of a person, sorted by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from markupsafe import Markup

from api.pages.rendering import clock_time, next_time, sentence
from api.shown.everybody import Seen, everybody
from fatigue_model.dynamics import DAY_S
from router import readiness
from router.domain import Status
from router.overrun import on_live_work
from router.state import TeamState

SAYS = {
    "available": "available",
    "light_duty": "light duty until about {until}",
    "pending": "about to begin a break",
    "break": "on a break until {until}",
    "at_risk": "on a break until {until}, and still on a call or chat",
    "back_office": "in the back office",
    "away": "away",
    "offline": "offline",
    "off_shift": "off shift until {until}",
}
COUNTED = {
    "available": "available",
    "light_duty": "on light duty",
    "pending": "about to begin a break",
    "break": "on a break",
    "back_office": "in the back office",
    "away": "away",
    "offline": "offline",
    "off_shift": "off shift",
}
MINUTE_S, HOUR_S = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    kind: str
    says: Markup


@dataclass(frozen=True, slots=True)
class TeamPage:
    rows: tuple[Row, ...]
    counts: tuple[tuple[str, int], ...]
    waiting: int
    oldest: str | None
    at_risk: int
    as_of: Markup


def team_page(state: TeamState, now_s: float) -> TeamPage:
    seen = everybody(state, now_s)
    rows = tuple(_row(state, row, seen[row], now_s) for row in _by_name(state))
    kinds = [each.kind for each in rows]
    created = [state.tickets[each].created_s for each in state.waiting]
    return TeamPage(
        rows=rows,
        counts=tuple((words, kinds.count(kind)) for kind, words in COUNTED.items() if kind == "available" or kind in kinds),
        waiting=len(created),
        oldest=age(now_s - min(created)) if created else None,
        at_risk=sum(state.tickets[each].at_risk for each in state.waiting),
        as_of=clock_time(now_s, UTC),
    )


def _by_name(state: TeamState) -> list[int]:
    people = state.agents.people
    return sorted(range(len(people)), key=lambda row: (people[row].name.casefold(), people[row].id))


def _row(state: TeamState, row: int, view: Seen, now_s: float) -> Row:
    status, begins_s = Status(int(state.agents.status[row])), readiness.shift_begins_s(state, row, now_s)
    until = None if view.until_s is None else clock_time(view.until_s, UTC)
    if status > Status.OFFLINE and view.state in ("pending", "break"):
        kind = view.state
    elif begins_s is not None:
        kind, until = "off_shift", next_time(begins_s, now_s, UTC)
    elif status < Status.ONLINE:
        kind = status.name.lower()
    else:
        kind = "available" if view.state == "ready" else view.state
    at_risk = kind == "break" and on_live_work(state, state.agents.people[row].id)
    says = COUNTED[kind] if kind == "light_duty" and until is None else SAYS["at_risk" if at_risk else kind]
    return Row(state.agents.people[row].name, kind, sentence(says, UTC, until=until))


def age(span_s: float) -> str:
    """How long a ticket has waited, in its largest unit."""
    for unit_s, unit in ((DAY_S, "day"), (HOUR_S, "hour"), (MINUTE_S, "minute")):
        if span_s >= unit_s:
            count = int(span_s // unit_s)
            return f"{count} {unit}" + ("s" if count > 1 else "")
    return "under a minute"
