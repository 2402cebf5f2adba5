"""What a run leaves behind: arrays over tickets, contacts, samples, breaks and agents, noted from the team's own log as it grows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from router.agents import BoolArray, FloatArray, IntArray
from router.domain import Break
from router.events import DebriefEnded, Decided, Event, TicketEvent
from router.state import TeamState
from simulations.opening import World
from simulations.people import LIVE_FROM

SAMPLE_S = 300.0


@dataclass(frozen=True, slots=True)
class Run:
    """One replication. Instants in seconds; NaN for what did not happen before the end.

    Over tickets: `assigned_s` first in somebody's hands, `response_s` first answered (live: picked up), `ended_s` resolved for good,
    `left_s` its customer left without waiting any longer, for good; `waits_from_s` since when they wait or waited last for the first
    answer, and `waited_s` how long they had waited before that, as the scenario's clock counts;
    `automated_s` resolved by automation, and `automated_points` what that contact would have been for a person.
    `drafts_s`: when each draft for a person was made. `leaves_s`: when a customer left, each time. `debriefs_s`: when each
    debrief was over.
    Over contacts of people: when it ended, ticket, agent row, points, whether a break was due for it.
    Over bad experiences of customers: when, and of which account.
    Over samples × agents: `acute` and `line` in points, `on_shift` and not absent. Over agents × `Activity`: `seconds`.
    """

    world: World
    assigned_s: FloatArray
    response_s: FloatArray
    ended_s: FloatArray
    left_s: FloatArray
    waits_from_s: FloatArray
    waited_s: FloatArray
    automated_s: FloatArray
    automated_points: FloatArray
    drafts_s: FloatArray
    leaves_s: FloatArray
    debriefs_s: FloatArray
    contact_s: FloatArray
    contact_ticket: IntArray
    contact_row: IntArray
    contact_points: FloatArray
    contact_hot: BoolArray
    sample_s: FloatArray
    acute: FloatArray
    line: FloatArray
    on_shift: BoolArray
    breaks: tuple[tuple[int, Break], ...]
    bad_s: FloatArray
    bad_account: IntArray
    seconds: FloatArray
    log: tuple[Event, ...]
    state: TeamState


@dataclass(slots=True)
class Recorder:
    """Notes everything down while the loop runs; mutable, owned by it."""

    world: World
    keeps_log: bool = True
    assigned_s: FloatArray = field(init=False)
    response_s: FloatArray = field(init=False)
    ended_s: FloatArray = field(init=False)
    left_s: FloatArray = field(init=False)
    waits_from_s: FloatArray = field(init=False)
    waited_s: FloatArray = field(init=False)
    automated_s: FloatArray = field(init=False)
    automated_points: FloatArray = field(init=False)
    drafts_s: list[float] = field(default_factory=list)
    leaves_s: list[float] = field(default_factory=list)
    debriefs_s: list[float] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    log: list[Event] = field(default_factory=list)
    contacts: list[tuple[float, int, int, float, bool]] = field(default_factory=list)
    samples: list[tuple[float, FloatArray, FloatArray, BoolArray]] = field(default_factory=list)
    breaks: dict[str, tuple[int, Break]] = field(default_factory=dict)
    next_sample_s: float = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.world.tickets)
        self.assigned_s, self.response_s, self.ended_s, self.automated_s = (np.full(count, math.nan) for _ in range(4))
        self.automated_points, self.left_s = (np.full(count, math.nan) for _ in range(2))
        self.waits_from_s, self.waited_s = self.world.tickets.created_s.copy(), np.zeros(count)
        self.next_sample_s = self.world.counts_from_s

    def sample(self, state: TeamState, until_s: float) -> None:
        """Loads at every point of the grid up to `until_s`, while somebody is on shift; nothing may have happened since the last turn."""
        while self.next_sample_s <= until_s:
            at_s, self.next_sample_s = self.next_sample_s, self.next_sample_s + SAMPLE_S
            on_shift, _ = state.agents.profiles.shift_windows(at_s)
            if on_shift.any():
                loads = state.agents.project(at_s, state.params)
                self.samples.append((at_s, loads.acute, loads.line, on_shift.copy()))

    def note(self, event: Event, state: TeamState) -> None:
        """One event that has just entered the log."""
        if self.keeps_log:
            self.log.append(event)
        if isinstance(event, Decided):
            for record in event.decisions:
                if record["lane"] == "agent":
                    self._assigned(self.world.number[record["ticket_id"]], event.at_s)
        elif isinstance(event, DebriefEnded):
            self.debriefs_s.append(event.at_s)
        elif isinstance(event, TicketEvent):
            self._happened(self.world.number[event.ticket_id], event, state)

    def note_break(self, row: int, current: Break) -> None:
        """A break that is owed, or a newer plan of it."""
        self.breaks[current.id] = (row, current)

    def note_draft(self, at_s: float) -> None:
        """Automation wrote an answer for a person to review."""
        self.drafts_s.append(at_s)

    def _assigned(self, ticket: int, at_s: float) -> None:
        if math.isnan(self.assigned_s[ticket]):
            self.assigned_s[ticket] = at_s
        if self.world.tickets.channel[ticket] >= LIVE_FROM:
            self._answered(ticket, at_s)

    def _answered(self, ticket: int, at_s: float) -> None:
        if math.isnan(self.response_s[ticket]):
            self.response_s[ticket] = at_s
            self.answered.append(ticket)

    def take_answered(self) -> list[int]:
        """The tickets that had their first answer since this was asked last."""
        found, self.answered = self.answered, []
        return found

    def _left(self, ticket: int, at_s: float) -> None:
        self.left_s[ticket] = at_s
        self.leaves_s.append(at_s)
        if math.isnan(self.response_s[ticket]):
            self.waited_s[ticket] += self.world.clock.elapsed(self.waits_from_s[ticket], at_s)

    def _came_back(self, ticket: int, at_s: float) -> None:
        self.ended_s[ticket] = self.left_s[ticket] = math.nan
        if math.isnan(self.response_s[ticket]):
            self.waits_from_s[ticket] = at_s

    def _happened(self, ticket: int, event: TicketEvent, state: TeamState) -> None:
        if event.type == "contact":
            contact = state.tickets[event.ticket_id].contacts[-1]
            assert contact.agent_id is not None  # nobody is forgotten here
            self.contacts.append((contact.ended_s, ticket, state.agents.row[contact.agent_id], contact.points, contact.hot))
        elif event.type == "closed":
            self._left(ticket, event.occurred_s)
        elif event.type == "reopened":
            self._came_back(ticket, event.occurred_s)
        if event.type in ("contact", "automation_resolved"):
            self._answered(ticket, event.occurred_s)
        if event.type in ("resolved", "automation_resolved"):
            self.ended_s[ticket] = event.occurred_s
        if event.type == "automation_resolved":
            self.automated_s[ticket] = event.occurred_s
            self.automated_points[ticket] = state.tickets[event.ticket_id].tries[-1].points

    def finish(self, state: TeamState, bad: Sequence[tuple[float, int]], seconds: FloatArray) -> Run:
        """Everything noted, as arrays."""
        shape = (len(self.samples), len(state.agents))
        sample_s = np.array([each[0] for each in self.samples])
        on_shift = np.array([each[3] for each in self.samples], dtype=np.bool_).reshape(shape)
        absent = ((row, *span) for row, worker in enumerate(self.world.staff) for span in worker.absent)
        contacts = list(zip(*self.contacts, strict=True)) or [()] * 5
        return Run(
            world=self.world,
            assigned_s=self.assigned_s,
            response_s=self.response_s,
            ended_s=self.ended_s,
            left_s=self.left_s,
            waits_from_s=self.waits_from_s,
            waited_s=self.waited_s,
            automated_s=self.automated_s,
            automated_points=self.automated_points,
            drafts_s=np.array(self.drafts_s),
            leaves_s=np.array(self.leaves_s),
            debriefs_s=np.array(self.debriefs_s),
            contact_s=np.array(contacts[0], dtype=np.float64),
            contact_ticket=np.array(contacts[1], dtype=np.int64),
            contact_row=np.array(contacts[2], dtype=np.int64),
            contact_points=np.array(contacts[3], dtype=np.float64),
            contact_hot=np.array(contacts[4], dtype=np.bool_),
            sample_s=sample_s,
            acute=np.array([each[1] for each in self.samples]).reshape(shape),
            line=np.array([each[2] for each in self.samples]).reshape(shape),
            on_shift=on_shift & ~within(sample_s, absent, shape),
            breaks=tuple(self.breaks.values()),
            bad_s=np.array([at_s for at_s, _ in bad]),
            bad_account=np.array([account for _, account in bad], dtype=np.int64),
            seconds=seconds,
            log=tuple(self.log),
            state=state,
        )


def within(at_s: FloatArray, spans: Iterable[tuple[int, float, float]], shape: tuple[int, int]) -> BoolArray:
    """Whose spans, as (row, from, to), these instants lie in; `shape` is (n instants, n agents)."""
    found = np.zeros(shape, dtype=np.bool_)
    for row, from_s, to_s in spans:
        found[np.searchsorted(at_s, from_s) : np.searchsorted(at_s, to_s), row] = True
    return found
