"""A break waits for live work to its deadline and begins anew where work runs into it; what joins it, and how long it lasts."""

from __future__ import annotations

import pytest

from support.build import contact, decide_one, give, happen, open_ticket, rejections, set_status, team
from support.rests import MIN_S, PLAIN, at, current, held, span, view


def test_a_break_is_pending_until_live_work_ends() -> None:
    state = team()
    held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    assert view(state, 5 * MIN_S).state == "pending"
    assert span(state) == (10, 20)
    happen(state, "H3", "contact", at(7))
    assert span(state) == (7, 17)


@pytest.mark.parametrize("deadline_s", [0, 120, 300, 900])
def test_a_lost_contact_delays_the_break_to_the_deadline_and_no_further(deadline_s: int) -> None:
    state = team(policy={"pending_deadline_s": deadline_s})
    held(state, channel="phone")
    contact(state, "ann", at(5), escalated=True)
    assert span(state)[0] == 5 + deadline_s / 60
    assert view(state, 5 * MIN_S + deadline_s).state == "break"
    assert view(state, 15 * MIN_S + deadline_s).state in ("ready", "light_duty")


def test_e_mail_in_hand_does_not_delay_a_break() -> None:
    state = team()
    held(state)
    contact(state, "ann", at(5), escalated=True)
    assert span(state) == (5, 15)


def test_a_live_ticket_that_is_taken_away_ends_the_wait() -> None:
    state = team(["ann", "ben"])
    ticket = held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    happen(state, ticket.id, "reassigned", at(6), agent_id="ben")
    assert span(state) == (6, 16)


def test_giving_somebody_what_they_hold_already_changes_nothing() -> None:
    state = team()
    ticket = held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    before = span(state), state.agents.open.tolist(), state.agents.live_open.tolist(), state.agents.ramp_count.tolist()
    give(state, ticket.id, "ann", at(6))
    assert before == (span(state), state.agents.open.tolist(), state.agents.live_open.tolist(), state.agents.ramp_count.tolist())


def test_a_trigger_while_a_break_is_pending_joins_it() -> None:
    state = team()
    held(state, channel="chat")
    first = contact(state, "ann", at(5), escalated=True)
    second = contact(state, "ann", at(6), abuse=True)
    assert current(state).since_s == at(5)
    assert current(state).because == (f"escalated:{first.id}", f"abuse:{second.id}")
    assert span(state) == (10, 25)  # 3 points ask for more than 10 minutes


def test_work_that_ends_inside_a_break_makes_it_begin_anew() -> None:
    state = team()
    ticket = held(state, channel="phone", escalated=True)
    contact(state, "ann", at(0), escalated=True)
    assert span(state) == (5, 15)
    begun = current(state).id
    happen(state, ticket.id, "contact", at(9), occurred_s=at(8))  # past the deadline, and told a minute late
    assert span(state) == (5, 23)
    assert current(state).id == begun


ENDS: dict[str, tuple[str, str | None]] = {
    "the contact": ("contact", None),
    "the ticket": ("resolved", None),
    "by going to somebody else": ("reassigned", "ben"),
    "by a refusal": ("declined", None),
}


@pytest.mark.parametrize("how", sorted(ENDS))
def test_an_ordinary_chat_that_runs_into_the_break_makes_it_begin_anew_when_it_ends(how: str) -> None:
    kind, who = ENDS[how]
    state = team(["ann", "ben"])
    chat, other, letter = held(state, channel="chat"), held(state, channel="chat"), held(state)
    contact(state, "ann", at(5), escalated=True)
    assert span(state) == (10, 20)
    happen(state, letter.id, "resolved", at(15))
    assert span(state) == (10, 20), "an e-mail keeps nobody from resting"
    happen(state, chat.id, kind, at(19), agent_id=who)
    assert span(state) == (10, 29)
    assert "on_break" in {each.rule for each in rejections(decide_one(state, open_ticket(state).id, at(28)), "ann")}
    happen(state, chat.id, "closed", at(20))
    assert span(state) == (10, 29), "once for each"
    happen(state, other.id, "resolved", at(21))
    assert span(state) == (10, 31)


@pytest.mark.parametrize(("told_min", "until_min"), [(12, 22), (19, 22), (20, 20)])
def test_a_chat_that_ended_in_the_break_counts_from_when_it_did_and_none_after_the_break(told_min: float, until_min: float) -> None:
    state = team()
    chat = held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    happen(state, chat.id, "resolved", at(told_min), occurred_s=at(12))
    assert span(state) == (10, until_min)


def test_a_chat_that_is_closed_while_its_agent_is_away_makes_no_break_longer() -> None:
    state = team()
    chat = held(state, channel="chat")
    contact(state, "ann", at(5), escalated=True)
    set_status(state, "ann", "offline", at(12))
    happen(state, chat.id, "resolved", at(15))
    assert span(state) == (10, 20)


def test_an_escalation_told_late_of_work_that_ended_inside_a_break_sends_no_second() -> None:
    """The load of other tickets made the break begin anew with that contact; to its agent it was the break for it."""
    state = team(policy={"fatigue": {"line_points": 1.02}})
    ticket = held(state)
    contact(state, "ann", at(5), escalated=True)
    happen(state, ticket.id, "contact", at(8))
    sent = current(state).id, span(state)
    assert sent[1] == (5, 18)
    happen(state, ticket.id, "escalated", at(30), occurred_s=at(7))
    assert (current(state).id, span(state)) == sent
    assert ticket.contacts[0].hot


def test_a_contact_from_before_the_break_is_covered_by_it() -> None:
    state = team()
    first, second = held(state), held(state)
    contact(state, "ann", at(5), escalated=True)
    happen(state, first.id, "abuse", at(8), occurred_s=at(3))
    happen(state, first.id, "contact", at(8), occurred_s=at(4))
    assert span(state) == (5, 20)  # the same break; twice the points ask for the longest
    happen(state, second.id, "abuse", at(30), occurred_s=at(3))
    happen(state, second.id, "contact", at(30), occurred_s=at(4))  # told only when the break is over
    assert span(state) == (5, 20)


def test_late_news_of_a_contact_that_a_break_has_followed_sends_no_other() -> None:
    state = team()
    ticket = held(state, escalated=True)
    contact(state, "ann", at(5), escalated=True)
    happen(state, ticket.id, "contact", at(16), occurred_s=at(4))
    assert view(state, 16 * MIN_S).state == "light_duty"
    assert span(state) == (5, 15)


def test_a_break_that_turns_out_too_short_while_it_runs_gets_the_length_it_should_have_had() -> None:
    state = team(policy={"fatigue": {"account_memory_gain": 0.0, "line_points": 1.9}})
    ticket = held(state, escalated=True)
    contact(state, "ann", at(5), escalated=True)
    assert span(state) == (5, 15)
    happen(state, ticket.id, "contact", at(8), occurred_s=at(5))
    assert span(state) == (5, 5 + 791 / 60)  # 20 min · log2(3 / 1.9)


def test_the_break_lasts_ten_to_fifteen_minutes_by_the_load() -> None:
    state = team(policy=PLAIN)
    contact(state, "ann", at(0), escalated=True)
    assert span(state) == (0, 10)
    contact(state, "ann", at(60), escalated=True)
    start, end = span(state)
    assert (start, 10 < end - start < 15) == (60, True)
    contact(state, "ann", at(75), escalated=True, abuse=True)
    assert 10 < span(state)[1] - span(state)[0] <= 15
