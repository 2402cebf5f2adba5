"""The calls of a history as arrays: when each came, how long it waited, who took it and for how long, or that the caller hung up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulations.history import Case

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
URGENT = ("high", "urgent")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time that an agent spent on a call, as (agent, from, to) with instants in seconds; `other` where it is not to be modelled."""

    agent: int
    start_s: float
    end_s: float
    other: bool


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls in order of arrival, shape (n,); `service_s` is NaN and `agent` −1 where there was none.

    `agent` and `category` are indices into `agents` and `categories`; `ahead` marks callers above normal priority.
    """

    arrived_s: FloatArray
    wait_s: FloatArray
    service_s: FloatArray
    left: BoolArray
    ahead: BoolArray
    category: IntArray
    agent: IntArray
    agents: tuple[str, ...]
    categories: tuple[str, ...]
    stretches: tuple[Stretch, ...]

    def __len__(self) -> int:
        return len(self.arrived_s)

    def with_known_agent(self) -> Calls:
        """The calls that a known agent took, or nobody: those for whom it is known who could take them."""
        return self._only(self.left | (self.agent >= 0))

    def _only(self, kept: BoolArray) -> Calls:
        return replace(
            self,
            arrived_s=self.arrived_s[kept],
            wait_s=self.wait_s[kept],
            service_s=self.service_s[kept],
            left=self.left[kept],
            ahead=self.ahead[kept],
            category=self.category[kept],
            agent=self.agent[kept],
        )


def calls(cases: Sequence[Case], agents: tuple[str, ...] = (), categories: tuple[str, ...] = ()) -> Calls:
    """The calls of cases in order of arrival; a caller goes ahead whose priority is above normal.

    The agents and categories given have the first numbers, so that two parts of a log can have the same ones.
    """
    met = {step.agent_id for case in cases for step in case.steps if step.agent_id}
    agents += tuple(sorted(met.difference(agents)))
    categories += tuple(sorted({case.category or "" for case in cases if not case.other_work}.difference(categories)))
    number, kind = {name: row for row, name in enumerate(agents)}, {name: row for row, name in enumerate(categories)}
    stretches = [each for case in cases if (each := _stretch(case, number)) is not None]
    modelled = [case for case in cases if not case.other_work]
    ends = [_ends(case) for case in modelled]
    service_s = np.array([end - begin if served else np.nan for begin, end, served in ends], dtype=np.float64)
    return Calls(
        arrived_s=np.array([case.opened_s for case in modelled], dtype=np.float64),
        wait_s=np.array([begin - case.opened_s for case, (begin, _, _) in zip(modelled, ends, strict=True)], dtype=np.float64),
        service_s=service_s,
        left=np.isnan(service_s),
        ahead=np.array([case.priority in URGENT for case in modelled], dtype=np.bool_),
        category=np.array([kind[case.category or ""] for case in modelled], dtype=np.int64),
        agent=np.array([_agent(case, number) for case in modelled], dtype=np.int64),
        agents=agents,
        categories=categories,
        stretches=tuple(sorted(stretches, key=lambda each: (each.start_s, each.agent))),
    )


def _ends(case: Case) -> tuple[float, float, bool]:
    """When the wait ended, when the call ended, and whether it was served."""
    taken = next((step.at_s for step in case.steps if step.kind == "reassigned"), None)
    last_s = case.steps[-1].at_s
    return (last_s, last_s, False) if taken is None else (taken, last_s, True)


def _stretch(case: Case, number: dict[str, int]) -> Stretch | None:
    begin_s, end_s, served = _ends(case)
    row = _agent(case, number)
    return Stretch(row, begin_s, end_s, case.other_work) if served and row >= 0 else None


def _agent(case: Case, number: dict[str, int]) -> int:
    return next((number[step.agent_id] for step in case.steps if step.agent_id), -1)
