"""What a contact counts: the table of facts with its caps and floors, and how a team's events become those facts."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fatigue_model.exposure import GRAVE, RATINGS, ContactFacts, itemise, points
from fatigue_model.params import DEFAULTS, FatigueParams
from router.automation import Lane
from router.domain import Ticket
from router.errors import Conflict, Refused, Unknown
from router.events import AccountPut, ContactRated, TicketEvent
from router.readiness import view
from router.state import TeamState, exposure
from support.bounds import within_bounds
from support.build import DAY_S, HOUR_S, contact, give, happen, open_ticket, take_turn, team, tell
from support.streams import START_S

ORDINARY, REOPENED, REPEAT, PAST_TARGET, WEIGHT = 0.03, 0.15, 0.1, 0.1, 0.1
EVERYTHING = ContactFacts(reopened_count=9, repeat_contacts_7d=9, past_target=True, account_weighty=True)
EVERYTHING_POINTS = ORDINARY + 0.45 + 0.3 + PAST_TARGET + WEIGHT  # 0.98


@pytest.mark.parametrize(
    ("facts", "right"),
    [
        (ContactFacts(), 0.03),
        (ContactFacts(reopened_count=1), 0.18),
        (ContactFacts(reopened_count=2), 0.33),
        (ContactFacts(reopened_count=3), 0.48),
        (ContactFacts(reopened_count=4), 0.48),  # cap .45
        (ContactFacts(repeat_contacts_7d=1), 0.13),
        (ContactFacts(repeat_contacts_7d=2), 0.23),
        (ContactFacts(repeat_contacts_7d=3), 0.33),
        (ContactFacts(repeat_contacts_7d=4), 0.33),  # cap .3
        (ContactFacts(past_target=True), 0.13),
        (ContactFacts(account_weighty=True), 0.13),
        (EVERYTHING, 0.98),
        (ContactFacts(hostile_before=True), 0.03),
        (ContactFacts(escalated=True), 1.5),
        (ContactFacts(abuse=True), 1.5),
        (ContactFacts(text_score=1.0), 0.63),
        (ContactFacts(text_score=0.7), 0.33),
        (ContactFacts(text_score=0.4), 0.03),
        (dataclasses.replace(EVERYTHING, text_score=1.0), 1.58),
        (ContactFacts(grave="threat"), 2.0),
        (ContactFacts(grave="self_harm", escalated=True), 2.0),  # the higher floor holds
        (ContactFacts(grave="bereavement", hostile_before=True), 1.0),
        (ContactFacts(rating="nothing", escalated=True), 0.03),  # the agent's own word goes before everything
        (ContactFacts(rating="a_bit"), 0.2),
        (ContactFacts(rating="hard", grave="threat"), 1.0),
        (ContactFacts(rating="awful"), 2.0),
        (ContactFacts(escalated=True, abuse=True), 1.5),  # floors do not add up
        (dataclasses.replace(EVERYTHING, escalated=True), 1.5),  # nor do facts add to a floor
        (ContactFacts(escalated=True, hostile_before=True), 0.75),
        (ContactFacts(abuse=True, hostile_before=True), 0.75),
        (dataclasses.replace(EVERYTHING, abuse=True, hostile_before=True), 0.98),  # half the floor is under the facts
    ],
)
def test_the_table(facts: ContactFacts, right: float) -> None:
    assert points(facts, DEFAULTS) == pytest.approx(right, rel=1e-12)


@pytest.mark.parametrize(
    ("settings", "facts", "right"),
    [
        ({"escalated_points": 3.1}, ContactFacts(escalated=True), 3.0),  # cap 3
        ({"escalated_points": 2.9}, ContactFacts(escalated=True), 2.9),
        ({"escalated_points": 8.0}, ContactFacts(escalated=True, hostile_before=True), 3.0),  # halved first, then capped
        ({"reopened_points": 2.0, "reopened_points_max": 5.0}, ContactFacts(reopened_count=2), 3.0),
        ({"escalated_points": 1.2}, ContactFacts(escalated=True, abuse=True), 1.5),  # the higher floor holds
        ({"abuse_points": 1.2}, ContactFacts(escalated=True, abuse=True), 1.5),
        ({"escalated_points": 0.5}, dataclasses.replace(EVERYTHING, escalated=True), 0.98),  # a floor, not a replacement
        ({"repeat_hostile_share": 0.0}, ContactFacts(abuse=True, hostile_before=True), 0.03),
        ({"exposure_points_max": 0.1}, ContactFacts(past_target=True), 0.1),
    ],
)
def test_floors_and_caps_under_other_settings(settings: dict[str, float], facts: ContactFacts, right: float) -> None:
    assert points(facts, FatigueParams.from_mapping(settings)) == pytest.approx(right, rel=1e-12)


def test_each_point_is_traced_to_its_fact() -> None:
    right = [("ordinary", 0.03), ("reopened", 0.45), ("repeat_contact", 0.3), ("past_target", 0.1), ("account_weight", 0.1)]
    assert [name for name, _ in itemise(EVERYTHING, DEFAULTS)] == [name for name, _ in right]
    assert [value for _, value in itemise(EVERYTHING, DEFAULTS)] == pytest.approx([value for _, value in right])
    assert itemise(ContactFacts(escalated=True), DEFAULTS) == (("ordinary", 0.03), ("escalated", 1.47))
    assert dict(itemise(dataclasses.replace(EVERYTHING, grave="threat"), DEFAULTS))["threat"] == pytest.approx(2 - 0.98)
    capped = FatigueParams.from_mapping({"abuse_points": 4.0})
    assert itemise(ContactFacts(abuse=True), capped) == (("ordinary", 0.03), ("abuse", 3.97), ("cap", -1.0))
    assert itemise(dataclasses.replace(EVERYTHING, abuse=True, rating="a_bit"), DEFAULTS) == (("rated_a_bit", 0.2),)


facts_ = st.builds(
    ContactFacts,
    text_score=st.floats(0, 1),
    grave=st.none() | st.sampled_from(GRAVE),
    rating=st.none() | st.sampled_from(RATINGS),
    escalated=st.booleans(),
    abuse=st.booleans(),
    reopened_count=st.integers(0, 50),
    repeat_contacts_7d=st.integers(0, 50),
    past_target=st.booleans(),
    account_weighty=st.booleans(),
    hostile_before=st.booleans(),
)


@given(facts_, within_bounds())
def test_the_items_add_up_to_the_points(facts: ContactFacts, params: FatigueParams) -> None:
    found = points(facts, params)
    assert sum(value for _, value in itemise(facts, params)) == pytest.approx(found, rel=0, abs=1e-9)
    assert 0 <= found <= params.exposure_points_max


@given(facts_, st.sampled_from(["escalated", "abuse", "reopened_count", "repeat_contacts_7d", "past_target", "account_weighty"]))
def test_a_further_fact_never_makes_a_contact_easier(facts: ContactFacts, name: str) -> None:
    facts = dataclasses.replace(facts, rating=None)
    harder = dataclasses.replace(facts, **{name: getattr(facts, name) + 1 if name.endswith(("count", "7d")) else True})
    assert ORDINARY <= points(facts, DEFAULTS) <= points(harder, DEFAULTS) <= 3.0


# From a team's events to the facts.


def with_arr(accounts: int, richest_usd: float = 0.0) -> TeamState:
    """Accounts worth 1,000 $, 2,000 $ and so on; the last one worth more, where given."""
    state = team(accounts={f"account-{number:02}": {"arr_usd": 1000.0 * number} for number in range(1, accounts)})
    return tell(state, AccountPut(state.now_s, f"account-{accounts:02}", arr_usd=richest_usd or 1000.0 * accounts))


def points_now(state: TeamState, ticket: Ticket, after_s: float = 0.0) -> float:
    return exposure(state, ticket, state.now_s + after_s)


@pytest.mark.parametrize(
    ("fields", "after_s", "right"),
    [
        ({}, 0.0, 0.03),
        ({"reopened_count": 2}, 0.0, 0.33),
        ({"target_s": START_S + 60}, 60.0, 0.03),  # at its target is not past it
        ({"target_s": START_S + 60}, 61.0, 0.13),
        ({"escalated": True}, 0.0, 1.5),
        ({"abuse": True}, 0.0, 1.5),
    ],
)
def test_facts_of_the_ticket(fields: dict[str, object], after_s: float, right: float) -> None:
    state = team()
    assert points_now(state, open_ticket(state, **fields), after_s) == pytest.approx(right)


@pytest.mark.parametrize(
    ("renewal_d", "right"),
    [(31, 0.03), (30, 0.13), (1, 0.13), (0, 0.13), (-1, 0.13), (-1.1, 0.03)],  # a date counts until its day is over
)
def test_a_renewal_within_thirty_days_counts(renewal_d: float, right: float) -> None:
    state = team(accounts={"acme": {"renewal_s": START_S + renewal_d * DAY_S}})
    assert points_now(state, open_ticket(state)) == pytest.approx(right)


@pytest.mark.parametrize(("account", "right"), [("account-20", 0.13), ("account-19", 0.13), ("account-18", 0.03), ("unheard-of", 0.03)])
def test_the_top_tenth_by_revenue_counts(account: str, right: float) -> None:
    state = with_arr(20)
    assert points_now(state, open_ticket(state, account_id=account)) == pytest.approx(right)


def test_a_tenth_of_fewer_than_ten_accounts_is_nobody() -> None:
    nine, ten = with_arr(9, richest_usd=1e9), with_arr(10, richest_usd=1e9)
    assert points_now(nine, open_ticket(nine, account_id="account-09")) == pytest.approx(0.03)
    assert points_now(ten, open_ticket(ten, account_id="account-10")) == pytest.approx(0.13)


@pytest.mark.parametrize(
    ("earlier_d", "right"),
    [((), 0.03), ((7,), 0.13), ((7.01,), 0.03), ((1, 2, 3), 0.33), ((1, 2, 3, 4), 0.33), ((0,), 0.03), ((0.01,), 0.13)],
)
def test_earlier_tickets_of_the_account_within_seven_days_count(earlier_d: tuple[float, ...], right: float) -> None:
    state = team()
    for number, days in enumerate(earlier_d):
        open_ticket(state, f"E{number}", created_s=START_S - days * DAY_S)
    open_ticket(state, "X", "another account", created_s=START_S - DAY_S)
    assert points_now(state, open_ticket(state)) == pytest.approx(right)


def test_reopening_counts_and_ends_the_escalation() -> None:
    state = team()
    ticket = contact(state, "ann", escalated=True)
    happen(state, ticket.id, "reopened")
    assert points_now(state, ticket) == pytest.approx(ORDINARY + REOPENED)


@pytest.mark.parametrize("again", ["escalated", "abuse"])
def test_a_second_hostile_contact_of_the_same_ticket_counts_half(again: str) -> None:
    state = team()
    ticket = give(state, open_ticket(state, escalated=True).id, "ann")
    assert points_now(state, ticket) == pytest.approx(1.5)
    happen(state, ticket.id, "contact", START_S + 60)
    happen(state, ticket.id, again, START_S + 120)
    assert points_now(state, ticket) == pytest.approx(0.75)
    happen(state, ticket.id, "contact", START_S + 180)
    assert [each.points for each in ticket.contacts] == pytest.approx([1.5, 0.75])


def test_a_hostile_contact_of_another_ticket_counts_whole() -> None:
    state = team()
    contact(state, "ann", escalated=True, account_id="acme")
    second = open_ticket(state, account_id="acme", escalated=True)
    assert points_now(state, second) == pytest.approx(1.5)


# From words and taps to the facts.


def rate(state: TeamState, ticket: Ticket, rating: str, occurred_s: float, agent_id: str = "ann") -> Ticket:
    tell(state, ContactRated(max(state.now_s, occurred_s), ticket.id, agent_id, rating, occurred_s))
    return ticket


def message(state: TeamState, ticket: Ticket, at_s: float, score: float, grave: str | None = None) -> Ticket:
    tell(state, TicketEvent(at_s, ticket.id, "message", at_s, text_score=score, grave=grave))
    return ticket


def test_the_worst_message_counts_not_the_mean_nor_the_last() -> None:
    state = team()
    ticket = open_ticket(state, text_score=0.2)
    for minute, score in enumerate((0.9, 0.1), 1):
        message(state, ticket, START_S + 60 * minute, score)
    assert points_now(state, ticket) == pytest.approx(ORDINARY + 0.5)


def test_who_has_answered_a_message_does_not_meet_it_again() -> None:
    """Ann answered the angry message; for her next contact only what came since counts, for bob's all of it."""
    state = team(["ann", "bob"])
    ticket = give(state, open_ticket(state, text_score=1.0).id, "ann")
    happen(state, ticket.id, "contact", START_S + 60)
    message(state, ticket, START_S + 120, 0.7)
    happen(state, ticket.id, "contact", START_S + 180)
    happen(state, ticket.id, "reassigned", START_S + 240, agent_id="bob")
    happen(state, ticket.id, "contact", START_S + 300)
    assert [each.points for each in ticket.contacts] == pytest.approx([0.63, 0.33, 0.63])


def test_a_message_told_late_corrects_the_contact_that_met_it() -> None:
    state = team()
    ticket = contact(state, "ann", START_S + HOUR_S, created_s=START_S)
    state.now_s = START_S + 2 * HOUR_S
    tell(state, TicketEvent(state.now_s, ticket.id, "message", START_S + 60, text_score=1.0))
    assert ticket.contacts[0].points == pytest.approx(0.63)
    assert state.agents.people[0].entries[0].points == pytest.approx(0.63)


def test_what_is_grave_is_kept_beside_a_calm_score_and_never_averaged() -> None:
    state = team()
    ticket = open_ticket(state, text_score=0.0, grave="self_harm")
    message(state, ticket, START_S + 60, 0.1)
    assert points_now(state, ticket) == pytest.approx(2.0)
    message(state, ticket, START_S + 120, 0.1, "threat")
    assert ticket.grave == "threat"


@pytest.mark.parametrize("grave", GRAVE)
def test_words_alone_send_no_break_but_light_duty(grave: str) -> None:
    """2 points are 4/3 of the line; as a fact they would send a break."""
    state = team()
    contact(state, "ann", grave=grave)
    assert view(state, 0, state.now_s).state == "light_duty"
    rate(state, next(iter(state.tickets.values())), "awful", state.now_s)
    assert view(state, 0, state.now_s).state == "break"  # at her own word


@pytest.mark.parametrize("grave", GRAVE)
def test_nor_do_they_with_the_next_ticket(grave: str) -> None:
    state = team()
    contact(state, "ann", grave=grave)
    for _ in range(3):
        contact(state, "ann")
    assert view(state, 0, state.now_s).state == "light_duty"
    for _ in range(4):
        contact(state, "ann", text_score=1.0)  # these count by themselves
    assert view(state, 0, state.now_s).state == "break"


def test_a_second_grave_message_of_a_ticket_counts_half() -> None:
    state = team()
    ticket = give(state, open_ticket(state, grave="threat").id, "ann")
    happen(state, ticket.id, "contact", START_S + 60)
    message(state, ticket, START_S + 120, 0.0, "threat")
    happen(state, ticket.id, "contact", START_S + 180)
    assert [each.points for each in ticket.contacts] == pytest.approx([2.0, 1.0])


def test_the_load_of_many_angry_tickets_sends_a_break() -> None:
    state = team()
    for _ in range(5):  # 5 · .63, of which the words of the last, .6, do not send her off
        contact(state, "ann", text_score=1.0)
    found = view(state, 0, state.now_s)
    assert (found.state, found.because[0][:5]) == ("break", "load:")


def test_a_tap_rates_the_last_contact_that_had_ended_and_the_newest_tap_holds() -> None:
    state = team()
    ticket = give(state, open_ticket(state, escalated=True).id, "ann")
    happen(state, ticket.id, "contact", START_S + 60)
    happen(state, ticket.id, "contact", START_S + 600)
    rate(state, ticket, "hard", START_S + 300)  # told late: it was about the first
    rate(state, ticket, "awful", START_S + 700)
    rate(state, ticket, "a_bit", START_S + 800)
    assert [each.points for each in ticket.contacts] == [1.0, 0.2]
    assert [each.facts.rating for each in ticket.contacts] == ["hard", "a_bit"]


def test_a_low_tap_takes_no_break_away() -> None:
    state = team()
    ticket = contact(state, "ann", escalated=True)
    before = state.agents.people[0].recovery
    rate(state, ticket, "nothing", state.now_s)
    assert ticket.contacts[0].points == 0.03
    assert state.agents.people[0].recovery == before
    assert before is not None


def test_only_a_contact_of_ones_own_can_be_rated() -> None:
    state = team(["ann", "bob"])
    ticket = contact(state, "bob", START_S + 60)
    for agent_id, occurred_s in (("ann", START_S + 90), ("bob", START_S + 30)):
        with pytest.raises(Conflict, match="no contact of yours"):
            rate(state, ticket, "hard", occurred_s, agent_id)
    with pytest.raises(Refused, match="nothing, a_bit, hard, awful"):
        rate(state, ticket, "meh", START_S + 90, "bob")
    with pytest.raises(Unknown):
        tell(state, ContactRated(state.now_s, "T404", "bob", "hard", state.now_s))


@pytest.mark.parametrize(("words", "rule"), [({"text_score": 0.51}, "text"), ({"text_score": 0.0, "grave": "self_harm"}, "grave")])
def test_hard_words_are_no_matter_for_automation(words: dict[str, object], rule: str) -> None:
    state = team(policy={"automation": {"categories": ["reset"]}})
    ticket = open_ticket(state, category="reset", **words)
    assert [each.rule for each in Lane(state, START_S).refusals(ticket)] == [rule]


def test_a_grave_message_takes_a_ticket_out_of_automation() -> None:
    state = take_turn(team(policy={"automation": {"categories": ["reset"]}}, agents={"ann": {"status": "away"}}))
    ticket = open_ticket(state, category="reset")
    take_turn(state)
    assert ticket.state == "automation"
    message(state, ticket, START_S + 60, 0.0, "self_harm")
    assert ticket.state == "waiting"
