"""Who waits is looked at all at once, from columns that are kept from turn to turn: what is said so is what is said of each alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from router.eligibility import exclusions, load_bound
from router.events import AccountPut, AgentPut, DebriefAnswered, DebriefEnded, DebriefProposed, Event, TicketEvent, TicketOpened
from router.evolve import evolve
from router.moment import Case, Moment
from router.prospects import prospects
from router.queue import COLUMNS, KINDS_KEPT, Queue
from router.relax import relax
from router.state import KEEP_S, TeamState
from router.timing import NOT_BEFORE_S, next_change_s
from router.turn import conclude
from router.waiting import queue_at, whole_queue_at
from support.build import DAY_S, HOUR_S, contact, happen, open_ticket, team
from support.odd_days import OddDay
from support.streams import START_S, stream, take_in
from support.wild_days import WildDay

NOTHING_BUT_LOAD = {"break_min_s": 0, "break_max_s": 0, "ramp_in": {"window_s": 0}, "hard_streak_max": 100}


def days(seed: int, steps: int, accounts: int = 12) -> Iterator[tuple[TeamState, float]]:
    """A team after each of many batches of events of all kinds, with more and more tickets that wait."""
    state = TeamState()
    for batch, now_s in stream(np.random.default_rng(seed), steps, agents=6, accounts=accounts):
        take_in(state, batch)
        yield state, now_s
        conclude(state, now_s, explain=False)
        yield state, now_s


def anew(state: TeamState) -> TeamState:
    """The same team, nothing derived of who waits."""
    return replace(state, queue=Queue())


def said(queue: Queue) -> dict[str, tuple[Any, ...]]:
    """What the columns say of each ticket, but for the span in which that holds."""
    names, kinds = [each for each in COLUMNS if each not in ("from_s", "until_s", "kind")], list(queue.kinds)
    return {
        ticket_id: (*(str(row[name]) for name in names), kinds[row["kind"]], sorted(memory.tolist()))
        for ticket_id, row, memory in zip(queue.ids, queue.rows, queue.memory, strict=True)
    }


def odd_days(seed: int, steps: int) -> Iterator[tuple[TeamState, float]]:
    """The same of events that make little sense, under changing policies, with people who leave and debriefs that are held."""
    day, state, now_s = OddDay(seed), TeamState(), START_S
    batch = day.opening()
    for _ in range(steps):
        take_in(state, batch)
        yield state, now_s
        conclude(state, now_s, explain=False)
        yield state, now_s
        now_s += day.one(1e-3, 1.0, 60.0, 900.0)
        batch = day.batch(state, now_s)


def test_the_columns_are_those_that_would_be_made_anew() -> None:
    """Also at instants before and after, where targets have passed and renewals come near."""
    seen = Counter[str]()
    for state, now_s in chain(days(0, 110), days(1, 110), days(2, 110, accounts=1), odd_days(0, 150), odd_days(1, 150)):
        kept = said(queue_at(state, now_s))
        assert kept.keys() | state.queue.fresh.keys() == state.waiting.keys()
        for at_s in (now_s, now_s + 1800, now_s + 9 * 86_400, now_s - 900):
            kept, told = said(whole_queue_at(state, at_s)), said(whole_queue_at(anew(state), at_s))
            assert kept == told
            seen.update(each for row in told.values() for each in (row[0], f"met {row[-1] != []}"))
    assert len(seen) > 30
    assert seen["met True"] > 1000


def test_the_columns_follow_what_happens_elsewhere() -> None:
    """Somebody joins and moves all rows, another account makes this one a top one, listening leaves a memory of it."""
    worth = {f"account-{number}": {"arr_usd": 1000.0 * number} for number in range(10)}
    state = team({"bob": {"debrief_opt_in": True}, "cem": {"debrief_opt_in": True}}, accounts=worth)
    contact(state, "bob", account_id="account-8", escalated=True)
    open_ticket(state, account_id="account-8", target_s=START_S + HOUR_S)
    told = [said(whole_queue_at(state, START_S))]
    pair = "bob", "cem", "T1", "account-8", START_S
    for event in (
        AgentPut(START_S, "ann", "Ann"),
        AccountPut(START_S, "account-9", 10.0),
        DebriefProposed(START_S, "f1", *pair, 1.0, START_S + HOUR_S),
        DebriefAnswered(START_S, "f1", "bob", "accept"),
        DebriefAnswered(START_S, "f1", "cem", "accept"),
        DebriefEnded(START_S + 300.0, "f1"),
    ):
        evolve(state, event)
        told.append(said(whole_queue_at(state, state.now_s)))
        assert told[-1] == said(whole_queue_at(anew(state), state.now_s))
    assert [before != after for before, after in pairwise(told)] == [True, True, False, False, False, True]


def test_of_an_account_only_those_tickets_are_looked_at_anew_that_an_event_changes() -> None:
    """All of them where what it is worth or who remembers it has changed; with a ticket told late those that came within a week after it,
    as also with one that is so old that it is counted no more."""
    state, began_s = team({"ann": {"status": "away"}, "bob": {"status": "away"}}), START_S
    for day in range(40):
        open_ticket(state, f"T{day}", "acme", began_s + day * DAY_S)
    now_s = began_s + 39 * DAY_S
    contact(state, "ann", account_id="acme", abuse=True)
    conclude(state, now_s)

    def anew_of(event: Event) -> list[int]:
        """Whose rows are made again: each with an array of its own of who remembers the account."""
        queue = whole_queue_at(state, now_s)
        before = dict(zip(queue.ids, queue.memory, strict=True))
        evolve(state, event)
        queue = whole_queue_at(state, now_s)
        assert said(queue) == said(whole_queue_at(anew(state), now_s))
        return sorted(int(each[1:]) for each, memory in zip(queue.ids, queue.memory, strict=True) if memory is not before.get(each))

    everyone = list(range(40))
    assert anew_of(AccountPut(now_s, "acme", 10.0)) == everyone
    assert anew_of(TicketEvent(now_s, "T7", "message", now_s, None, "e1", "x", text_score=0.9)) == [7]
    assert anew_of(TicketEvent(now_s, "T8", "closed", now_s)) == []
    assert anew_of(TicketOpened(now_s, "T40", "acme", now_s, "x")) == [40]
    del everyone[8]
    known = list(state.accounts["acme"].created_s)
    assert anew_of(TicketOpened(now_s, "T41", "acme", began_s + 20.5 * DAY_S, "x")) == [*range(21, 28), 41]
    later_s = now_s + 2 * DAY_S
    assert known[0] < later_s - KEEP_S < known[3]
    assert anew_of(TicketOpened(later_s, "T42", "acme", later_s, "x")) == [*range(10, 18), 42]
    assert anew_of(AccountPut(now_s, "acme", 10.0, now_s + 60 * DAY_S)) == [*everyone, 40, 41, 42]
    assert anew_of(TicketEvent(now_s, "T9", "abuse", now_s - HOUR_S)) == [9]
    assert anew_of(TicketEvent(now_s, "T9", "contact", now_s, "bob")) == [*everyone, 40, 41, 42]


def test_a_look_that_fails_half_way_misses_nothing_the_next_time() -> None:
    """Whether it is to see all of them, or those that something has happened to."""
    state = team({"ann": {"status": "away"}})
    for number in range(4):
        open_ticket(state, f"T{number}", f"account-{number}")
    conclude(state, START_S)
    state = anew(state)
    for kind in ("abuse", "escalated"):
        for number in range(4):
            happen(state, f"T{number}", kind)
        account = state.accounts.pop("account-1")
        for _ in range(2):
            with pytest.raises(KeyError):
                whole_queue_at(state, START_S)
        state.accounts["account-1"] = account
        assert said(whole_queue_at(state, START_S)) == said(whole_queue_at(anew(state), START_S))


def test_kinds_of_tickets_that_are_gone_are_not_kept_for_ever() -> None:
    state, most = team(), 0
    for number in range(KINDS_KEPT + 20):
        open_ticket(state, f"T{number}", channel="chat", expected_handle_s=300.0 + number)
        most = max(most, len(whole_queue_at(state, START_S).kinds))
        happen(state, f"T{number}", "closed")
    assert KINDS_KEPT < most <= KINDS_KEPT + 3
    assert len(whole_queue_at(state, START_S).kinds) < 50


@dataclass
class LookedAt(WildDay):
    """`free`: tickets that somebody may have; `hopeless`: those without prospects, of which nobody may have `wrong`; `missed`: those with
    prospects that nobody may have even so."""

    free: int = 0
    hopeless: int = 0
    missed: int = 0
    wrong: list[str] = field(default_factory=list)

    def _check(self, logged: list[Event], now_s: float) -> None:
        for at_s in (now_s, now_s + 600.0):
            queue, moment = whole_queue_at(self.state, at_s), Moment(self.state, at_s)
            hopeful = prospects(moment, queue, np.ones(len(queue), dtype=np.bool_))
            for ticket_id, hope in zip(queue.ids, hopeful.tolist(), strict=True):
                case = Case(moment, self.state.tickets[ticket_id])
                way = relax(case, exclusions(case))
                somebody = bool(way.free.any())
                self.wrong += [f"{at_s}: {ticket_id}"] if somebody and not hope else []
                self.free, self.hopeless, self.missed = self.free + somebody, self.hopeless + (not hope), self.missed + (hope > somebody)


def test_a_ticket_without_prospects_goes_to_nobody() -> None:
    """Whatever gives way for it; and of those that nobody may have, most are found to have none."""
    days = [LookedAt(seed).run() for seed in (3, 9)]
    assert [each for day in days for each in day.wrong] == []
    free, hopeless, missed = (sum(getattr(day, name) for day in days) for name in ("free", "hopeless", "missed"))
    assert free > 500
    assert hopeless > 2000
    assert missed < hopeless / 10


@pytest.mark.parametrize("seed", [0, 1])
def test_the_next_change_is_that_of_whichever_ticket_comes_first(seed: int) -> None:
    """Each alone in the queue; to a thousandth of a second, as changes of load are told."""
    compared = 0
    for state, now_s in days(seed, 60):
        if len(state.waiting) > 1:
            next_s = next_change_s(state, now_s)
            alone_s = min(next_change_s(replace(anew(state), waiting={ticket_id: None}), now_s) for ticket_id in state.waiting)
            assert next_s == alone_s or abs(next_s - alone_s) <= 1.001 * NOT_BEFORE_S
            compared += math.isfinite(next_s)
    assert compared > 50


def kept_off(state: TeamState, at_s: float) -> NDArray[np.bool_]:
    """Whom the bound on load keeps from each waiting ticket, and in a last line who is above the line."""
    moment = Moment(state, at_s)
    masks = [load_bound(Case(moment, state.tickets[ticket_id])).mask for ticket_id in state.waiting]
    return np.array([*masks, moment.own.acute > moment.own.line])


@pytest.mark.parametrize("gain", [0.5, -0.5])
def test_the_next_room_is_for_whichever_ticket_fits_first(gain: float) -> None:
    """An account that somebody remembers is harder for them, or easier, than for the others."""
    chance, for_whom = np.random.default_rng(3), Counter[bool]()
    for _ in range(40):
        state = team(["ann", "bob", "cem"], NOTHING_BUT_LOAD | {"fatigue": {"account_memory_gain": gain}})
        for agent_id in state.agents.row:
            for _ in range(int(chance.integers(4, 9))):
                contact(state, agent_id, account_id=f"account-{chance.integers(5)}", text_score=1.0)
        for number in range(int(chance.integers(2, 12))):
            words = {"text_score": 0.5 + 0.5 * float(chance.random()), "reopened_count": int(chance.integers(3))}
            open_ticket(state, f"T{number}", f"account-{chance.integers(7)}", **words)
        now_s = state.now_s + 60  # ramp-ins are over
        next_s = next_change_s(state, now_s)
        now, before, then = (kept_off(state, at_s) for at_s in (now_s, next_s - 1.001 * NOT_BEFORE_S, next_s))
        assert not (now & ~before).any()
        (number, row), *_ = np.argwhere(now & ~then).tolist()
        if number < len(state.waiting):
            ticket = state.tickets[list(state.waiting)[number]]
            for_whom[state.agents.people[row].id in state.accounts[ticket.account_id].memory] += 1
    assert min(for_whom[True], for_whom[False]) >= 5
