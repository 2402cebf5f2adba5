"""One shift of many people at once, from event to event: contacts at their own instants, the model's closed form in between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fatigue_model.dynamics import MINUTE_S, FloatArray, IntArray, Mode, advance, line
from fatigue_model.params import FatigueParams
from fatigue_model.recovery import time_to_line_s

BoolArray = NDArray[np.bool_]
SHIFT_MIN = 480
SHIFT_S = SHIFT_MIN * MINUTE_S
BREAKS_MIN = ((120, 10), (240, 30), (360, 10))  # after how many minutes of the shift, and how long
QUEUE_MIN = SHIFT_MIN - sum(length for _, length in BREAKS_MIN)
EDGES_S: FloatArray = np.array([MINUTE_S * each for start, length in BREAKS_MIN for each in (start, start + length)] + [SHIFT_S])
MILD_POINTS = 0.2
ORDINARY_PER_H, MILD_PER_DAY, SEVERE_PER_DAY = 6.0, 10.0, 0.5
SEVERE_SHAPE, SEVERE_MEAN_POINTS = 6.0, 1.5
ROUNDS = 4  # until load and line meet: each leaves about a tenth of the error before it


@dataclass(frozen=True, slots=True)
class Contacts:
    """What arrives in one shift, in order of time, each of shape (n_contacts + 1, n_agents): instants in seconds from its start, points,
    and which are severe. Where an agent has fewer than others the instants are infinite; the last row always is."""

    at_s: FloatArray
    points: FloatArray
    severe: BoolArray


@dataclass(frozen=True, slots=True)
class People:
    """How the agents differ: sensitivity g and recovery speed r, each one number or an ndarray of shape (n_agents,)."""

    sensitivity: float | FloatArray = 1.0
    speed: float | FloatArray = 1.0


@dataclass(frozen=True, slots=True)
class Events:
    """Loads A and B just after each event, and the mode until the next, each of shape (n_events, n_agents); instants in seconds."""

    at_s: FloatArray
    acute: FloatArray
    carried: FloatArray
    mode: NDArray[np.int64]


@dataclass(frozen=True)
class Shift:
    """The points taken, (n_agents,), the severe contacts taken by minute, (480, n_agents), and what follows from the events, computed when
    it is first asked for."""

    events: Events
    severe: BoolArray
    points: FloatArray
    params: FatigueParams
    speed: float | FloatArray

    @property
    def acute(self) -> FloatArray:
        """A at the end of every minute, shape (480, n_agents)."""
        return self._loads[0]

    @property
    def carried(self) -> FloatArray:
        """B at the end of every minute, shape (480, n_agents)."""
        return self._loads[1]

    @property
    def queue_s(self) -> FloatArray:
        """Seconds at the queue, shape (n_agents,)."""
        return self._spans[0]

    @property
    def above_s(self) -> FloatArray:
        """Seconds above the line at the queue, shape (n_agents,)."""
        return self._spans[1]

    def loads_at(self, minute: IntArray, who: IntArray) -> tuple[FloatArray, FloatArray]:
        """A and B of agents `who` at the end of minutes counted from 0, of the shape of both: as by minute, and not by every minute."""
        row = np.count_nonzero(np.ceil(self.events.at_s[:, who] / MINUTE_S) <= minute + 1, axis=0) - 1
        return _until(self.events, row, who, minute + 1, self.params, np.broadcast_to(self.speed, self.points.shape)[who])

    @cached_property
    def _loads(self) -> tuple[FloatArray, FloatArray]:
        return _at_minutes(self.events, self.params, self.speed)

    @cached_property
    def _spans(self) -> tuple[FloatArray, FloatArray]:
        return _at_queue(self.events, self.params, self.speed)


def mean_points_per_min(params: FatigueParams) -> float:
    """What a minute at the queue brings on average, in points."""
    per_day = MILD_PER_DAY * MILD_POINTS + SEVERE_PER_DAY * SEVERE_MEAN_POINTS
    return ORDINARY_PER_H / 60 * params.ordinary_points + per_day / QUEUE_MIN


def arrivals(chance: np.random.Generator, agents: int, params: FatigueParams, exposure: float | FloatArray) -> Contacts:
    """Poisson arrivals over the whole shift, at rates that hold at the queue; what arrives during a break goes to somebody else.

    `exposure`, one number or (n_agents,), multiplies the rate of mild and severe contacts."""
    factor = np.broadcast_to(np.asarray(exposure, dtype=np.float64), agents)
    kinds = (
        (np.ones(agents) * ORDINARY_PER_H * SHIFT_MIN / 60, params.ordinary_points),
        (factor * MILD_PER_DAY * SHIFT_MIN / QUEUE_MIN, MILD_POINTS),
        (factor * SEVERE_PER_DAY * SHIFT_MIN / QUEUE_MIN, None),
    )
    at_s, points, severe = [np.full((1, agents), np.inf)], [np.zeros((1, agents))], [np.zeros((1, agents), dtype=np.bool_)]
    for mean, size in kinds:
        count = chance.poisson(mean)
        shape = (int(count.max(initial=0)), agents)
        comes = np.arange(shape[0])[:, None] < count
        at_s.append(np.where(comes, chance.uniform(0.0, SHIFT_S, shape), np.inf))
        sized = chance.gamma(SEVERE_SHAPE, SEVERE_MEAN_POINTS / SEVERE_SHAPE, shape) if size is None else np.full(shape, size)
        points.append(sized)
        severe.append(np.full(shape, size is None))
    every = np.concatenate(at_s)
    order = np.argsort(every, axis=0, kind="stable")
    in_time, sizes = (np.take_along_axis(each, order, axis=0) for each in (every, np.concatenate(points)))
    return Contacts(in_time, sizes, np.take_along_axis(np.concatenate(severe), order, axis=0))


def work(
    acute: FloatArray, carried: FloatArray, contacts: Contacts, params: FatigueParams, people: People, mandatory_break_s: float = 0.0
) -> Shift:
    """The shift from loads (n_agents,) at its start. With `mandatory_break_s`, a break that long follows at once on each severe contact and
    on each contact that leaves A ≥ (4/3)·θ."""
    agents = len(acute)
    who, at = np.arange(agents), np.zeros(agents, dtype=np.int64)
    now, rest_until, taken = (np.zeros(agents) for _ in range(3))
    severe, path = np.zeros((SHIFT_MIN, agents), dtype=np.bool_), []
    while np.any(now < SHIFT_S):
        edge = np.searchsorted(EDGES_S, now, side="right")
        queue = (edge % 2 == 0) & (rest_until <= now)
        mode = np.where(queue, int(Mode.QUEUE), int(Mode.BREAK))
        path.append((now, acute, carried, mode))
        resting_until = np.where(rest_until > now, rest_until, np.inf)
        contact_s = contacts.at_s[at, who]
        then = np.minimum(np.minimum(contact_s, resting_until), EDGES_S[np.minimum(edge, len(EDGES_S) - 1)])
        span = then - now
        acute, carried = advance(acute, carried, mode, span, params, people.speed)
        arrived = contact_s <= then
        new = np.where(arrived & queue, contacts.points[at, who], 0.0)
        struck = arrived & queue & contacts.severe[at, who]
        severe[(then[struck] // MINUTE_S).astype(np.int64), who[struck]] = True
        acute, taken, at, now = acute + people.sensitivity * new, taken + new, at + arrived, then
        if mandatory_break_s:
            due = struck | ((new > 0) & (acute >= params.break_trigger_ratio * line(carried, params)))
            rest_until = np.where(due, now + mandatory_break_s, rest_until)
    path.append((now, acute, carried, np.full(agents, int(Mode.QUEUE))))
    events = Events(*(np.stack(each) for each in zip(*path, strict=True)))
    return Shift(events, severe, taken, params, people.speed)


def _at_minutes(events: Events, params: FatigueParams, speed: float | FloatArray) -> tuple[FloatArray, FloatArray]:
    """A and B at the end of every minute, each of shape (480, n_agents), from the last event at or before it."""
    agents = events.at_s.shape[1]
    minute, who = np.ceil(events.at_s / MINUTE_S).astype(np.int64), np.arange(agents)
    count = np.bincount((minute * agents + who).ravel(), minlength=(SHIFT_MIN + 1) * agents).reshape(SHIFT_MIN + 1, agents)
    row = np.cumsum(count, axis=0)[1:] - 1
    return _until(events, row, who, np.arange(1, SHIFT_MIN + 1)[:, None], params, speed)


def _until(
    events: Events, row: IntArray, who: IntArray, minute: IntArray, params: FatigueParams, speed: float | FloatArray
) -> tuple[FloatArray, FloatArray]:
    """A and B a number of minutes into the shift, from the event in `row`."""
    span = MINUTE_S * minute - events.at_s[row, who]
    return advance(events.acute[row, who], events.carried[row, who], events.mode[row, who], span, params, speed)


def _at_queue(events: Events, params: FatigueParams, speed: float | FloatArray) -> tuple[FloatArray, FloatArray]:
    """Seconds at the queue and above the line there, each of shape (n_agents,): after each event until A(t) = θ(B(t)) or the next event.
    The time to the line holds B; taken again with B as it is by then, a few times, it is the time at which the two meet."""
    acute, carried, mode, span = events.acute[:-1], events.carried[:-1], events.mode[:-1], np.diff(events.at_s, axis=0)
    until, then = span, carried
    for _ in range(ROUNDS):
        until = np.minimum(span, time_to_line_s(acute, then, mode, params, speed))
        then = advance(acute, carried, mode, until, params, speed)[1]
    queue = mode == int(Mode.QUEUE)
    return np.where(queue, span, 0.0).sum(axis=0), np.where(queue, until, 0.0).sum(axis=0)
