"""What is told late, and out of order, leaves the same load as what is told in time: contacts, statuses, ratings; over breaks too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fatigue_model.dynamics import Mode, advance
from fatigue_model.exposure import RATINGS
from fatigue_model.params import DEFAULTS
from router.agents import Agents
from router.domain import STATUSES, Account
from router.events import AgentStatus, Calibrated, ContactRated, Event, PolicyPut, TicketEvent, TicketOpened
from router.ledger import enter, recompute, settle, take_out
from router.state import TeamState
from router.turn import fold
from support.build import DAY_S, HOUR_S, MINUTE_S, contact, set_status, team
from support.streams import START_S

END_S = START_S + 2 * DAY_S
# loads add up exactly without memory of accounts; far under the line no load sends a break, and every break takes ten minutes
ADDITIVE = {
    "break_min_s": 600,
    "break_max_s": 600,
    "fatigue": {"account_memory_gain": 0.0, "line_points": 20.0, "break_trigger_ratio": 10.0},
}
CALM = {"line_points": 20.0, "break_trigger_ratio": 10.0}  # no load sends a break
MODE = {"offline": Mode.OFF, "away": Mode.BREAK, "back_office": Mode.BACK_OFFICE, "online": Mode.QUEUE}

instants = st.floats(START_S, END_S - HOUR_S)
statuses = st.lists(st.tuples(instants, st.sampled_from(STATUSES)), max_size=8, unique_by=lambda each: each[0])
escalations = st.lists(instants, max_size=4, unique=True)


@dataclass(frozen=True)
class Told:
    """A contact: when it ended, how often the ticket had been re-opened (which makes its points), how much later it is told."""

    ended_s: float
    reopened: int
    late_s: float


contacts = st.lists(
    st.builds(Told, instants, st.integers(0, 3), st.just(0.0) | st.floats(0, DAY_S)),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each.ended_s,
)


def live(changes: list[tuple[float, str]], escalated: list[float], told: list[Told], in_time: bool) -> TeamState:
    """Two days of ann's: changes of status and escalations told as they happen, contacts in time or late."""
    state = team(policy=ADDITIVE)
    happenings: list[tuple[float, int, object]] = [(at_s, 0, status) for at_s, status in changes]
    happenings += [(at_s, 1, None) for at_s in escalated]
    happenings += [(each.ended_s if in_time else min(each.ended_s + each.late_s, END_S), 2, each) for each in told]
    for at_s, _, what in sorted(happenings, key=lambda each: each[:2]):
        if isinstance(what, str):
            set_status(state, "ann", what, at_s)
        elif isinstance(what, Told):
            contact(state, "ann", at_s, what.ended_s, reopened_count=what.reopened)
        else:
            contact(state, "ann", at_s, escalated=True)
    return state


@given(statuses, escalations, contacts)
def test_told_late_or_in_time_the_load_is_the_same(changes: list[tuple[float, str]], escalated: list[float], told: list[Told]) -> None:
    in_time, late = (live(changes, escalated, told, in_time) for in_time in (True, False))
    breaks = [state.agents.people[0].recovery for state in (in_time, late)]
    assert len({each and (each.start_s, each.end_s) for each in breaks}) == 1
    loads, loads_late = (state.agents.project(END_S + HOUR_S, state.params) for state in (in_time, late))
    np.testing.assert_allclose(loads_late.acute, loads.acute, rtol=0, atol=1e-9)
    np.testing.assert_allclose(loads_late.carried, loads.carried, rtol=0, atol=1e-9)
    assert late.agents.people[0].points_by_day == pytest.approx(in_time.agents.people[0].points_by_day)


@given(contacts)
def test_the_memory_of_an_account_does_not_depend_on_the_order(told: list[Told]) -> None:
    """Hard contacts of one account: S is the same, whenever they are told."""
    memories = []
    for in_time in (True, False):
        agents, account = settled([]), Account("acme")
        for each in sorted(told, key=lambda each: each.ended_s + (0.0 if in_time else each.late_s)):
            enter(agents, 0, account, "T", 0.5 + 0.1 * each.reopened, each.ended_s, DEFAULTS)
        memories.append(account.memory["ann"])
    assert memories[0] == pytest.approx(memories[1], abs=1e-9)
    assert memories[0][1] == memories[1][1] == max(each.ended_s for each in told)


def settled(changes: list[tuple[float, str]]) -> Agents:
    """The columns of ann's, brought up to the end through her changes of status."""
    state = team(policy=ADDITIVE)
    for at_s, status in sorted(changes):
        set_status(state, "ann", status, at_s)
    settle(state.agents, 0, END_S, state.params)
    return state.agents


def left_at_the_end(changes: list[tuple[float, str]], ended_s: float, points: float) -> tuple[float, float]:
    """A and B at the end of one contact by itself, through the modes that the changes of status make."""
    marks = [(START_S, "online"), *sorted(changes), (END_S, "")]
    acute, carried = points, 0.0
    for (from_s, status), (to_s, _) in pairwise(marks):
        span_s = to_s - max(from_s, ended_s)
        if span_s > 0:
            acute, carried = map(float, advance(acute, carried, MODE[status], span_s, DEFAULTS))
    return acute, carried


@given(statuses, st.lists(st.tuples(instants, st.floats(0.03, 3.0)), min_size=1, max_size=6))
def test_in_any_order_the_ledger_is_the_sum_of_its_contacts(changes: list[tuple[float, str]], entries: list[tuple[float, float]]) -> None:
    """Entered when all is over, in the order they come: each leaves what a full recomputation says that it leaves."""
    agents, params = settled(changes), replace(DEFAULTS, account_memory_gain=0.0)
    for number, (ended_s, points) in enumerate(entries):
        enter(agents, 0, Account(f"account-{number}"), "T", points, ended_s, params)
    right = np.sum([left_at_the_end(changes, ended_s, points) for ended_s, points in entries], axis=0)
    assert (agents.acute[0], agents.carried[0]) == pytest.approx(tuple(right), rel=0, abs=1e-9)
    assert agents.as_of_s[0] == END_S


def test_a_late_contact_makes_later_ones_of_its_account_harder() -> None:
    """1 · 1 and then, a minute later, 1 · (1 + .25 · 1), whichever is told first."""
    first_s, second_s = START_S, START_S + MINUTE_S
    fade = 2 ** (-1 / 60)  # one minute at the queue
    remembered = 2 ** (-1 / (14 * 24 * 60))  # of the account, in a minute
    for order in ((first_s, second_s), (second_s, first_s)):
        state, account = team(), Account("acme")
        for ended_s in order:
            enter(state.agents, 0, account, f"T{ended_s}", 1.0, ended_s, DEFAULTS)
        assert float(state.agents.acute[0]) == pytest.approx(fade + 1 + 0.25 * remembered, rel=1e-12)


def test_what_was_entered_can_be_taken_out_again() -> None:
    """The second of three contacts with one account never was: the third counts less, and nothing of the second is left."""
    loads = []
    for numbers in ((0, 1, 2), (0, 2)):
        state, account = team(), Account("acme")
        for number in numbers:
            enter(state.agents, 0, account, f"T{number}", 1.0 + number, START_S + number * HOUR_S, DEFAULTS)
        if 1 in numbers:
            take_out(state.agents, 0, account, "T1", 2.0, START_S + HOUR_S, DEFAULTS)
        loads.append(
            (state.agents.acute[0], state.agents.carried[0], *account.memory["ann"], *state.agents.people[0].points_by_day.values())
        )
    assert loads[0] == pytest.approx(loads[1], rel=0, abs=1e-9)


Happening = tuple[float, float, Event]


@st.composite
def news(draw: st.DrawFn) -> list[Happening]:
    """Two days of ann's with the instants at which each thing happened and was told, up to a day later: statuses, contacts with two
    accounts, some hard, her ratings of them; and, told as they happen, changes of the model's settings and of her own pace."""
    found: list[Happening] = []
    late_s = st.just(0.0) | st.floats(0, DAY_S)
    for at_s, status in draw(statuses):
        told_s = at_s + draw(late_s)
        found.append((at_s, told_s, AgentStatus(told_s, "ann", status, at_s)))
    for number, each in enumerate(draw(contacts)):
        at_s, told_s, ticket_id = each.ended_s, each.ended_s + each.late_s, f"T{number}"
        account_id, text = draw(st.sampled_from(["acme", "initech"])), draw(st.none() | st.floats(0, 1))
        fields = {"reopened_count": each.reopened, "text_score": text, "escalated": False}
        found.append((at_s, START_S, TicketOpened(START_S, ticket_id, account_id, START_S, ticket_id, **fields)))
        found.append((at_s, told_s, TicketEvent(told_s, ticket_id, "contact", at_s, "ann")))
        if draw(st.booleans()):
            rated_s, rating = at_s + draw(st.floats(0, HOUR_S)), draw(st.sampled_from(RATINGS))
            found.append((rated_s, max(told_s, rated_s + draw(late_s)), ContactRated(0.0, ticket_id, "ann", rating, rated_s)))
    for at_s, version in zip(draw(st.lists(instants, max_size=2, unique=True)), (2, 3), strict=False):
        fatigue = CALM | {"acute_half_life_queue_min": draw(st.sampled_from([30.0, 90.0])), "carried_share": 0.1 * version}
        found.append((at_s, at_s, PolicyPut(at_s, version, {"fatigue": fatigue})))
    for at_s in draw(st.lists(instants, max_size=2, unique=True)):
        found.append((at_s, at_s, Calibrated(at_s, "ann", draw(st.floats(0.5, 2)), draw(st.floats(0.6, 1.7)))))
    return found


def told(happened: list[Happening], late: bool) -> TeamState:
    """The team after all of it, told late or as it happened."""
    state = team(policy={"fatigue": CALM})
    for at_s, told_s, event in sorted(happened, key=lambda each: (each[1] if late else each[0], each[0])):
        now_s = max(state.now_s, min(told_s if late else at_s, END_S))
        fold(state, [replace(event, at_s=now_s)])
    return state


def loads_of(state: TeamState) -> list[float]:
    """Both loads at the end, the population's and her own, and what she remembers of the accounts."""
    settle(state.agents, 0, END_S + HOUR_S, state.params)
    agents = state.agents
    columns = [float(each[0]) for each in (agents.acute, agents.carried, agents.own_acute, agents.own_carried)]
    return columns + [each.memory["ann"][0] for _, each in sorted(state.accounts.items()) if "ann" in each.memory]


@given(news())
def test_news_in_any_order_leave_the_loads_of_news_in_time(happened: list[Happening]) -> None:
    """Also with the memory of accounts (κ ≠ 0), corrected points, late statuses, other settings and a pace of her own in between."""
    happened = [each for each in happened if not isinstance(each[2], PolicyPut) or each[2].version < 3] if len(happened) > 12 else happened
    in_time, late = told(happened, late=False), told(happened, late=True)
    assert loads_of(late) == pytest.approx(loads_of(in_time), rel=0, abs=1e-9)


@given(news())
def test_a_full_recomputation_gives_the_same_loads(happened: list[Happening]) -> None:
    state = told(happened, late=True)
    before = loads_of(state)
    recompute(state.agents, 0, state.params)
    assert loads_of(state) == pytest.approx(before, rel=0, abs=1e-9)


def test_over_months_the_ledger_stays_small_and_right() -> None:
    """A hundred days of statuses, contacts and breaks: what is older than a month is one sum, and recomputing gives what there was."""
    state = team(policy={"fatigue": CALM | {"line_points": 1.5, "break_trigger_ratio": 1.0}})
    for day in range(100):
        for hour, status in ((0, "online"), (4, "away"), (5, "online"), (8, "offline")):
            set_status(state, "ann", status, START_S + day * DAY_S + hour * HOUR_S + 1)
            if status == "online":
                contact(state, "ann", account_id="acme", escalated=day % 3 == 0)
    person = state.agents.people[0]
    settle(state.agents, 0, START_S + 100 * DAY_S, state.params)
    assert len(person.entries) <= 2 * 33
    assert len(person.statuses) <= 4 * 33
    assert 1 <= len(person.rests) <= 2 * 33
    assert person.base is not None
    assert person.base.carried > 0
    before = float(state.agents.acute[0]), float(state.agents.carried[0])
    recompute(state.agents, 0, state.params)
    assert (float(state.agents.acute[0]), float(state.agents.carried[0])) == pytest.approx(before, rel=0, abs=1e-9)


def test_a_contact_from_before_the_first_status_counts_as_off_until_then() -> None:
    state = team(policy=ADDITIVE)
    contact(state, "ann", START_S + HOUR_S, START_S - HOUR_S, reopened_count=3)
    # .48 points: an hour off shift (30 min), an hour at the queue (60 min)
    assert float(state.agents.project(START_S + HOUR_S, state.params).acute[0]) == pytest.approx(0.48 / 4 / 2, rel=1e-9)


def test_a_contact_told_after_the_break_that_followed_it_has_rested_too() -> None:
    """A break from 0 to 10 min; a contact that ended at −5 min is told at 20 min."""
    state = team(policy=ADDITIVE, at_s=START_S - HOUR_S)
    contact(state, "ann", START_S, escalated=True)
    before = float(state.agents.project(START_S + 20 * MINUTE_S, state.params).acute[0])
    contact(state, "ann", START_S + 20 * MINUTE_S, START_S - 5 * MINUTE_S, reopened_count=3)
    after = float(state.agents.project(START_S + 20 * MINUTE_S, state.params).acute[0])
    assert after - before == pytest.approx(0.48 * 2 ** (-5 / 60 - 10 / 20 - 10 / 60), rel=1e-9)


@pytest.mark.parametrize("late_d", [0.5, 3.2, 7.6, 7.9])
def test_a_contact_may_be_told_a_week_late(late_d: float) -> None:
    """Off shift and on again every eight hours, for ten days."""
    shifts = [(START_S + number * 8 * HOUR_S, "offline" if number % 3 == 2 else "online") for number in range(30)]
    told_s, loads = START_S + 10 * DAY_S, []
    for at_s in (told_s - late_d * DAY_S, told_s):
        state = team(policy=ADDITIVE)
        happenings = sorted([*shifts, (at_s, "")])
        for instant_s, status in happenings:
            if status:
                set_status(state, "ann", status, instant_s)
            else:
                contact(state, "ann", instant_s, told_s - late_d * DAY_S, reopened_count=3)
        now = state.agents.project(told_s, state.params)
        loads.append((float(now.acute[0]), float(now.carried[0])))
    assert loads[1] == pytest.approx(loads[0], rel=0, abs=1e-9)
    assert loads[0][1] > 1e-6  # there is something left to compare


def test_a_contact_may_be_told_that_ended_decades_ago() -> None:
    """With a short memory of accounts, what was remembered then is beyond what numbers hold: the load of today stays what it is."""
    state = team(policy={"fatigue": {"account_memory_half_life_d": 1.0}})
    contact(state, "ann", START_S, account_id="acme", escalated=True)
    contact(state, "ann", START_S + 60, START_S - 20 * 365 * DAY_S, account_id="acme", escalated=True)
    assert float(state.agents.project(START_S + 60, state.params).acute[0]) == pytest.approx(1.5 * 2 ** (-1 / 20), rel=1e-6)  # on a break
    assert all(np.isfinite(each.factor) for each in state.agents.people[0].entries)


def test_raw_points_are_kept_by_day_for_a_month() -> None:
    state = team(policy=ADDITIVE)
    for day in (0, 5, 10, 36):
        contact(state, "ann", START_S + day * DAY_S)
    contact(state, "ann", START_S + 36 * DAY_S, START_S + 10 * DAY_S + HOUR_S)  # told late
    first = int(START_S // DAY_S)
    assert state.agents.people[0].points_by_day == pytest.approx({first + 5: 0.03, first + 10: 0.06, first + 36: 0.03})
