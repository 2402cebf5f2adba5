"""Accounts that came with tickets alone are let go when nothing is left of them that a decision could look at."""

from __future__ import annotations

from typing import Any

import pytest

from api.json_text import to_json
from router import forget, snapshot
from router.events import AccountPut, Event, ExclusionPut, PointsDropped
from router.state import TeamState
from router.turn import fold
from support import build
from support.build import DAY_S
from support.streams import START_S

ACCOUNT = "acme"


def a_ticket(state: TeamState, number: int, account_id: str, at_s: float, **facts: bool) -> None:
    build.set_status(state, "ann", "online", at_s)
    build.open_ticket(state, f"T{number}", account_id, at_s, **facts)
    build.take_turn(state)
    build.happen(state, f"T{number}", "resolved", at_s + 600.0)
    build.take_turn(state)


def after(days: float, state: TeamState) -> TeamState:
    """The state when somebody else has written, so many days after the ticket."""
    a_ticket(state, 1_000_000 + int(days), "another", START_S + days * DAY_S)
    return state


def served(**facts: bool) -> TeamState:
    state = build.team(["ann"])
    a_ticket(state, 1, ACCOUNT, START_S, **facts)
    return state


def test_new_customers_each_day_make_no_state_grow() -> None:
    state, kept_bytes = build.team(["ann"]), {}
    for day in range(75):
        for number in range(3 * day, 3 * day + 3):
            a_ticket(state, number, f"customer-{number:06d}", START_S + day * DAY_S + number % 3 * 3600.0)
        kept_bytes[day] = len(to_json(snapshot.dump(state)))
    assert kept_bytes[74] < 1.02 * kept_bytes[44]
    assert len(state.accounts) == len(state.tickets) == 3 * 30 + 1


def test_an_account_goes_with_the_last_of_its_tickets() -> None:
    assert ACCOUNT in after(29, served()).accounts
    assert ACCOUNT not in after(31, served()).accounts
    again = served()
    a_ticket(again, 2, ACCOUNT, START_S + 5 * DAY_S)
    assert ACCOUNT in after(31, again).accounts
    assert ACCOUNT not in after(36, again).accounts


def with_facts(state: TeamState, number: int, account_id: str, at_s: float, arr_usd: float) -> None:
    """A ticket that brings facts of its account along, as some helpdesks send them with each."""
    a_ticket(state, number, account_id, at_s)
    fold(state, [AccountPut(state.now_s, account_id, arr_usd=arr_usd, tier="gold", with_ticket=True)])


def test_facts_that_came_with_tickets_go_with_the_last_of_them_and_are_there_again_with_the_next() -> None:
    state = build.team(["ann"])
    with_facts(state, 1, ACCOUNT, START_S, 5000.0)
    assert (state.accounts[ACCOUNT].tier, state.arrs_usd) == ("gold", [5000.0])
    after(31, state)
    assert ACCOUNT not in state.accounts
    assert state.arrs_usd == []
    with_facts(state, 2, ACCOUNT, state.now_s, 6000.0)
    assert (state.accounts[ACCOUNT].arr_usd, state.arrs_usd) == (6000.0, [6000.0])


@pytest.mark.parametrize("put_first", [True, False])
def test_an_account_that_was_put_stays_whatever_its_tickets_bring(put_first: bool) -> None:
    state = served()
    said = AccountPut(state.now_s, ACCOUNT, arr_usd=1.0), AccountPut(state.now_s, ACCOUNT, arr_usd=2.0, with_ticket=True)
    fold(state, said if put_first else said[::-1])
    assert ACCOUNT in after(400, state).accounts


def test_the_top_tenth_is_of_the_accounts_that_are_known() -> None:
    """Of those that came with tickets alone: of who wrote lately."""
    state = build.team(["ann"], accounts={f"put-{number}": {"arr_usd": 1000.0 * number} for number in range(10)})
    with_facts(state, 1, ACCOUNT, START_S, 50_000.0)
    assert state.top_arr_usd == 50_000.0
    assert after(31, state).top_arr_usd == 9000.0
    assert state.arrs_usd == sorted(each.arr_usd for each in state.accounts.values() if each.arr_usd is not None)


@pytest.mark.parametrize(
    "said", [AccountPut(START_S, ACCOUNT), ExclusionPut(START_S, "ann", ACCOUNT, "asked", None)], ids=["put by the helpdesk", "excluded"]
)
def test_what_somebody_said_of_an_account_keeps_it(said: Event) -> None:
    state = served()
    fold(state, [said])
    assert ACCOUNT in after(400, state).accounts


def test_an_account_whose_ticket_is_open_stays() -> None:
    state = served()
    build.open_ticket(state, "T2", ACCOUNT, START_S + 1.0)
    build.take_turn(state)
    assert ACCOUNT in after(400, state).accounts


def test_an_account_that_somebody_remembers_goes_once_that_has_faded() -> None:
    """Half in 14 days: of a hard contact something is left after a month, and nothing after half a year."""
    state = after(31, served(abuse=True))
    for days, left in ((60, True), (180, False)):
        after(days, state)
        fold(state, [PointsDropped(state.now_s, state.now_s - 31 * DAY_S)])
        assert (ACCOUNT in state.accounts) is left
        assert not forget.overdue(state, state.now_s - 31 * DAY_S)


def test_an_account_whose_exclusion_has_run_out_is_swept_with_old_points() -> None:
    state = served()
    fold(state, [ExclusionPut(START_S, "ann", ACCOUNT, "asked", START_S + 40 * DAY_S)])
    after(80, state)
    assert ACCOUNT in state.accounts
    assert forget.overdue(state, START_S - DAY_S)
    fold(state, [PointsDropped(state.now_s, START_S - DAY_S)])
    assert ACCOUNT not in state.accounts
    assert not forget.overdue(state, START_S - DAY_S)


def test_who_handled_an_escalation_is_known_for_a_year() -> None:
    state = served(escalated=True)
    for days in (180, 364):
        after(days, state)
        fold(state, [PointsDropped(state.now_s, state.now_s - 90 * DAY_S)])
        assert state.accounts[ACCOUNT].escalation_handlers == ("ann",)
    after(366, state)
    fold(state, [PointsDropped(state.now_s, state.now_s - 90 * DAY_S)])
    assert ACCOUNT not in state.accounts


def test_a_state_that_was_stored_goes_on_forgetting() -> None:
    state = snapshot.load(snapshot.dump(served()))
    assert state.accounts[ACCOUNT].kept == 1
    assert ACCOUNT not in after(31, state).accounts


@pytest.mark.parametrize("facts", [{"tier": "gold"}, {"arr_usd": 0.0}, {"usage_trend": 0.0}], ids=str)
def test_an_account_of_an_older_engine_stays_for_its_facts_alone(facts: dict[str, Any]) -> None:
    """What is 0 is a fact as well."""
    state = served()
    fold(state, [AccountPut(START_S, "known", **facts)])
    a_ticket(state, 2, "known", START_S)
    values = snapshot.dump(state)
    for each in values["accounts"]:
        del each["put"], each["kept"]
    state = after(31, snapshot.load(values))
    assert "known" in state.accounts
    assert ACCOUNT not in state.accounts
    assert state.arrs_usd == [each.arr_usd for each in state.accounts.values() if each.arr_usd is not None]
