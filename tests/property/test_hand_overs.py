"""Whoever had a ticket at an instant is told by its hand-overs; what happens in one second on it, in any order, ends the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.events import TicketEvent
from router.turn import fold
from support.build import give, happen, open_ticket, team
from support.streams import START_S

AGENTS = ("ann", "bob", "cem")
gaps_s = st.integers(60, 600)
hands = st.lists(st.tuples(st.sampled_from(AGENTS), gaps_s, st.none() | st.integers(0, 60)), min_size=1, max_size=6)


@given(hands, st.lists(st.integers(-300, 4000), min_size=1, max_size=4, unique_by=lambda each: each // 60))
def test_late_contacts_go_to_who_had_the_ticket(moves: list[tuple[str, int, int | None]], ends: list[int]) -> None:
    """By a manager's word, or by the helpdesk's, which comes some seconds late; who had it first had it from its opening."""
    state, now_s, had = team(AGENTS), START_S, list[tuple[float, str]]()
    ticket = open_ticket(state)
    for agent_id, gap_s, late_s in moves:
        now_s += gap_s
        if late_s is None:
            give(state, "T1", agent_id, now_s)
        else:
            happen(state, "T1", "reassigned", now_s + late_s, now_s, agent_id)
        had.append((now_s, agent_id))
        now_s += late_s or 0
    told_s = START_S + 10_000
    for end_s in sorted(ends):
        fold(state, [TicketEvent(told_s, "T1", "contact", START_S + end_s)])
    found = {each.ended_s: each.agent_id for each in ticket.contacts}
    assert found
    for ended_s, agent_id in found.items():
        assert agent_id == next((who for since_s, who in reversed(had) if since_s <= ended_s), had[0][1])


@given(st.lists(st.sampled_from(["resolved", "reopened"]), min_size=1, max_size=6), st.data())
def test_ends_and_re_openings_in_one_second_take_turns(kinds: list[str], data: st.DataObject) -> None:
    """Each with an id of its own, in any order and more than once: it is over where it ended more often than it came back."""
    events = [TicketEvent(START_S, "T1", kind, START_S, "ann", f"e{place}") for place, kind in enumerate(kinds)]
    told = data.draw(st.permutations([*events, *data.draw(st.lists(st.sampled_from(events), max_size=3))]))
    state = team()
    ticket = open_ticket(state, at_s=START_S)
    for event in told:
        fold(state, [event])
    assert ticket.over == (kinds.count("resolved") > kinds.count("reopened"))
    assert [(each.agent_id, each.ended_s) for each in ticket.contacts] == [("ann", START_S)] * ("resolved" in kinds)
