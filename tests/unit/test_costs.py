"""The soft costs: each term moves the choice, whole milli-minutes decide, and waiting outweighs whatever a choice may cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import cost
from router.decide import decide
from router.domain import PRIORITIES, Decision
from router.events import AgentPut, ContactRated
from router.moment import Case, Moment
from router.policy import Policy
from router.state import TeamState
from support.build import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    contact,
    cost_of,
    decide_one,
    happen,
    in_hand,
    open_ticket,
    put_plan,
    set_status,
    shifts,
    team,
    tell,
)
from support.policies import BOUNDED, merged
from support.streams import START_S

NO_BREAK = {"break_min_s": 0, "break_max_s": 0}
TERMS = [name for name, _, _ in cost.TERMS]
FREE = dict.fromkeys(TERMS, 0)


def just_had_an_escalation(state: TeamState) -> object:
    """Of another account, and no break holds ann back."""
    return contact(state, "ann", escalated=True)


def holds_a_ticket(state: TeamState) -> object:
    return in_hand(state, "ann")


def took_an_escalation_of_the_account(state: TeamState) -> object:
    return contact(state, "ann", account_id="acme", escalated=True)


def bob_knows_the_account(state: TeamState) -> object:
    return contact(state, "bob", account_id="acme")


def bob_comes_back(state: TeamState) -> object:
    """After an hour, five minutes of which bob was away."""
    set_status(state, "bob", "away", START_S + 55 * MINUTE_S)
    return set_status(state, "bob", "online", START_S + HOUR_S)


def ann_is_the_expert(state: TeamState) -> object:
    for agent_id, level in (("ann", 5), ("bob", 1)):
        tell(state, AgentPut(START_S, agent_id, agent_id, skills={"export": level}))
    return state


# what has happened, and the facts of the ticket that comes then
MOVES: dict[str, tuple[Callable[[TeamState], object], dict[str, Any]]] = {
    "load": (just_had_an_escalation, {}),
    "open_work": (holds_a_ticket, {}),
    "continuity": (bob_knows_the_account, {}),
    "account_exposure": (took_an_escalation_of_the_account, {}),
    "fairness": (just_had_an_escalation, {}),
    "since_break": (bob_comes_back, {}),
    "skill_fit": (ann_is_the_expert, {"skills": ("export",)}),
    "handover": (lambda state: state, {"previous_agent_id": "bob"}),
    "plan": (lambda state: put_plan(state, ("ann", "break", 5, 15)), {}),
}


def test_every_term_has_a_move_to_show() -> None:
    assert set(MOVES) == set(TERMS)


@pytest.mark.parametrize("term", TERMS)
def test_each_term_moves_the_choice(term: str) -> None:
    """Alike in all else, ann is chosen, whose id is the smaller: when the term costs nothing, and not when it costs something."""

    def chosen(weight: float) -> str | None:
        state = team(["ann", "bob"], merged(NO_BREAK, {"weights": FREE | {term: weight}}))
        build, facts = MOVES[term]
        build(state)
        open_ticket(state, **facts)
        return decide_one(state).agent_id

    assert chosen(0) == "ann"
    assert chosen(1) == "bob"


def decision_after(*built: Callable[[TeamState], object], at_s: float = START_S, **fields: Any) -> Decision:
    """What giving T1 to ann, who is alone, costs after what was built; escalated contacts count 1 point here, and no break follows."""
    state = team({"ann": {}, "bob": {"status": "offline"}}, merged(NO_BREAK, {"hot_alone_s": 0, "fatigue": {"escalated_points": 1.0}}))
    for each in built:
        each(state)
    open_ticket(state, at_s=at_s, **fields)
    decision = decide_one(state)
    assert decision.agent_id == "ann"
    return decision


# in milli-minutes: 20 min per point · demand · (1 + (A + booked)/1.5)
@pytest.mark.parametrize(
    ("built", "fields", "milli"),
    [
        ((), {}, 600),  # 20 · .03
        ((), {"reopened_count": 1}, 3600),  # 20 · .18
        ((), {"escalated": True}, 20_000),
        ((just_had_an_escalation,), {}, 1000),  # 20 · .03 · (1 + 1/1.5)
        ((holds_a_ticket,), {}, 612),  # 20 · .03 · (1 + .03/1.5): booked, though not counted yet
        ((lambda state: in_hand(state, "ann", escalated=True),), {}, 1000),  # booked 1 point
        ((took_an_escalation_of_the_account,), {"escalated": True}, 41_667),  # 20 · 1 · 1.25 · (1 + 1/1.5), dearer by the account factor
    ],
)
def test_the_price_of_load(built: tuple[Callable[[TeamState], object], ...], fields: dict[str, Any], milli: int) -> None:
    assert cost_of(decision_after(*built, **fields), "load") == milli


@pytest.mark.parametrize("held", [0, 1, 4])
def test_the_price_of_open_work_counts_every_ticket_in_hand(held: int) -> None:
    assert cost_of(decision_after(*[holds_a_ticket] * held), "open_work") == 8000 * held


@pytest.mark.parametrize(("days", "milli"), [(0, 5000), (14, 2500), (28, 1250), (29.9, 1138), (31, 0)])
def test_the_price_of_continuity_fades_with_time(days: float, milli: int) -> None:
    assert cost_of(decision_after(bob_knows_the_account, at_s=START_S + days * DAY_S), "continuity") == milli


def test_who_knows_the_case_pays_nothing_for_continuity() -> None:
    assert cost_of(decision_after(took_an_escalation_of_the_account), "continuity") == 0
    assert cost_of(decision_after(previous_agent_id="ann"), "continuity") == 0
    assert cost_of(decision_after(previous_agent_id="bob"), "continuity") == 5000
    assert cost_of(decision_after(previous_agent_id="somebody who left"), "continuity") == 0


@pytest.mark.parametrize(
    ("points", "milli"),
    [
        ({"ann": [1.5], "bob": [0.03]}, 3459),  # 60 · .03 · (1.5 − .03)/.765
        ({"ann": [0.03], "bob": [1.5]}, 0),  # nobody took less
        ({"ann": [1.5], "bob": []}, 3600),  # 60 · .03 · 1.5/.75
        ({"ann": [], "bob": []}, 0),
        ({"ann": [1.5], "bob": [1.5]}, 0),
    ],
)
def test_the_price_of_fairness(points: dict[str, list[float]], milli: int) -> None:
    """Bob is offline, and comparable all the same."""

    def built(state: TeamState) -> object:
        for agent_id, each in points.items():
            for one in each:
                contact(state, agent_id, escalated=one > 1)
        return state

    state = team({"ann": {}, "bob": {"status": "offline"}}, NO_BREAK)
    built(state)
    open_ticket(state)
    assert cost_of(decide_one(state), "fairness") == pytest.approx(milli, abs=1)


def test_who_works_half_the_days_is_not_owed_more_for_it() -> None:
    """One hard contact on each day worked: four days against two."""
    state = team(["ann", "bob"], NO_BREAK)
    for day in range(4):
        contact(state, "ann", START_S + day * DAY_S, escalated=True)
        if day % 2 == 0:
            contact(state, "bob", escalated=True)
    assert state.agents.daily_points(state.now_s).tolist() == pytest.approx([1.5, 1.5])
    assert state.agents.daily_points(state.now_s + 28 * DAY_S).tolist() == pytest.approx([1.5, 1.5])
    assert state.agents.daily_points(state.now_s + 31 * DAY_S).tolist() == [0, 0]
    contact(state, "bob")
    assert state.agents.daily_points(state.now_s).tolist() == pytest.approx([1.5, (1.5 + 0.03 + 1.5) / 3], abs=1e-9)


@pytest.mark.parametrize(
    "where",
    [
        {"time_zone": "Pacific/Auckland"},
        {"time_zone": "America/Los_Angeles"},
        {"shifts": shifts(22 * 60, 30 * 60)},
        {"time_zone": "Europe/Rome", "shifts": shifts(16 * 60, 24 * 60)},
    ],
)
def test_a_shift_is_one_day_of_work_whatever_midnight_it_goes_past(where: dict[str, Any]) -> None:
    """A contact an hour through eight hours of every second day, in everybody's own shift: equal work is equally much."""
    zone = ZoneInfo(where.get("time_zone", "UTC"))
    start_min = where["shifts"][0].start_min if "shifts" in where else 9 * 60
    state = team({"ann": {}, "bob": where}, NO_BREAK)
    for day in (3, 5, 7):
        midnight_s = datetime(2026, 3, day, tzinfo=zone).timestamp()
        for hour in range(8):
            contact(state, "ann", START_S + 10 * DAY_S, datetime(2026, 3, day, 9 + hour, tzinfo=UTC).timestamp())
            contact(state, "bob", START_S + 10 * DAY_S, midnight_s + start_min * MINUTE_S + (hour + 1) * HOUR_S)
    ann, bob = state.agents.daily_points(state.now_s).tolist()
    assert ann == pytest.approx(bob)
    assert len(state.agents.people[1].points_by_day) == 3


NIGHTS = [(day + 22 / 24, day + 30 / 24) for day in range(5)]


@pytest.mark.parametrize(
    ("spans", "days"),
    [
        (NIGHTS, 5),
        ([(from_d + 0.01 * (-1) ** number, to_d) for number, (from_d, to_d) in enumerate((day, day + 0.3) for day in range(1, 6))], 5),
        ([(day + hour / 24, day + (hour + 3) / 24) for day in range(4) for hour in (20, 23.5)], 4),  # a break of half an hour
        ([(0, 5)], 5 + 1),  # nobody says when they are there; the first began in the small hours
        ([(day + hour / 24, day + (hour + 5) / 24) for day in range(4) for hour in (9, 22)], 4),
        ([], 5 + 1),
    ],
    ids=["nights", "about midnight", "late", "never offline", "twice a day", "never online"],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome"])
def test_who_declares_no_shifts_has_a_day_of_each_presence(spans: list[tuple[float, float]], days: int, zone: str) -> None:
    """A contact an hour, over the end of summer time in Rome."""
    midnight_s = datetime(2026, 10, 22, tzinfo=ZoneInfo(zone)).timestamp()
    state = team({"ann": {"time_zone": zone, "status": "offline"}}, NO_BREAK, at_s=midnight_s - DAY_S)
    for from_d, to_d in spans or NIGHTS:
        begin_s, end_s = midnight_s + from_d * DAY_S, midnight_s + to_d * DAY_S
        if spans:
            set_status(state, "ann", "online", begin_s)
        at_s = begin_s
        while (at_s := at_s + HOUR_S) < end_s + HOUR_S:
            contact(state, "ann", at_s)
        if spans:
            set_status(state, "ann", "offline", at_s)
    assert len(state.agents.people[0].points_by_day) == days


@pytest.mark.parametrize("now", [{"time_zone": "Asia/Tokyo"}, {"shifts": shifts(9 * 60, 17 * 60)}])
def test_a_contact_that_is_corrected_stays_of_the_day_that_it_was_of_when_the_shifts_have_changed(now: dict[str, Any]) -> None:
    """The night from Sunday on was one day of work, and is one when the shifts of another week are put and a rating comes."""
    nights = {"shifts": shifts(22 * 60, 30 * 60)}
    state = team({"ann": nights}, NO_BREAK)
    before_midnight_s, after_midnight_s = START_S - 10 * HOUR_S, START_S - 7 * HOUR_S
    contact(state, "ann", START_S, before_midnight_s, escalated=True)
    ticket = contact(state, "ann", START_S, after_midnight_s, escalated=True)
    tell(state, AgentPut(START_S, "ann", "Ann", **(nights | now)))
    tell(state, ContactRated(START_S, ticket.id, "ann", "hard", START_S))
    assert list(state.agents.people[0].points_by_day.values()) == pytest.approx([2.5])
    assert state.agents.daily_points(START_S).tolist() == pytest.approx([2.5])


def test_only_who_could_do_the_ticket_is_compared() -> None:
    state = team({"ann": {"skills": {"export": 1}}, "bob": {}, "cem": {"skills": {"export": 1}, "status": "offline"}}, NO_BREAK)
    contact(state, "bob", escalated=True)
    contact(state, "ann", escalated=True)
    contact(state, "cem", escalated=True)
    open_ticket(state, skills=("export",))
    assert cost_of(decide_one(state), "fairness") == 0


@pytest.mark.parametrize(("hours", "milli"), [(0, 0), (0.5, 500), (3, 3000), (4, 4000), (9, 4000)])
def test_the_price_of_a_long_stretch(hours: float, milli: int) -> None:
    assert cost_of(decision_after(at_s=START_S + hours * HOUR_S), "since_break") == milli


@pytest.mark.parametrize(("level", "facts", "milli"), [(1, {}, 0), (2, {}, 1000), (5, {}, 4000), (1, {"escalated": True}, 4000)])
def test_the_price_of_a_skill_that_does_not_fit(level: int, facts: dict[str, Any], milli: int) -> None:
    state = team({"ann": {"skills": {"export": level}}}, NO_BREAK)
    open_ticket(state, skills=("export",), **facts)
    assert cost_of(decide_one(state), "skill_fit") == milli


def test_the_price_of_a_handover() -> None:
    assert cost_of(decision_after(previous_agent_id="bob"), "handover") == 3000
    assert cost_of(decision_after(previous_agent_id="ann"), "handover") == 0
    assert cost_of(decision_after(), "handover") == 0


@pytest.mark.parametrize(("days", "milli"), [(0, 10_000), (14, 10_000), (29.99, 10_000), (30, 0)])
def test_the_price_of_account_exposure_is_whole_for_30_days(days: float, milli: int) -> None:
    decision = decision_after(took_an_escalation_of_the_account, at_s=START_S + days * DAY_S)
    assert cost_of(decision, "account_exposure") == milli


def test_account_exposure_counts_every_contact_easy_ones_too_and_each_account_by_itself() -> None:
    met = [lambda state: contact(state, "ann", account_id="acme")] * 4
    assert cost_of(decision_after(*met), "account_exposure") == 1200  # 10 · 4 · .03
    assert cost_of(decision_after(just_had_an_escalation), "account_exposure") == 0
    assert cost_of(decision_after(bob_knows_the_account), "account_exposure") == 0


def test_a_contact_told_late_or_corrected_moves_the_account_exposure() -> None:
    def price(state: TeamState) -> int:
        return int(cost.table(Case(Moment(state, state.now_s), state.tickets["T1"]))[TERMS.index("account_exposure"), 0])

    state = team(["ann", "bob"], merged(NO_BREAK, {"fatigue": {"escalated_points": 1.0}}))
    open_ticket(state, at_s=START_S + 40 * DAY_S)
    contact(state, "ann", ended_s=START_S + 5 * DAY_S, account_id="acme", escalated=True)  # told 35 days late
    assert price(state) == 0
    late = contact(state, "ann", ended_s=START_S + 20 * DAY_S, account_id="acme")
    assert price(state) == 300
    happen(state, late.id, "escalated", occurred_s=START_S + 20 * DAY_S - MINUTE_S)  # it was an escalation, as is learned now
    assert price(state) == 10_000


def test_the_second_ticket_of_a_batch_costs_more_than_the_first() -> None:
    state = team(["ann", "bob"])
    for number in range(4):
        open_ticket(state, f"T{number}", f"account-{number}")
    assert sorted(str(each.agent_id) for each in decide(state, START_S)) == ["ann", "ann", "bob", "bob"]
    assert cost.second_ticket(state) == 8000


def test_a_chat_goes_before_the_weekends_mail_where_the_ramp_has_room_for_one() -> None:
    state = team({"ann": {"status": "offline"}}, {"ramp_in": {"contacts": 1}})
    open_ticket(state, "mail", created_s=START_S - 2 * DAY_S, target_s=START_S + 4 * HOUR_S)
    open_ticket(state, "chat", "other", created_s=START_S - HOUR_S, target_s=START_S + 120, channel="chat")
    for status, after_s in (("online", 0.0), ("offline", HOUR_S), ("online", 2 * HOUR_S)):
        set_status(state, "ann", status, START_S + after_s)
    placed = [each.ticket_id for each in decide(state, state.now_s) if each.lane == "agent"]
    assert placed == ["chat"]
    assert cost.waiting(state, state.tickets["mail"], state.now_s) < cost.waiting(state, state.tickets["chat"], state.now_s)


def dearest() -> TeamState:
    """Every price at its highest, an agent who has had much of this account, and another one who knows it."""
    weights = {
        pointer.split("/")[-1]: bound.high
        for pointer, (_, bound) in BOUNDED.items()
        if pointer.startswith("/weights/") and "priority" not in pointer
    }
    fatigue = {"escalated_points": 10, "exposure_points_max": 20, "line_points": 20, "load_bound_ratio": 20, "account_factor_max": 10}
    state = team(
        {"ann": {"concurrency": (1000, 100, 10)}, "bob": {"status": "offline"}},
        merged(NO_BREAK, {"weights": weights, "fatigue": fatigue, "ramp_in": {"window_s": 0}}),
    )
    contact(state, "ann", account_id="acme", escalated=True)  # 10 points, half her line; now each of this account's counts 3.5-fold
    contact(state, "bob", account_id="acme")
    return state


def test_costs_are_whole_milli_minutes_within_their_limit() -> None:
    state = dearest()
    for _ in range(20):
        in_hand(state, "ann")
    open_ticket(state, escalated=True)
    table = cost.table(Case(Moment(state, START_S), state.tickets["T1"]))
    assert table.dtype == np.int64
    assert table.shape == (len(TERMS), 2)
    assert table.min() >= 0
    prices = dict(zip(TERMS, table[:, 0].tolist(), strict=True))
    assert prices["load"] == prices["open_work"] == prices["account_exposure"] == prices["fairness"] == cost.TERM_MAX
    assert prices["continuity"] == 1_000_000  # 1,000 min at most
    (decision,) = decide(state, START_S)
    assert [each.term for each in decision.because] == TERMS
    assert [each.cost for each in decision.because] == table[:, 0].tolist()
    assert all(type(each.cost) is int for each in decision.because)


def test_no_price_outweighs_waiting() -> None:
    state = dearest()
    open_ticket(state, escalated=True)
    assert decide_one(state).agent_id == "ann"
    most_steps = cost.second_ticket(state) * (1000 + 100 + 10)  # the largest concurrency that an agent may have
    assert len(TERMS) * cost.TERM_MAX + most_steps < cost.LEFT_WAITING


def test_a_whole_batch_is_served_at_the_highest_prices() -> None:
    state = dearest()
    for number in range(60):
        open_ticket(state, f"T{number}", f"account-{number}", priority="low")
    assert [each.lane for each in decide(state, START_S)] == ["agent"] * 60


# Waiting.


def price(priority: str, age_s: float, **fields: Any) -> int:
    state = team()
    return cost.waiting(state, open_ticket(state, priority=priority, **fields), START_S + age_s) - cost.LEFT_WAITING


@pytest.mark.parametrize(
    ("priority", "age_min", "fields", "milli"),
    [
        ("normal", 0, {}, 0),
        ("normal", 60, {}, 62_500),  # 60 · (1 + 60/1440)
        ("low", 60, {}, 30_625),  # .5 · 60 · (1 + 60/2880)
        ("high", 60, {}, 225_000),  # 3 · 60 · (1 + 60/240)
        ("urgent", 60, {}, 1_800_000),  # 10 · 60 · (1 + 60/30)
        ("normal", 60, {"target_s": START_S + 30 * MINUTE_S}, 180_000),  # 60 · (1 + 60/30): the ticket's own target
        ("normal", 1, {"target_s": START_S}, 2000),  # no target is nearer than a minute
    ],
)
def test_the_price_of_waiting(priority: str, age_min: float, fields: dict[str, Any], milli: int) -> None:
    assert price(priority, age_min * MINUTE_S, **fields) == milli


@given(st.sampled_from(PRIORITIES), st.floats(0, 10), st.floats(1, DAY_S), st.floats(60, 10 * DAY_S) | st.none())
def test_waiting_gets_dearer_every_second_and_ever_faster(priority: str, times: float, later_s: float, target_s: float | None) -> None:
    """Up to ten times the longest wait, and a day on; a second later means dearer, and the same time again costs no less than before."""
    age_s = times * getattr(Policy().max_wait_s, priority)
    if target_s is not None:
        age_s = times * target_s / 10
    fields = {} if target_s is None else {"target_s": START_S + target_s}
    now, then, after = (price(priority, age_s + part * later_s, **fields) for part in (0, 1, 2))
    if after < 100 * cost.TERM_MAX:
        assert now < then < after
        assert then - now <= after - then + 2  # each is rounded
    else:
        assert now <= then <= after


def test_a_weighty_account_is_more_urgent() -> None:
    def after_an_hour(**account: Any) -> int:
        state = team(accounts={"acme": account} if account else {})
        return cost.waiting(state, open_ticket(state), START_S + HOUR_S) - cost.LEFT_WAITING

    assert after_an_hour() == 62_500
    assert after_an_hour(renewal_s=START_S + 10 * DAY_S) == 93_750
    assert after_an_hour(renewal_s=START_S + 100 * DAY_S) == 62_500


def kind(number: int) -> dict[str, Any]:
    """Tickets of one kind come in different accounts, so that none is a repeat contact."""
    return {"account_id": f"account-{number}"}


def served(state: TeamState, now_s: float) -> list[str]:
    return [each.ticket_id for each in decide(state, now_s) if each.lane == "agent"]


@pytest.mark.parametrize("priority", PRIORITIES)
@pytest.mark.parametrize("gap_s", [0.0, 0.001, 1.0, 600.0])
@pytest.mark.parametrize("wait_s", [0.0, 10 * MINUTE_S, 5 * HOUR_S, 5 * DAY_S, 60 * DAY_S])
def test_the_fifth_never_goes_before_the_fourth(priority: str, gap_s: float, wait_s: float) -> None:
    """At any age, also where the price of waiting has reached its limit, and when both came within one milli-minute."""
    state = team({"ann": {"concurrency": (4, 0, 0)}})
    for number in range(5):
        open_ticket(state, f"T{number}", at_s=START_S + number * gap_s, priority=priority, **kind(number))
    assert served(state, state.now_s + wait_s) == ["T0", "T1", "T2", "T3"]


@pytest.mark.parametrize("after_s", [10.0, 20.0])
def test_the_fifth_does_not_go_before_the_fourth_when_the_fourth_passes_its_target(after_s: float) -> None:
    state = team({"ann": {"concurrency": (1, 0, 0)}})
    for number in (4, 5):
        opened_s = START_S + 30 * (number - 4)
        open_ticket(state, f"T{number}", at_s=opened_s, target_s=opened_s + 10 * MINUTE_S, **kind(number))
    assert served(state, START_S + 10 * MINUTE_S + after_s) == ["T4"]


@pytest.mark.parametrize(("older", "younger"), [("low", "normal"), ("normal", "high"), ("high", "urgent")])
def test_the_weight_of_a_priority_is_traded_against_age(older: str, younger: str) -> None:
    """A higher priority goes first when both just came, not when the other has waited much longer."""
    for age_s, first in ((MINUTE_S, younger), (DAY_S, older)):
        state = team({"ann": {"concurrency": (1, 0, 0)}})
        open_ticket(state, older, priority=older, created_s=START_S - age_s, **kind(1))
        open_ticket(state, younger, priority=younger, created_s=START_S - 0.9 * MINUTE_S, **kind(2))
        assert served(state, START_S) == [first]
