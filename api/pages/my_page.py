"""What an agent's page shows, from the state of the team: the agent's own numbers, in words and as instants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from api import instants
from api.pages import wording
from api.pages.in_hand import InHand, in_hand
from api.pages.rendering import clock_time, next_time, sentence
from api.shown.own_news import OwnNews
from router import debrief, readiness
from router.domain import STATUSES, Debrief
from router.readiness import RecoveryView
from router.state import TeamState

FIXED = ("pending", "break")
BIG_NOTES = {
    "off_shift": "until your shift begins",
    "ready": "for every kind of ticket",
    "pending": "until your break begins",
    "break": "left of your break",
    "light_duty": "until you are ready",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """Exposure and line on a bar of 100 units that ends at twice the line, or at the exposure where that is more."""

    points: float
    line: float
    full: float

    @property
    def points_at(self) -> float:
        return round(100 * self.points / self.full, 2)

    @property
    def line_at(self) -> float:
        return round(100 * self.line / self.full, 2)


@dataclass(frozen=True, slots=True)
class DebriefCard:
    """A debrief that the agent is asked for (`answers`) or is in."""

    id: str
    answers: bool
    says: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class MyPage:
    """`state` is off_shift where nothing else is to be said of somebody outside of their shifts. `data` is for the script: instants, the
    clock, and a key that changes when something happened."""

    agent_id: str
    name: str
    state: str
    word: str
    headline: str
    big: str
    big_note: str
    left: float
    facts: tuple[tuple[str, Markup], ...]
    why: tuple[str, ...]
    what_next: tuple[Markup, ...]
    lost: str
    bar: Bar
    as_of: Markup
    break_counts: str | None
    moves: tuple[tuple[float, str], ...]
    may_do: str
    debrief: DebriefCard | None
    in_hand: tuple[InHand, ...]
    data: dict[str, str]


def my_page(state: TeamState, row: int, now_s: float, clock_rate: float, heartbeat_s: float) -> MyPage:
    view, person, policy = readiness.view(state, row, now_s), state.agents.people[row], state.policy
    asked = debrief.current(state, person.id, now_s)
    next_break_s = state.plan.next_break_s(person.id, now_s) if state.plan else None
    zone = ZoneInfo(person.time_zone)
    ramp_end_s = float(state.agents.ramp_start_s(now_s)[row]) + policy.ramp_in.window_s
    current, begins_s = person.recovery, readiness.shift_begins_s(state, row, now_s)
    shown = "off_shift" if view.state == "ready" and begins_s is not None else view.state
    moment = wording.Moment(
        state=shown,
        status=STATUSES[int(state.agents.status[row])] if begins_s is None else "off_shift",
        because=view.because,
        moved=current is not None and current.shifted,
        live_work=int(state.agents.live_open[row]) > 0,
        light_duty_follows=current is not None and view.ready_s is not None and view.ready_s[0] > current.end_s,
        ramped=now_s < ramp_end_s,
        owed=view.owed,
        covers=bool(state.agents.covering(now_s)[row]),
    )
    sentences = wording.what_next(moment, policy)
    put = {
        "until": view.until_s,
        "ramp_end": ramp_end_s if moment.ramped else None,
        "shift": None if begins_s is None else next_time(begins_s, now_s, zone),
    }
    left_s = (view.until_s or now_s) - now_s
    moves = wording.moves(view.state, left_s, policy.break_shift_max_s) if "shift" in view.may else ()
    return MyPage(
        agent_id=person.id,
        name=person.name,
        state=shown,
        word=wording.STATES[shown],
        headline=wording.HEADLINES[shown],
        big=_big(view, shown, now_s),
        big_note=BIG_NOTES[shown] if moment.status == "online" or shown != "ready" else "when you are back",
        left=_left(view, now_s),
        facts=_facts(view, current.end_s if current is not None else now_s, zone) + _next_break(next_break_s, zone),
        why=wording.why(moment),
        what_next=tuple(sentence(each, zone, **put) for each in sentences),
        lost=wording.lost(view.state),
        bar=Bar(view.points, view.line_points, max(2 * view.line_points, view.points)),
        as_of=clock_time(now_s, zone),
        break_counts=wording.break_counts(policy),
        moves=moves,
        may_do=wording.may_do(moment.moved and view.state in FIXED, policy.break_shift_max_s),
        debrief=_debrief(state, person.id, asked, now_s, zone),
        data=_data(view, shown, now_s, clock_rate, heartbeat_s, OwnNews(state, now_s).of(person.id)),
        in_hand=in_hand(state, person.id, now_s, zone),
    )


def _debrief(state: TeamState, agent_id: str, found: Debrief | None, now_s: float, zone: ZoneInfo) -> DebriefCard | None:
    if found is None:
        return None
    stage, listens = debrief.stage(found, agent_id, now_s), agent_id == found.listener_id
    other = state.agents.people[state.agents.row[found.handler_id if listens else found.listener_id]].name
    said = wording.debrief(stage, listens, state.policy.debrief.length_s)
    says = (sentence(each, zone, name=other, ticket=found.ticket_id, expires=found.expires_s, end=found.end_s) for each in said)
    return DebriefCard(found.id, stage == "proposed", tuple(says))


def _big(view: RecoveryView, shown: str, now_s: float) -> str:
    if view.state == "light_duty" and view.ready_s is not None:
        return wording.about(view.ready_s[0] - now_s, view.ready_s[1] - now_s)
    return wording.STATES[shown] if view.until_s is None else wording.countdown(view.until_s - now_s)


def _left(view: RecoveryView, now_s: float) -> float:
    """How much of the ring is left, 0 … 100."""
    if view.state not in FIXED or view.until_s is None or view.since_s is None or view.until_s <= view.since_s:
        return 100.0
    return round(100 * min(max((view.until_s - now_s) / (view.until_s - view.since_s), 0.0), 1.0), 1)


def _facts(view: RecoveryView, break_end_s: float, zone: ZoneInfo) -> tuple[tuple[str, Markup], ...]:
    """When a break begins or ends, which is certain, and from when to when the agent is expected to be ready, which is not."""
    facts = []
    if view.state in FIXED and view.until_s is not None:
        facts.append(("Break begins" if view.state == "pending" else "Break ends", clock_time(view.until_s, zone)))
    if view.ready_s is None:
        return tuple(facts)
    if view.state in FIXED and view.ready_s[1] <= break_end_s:
        return (*facts, ("Ready at", Markup("the end of the break")))
    early_s, late_s = wording.rounded_outwards(*view.ready_s)
    if view.state in FIXED:
        early_s = max(early_s, break_end_s)
    span = Markup("about {}–{}").format(clock_time(early_s, zone), clock_time(late_s, zone))
    return (*facts, ("Ready at", span))


def _next_break(begin_s: float | None, zone: ZoneInfo) -> tuple[tuple[str, Markup], ...]:
    """What the plan says; it may be planned anew, so about when."""
    return () if begin_s is None else (("Next break", Markup("about {}").format(clock_time(begin_s, zone))),)


def _data(view: RecoveryView, shown: str, now_s: float, clock_rate: float, heartbeat_s: float, more: dict[str, Any]) -> dict[str, str]:
    span = view.ready_s if view.state == "light_duty" else None
    until = instants.text(view.until_s)
    beside = (more["status"], more["debrief"] or "", more["next_break_at"] or "", *more["in_hand"])
    key = (view.state, until if view.state in FIXED else "", *view.because, *view.may, view.owed, *beside)
    given = {
        "state": shown,
        "since": instants.text(view.since_s) if view.state in FIXED else None,
        "until": until,
        "latest": instants.text(span[1]) if span else None,
        "now": instants.text(now_s),
        "rate": f"{clock_rate:g}",
        "heartbeat": f"{heartbeat_s:g}",
        "key": "|".join(str(each) for each in key),
        "word": wording.STATES[shown],
        "lost": wording.lost(view.state),
        "overdue": wording.OVERDUE.get(view.state),
        "unheard": wording.UNHEARD,
    }
    return {name: value for name, value in given.items() if value is not None}
