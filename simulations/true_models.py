"""Other truths than the one that is assumed: fatigue models to judge a policy by whose decisions were made with the production model.

A policy is only worth something if it also helps people whom the model gets wrong. Simulations judge runs by these; production uses none.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np

from fatigue_model import dynamics
from fatigue_model.dynamics import MINUTE_S, FloatArray, Floats, IntArray, Mode, memory_now
from fatigue_model.params import DEFAULTS, LN2, FatigueParams
from router.state import TeamState
from router.timeline import modes

STEP_S = MINUTE_S


class TrueModel(Protocol):
    """How load fades, what a contact adds, and where the line is; arguments and results as in `fatigue_model.dynamics`, in points."""

    @property
    def params(self) -> FatigueParams: ...

    def advance(self, acute: Floats, carried: Floats, mode: int | IntArray, elapsed_s: Floats) -> tuple[FloatArray, FloatArray]:
        """A and B after `elapsed_s` in `mode`."""
        ...

    def contact(self, acute: float, memory: float, points: float) -> tuple[float, float]:
        """A and the memory S of the account just after a contact."""
        ...

    def line(self, carried: Floats) -> FloatArray:
        """The line θ."""
        ...


@dataclass(frozen=True, slots=True)
class Exponential:
    """The production model at other parameters."""

    params: FatigueParams = DEFAULTS

    def advance(self, acute: Floats, carried: Floats, mode: int | IntArray, elapsed_s: Floats) -> tuple[FloatArray, FloatArray]:
        return dynamics.advance(acute, carried, mode, elapsed_s, self.params)

    def contact(self, acute: float, memory: float, points: float) -> tuple[float, float]:
        return dynamics.impulse(acute, memory, points, self.params)

    def line(self, carried: Floats) -> FloatArray:
        return dynamics.line(carried, self.params)


@dataclass(frozen=True, slots=True)
class Linear:
    """Load falls by as many points a minute whatever there is of it: one point in a half-life of the production model.

    dA/dt = −k while A > 0, k = 1/h_A[mode]; dB/dt = −b·B + γ·A as ever, here in closed form over the time T = min(Δ, A/k) to nothing:
    B·e^(−bΔ) + γ·e^(−b(Δ−T))·(A·(1 − e^(−bT))/b − k·(T/b − (1 − e^(−bT))/b²)).
    """

    params: FatigueParams = DEFAULTS

    def advance(self, acute: Floats, carried: Floats, mode: int | IntArray, elapsed_s: Floats) -> tuple[FloatArray, FloatArray]:
        params, code = self.params, np.asarray(mode, dtype=np.int64)
        before, minutes = np.asarray(acute, dtype=np.float64), np.asarray(elapsed_s, dtype=np.float64) / MINUTE_S
        if np.any(minutes < 0):
            raise ValueError("elapsed_s must not be negative")
        fall = 1.0 / dynamics.acute_half_lives_min(params)[code]
        half_life_h = np.where(code == Mode.OFF, params.carried_half_life_off_h, params.carried_half_life_on_shift_h)
        b = LN2 / (60.0 * half_life_h)
        share = np.where(code <= Mode.BACK_OFFICE, params.carried_share * LN2 / 60.0, 0.0)
        falling = np.minimum(minutes, before / fall)
        gone = -np.expm1(-b * falling)
        worked = before * gone / b - fall * (falling / b - gone / b**2)
        kept = np.asarray(carried, dtype=np.float64) * np.exp(-b * minutes)
        return np.maximum(before - fall * minutes, 0.0), kept + share * np.exp(-b * (minutes - falling)) * np.maximum(worked, 0.0)

    def contact(self, acute: float, memory: float, points: float) -> tuple[float, float]:
        return dynamics.impulse(acute, memory, points, self.params)

    def line(self, carried: Floats) -> FloatArray:
        return dynamics.line(carried, self.params)


def _half_lives(factor: float) -> FatigueParams:
    """The defaults with every half-life of A and B times `factor`."""
    names = [name for name in DEFAULTS.as_mapping() if name.startswith(("acute_half_life", "carried_half_life"))]
    return replace(DEFAULTS, **{name: factor * getattr(DEFAULTS, name) for name in names})


TRUE_MODELS: dict[str, TrueModel] = {
    "as_assumed": Exponential(),
    "faster": Exponential(_half_lives(0.5)),
    "slower": Exponential(_half_lives(2.0)),
    "habituation": Exponential(replace(DEFAULTS, account_memory_gain=-DEFAULTS.account_memory_gain)),
    "nothing_carried": Exponential(replace(DEFAULTS, carried_share=0.0)),
    "linear": Linear(),
}


@dataclass(frozen=True, slots=True, eq=False)
class Lived:
    """What somebody's days were under a true model: seconds at the queue, of them above the line, the highest A, A and B at the end.

    `loads`, shape (n,): A in the middle of each step at the queue; `spans_s`, the same shape: how long the step was.
    """

    queue_s: float
    above_s: float
    peak: float
    acute: float
    carried: float
    loads: FloatArray
    spans_s: FloatArray

    @property
    def above_share(self) -> float:
        return self.above_s / self.queue_s if self.queue_s else 0.0


def lived(
    model: TrueModel,
    days: Sequence[tuple[float, float, int]],
    contacts: Iterable[tuple[float, str, float]],
    step_s: float = STEP_S,
    counts_from_s: float = -math.inf,
) -> Lived:
    """Run contacts (instant, account, points) through days (start, end, mode), looking at the line in the middle of steps of at most
    `step_s` between contacts; what is before `counts_from_s` is lived through and not counted, but for the peak."""
    acute = carried = peak = above_s = 0.0
    memory: dict[str, tuple[float, float]] = {}
    loads, spans = [np.zeros(0)], [np.zeros(0)]
    waiting = deque(sorted(contacts))
    for start_s, end_s, mode in days:
        edges = sorted({start_s, end_s, *(each for each, *_ in waiting if start_s < each <= end_s)})
        for before_s, after_s in pairwise(edges):
            steps = math.ceil((after_s - before_s) / step_s) if mode == Mode.QUEUE and after_s > counts_from_s else 0
            span_s = (after_s - before_s) / max(steps, 1)
            at_each, held = model.advance(acute, carried, mode, np.append((np.arange(steps) + 0.5) * span_s, after_s - before_s))
            if steps:
                above_s += span_s * float(np.count_nonzero(at_each[:-1] > model.line(held[:-1])))
                loads.append(at_each[:-1])
                spans.append(np.full(steps, span_s))
            acute, carried = float(at_each[-1]), float(held[-1])
            while waiting and waiting[0][0] <= after_s:
                at_s, account, points = waiting.popleft()
                met, met_s = memory.get(account, (0.0, at_s))
                acute, now = model.contact(acute, float(memory_now(met, at_s - met_s, model.params)), points)
                memory[account], peak = (now, at_s), max(peak, acute)
    each_s = np.concatenate(spans)
    return Lived(float(each_s.sum()), above_s, peak, acute, carried, np.concatenate(loads), each_s)


def lived_by(
    state: TeamState,
    agent_id: str,
    from_s: float,
    to_s: float,
    model: TrueModel,
    step_s: float = STEP_S,
    counts_from_s: float = -math.inf,
) -> Lived:
    """What an agent of a simulated team lived through, from the ledger of the last month: its contacts, breaks and statuses."""
    person = state.agents.people[state.agents.row[agent_id]]
    contacts = [(each.ended_s, each.account_id, each.points) for each in person.entries if from_s < each.ended_s <= to_s]
    return lived(model, modes(person, from_s, to_s), contacts, step_s, counts_from_s)
