"""The dispatcher: takes requests in the order they come, decides those that arrived together as one batch, and commits them as one."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import TypeVar

import sqlalchemy as sa

from api.clock import Clock
from api.store import faults
from api.store.database import read_only
from api.store.pen import Pen
from api.store.repository import Repository, Stale, Unfolded
from api.telemetry.turns import Turn
from api.writer.exchange import Answer, Command, Slip
from api.writer.tray import Tray, Waiting
from api.writer.troubles import LOOK_AGAIN_MAX_S, LOOK_AGAIN_S, Troubles
from api.writer.turns import Turns
from router.decide import decide
from router.errors import Refused
from router.state import TeamState
from router.timing import next_change_s
from router.turn import Decide

log = logging.getLogger(__name__)
STALE_RETRIES = 20
Told = TypeVar("Told")


class Dispatcher:
    """One writer thread. Reads and writes of a team's state happen under one lock, so a reader never sees what is not committed."""

    def __init__(
        self, engine: sa.Engine, clock: Clock, batch_max: int = 500, decided_by: Decide = decide, patience_s: float = 30.0
    ) -> None:
        self.engine, self.clock, self.patience_s = engine, clock, patience_s
        self.tray = Tray(batch_max)
        self.troubles = Troubles()
        self.pen = Pen(engine, patience_s)
        self.turns = Turns(clock, decided_by, self.troubles, self.pen)
        self.due, self.outbox = self.turns.due, self.turns.outbox
        self.on_change: list[Callable[[str], None]] = []
        self.on_turn: list[Callable[[Turn], None]] = []
        self._last: Turn | None = None  # taken, and not told yet
        self._hears = engine.dialect.name == "postgresql"
        self._wake, self._lock = threading.Condition(), threading.RLock()
        self._open = True
        self._began_s: float | None = None
        self._until_s = math.inf  # when the writer looks again by itself
        with read_only(self.engine) as connection:
            for team in Repository(connection).team_ids():
                self.turns.load(connection, team)
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._thread.start()

    def submit(self, command: Command) -> Future[Answer]:
        """Queue a command; its future resolves after the commit, or raises what refused it."""
        return self.submit_all([command])[0]

    def submit_all(self, commands: Sequence[Command]) -> list[Future[Answer]]:
        """Queue commands that are to be decided together (as far as one batch reaches)."""
        futures: list[Future[Answer]] = [Future() for _ in commands]
        self.take([list(zip(commands, futures, strict=True))])
        return futures

    def take(self, given: Sequence[Sequence[tuple[Command, Slip]]]) -> None:
        """The same for groups of commands, each decided together, with what is told of each command's answer; raises `RuntimeError` where
        it is closed."""
        groups = [[Waiting(*each) for each in group] for group in given]
        with self._wake:
            if not self._open:
                raise RuntimeError("the service is shutting down")
            for group in groups:
                self.tray.put(group)
            self._wake.notify()

    @contextlib.contextmanager
    def reading(self, team: str) -> Iterator[tuple[TeamState, float]]:
        """The team's committed state, up to date with the store, and the instant now; not to be kept or changed."""
        with contextlib.ExitStack() as afterwards, self._between_turns():
            connection = afterwards.enter_context(read_only(self.engine))  # given back when routing may go on
            state = self.turns.fresh(connection, team)
            yield state, self.clock.at_least(state.now_s)

    @contextlib.contextmanager
    def seeing(self, team: str) -> Iterator[tuple[TeamState, float]]:
        """The same for who is woken by changes, up to date with what was heard of. Where services hear of each other, the store is not
        asked while nothing is newer than what is here: routing waits for no round trip to it."""
        with self._between_turns():
            state, standing = self.turns.kept(team), self.due.standing(team) if self._hears else None
            if state is not None and standing is not None and standing[0] <= state.revision:
                yield state, self.clock.at_least(state.now_s)
                return
        with self.reading(team) as found:
            yield found

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction on the store between two turns, for what a turn reads."""
        with self._between_turns(), self.pen.writing() as connection:
            yield connection

    @contextlib.contextmanager
    def _turn_of(self, team: str, overtaken: bool) -> Iterator[sa.Connection]:
        """The transaction of a turn; where it was `overtaken`, nobody else writes from its beginning on. Where it comes to nothing, so does
        what the team was moved to, before anybody sees it."""
        with self._lock:
            try:
                with self.pen.writing() if overtaken else self.pen.reading_first() as connection:
                    yield connection
            except BaseException:
                self.turns.forget(team)
                raise

    @contextlib.contextmanager
    def _between_turns(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=self.patience_s):
            raise faults.Unavailable(f"the writer has not come to an end within {self.patience_s:g} s")
        try:
            yield
        finally:
            self._lock.release()

    def heard(self, team: str, revision: int, due_s: float) -> None:
        """Another service has changed the team, which something is due for at `due_s`; `due.NOW_S` where that is to be found out."""
        if self.due.heard(team, revision, due_s):
            with self._wake:
                if due_s < self._until_s:  # else there is time: what others do for their teams keeps nobody from work here
                    self._wake.notify()
            self._tell(team)

    def begin_anew(self) -> None:
        """The store was replaced while this service was cut off from it: what it knows of the teams is read when it is next needed."""
        with self._lock:
            self.turns.begin_anew()

    @property
    def thread_id(self) -> int:
        """The native id of the writer's thread."""
        assert self._thread.native_id is not None
        return self._thread.native_id

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

    def _run(self) -> None:
        while True:
            self._began_s = None
            with self._wake:
                if not self.tray and self._open:
                    self._wake.wait(self._sleep_s())
                taken = self.tray.next_batch()
                if not taken and not self._open:
                    return
            self._began_s = time.monotonic()
            batch = self.tray.wanted(taken)
            if not self._store_is_there():
                self.tray.settle(batch, [self.troubles.unavailable() for _ in batch])
                continue
            by_team: dict[str, list[Waiting]] = {}
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
        self._until_s = self.due.first_s()
        return min(max(self.clock.real_s(self._until_s - self.clock.now_s()), 0.0), self.clock.looks_every_s)

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

    def _serve(self, team: str, batch: list[Waiting]) -> None:
        """Serve the commands of one team together; where that fails and the store does not, one by one."""
        results: Sequence[Answer | Exception]
        try:
            results = self._take_turn(team, [each.command for each in batch])
            self._report(team, batch)
        except Exception as error:
            self._last = None  # it may have been taken, and was not committed
            self.turns.forget(team)
            self.due.put_off(team, self.clock.now_s() + (LOOK_AGAIN_MAX_S if isinstance(error, Unfolded) else LOOK_AGAIN_S))
            if isinstance(error, faults.PASSING):
                self.troubles.store_failed(team, error)
            elif not isinstance(error, Refused | Unfolded):  # of which the one is the caller's, and the other was said
                log.exception("a turn of team %s failed", team)
            if len(batch) > 1 and self.troubles.store is None:
                for waiting in batch:
                    self._serve(team, [waiting])
                return
            results = [error] * len(batch)
        self.tray.settle(batch, results)
        self._tell(team)

    def _report(self, team: str, batch: Sequence[Waiting]) -> None:
        """Tell how the turn went that has just been committed."""
        last, self._last = self._last, None
        if last is not None:
            last.commands, last.came_s = [each.command for each in batch], [each.came_s for each in batch]
            self._call(self.on_turn, last)

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
        for tries in range(STALE_RETRIES):
            trouble = self.troubles.of(team, self.clock.now_s())
            try:
                with self._turn_of(team, overtaken=tries > 0) as connection:
                    answered, turn = self.turns.take(connection, team, commands, trouble)
                turn.committed_s = time.perf_counter()
                self._last = turn
                if trouble is None:
                    self.troubles.decided(team, self.clock.now_s())
                return answered
            except Stale:
                continue
            except Exception as error:
                if trouble or len(commands) > 1 or isinstance(error, (*faults.PASSING, Unfolded)) or not self._undecidable(team):
                    raise
                self.troubles.undecidable(team, self.clock.now_s(), error)
        raise RuntimeError(f"team {team!r} was changed by others {STALE_RETRIES} times in a row")

    def _undecidable(self, team: str) -> bool:
        with self._lock, read_only(self.engine) as connection:
            return self.turns.undecidable(connection, team)
