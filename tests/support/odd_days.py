"""Days of sound but odd events: any value that a caller may send, mostly at the edges of what is allowed, under policies as odd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from api.instants import EARLIEST_S, LATEST_S
from fatigue_model.bounds import InvalidValues
from fatigue_model.exposure import GRAVE, RATINGS
from router.debrief import ANSWERS
from router.domain import PRIORITIES, STATUSES, TICKET_EVENTS, Shift
from router.events import (
    AccountPut,
    AgentForgotten,
    AgentPut,
    AgentStatus,
    BreakShifted,
    BreakSkipped,
    Calibrated,
    ContactRated,
    DebriefAnswered,
    Event,
    ExclusionPut,
    LightDutyAsked,
    Overridden,
    PersonalEnded,
    PointsDropped,
    PolicyPut,
    TicketEvent,
    TicketOpened,
)
from router.policy import policy_from
from router.state import TeamState
from support.policies import BOUNDED, merged, setting
from support.streams import START_S

One = TypeVar("One")
DAY_S = 86_400.0
LEAST = 5e-324  # the smallest number there is
AGENTS = ("a", "b", "c", "ü" * 200)
ACCOUNTS = ("x", "y")
ZONES = ("UTC", "Pacific/Kiritimati", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu")
KINDS = {"opened": 6, "happened": 10, "status": 3, "answered": 2, "rated": 2}


class OddDay:
    """Batches of events, each with its instant; what they name is mostly there, and what they mean need not make sense."""

    def __init__(self, seed: int) -> None:
        self.chance, self.count = np.random.default_rng(seed), 0
        rare = ("agent", "account", "excluded", "overridden", "shifted", "skipped", "own", "policy", "forgotten")
        self.kinds = [name for name, often in (KINDS | dict.fromkeys(rare, 1)).items() for _ in range(often)]

    def one(self, *values: One) -> One:
        return values[int(self.chance.integers(len(values)))]

    def opening(self) -> list[Event]:
        people: list[Event] = [AgentPut(START_S, each, "N", self.one({}, {"s": 3}), debrief_opt_in=True) for each in AGENTS]
        online = [AgentStatus(START_S, each, "online", START_S) for each in AGENTS]
        return [PolicyPut(START_S, 1, self.policy()), *people, *online, *(AccountPut(START_S, each) for each in ACCOUNTS)]

    def batch(self, state: TeamState, now_s: float) -> list[Event]:
        return [self.event(state, now_s) for _ in range(int(self.chance.integers(0, 5)))]

    def event(self, state: TeamState, now_s: float) -> Event:
        make: Callable[[TeamState, float], Event] = getattr(self, f"_{self.one(*self.kinds)}")
        return make(state, now_s)

    def policy(self) -> dict[str, Any]:
        """Some settings anywhere within their bounds; none where together they are refused."""
        found: dict[str, Any] = {"automation": {"categories": self.one([], ["reset"], ["reset", "bug"])}}
        for pointer in self.chance.choice(list(BOUNDED), int(self.chance.integers(0, 10))).tolist():
            default, bound = BOUNDED[pointer]
            value = self.within(bound.low, bound.high)  # type: ignore[union-attr]
            found = merged(found, setting(pointer, round(value) if isinstance(default, int) else value))
        try:
            policy_from(found)
        except InvalidValues:
            return {}
        return found

    def within(self, low: float, high: float) -> float:
        span = high - low
        return self.one(low, high, low + span * float(self.chance.random()), low + span * 10.0 ** -int(self.chance.integers(1, 12)))

    def past(self, now_s: float) -> float:
        """An instant up to now, mostly now, perhaps as early as may be."""
        ago_s = self.one(0.0, 0.0, 0.0, 1e-6, float(self.chance.exponential(600)), float(self.chance.exponential(1e6)), 31 * DAY_S)
        return self.one(now_s - ago_s, now_s - ago_s, now_s - ago_s, EARLIEST_S)

    def any_time(self, now_s: float) -> float:
        return self.one(EARLIEST_S, LATEST_S, now_s, now_s + 1e-3, now_s + 60.0)

    def words(self) -> dict[str, Any]:
        return {"text_score": self.one(None, 0.0, LEAST, 1.0, float(self.chance.random())), "grave": self.one(None, None, *GRAVE)}

    def shifts(self) -> tuple[Shift, ...]:
        starts = [int(self.one(0, 1439, int(self.chance.integers(1440)))) for _ in range(self.one(0, 0, 1, 5, 50))]
        return tuple(Shift(int(self.chance.integers(7)), each, each + self.one(1, 480, 1440)) for each in starts)

    def _ticket_id(self) -> str:
        return f"T{int(self.chance.integers(max(1, self.count)))}"

    def _opened(self, _: TeamState, now_s: float) -> Event:
        self.count += 1
        return TicketOpened(
            at_s=now_s,
            ticket_id=f"T{self.count - 1}",
            account_id=self.one(*ACCOUNTS),
            created_s=self.past(now_s),
            digest=str(self.count),
            channel=self.one("email", "chat", "phone", "web"),
            priority=self.one(*PRIORITIES),
            category=self.one(None, "reset", "bug"),
            language=self.one(None, None, "en", "it"),
            skills=self.one((), (), ("s",), ("s", "t"), ("nobody",)),
            target_s=self.one(None, self.any_time(now_s)),
            expected_handle_s=self.one(600.0, DAY_S, LEAST),
            escalated=bool(self.chance.random() < 0.3),
            abuse=bool(self.chance.random() < 0.2),
            reopened_count=self.one(0, 0, 1, 1000),
            previous_agent_id=self.one(None, None, "left", *AGENTS),
            confidence=self.one(None, 0.0, 1.0),
            **self.words(),
        )

    def _happened(self, _: TeamState, now_s: float) -> Event:
        kind, words = self.one(*TICKET_EVENTS), self.words()
        who, mark = self.one(None, None, *AGENTS), self.one(None, None, "e1")
        return TicketEvent(now_s, self._ticket_id(), kind, self.past(now_s), who, mark, "d", **(words if kind == "message" else {}))

    def _status(self, _: TeamState, now_s: float) -> Event:
        return AgentStatus(now_s, self.one(*AGENTS), self.one("online", "online", *STATUSES), self.past(now_s))

    def _answered(self, state: TeamState, now_s: float) -> Event:
        asked = self.one("nothing", *state.debriefs)
        return DebriefAnswered(now_s, asked, self.one(*AGENTS), self.one("accept", *ANSWERS))

    def _rated(self, _: TeamState, now_s: float) -> Event:
        return ContactRated(now_s, self._ticket_id(), self.one(*AGENTS), self.one(*RATINGS), self.past(now_s))

    def _agent(self, _: TeamState, now_s: float) -> Event:
        limits = self.one((5, 2, 1), (0, 0, 0), (1000, 100, 10))
        skills, languages = self.one({}, {"s": 1}, {"s": 5, "t": 3}), self.one((), ("en",), ("it", "en"))
        return AgentPut(now_s, self.one(*AGENTS), "N", skills, languages, limits, self.one(*ZONES), self.shifts(), self.one(True, False))

    def _account(self, _: TeamState, now_s: float) -> Event:
        renewal_s = self.one(None, EARLIEST_S, LATEST_S - DAY_S, now_s - now_s % DAY_S)
        worth = self.one(None, 0.0, 1e12, LEAST)
        return AccountPut(now_s, self.one(*ACCOUNTS), worth, renewal_s, None, self.one(None, -1.0, 10.0), self.one(0, 10_000))

    def _excluded(self, _: TeamState, now_s: float) -> Event:
        return ExclusionPut(now_s, self.one(*AGENTS), self.one(*ACCOUNTS), "r", self.one(None, self.any_time(now_s)))

    def _overridden(self, _: TeamState, now_s: float) -> Event:
        return Overridden(now_s, self._ticket_id(), self.one(*AGENTS), "r")

    def _shifted(self, _: TeamState, now_s: float) -> Event:
        return BreakShifted(now_s, self.one(*AGENTS), self.within(-900.0, 900.0))

    def _skipped(self, _: TeamState, now_s: float) -> Event:
        return BreakSkipped(now_s, self.one(*AGENTS), "r")

    def _own(self, _: TeamState, now_s: float) -> Event:
        """What follows from personal mode."""
        who = self.one(*AGENTS)
        pace = Calibrated(now_s, who, self.within(0.5, 2.0), self.within(0.6, 1.7))
        return self.one(pace, PersonalEnded(now_s, who), LightDutyAsked(now_s, who, now_s + self.within(0.0, DAY_S)))

    def _policy(self, state: TeamState, now_s: float) -> Event:
        return PolicyPut(now_s, state.policy_version + 1, self.policy())

    def _forgotten(self, _: TeamState, now_s: float) -> Event:
        drop = PointsDropped(now_s, now_s - 32 * DAY_S)
        return self.one(drop, drop, drop, AgentForgotten(now_s, AGENTS[-1]))
