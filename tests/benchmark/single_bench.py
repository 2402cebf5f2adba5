"""One ticket: choosing the agent against numpy's argmin over the finished cost row, and how a whole decision grows with the team."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from router import cost
from router.decide import decide
from router.eligibility import allowed, exclusions
from router.moment import Case, Moment
from router.record import as_record
from router.standing import standing
from router.state import TeamState
from support.build import contact, in_hand, open_ticket, team

SIZES = (200, 1000)
ARGMIN_BAR, GROWTH_BAR = 10.0, 5.0
SKILLS = ("billing", "product", "export", "api")
NEVER = np.iinfo(np.int64).max


def built(agents: int) -> TeamState:
    """A team in the middle of a day: skills and languages differ, a fifth are away, many had contacts, many have work in hand."""
    chance = np.random.default_rng(agents)
    names = [f"agent-{number:04d}" for number in range(agents)]
    state = team(
        {
            name: {
                "skills": {str(skill): int(chance.integers(1, 6)) for skill in chance.choice(SKILLS, 2, replace=False)},
                "languages": ("en",) if chance.random() < 0.7 else ("en", "it"),
                "status": "online" if chance.random() < 0.8 else "away",
            }
            for name in names
        }
    )
    for _ in range(agents // 2):
        contact(state, str(chance.choice(names)), account_id=f"account-{chance.integers(agents // 4)}", escalated=chance.random() < 0.2)
        in_hand(state, str(chance.choice(names)), channel=str(chance.choice(["email", "chat"])))
    return state


def waiting(state: TeamState) -> list[Case]:
    """Tickets of new accounts and of known ones, as the choice finds them: facts counted, the moment's columns ready."""
    for number in range(8):
        account = f"account-{number}" if number % 2 else f"new-{number}"
        open_ticket(state, f"T{number}", account, skills=(SKILLS[number % 4],), text_score=number / 10)
    moment = Moment(state, state.now_s + 60)
    return [Case(moment, state.tickets[f"T{number}"]) for number in range(8)]


def choosing(agents: int) -> dict[str, Any]:
    cases = waiting(built(agents))
    rows = [np.where(allowed(exclusions(case)), cost.table(case).sum(axis=0), NEVER) for case in cases]
    columns = [standing(case) for case in cases]
    assert [each.choose(case) for each, case in zip(columns, cases, strict=True)] == [int(np.argmin(row)) for row in rows]
    pairs = list(zip(columns, cases, strict=True))

    def ours() -> None:
        for each, case in pairs:
            each.choose(case)

    def argmin() -> None:
        for row in rows:
            np.argmin(row)

    ours_s, peer_s = (each / len(cases) for each in _medians([ours, argmin], 400))
    name = f"{ARGMIN_BAR:g} × argmin over choosing for one ticket, {agents} agents: {ours_s / peer_s:.1f} × argmin, {ours_s * 1e6:.1f} µs"
    return _row(name, ARGMIN_BAR * peer_s / ours_s, "numpy argmin over the finished cost row", ours_s, peer_s)


def growth(what: str, work: Callable[[TeamState, float], Any]) -> dict[str, Any]:
    """One ticket waits; the state is not changed by deciding, so it may be decided again and again."""
    states = [built(agents) for agents in SIZES]
    for state in states:
        open_ticket(state, "T1", "account-7", skills=("billing",), priority="high")
        assert work(state, state.now_s + 60)
    runs = [lambda state=state: work(state, state.now_s + 60) for state in states]
    small_s, large_s = _medians(runs, 100)
    name = f"{GROWTH_BAR:g} × one ticket, {what}, at {SIZES[0]} agents over the same at {SIZES[1]}: {large_s / small_s:.1f} × as long"
    return _row(name, GROWTH_BAR * small_s / large_s, f"ours at {SIZES[0]} agents, {small_s * 1000:.2f} ms", large_s, small_s)


def recorded(state: TeamState, now_s: float) -> list[dict[str, Any]]:
    return [as_record(each) for each in decide(state, now_s)]


def _medians(runs: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """Each in turn, so that a busy machine slows all alike; the last results are kept, so that memory is not given back each time."""
    found: list[list[float]] = [[] for _ in runs]
    kept: list[Any] = [None for _ in runs]
    for _ in range(rounds):
        for index, run in enumerate(runs):
            start = perf_counter()
            kept[index] = run()
            found[index].append(perf_counter() - start)
    return [median(times) for times in found]


def _row(name: str, ratio: float, peer: str, ours_s: float, peer_s: float) -> dict[str, Any]:
    return {"name": name, "ratio": ratio, "bar": 1.0, "peer": peer, "ours_s": ours_s, "peer_s": peer_s}


def run() -> list[dict[str, Any]]:
    return [
        *(choosing(agents) for agents in SIZES),
        growth("whole decision with full explanation", decide),
        growth("the same and its record", recorded),
    ]
