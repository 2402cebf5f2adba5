"""Derive every stored decision again from its events, and say where today's engine decides otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from fatigue_model.dynamics import DAY_S
from router.decide import decide
from router.events import Calibrated, Decided, Event, LightDutyAsked, PersonalEnded
from router.evolve import evolve
from router.ledger import LEDGER_S
from router.record import ENGINE, as_record
from router.state import TeamState
from router.undecided import is_undecided, undecided

FADED_S = 120 * DAY_S  # of carried load a billionth is left then, by its half-life at work


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored decision and what the same events decide now (`None` where one of them is missing)."""

    revision: int
    stored: dict[str, Any] | None
    derived: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many decisions were derived again, every difference, and how many more differ where numbers were taken out of the log.
    `others`: of each other engine that decided here how many decisions there are, and of how many the ticket goes elsewhere by this one."""

    count: int
    differences: tuple[Difference, ...]
    erased: int
    others: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Erased:
    """Whether numbers that were in force at an instant have been taken out of the log: of `agents`, and of whoever left until `until_s`,
    a month after they did. By then the breaks that followed from them are out of the ledger; what they left of carried load still fades,
    slowest where people are never away from work, and a cost may be another in its last digits."""

    agents: set[str] = field(default_factory=set)
    until_s: float = -math.inf

    def hear(self, event: Event) -> None:
        if isinstance(event, Calibrated) and event.erased:
            self.agents.add(event.agent_id)
        elif isinstance(event, PersonalEnded) and event.agent_id in self.agents:
            self.agents.discard(event.agent_id)
            self.until_s = max(self.until_s, event.at_s + LEDGER_S)
        elif isinstance(event, LightDutyAsked) and event.erased:
            self.until_s = max(self.until_s, event.at_s + LEDGER_S)

    def at(self, at_s: float) -> bool:
        return bool(self.agents) or at_s <= self.until_s

    def in_last_digits(self, at_s: float) -> bool:
        """Whether what is left of them at `at_s` may still change a number, though not where a ticket goes."""
        return at_s <= self.until_s + FADED_S - LEDGER_S


def replay(state: TeamState, log: Iterable[Event], erased: Erased | None = None) -> Replayed:
    """Fold `log` into `state`, deciding again at each stored decision; the stored one is folded on.

    Who leaves personal mode has their numbers taken out of the log. Decisions from while those were in force, and while what they did
    to breaks is in the ledger, a month, can't all be derived again; where they differ they are counted, and are no differences. So are
    those that differ in their numbers alone until what they did to loads has faded. Nor are those of another engine, which has other
    rules. `erased`: what was taken out of the log before `state`, and still matters in it.
    """
    count, differences, otherwise = 0, list[Difference](), 0
    others: dict[str, tuple[int, int]] = {}
    gone = erased or Erased()
    for event in log:
        gone.hear(event)
        if isinstance(event, Decided):
            decided = undecided(state, event.at_s) if is_undecided(event) else decide(state, event.at_s)
            derived = [as_record(each) for each in decided]
            stored = list(event.decisions)
            count += len(stored)
            differing = [pair for pair in zip_longest(stored, derived) if pair[0] != pair[1]]
            engine = stored[0]["engine"] if stored else ENGINE
            if engine != ENGINE:
                known, elsewhere = others.get(engine, (0, 0))
                now = {each["ticket_id"]: _goes(each) for each in derived}
                others[engine] = known + len(stored), elsewhere + sum(_goes(each) != now.get(each["ticket_id"]) for each in stored)
            elif gone.at(event.at_s):
                otherwise += len(differing)
            else:
                found = [pair for pair in differing if not (gone.in_last_digits(event.at_s) and _go_alike(pair))]
                otherwise += len(differing) - len(found)
                differences += [Difference(state.revision + 1, *pair) for pair in found]
        evolve(state, event)
    return Replayed(count, tuple(differences), otherwise, others)


def _go_alike(pair: tuple[dict[str, Any] | None, dict[str, Any] | None]) -> bool:
    stored, derived = pair
    return stored is not None and derived is not None and stored["ticket_id"] == derived["ticket_id"] and _goes(stored) == _goes(derived)


def _goes(record: dict[str, Any]) -> list[Any]:
    """Where a ticket goes: all that decisions of two engines, each with its own costs and rules, can be held against each other by."""
    return [record[name] for name in ("lane", "agent_id", "bot")]
