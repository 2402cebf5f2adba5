"""Turns of a team: requests heard, decided and saved on the state that is kept of it between turns, in the caller's transaction."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence, Set

import sqlalchemy as sa

from api.clock import Clock
from api.store import answers, faults, reading
from api.store.pen import Pen
from api.store.repository import Repository, Stale, Unfolded
from api.telemetry.turns import Turn
from api.writer.due import Due
from api.writer.exchange import Answer, Command, KeyReused, Outcome
from api.writer.outbox import Outbox
from api.writer.troubles import TeamTrouble, Troubles
from router.domain import Break
from router.errors import Conflict, Refused
from router.events import BreakSkipped, ContactRated, Decided, Event, OfferExpired, Overridden, QueueAtRisk, TicketEvent, TicketOpened
from router.state import TeamState
from router.timing import next_change_s
from router.turn import Decide, conclude, fold
from router.undecided import queue_up

BACKUP_S = (0.2, 0.5)  # in life: how long after another service a timer of its turn goes off here, not with all others at once
PROBE_ID = "\x00"  # no ticket of a caller can have it


class Turns:
    """The states of the teams as they were last committed, and how they are moved on. The caller sees to it that one thread at a time is in
    here, and forgets a team whose transaction came to nothing."""

    def __init__(self, clock: Clock, decided_by: Decide, troubles: Troubles, pen: Pen) -> None:
        self.clock, self.decided_by, self.troubles, self.pen = clock, decided_by, troubles, pen
        self.outbox, self.due = Outbox(), Due(clock.rate * random.uniform(*BACKUP_S))
        self._states: dict[str, TeamState] = {}
        self._tables: dict[str, int] = {}  # where each state was read from

    def forget(self, team: str) -> None:
        """Read the team anew when it is next needed."""
        self._states.pop(team, None)

    def replaced(self, team: str, table: int) -> bool:
        """Whether what is known of the team was read from another table than it is in."""
        return self._tables.get(team, table) != table

    def begin_anew(self) -> None:
        """The store was replaced while this service was cut off from it: nothing that is known of any team holds."""
        self._states.clear()
        self._tables.clear()
        self.outbox.begin_anew()
        self.due.begin_anew()
        self.troubles.unread.clear()

    def kept(self, team: str) -> TeamState | None:
        """The team's state as this service knows it; None where it is to be read anew."""
        return self._states.get(team)

    def load(self, connection: sa.Connection, team: str) -> None:
        """The state of a team for the first time. One that can't be had keeps no other team from work."""
        try:
            state = self.fresh(connection, team)
            self.due.put(team, state.revision, self.clock.now_s())
        except faults.PASSING:
            raise
        except Unfolded:  # which is known by now
            pass
        except Exception as error:
            self.troubles.undecidable(team, self.clock.now_s(), error)

    def fresh(self, connection: sa.Connection, team: str, taken: bool = False) -> TeamState:
        """The team's state, up to date with the store; `taken`: nobody else moves it before this transaction ends.

        Raises `Unfolded` where this version can't read it.
        """
        self.troubles.legible(team, self.clock.now_s())
        try:
            state = self._fresh(connection, team, taken)
        except Unfolded as error:
            self.forget(team)
            self.troubles.illegible(team, self.clock.now_s(), error)
            raise
        self.troubles.read(team)
        return state

    def _fresh(self, connection: sa.Connection, team: str, taken: bool) -> TeamState:
        repository = Repository(connection)
        revision, table = repository.standing(team, taken)
        if self.replaced(team, table):
            self.begin_anew()
        self._tables[team] = table
        state = self._states.get(team)
        if state is None or state.revision > revision:
            state = self._states[team] = repository.load(team, revision)
        elif state.revision < revision:
            repository.catch_up(team, state, revision)
            if state.revision < revision:  # what it lacks is in the log no more
                state = self._states[team] = repository.load(team, revision)
        return state

    def undecidable(self, connection: sa.Connection, team: str) -> bool:
        """Whether no decision can be made for a team, whatever comes: not even on a plain ticket. Nothing is kept of the try."""
        concluding = False
        try:
            state = self.fresh(connection, team)
            now_s = self.clock.at_least(state.now_s)
            fold(state, [TicketOpened(now_s, PROBE_ID, PROBE_ID, now_s, "")])
            concluding = True
            self._conclude(state, now_s, None)
        except Exception:
            return concluding
        finally:
            self.forget(team)
        return False

    def _conclude(self, state: TeamState, now_s: float, trouble: TeamTrouble | None) -> tuple[list[Event], float]:
        """What is decided, and when something changes next; in trouble, who is told to wait, and when deciding is tried again."""
        if trouble is not None:
            return queue_up(state, now_s), trouble.again_s
        concluded = conclude(state, now_s, decided_by=self.decided_by)
        return concluded, next_change_s(state, now_s)

    def take(
        self, connection: sa.Connection, team: str, commands: list[Command], trouble: TeamTrouble | None = None
    ) -> tuple[list[Answer | Exception], Turn]:
        """A turn: the answer to each command, or its refusal, once the transaction is committed; and how it went.

        Raises `Stale` where another service has moved the team. Whatever it raises, the state has gone ahead of the store.
        """
        state = self.fresh(connection, team, taken=True)
        base, now_s = state.revision, self.clock.at_least(state.now_s)
        recoveries = {person.id: person.recovery for person in state.agents.people}
        turn, moved = Turn(team), list[str]()
        logged: list[Event] = []
        results: list[tuple[Event, ...] | Answer | Refused] = []
        stored = reading.stored_ids(connection, team, [each for command in commands for each in command.tickets])
        for command in commands:
            result = self._hear(connection, command, state, now_s, stored)
            logged.extend(result if isinstance(result, tuple) else ())
            results.append(result)
        concluded, due_s = self._conclude(state, now_s, trouble)
        logged.extend(concluded)
        turn.decided_s = time.perf_counter()
        others_wrote = self.pen.take(connection)
        if logged:
            moved = [person.id for person in state.agents.people if person.recovery is not recoveries.get(person.id)]
            Repository(connection).save(team, base, logged, state, _touched(logged), moved, _skipped(logged, recoveries))
        elif others_wrote and Repository(connection).revision(team) != base:
            raise Stale(team)
        due_s = min(due_s, self.outbox.put(connection, team, state, logged, recoveries, now_s))
        turn.saved_s = time.perf_counter()
        decided = {record["ticket_id"]: record for each in logged if isinstance(each, Decided) for record in each.decisions}
        answered: list[Answer | Exception] = []
        for command, result in zip(commands, results, strict=True):
            if isinstance(result, tuple):
                outcome = Outcome(state, now_s, result, decided, connection)
                answered.append(self._answer(command, outcome))
            else:
                answered.append(result)
        self.due.put(team, state.revision, due_s)
        turn.answered_s, turn.logged, turn.moved, turn.state = time.perf_counter(), logged, moved, state
        return answered, turn

    def _hear(
        self, connection: sa.Connection, command: Command, state: TeamState, now_s: float, stored: Set[str]
    ) -> tuple[Event, ...] | Answer | Refused:
        """The new events of a command, folded; the answer kept for its key; or its refusal, with nothing folded.

        `stored`: those of its `tickets` that the store holds.
        """
        if command.keep is not None:
            key, digest = command.keep
            kept = answers.find(connection, command.team, key, now_s)
            if kept is not None and kept.digest != digest:
                return KeyReused("/Idempotency-Key", "this key came before with another body")
            if kept is not None:
                return Answer(kept.status, kept.body)
        before = state.revision
        try:
            events = command.events(state, now_s)
            named = {each.ticket_id for each in events if isinstance(each, TicketOpened | TicketEvent | Overridden | ContactRated)}
            gone = {each for each in named if each not in state.tickets}  # a difference of the two would walk all that is kept
            gone &= stored | reading.stored_ids(connection, command.team, list(gone.difference(command.tickets)))
            if gone:  # a repeat could not be told from news
                raise Conflict("/id", f"ticket {min(gone)!r} ended over 30 days ago and is closed for good; open a new one")
            return tuple(fold(state, events))
        except Refused as refused:
            if state.revision != before:
                raise
            return refused

    def _answer(self, command: Command, outcome: Outcome) -> Answer:
        answer = command.answer(outcome)
        if command.keep is not None:
            key, digest = command.keep
            kept = answers.Kept(digest, answer.status, answer.body, command.whose)
            answers.keep(outcome.connection, command.team, key, kept, outcome.now_s)
        return answer


def _touched(logged: Sequence[Event]) -> Iterator[str]:
    """The ids of the tickets that the events changed."""
    for event in logged:
        if isinstance(event, TicketOpened | TicketEvent | Overridden | ContactRated | OfferExpired | QueueAtRisk):
            yield event.ticket_id
        elif isinstance(event, Decided):
            yield from (record["ticket_id"] for record in event.decisions)


def _skipped(logged: Sequence[Event], recoveries: dict[str, Break | None]) -> list[str]:
    """The ids of the breaks that were skipped."""
    found = (recoveries.get(event.agent_id) for event in logged if isinstance(event, BreakSkipped))
    return [current.id for current in found if current is not None]
