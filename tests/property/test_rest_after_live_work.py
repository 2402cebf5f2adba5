"""Whatever calls and chats run into a break, or over it: in the end there is one break, as long as it must be, with no live work in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.events import BreakAtRisk, Event
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude
from support.build import MINUTE_S, contact, happen, in_hand, team
from support.rests import PLAIN, current
from support.streams import START_S

ends_s = st.lists(st.floats(0.1, 90), min_size=1, max_size=4, unique=True).map(
    lambda found: [START_S + each * MINUTE_S for each in sorted(found)]
)


def pass_time(state: TeamState, from_s: float, until_s: float) -> list[Event]:
    """A turn at each instant that is told; what entered the log."""
    found = list[Event]()
    while (from_s := next_change_s(state, from_s)) < until_s:
        found += conclude(state, from_s)
    return found


@given(ends_s, st.sampled_from([0, 120, 300]), st.integers(0, 1))
def test_one_break_without_live_work_follows_in_the_end(ends_s: list[float], deadline_s: int, floor: int) -> None:
    policy = {"pending_deadline_s": deadline_s, "coverage_floor": floor} | PLAIN
    state = team(["ann"], policy)
    chats = [in_hand(state, "ann", channel="chat").id for _ in ends_s]
    contact(state, "ann", escalated=True)
    breaks, log, before_s = [current(state)], conclude(state, START_S), START_S
    for chat, ended_s in zip(chats, ends_s, strict=True):
        log += pass_time(state, before_s, ended_s)
        happen(state, chat, "resolved", ended_s)
        log += conclude(state, ended_s)
        breaks.append(current(state))
        before_s = ended_s
    log += pass_time(state, before_s, before_s + 3600)
    last = current(state)
    rested_from_s = max(last.start_s, last.anew_s or last.start_s)
    assert len({each.id for each in breaks}) == 1
    assert max(ends_s) <= rested_from_s <= max(ends_s) + 600 * floor
    assert last.end_s - rested_from_s >= state.policy.break_min_s
    told = sum(isinstance(each, BreakAtRisk) for each in log)
    overran = any(each.start_s < ended_s for each, ended_s in zip(breaks, ends_s, strict=False))
    assert (told > 0) == overran
