"""The dispatcher: takes requests in the order they come, decides those that arrived together as one batch, and commits them as one."""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa

from api.clock import Clock
from api.due import Due
from api.exchange import STILL_SERVED, Answer, Command, KeyInFlight, KeyReused, Outcome, Slip
from api.outbox import Outbox
from api.store import answers, faults, reading
from api.store.repository import Repository, Stale
from api.telemetry.turns import Turn
from api.troubles import LOOK_AGAIN_S, TeamTrouble, Troubles
from router.decide import decide
from router.domain import Break
from router.errors import Conflict, Refused
from router.events import BreakSkipped, ContactRated, Decided, Event, OfferExpired, Overridden, QueueAtRisk, TicketEvent, TicketOpened
from router.state import TeamState
from router.timing import next_change_s
from router.turn import Decide, conclude, fold
from router.undecided import queue_up

log = logging.getLogger(__name__)
STALE_RETRIES = 20
BACKUP_S = (0.2, 0.5)  # in life: how long after another service a timer of its turn goes off here, not with all others at once
Told = TypeVar("Told")
PROBE_ID = "\x00"  # no ticket of a caller can have it


@dataclass(slots=True)
class _Waiting:
    command: Command
    slip: Slip
    came_s: float = field(default_factory=time.perf_counter)


class Dispatcher:
    """One writer thread. Reads and writes of a team's state happen under one lock, so a reader never sees what is not committed."""

    def __init__(
        self, engine: sa.Engine, clock: Clock, batch_max: int = 500, decided_by: Decide = decide, patience_s: float = 30.0
    ) -> None:
        self.engine, self.clock, self.batch_max, self.decided_by, self.patience_s = engine, clock, batch_max, decided_by, patience_s
        self.troubles, self.outbox = Troubles(), Outbox()
        self.on_change: list[Callable[[str], None]] = []
        self.on_turn: list[Callable[[Turn], None]] = []
        self._last = Turn("")
        self._states: dict[str, TeamState] = {}
        self._queue: deque[_Waiting] = deque()
        self._wake, self._lock = threading.Condition(), threading.RLock()
        self.due = Due(clock.rate * random.uniform(*BACKUP_S))
        self._in_flight: set[tuple[str, str]] = set()
        self._open = True
        self._began_s: float | None = None
        with self._reading() as connection:
            for team in Repository(connection).team_ids():
                self._load(connection, team)
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._thread.start()

    def submit(self, command: Command) -> Future[Answer]:
        """Queue a command; its future resolves after the commit, or raises what refused it."""
        return self.submit_all([command])[0]

    def submit_all(self, commands: Sequence[Command]) -> list[Future[Answer]]:
        """Queue commands that are to be decided together (as far as one batch reaches)."""
        futures: list[Future[Answer]] = [Future() for _ in commands]
        self.take(list(zip(commands, futures, strict=True)))
        return futures

    def take(self, given: Sequence[tuple[Command, Slip]]) -> None:
        """The same, with what is told of each command's answer; raises `RuntimeError` where it is closed."""
        batch = [_Waiting(*each) for each in given]
        with self._wake:
            if not self._open:
                raise RuntimeError("the service is shutting down")
            self._queue.extend(waiting for waiting in batch if self._may_run(waiting))
            self._wake.notify()

    def _may_run(self, waiting: _Waiting) -> bool:
        """Whether no other command under the same key is being served; where one is, this one is refused."""
        if waiting.command.keep is None:
            return True
        running = (waiting.command.team, waiting.command.keep[0])
        if running in self._in_flight:
            waiting.slip.set_exception(KeyInFlight("/Idempotency-Key", STILL_SERVED))
            return False
        self._in_flight.add(running)
        return True

    def _served(self, waiting: _Waiting) -> None:
        """Another command may come under its key."""
        if waiting.command.keep is not None:
            self._in_flight.discard((waiting.command.team, waiting.command.keep[0]))

    def _wanted(self, waiting: _Waiting) -> bool:
        """Whether anybody still waits for it; it can't be cancelled any more then."""
        wanted = waiting.slip.set_running_or_notify_cancel()
        if not wanted:
            self._served(waiting)
        return wanted

    @contextlib.contextmanager
    def reading(self, team: str) -> Iterator[tuple[TeamState, float]]:
        """The team's committed state, up to date with the store, and the instant now; not to be kept or changed."""
        with self._between_turns(), self._reading() as connection:
            state = self._fresh(connection, team)
            yield state, self.clock.at_least(state.now_s)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction on the store for what is no team's log, between two turns: SQLite has one writer, and who comes second to it by
        another way sleeps and asks again."""
        with self._between_turns(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _between_turns(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=self.patience_s):
            raise faults.Unavailable(f"the writer has not come to an end within {self.patience_s:g} s")
        try:
            yield
        finally:
            self._lock.release()

    def heard(self, team: str, revision: int, due_s: float) -> None:
        """Another service has changed the team, which something is due for at `due_s`; minus infinity where that is to be found out."""
        if self.due.heard(team, revision, due_s):
            with self._wake:
                self._wake.notify()
            self._tell(team)

    @property
    def running(self) -> bool:
        return self._open and self._thread.is_alive()

    @property
    def at_it_s(self) -> float:
        """How long the turns that are being taken have taken by now; 0 between turns."""
        began_s = self._began_s
        return 0.0 if began_s is None else time.monotonic() - began_s

    @property
    def alive(self) -> bool:
        """False where the writer has ended though nobody closed it."""
        return not self._open or self._thread.is_alive()

    def close(self) -> None:
        """Finish what was taken and stop."""
        with self._wake:
            self._open = False
            self._wake.notify()
        self._thread.join()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self.engine.connect().execution_options(reading=True) as connection:
            yield connection

    def _load(self, connection: sa.Connection, team: str) -> None:
        """The state of a team for the first time. One that can't be had keeps no other team from work."""
        try:
            state = self._states[team] = Repository(connection).load(team)
            self.due.put(team, state.revision, self.clock.now_s())
        except Exception as error:
            if isinstance(error, faults.PASSING):
                raise
            self.troubles.undecidable(team, self.clock.now_s(), error)

    def _fresh(self, connection: sa.Connection, team: str, taken: bool = False) -> TeamState:
        repository = Repository(connection)
        revision = repository.revision(team, taken)
        state = self._states.get(team)
        if state is None or state.revision > revision:
            state = self._states[team] = repository.load(team)
        elif state.revision < revision:
            repository.catch_up(team, state)
            if state.revision < revision:  # what it lacks is in the log no more
                state = self._states[team] = repository.load(team)
        return state

    def _run(self) -> None:
        while True:
            self._began_s = None
            with self._wake:
                if not self._queue and self._open:
                    self._wake.wait(self._sleep_s())
                taken = [self._queue.popleft() for _ in range(min(len(self._queue), self.batch_max))]
                if not taken and not self._open:
                    return
            self._began_s = time.monotonic()
            batch = [each for each in taken if self._wanted(each)]
            if not self._store_is_there():
                self._settle(batch, [self.troubles.unavailable() for _ in batch])
                continue
            by_team: dict[str, list[_Waiting]] = {}
            for waiting in batch:
                by_team.setdefault(waiting.command.team, []).append(waiting)
            now_s = self.clock.now_s()
            for team in self.due.past(now_s):
                by_team.setdefault(team, [])
            for team, waiting_here in by_team.items():
                self._serve(team, waiting_here)

    def _sleep_s(self) -> float:
        """Until something is due, in life; never so long that a clock that was set, or a laptop that slept, goes unnoticed."""
        if self.troubles.store is not None:  # what is due meanwhile can't be served, and must not keep the writer busy
            return LOOK_AGAIN_S
        return min(max(self.clock.real_s(self.due.first_s() - self.clock.now_s()), 0.0), self.clock.looks_every_s)

    def _store_is_there(self) -> bool:
        """False while it fails; tried again once a second, whether anything is asked of it or not."""
        trouble = self.troubles.store
        if trouble is None:
            return True
        if not trouble.due:
            return False
        try:
            faults.probe(self.engine, trouble.team, self.clock.now_s())
        except sa.exc.SQLAlchemyError as error:
            self.troubles.store_failed(trouble.team, error)
            return False
        self.troubles.store_is_back()
        return True

    def _serve(self, team: str, batch: list[_Waiting]) -> None:
        """Serve the commands of one team together; where that fails and the store does not, one by one."""
        results: Sequence[Answer | Exception]
        try:
            results = self._take_turn(team, [each.command for each in batch])
            self._report(team, batch)
        except Exception as error:
            self._last = Turn("")  # it may have been taken, and was not committed
            self._states.pop(team, None)
            self.due.put_off(team, self.clock.now_s() + 1.0)
            if isinstance(error, faults.PASSING):
                self.troubles.store_failed(team, error)
            elif not isinstance(error, Refused):
                log.exception("a turn of team %s failed", team)
            if len(batch) > 1 and self.troubles.store is None:
                for waiting in batch:
                    self._serve(team, [waiting])
                return
            results = [error] * len(batch)
        self._settle(batch, results)
        self._tell(team)

    def _report(self, team: str, batch: Sequence[_Waiting]) -> None:
        """Tell how the turn went that has just been committed."""
        last, self._last = self._last, Turn("")
        if last.team:
            last.commands, last.came_s = [each.command for each in batch], [each.came_s for each in batch]
            self._call(self.on_turn, last)

    def _settle(self, batch: Sequence[_Waiting], results: Sequence[Answer | Exception]) -> None:
        for waiting, result in zip(batch, results, strict=True):
            self._served(waiting)
            if isinstance(result, Exception):
                waiting.slip.set_exception(result)
            else:
                waiting.slip.set_result(result)

    def _tell(self, team: str) -> None:
        self._call(self.on_change, team)

    def _call(self, listeners: Sequence[Callable[[Told], None]], news: Told) -> None:
        for told in listeners:
            try:
                told(news)
            except Exception:  # who listens stops nobody's routing
                log.exception("a listener failed on news of %s", news if isinstance(news, str) else "a turn")

    def _taken(self, team: str) -> bool:
        """Whether another service has taken the turn that was due, so that a look is enough."""
        if self.due.own(team):
            return False
        with self.reading(team) as (state, now_s):
            due_s = next_change_s(state, state.now_s)
        if due_s > now_s:
            self.due.looked(team, state.revision, due_s, now_s)
        return due_s > now_s

    def _take_turn(self, team: str, commands: list[Command]) -> list[Answer | Exception]:
        if not commands and self._taken(team):
            return []
        for _ in range(STALE_RETRIES):
            trouble = self.troubles.of(team, self.clock.now_s())
            try:
                with self._lock, self.engine.begin() as connection:
                    answered = self._turn(connection, team, commands, trouble)
                self._last.committed_s = time.perf_counter()
                if trouble is None:
                    self.troubles.decided(team, self.clock.now_s())
                return answered
            except Stale:
                with self._lock:
                    self._states.pop(team, None)
            except Exception as error:
                if trouble or len(commands) > 1 or isinstance(error, faults.PASSING) or not self._undecidable(team):
                    raise
                self.troubles.undecidable(team, self.clock.now_s(), error)
        raise RuntimeError(f"team {team!r} was changed by others {STALE_RETRIES} times in a row")

    def _undecidable(self, team: str) -> bool:
        """Whether no decision can be made for a team, whatever comes: not even on a plain ticket. Nothing is kept of the try."""
        with self._lock, self._reading() as connection:
            concluding = False
            try:
                state = self._fresh(connection, team)
                now_s = self.clock.at_least(state.now_s)
                fold(state, [TicketOpened(now_s, PROBE_ID, PROBE_ID, now_s, "")])
                concluding = True
                self._conclude(state, now_s, None)
            except Exception:
                return concluding
            finally:
                self._states.pop(team, None)
            return False

    def _conclude(self, state: TeamState, now_s: float, trouble: TeamTrouble | None) -> tuple[list[Event], float]:
        """What is decided, and when something changes next; in trouble, who is told to wait, and when deciding is tried again."""
        if trouble is not None:
            return queue_up(state, now_s), trouble.again_s
        concluded = conclude(state, now_s, decided_by=self.decided_by)
        return concluded, next_change_s(state, now_s)

    def _turn(
        self, connection: sa.Connection, team: str, commands: list[Command], trouble: TeamTrouble | None = None
    ) -> list[Answer | Exception]:
        state = self._fresh(connection, team, taken=True)
        base, now_s = state.revision, self.clock.at_least(state.now_s)
        recoveries = {person.id: person.recovery for person in state.agents.people}
        turn, moved = Turn(team), list[str]()
        logged: list[Event] = []
        results: list[tuple[Event, ...] | Answer | Refused] = []
        try:
            stored = reading.stored_ids(connection, team, [each for command in commands for each in command.tickets])
            for command in commands:
                result = self._hear(connection, command, state, now_s, stored)
                logged.extend(result if isinstance(result, tuple) else ())
                results.append(result)
            concluded, due_s = self._conclude(state, now_s, trouble)
            logged.extend(concluded)
            turn.decided_s = time.perf_counter()
            if logged:
                moved = [person.id for person in state.agents.people if person.recovery is not recoveries.get(person.id)]
                Repository(connection).save(team, base, logged, state, _touched(logged), moved, _skipped(logged, recoveries))
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
        except BaseException:
            self._states.pop(team, None)  # the cached state went ahead of the store
            raise
        self.due.put(team, state.revision, due_s)
        turn.answered_s, turn.logged, turn.moved, turn.state = time.perf_counter(), logged, moved, state
        self._last = turn
        return answered

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
            gone = named - state.tickets.keys()
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
