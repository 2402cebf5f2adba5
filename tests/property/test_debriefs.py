"""Debriefs on random teams and days: the pairs are the best there are, and what follows from the log is what was so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from router import debrief, matching, snapshot
from router.events import (
    AgentPut,
    AgentStatus,
    DebriefAnswered,
    DebriefEnded,
    DebriefProposed,
    Decided,
    Event,
    PolicyPut,
    TicketOpened,
)
from router.matching import Need, Pair
from router.person import Entry
from router.replay import replay
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude
from support.build import contact, team
from support.streams import stream, take_in


def random_pairs(chance: np.random.Generator) -> list[Pair]:
    handlers, listeners = int(chance.integers(1, 5)), int(chance.integers(1, 6))
    needs = [Need(row, Entry(0.0, f"T{row}", "acme", 1.0, True, 0)) for row in range(handlers)]
    top = int(chance.choice([3, 2000]))  # many ties, or next to none
    return [
        Pair(need, handlers + listener, 0.1, int(chance.integers(1, top)))
        for need in needs
        for listener in range(listeners)
        if chance.random() < 0.7
    ]


def by_trying_all(found: Sequence[Pair]) -> int:
    """The largest total weight, by every way to give handlers listeners."""
    weights = {(pair.need.row, pair.listener): pair.weight for pair in found}
    handlers, listeners = sorted({row for row, _ in weights}), sorted({row for _, row in weights})
    places: list[int | None] = [*listeners, *[None] * len(handlers)]
    return max(
        sum(weights.get((who, to), 0) for who, to in zip(handlers, way, strict=True) if to is not None)
        for way in set(permutations(places, len(handlers)))
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_pairs_are_the_best_by_trying_all(seed: int) -> None:
    chance = np.random.default_rng(seed)
    found = random_pairs(chance)
    if not found:
        assert matching.best(found) == []
        return
    chosen = matching.best(found)
    assert sum(pair.weight for pair in chosen) == by_trying_all(found)
    assert len({pair.need.row for pair in chosen}) == len({pair.listener for pair in chosen}) == len(chosen)
    shuffled = [found[index] for index in chance.permutation(len(found))]
    assert matching.best(shuffled) == chosen


@pytest.mark.parametrize("seed", range(20))
def test_no_better_pair_is_left_out_among_more_listeners_than_are_looked_at(seed: int) -> None:
    """Up to three handlers and eight listeners, by their loads: the weight of what is proposed is that of the best of all pairs."""
    chance = np.random.default_rng(seed)
    handlers, listeners = [f"h{number}" for number in range(int(chance.integers(1, 4)))], [f"l{number}" for number in range(8)]
    state = team({each: {"debrief_opt_in": True} for each in handlers + listeners}, {"break_min_s": 0, "break_max_s": 0})
    for each in listeners:
        for _ in range(int(chance.integers(0, 6))):
            contact(state, each, reopened_count=int(chance.integers(0, 3)))
    for each in handlers:
        contact(state, each, escalated=True, reopened_count=int(chance.integers(0, 4)))
    own, all_pairs = state.agents.project_own(state.now_s, state.params), list[Pair]()
    for need in matching.needs(state, state.now_s):
        for row in (state.agents.row[each] for each in listeners):
            share = float((own.acute[row] + 0.1 * need.entry.points) / own.line[row])
            if share <= 1:
                all_pairs.append(Pair(need, row, 0.1 * need.entry.points, 1000 + round(1000 * (1 - share))))
    chosen = matching.best(matching.pairs(state, state.now_s))
    assert len(chosen) == len(handlers)
    assert sum(pair.weight for pair in chosen) == by_trying_all(all_pairs)
    assert len(debrief.proposals(state, state.now_s)) == len(handlers)


def _talkative(event: Event) -> Event | None:
    """The stream of a team whose people are willing, mostly there, and mostly answer e-mail."""
    if isinstance(event, AgentPut):
        return replace(event, debrief_opt_in=True)
    if isinstance(event, PolicyPut):
        return replace(event, values=event.values | {"debrief": {"repeat_gap_d": 0.02, "fresh_s": 7200, "answer_s": 1800}})
    if isinstance(event, TicketOpened) and int(event.ticket_id[1:]) % 10:
        return replace(event, channel="email")
    return None if isinstance(event, AgentStatus) and event.status != "online" else event


def day(seed: int, restarts: bool = False) -> tuple[TeamState, list[Event], int]:
    """A random day of willing people, who answer at random; how many proposals were looked for between the turns, and not found."""
    chance, state, log, looked = np.random.default_rng(seed), TeamState(), list[Event](), 0
    for batch, now_s in stream(np.random.default_rng(seed), 200, agents=7):
        incoming = [each for event in batch if (each := _talkative(event)) is not None]
        for asked in [each for each in state.debriefs.values() if matching.open_at(each, now_s)]:
            for who in matching.pair_of(asked):
                if chance.random() < 0.7:
                    answer = "decline" if chance.random() < 0.15 else "accept"
                    incoming.append(DebriefAnswered(now_s, asked.id, who, answer))
        log += take_in(state, incoming)
        log += conclude(state, now_s)
        at_s = max(now_s, state.now_s)
        until_s = min(next_change_s(state, at_s), at_s + 600)
        for share in (0.0, 0.3, 0.9):
            assert debrief.proposals(state, at_s + share * (until_s - at_s)) == ()
            looked += 1
        if restarts:
            state = snapshot.load(json.loads(json.dumps(snapshot.dump(state))))
    return state, log, looked


@pytest.fixture(scope="module", params=range(3))
def lived(request: pytest.FixtureRequest) -> tuple[TeamState, list[Event], int]:
    return day(request.param)


def test_debriefs_come_about(lived: tuple[TeamState, list[Event], int]) -> None:
    state, log, _ = lived
    assert len([each for each in log if isinstance(each, DebriefProposed)]) > 5
    held = [each for each in state.debriefs.values() if each.entered]
    assert len([each for each in log if isinstance(each, DebriefEnded)]) == len(held) > 0
    for each in held:
        listener = state.agents.people[state.agents.row[each.listener_id]]
        assert [entry.points for entry in listener.entries if entry.ticket_id == f"debrief/{each.id}"] == [each.points]


def test_no_contact_is_asked_about_twice_and_nobody_twice_at_a_time(lived: tuple[TeamState, list[Event], int]) -> None:
    state, log, _ = lived
    proposed = [each for each in log if isinstance(each, DebriefProposed)]
    about = [(each.ticket_id, each.handler_id, each.contact_s) for each in proposed]
    assert len(set(about)) == len(about)
    for each in state.debriefs.values():
        for other in state.debriefs.values():
            if each.id != other.id and set(matching.pair_of(each)) & set(matching.pair_of(other)) and other.proposed_s > each.proposed_s:
                over_s = each.end_s if each.end_s is not None else each.proposed_s if each.declined else each.expires_s
                assert other.proposed_s >= over_s


def test_nobody_is_given_work_in_a_debrief(lived: tuple[TeamState, list[Event], int]) -> None:
    state, log, _ = lived
    spans = [(who, each.start_s, each.end_s) for each in state.debriefs.values() if each.start_s for who in matching.pair_of(each)]
    given = [(record["agent_id"], record["decided_s"]) for event in log if isinstance(event, Decided) for record in event.decisions]
    assert spans
    assert not [(who, at_s) for who, at_s in given for one, start_s, end_s in spans if who == one and start_s < at_s < (end_s or 0.0)]


def test_the_log_gives_every_decision_and_the_state_again(lived: tuple[TeamState, list[Event], int]) -> None:
    state, log, _ = lived
    again = TeamState()
    assert replay(again, log).differences == ()
    assert snapshot.dump(again) == snapshot.dump(state)


def test_a_restart_after_every_turn_changes_nothing() -> None:
    once, again = day(11), day(11, restarts=True)
    assert once[1] == again[1]
    assert snapshot.dump(once[0]) == snapshot.dump(again[0])
