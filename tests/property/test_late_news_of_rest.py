"""Where people were, what they had and when it ended, told late and in any order: whoever had a hot contact rests after it in the end, by
what was so and not by what was thought, and streaks, absences and loads are those of news in time."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router import due, readiness, streak
from router.domain import AWAY, STATUSES, Shift
from router.errors import Refused
from router.events import AgentStatus, BreakShifted, BreakSkipped, Event, TicketEvent, TicketOpened
from router.ledger import settle
from router.rest import rested_since
from router.state import TeamState, contact_behind
from router.timeline import longest_absence_s
from router.turn import fold
from support.build import DAY_S, HOUR_S, MINUTE_S, shifts, team
from support.streams import START_S

END_S = START_S + 3 * DAY_S
# a worded contact is hard; nothing sends a break
HARD = {"fatigue": {"break_trigger_ratio": 10.0, "account_memory_gain": 0.0}, "hard_streak_max": 2}
SHIFTS = ((), shifts(9 * 60, 17 * 60), (*shifts(9 * 60, 10 * 60), *shifts(10 * 60 + 20, 17 * 60)))  # the test's day begins at nine


@dataclass(frozen=True)
class News:
    """Something that happened, in minutes after the start of the day, and how much later it is told."""

    at_min: int
    late_min: int
    event: Event


def at(minute: float) -> float:
    return START_S + minute * MINUTE_S


minutes = st.integers(1, 45) | st.integers(1, 45) | st.integers(475, 500) | st.integers(1430, 1475)
late_min = st.just(0) | st.integers(0, 60) | st.integers(0, 60) | st.integers(0, 1600)


@st.composite
def facts(draw: st.DrawFn, who: tuple[str, ...], when: st.SearchStrategy[int] = minutes, **fields: object) -> list[News]:
    """Where each of `who` was, no two statuses at one instant, and their contacts."""
    found = list[News]()
    for agent_id in who:
        for minute in draw(st.lists(when, max_size=6, unique=True)):
            found.append(News(minute, draw(late_min), AgentStatus(0.0, agent_id, draw(st.sampled_from(STATUSES)), at(minute))))
        for number, minute in enumerate(draw(st.lists(when, max_size=4, unique=True))):
            name, heavy = f"{agent_id}-{number}", draw(st.sampled_from([True, True, False]))
            opened = TicketOpened(START_S, name, name, START_S, name, **(fields if heavy else {}))
            contact = TicketEvent(0.0, name, "contact", at(minute), agent_id)
            found += [News(0, 0, opened), News(minute, draw(late_min), contact)]
    return found


def told(state: TeamState, news: list[News], late: bool) -> TeamState:
    """The team after all of it, told late or as it happened."""
    for each in sorted(news, key=lambda each: each.at_min + each.late_min if late else each.at_min):
        now_s = at(each.at_min + late * each.late_min)
        try:
            fold(state, [replace(each.event, at_s=now_s)])
        except Refused:  # there is no break to skip or move
            assert isinstance(each.event, BreakSkipped | BreakShifted)
    return state


def what_is_so(state: TeamState) -> list[object]:
    """What is so of ann at the end, and does not depend on when it was told."""
    agents = state.agents
    settle(agents, 0, END_S, state.params)
    away_s = agents.absent_since_s[0] if agents.status[0] <= AWAY else None
    return [int(streak.in_row(state, END_S)[0]), int(agents.status[0]), away_s, None if away_s else float(agents.returned_s[0])]


@given(facts(("ann",), text_score=0.6), st.sampled_from(SHIFTS), st.sampled_from([0.5, 20.0]))
@settings(max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck))
def test_streaks_absences_and_loads_are_those_of_news_in_time(news: list[News], of: tuple[Shift, ...], line: float) -> None:
    policy = HARD | {"fatigue": HARD["fatigue"] | {"line_points": line}}  # type: ignore[operator]
    in_time, late = (told(team({"ann": {"shifts": of}}, policy), news, late) for late in (False, True))
    assert what_is_so(late) == what_is_so(in_time)
    for column in ("acute", "carried", "own_acute", "own_carried"):
        np.testing.assert_allclose(getattr(late.agents, column), getattr(in_time.agents, column), rtol=0, atol=1e-9)


said = st.lists(
    st.builds(
        News,
        minutes,
        st.just(0),
        st.sampled_from([BreakSkipped(0.0, "ann", "a reason"), BreakShifted(0.0, "ann", 900), BreakShifted(0.0, "ann", -300)]),
    ),
    max_size=2,
)


# hot contacts, or many that are not within an hour or two; two in a row are far above the first of these lines, and three above the second
lines = st.sampled_from([0.4, 0.6, 20.0])
BOTH = ("ann", "ben")
any_facts = facts(BOTH, escalated=True) | facts(BOTH, st.integers(1, 90)) | facts(BOTH, st.integers(1, 60), escalated=True)


@given(any_facts, st.sampled_from(SHIFTS), st.sampled_from([0, 1]), lines, said)
@settings(max_examples=400, derandomize=True, suppress_health_check=list(HealthCheck))
def test_after_every_contact_that_owes_a_break_comes_a_rest_or_one_is_owed(
    news: list[News], of: tuple[Shift, ...], floor: int, line: float, said: list[News]
) -> None:
    """Hot ones, and those that left the load far above the line: whatever was thought of where people were."""
    policy = {"coverage_floor": floor, "fatigue": {"ordinary_points": 0.3, "line_points": line}}
    state = told(team({each: {"shifts": of} for each in ("ann", "ben")}, policy), [*news, *said], late=True)
    for row, person in enumerate(state.agents.people):
        settle(state.agents, row, END_S + 2 * HOUR_S, state.params)
        for entry in person.entries:
            contact = contact_behind(state, person.id, entry)
            assert contact is not None
            if contact.hot or due.by_load(state, row, entry):
                rest_s = longest_absence_s(state.agents, row, entry.ended_s, END_S + 2 * HOUR_S)
                off = readiness.was_off_shift(state, row, entry.ended_s, state.now_s)
                assert rest_s >= state.policy.break_min_s or off or person.owed


@given(any_facts, st.sampled_from(SHIFTS), lines, said)
@settings(max_examples=400, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_is_looked_at_when_news_comes_late_is_all_that_can_matter(
    news: list[News], of: tuple[Shift, ...], line: float, said: list[News]
) -> None:
    """After every news a walk through the whole ledger finds no contact whose break was missed."""
    state = team({each: {"shifts": of} for each in ("ann", "ben")}, {"fatigue": {"ordinary_points": 0.3, "line_points": line}})
    for each in sorted([*news, *said], key=lambda each: each.at_min + each.late_min):
        told(state, [each], late=True)
        assert everywhere_missed(state) == due.missed(state, 0, -math.inf) == []


def everywhere_missed(state: TeamState) -> list[tuple[str, float]]:
    """`due.missed`, of one contact of ann's after the other."""
    person, found = state.agents.people[0], list[tuple[str, float]]()
    if person.recovery is not None and state.now_s < person.recovery.end_s:
        return found
    for entry in reversed(person.entries):
        contact = contact_behind(state, person.id, entry)
        assert contact is not None
        rule = "escalated" if contact.hot else "load" if due.by_load(state, 0, entry) else None
        if rule is None or rested_since(state, 0, entry.ended_s):
            continue
        if due.reason(rule, entry.ticket_id) in person.owed:
            break
        found.append((due.reason(rule, entry.ticket_id), entry.ended_s))
    return found
