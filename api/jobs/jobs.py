"""What-if jobs beside routing: one thread starts a process for each, keeps what they hand out, and ends those that nobody wants any more.

Only this service writes to the store: a process of the lowest priority could be put aside while it holds the lock that routing waits for.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import secrets
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait

import sqlalchemy as sa

from api.clock import Clock
from api.jobs.run import JobRun
from api.settings import Settings
from api.store import simulations
from api.store.database import read_only
from api.store.faults import log_failure
from api.store.repository import Repository
from api.store.simulations import Job
from api.writer.dispatcher import Dispatcher

log = logging.getLogger(__name__)
LEASE_S = 10.0  # in life; then another service may take the job up
RENEW_S = 2.0
LOOK_S = 5.0  # how often to look for jobs whose service has died
ATTEMPTS = 4


class Jobs:
    """`start` and `close` frame its life; `wake` tells it that jobs were queued or cancelled. `on_change` hears the id of each job that
    has come further."""

    def __init__(self, dispatcher: Dispatcher, clock: Clock, settings: Settings) -> None:
        self.dispatcher, self.clock = dispatcher, clock
        self.kept, self.nice = settings.jobs_kept, settings.job_nice
        self.processes = settings.job_processes or max(1, (os.cpu_count() or 1) - 1)
        self.on_change: list[Callable[[str], None]] = []
        self._owner = secrets.token_hex(8)
        self._running: list[JobRun] = []
        self._heard_bell, self._bell = multiprocessing.Pipe(duplex=False)
        self._written_s = self._looked_s = -LOOK_S
        self._rung, self._open = False, True
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._bell.send_bytes(b".")

    def close(self) -> None:
        """End every process and put its job back into the queue, for the next start."""
        self._open = False
        self.wake()
        self._thread.join()

    def _run(self) -> None:
        while self._open:
            pause_s = RENEW_S
            try:
                self._write()
                self._begin()
            except Exception as error:  # the database may be gone for a while; what was heard is kept meanwhile
                log_failure(log, "the jobs could not be looked after, which is tried again", error)
                pause_s = 1.0
            self._hear(pause_s if self._running else LOOK_S)
        for each in self._running:
            each.end()
        with contextlib.suppress(sa.exc.DBAPIError), self.dispatcher.pen.writing() as connection:  # else their leases run out
            for each in self._running:
                simulations.release(connection, each.job.team, each.job.id, self._owner)

    def _hear(self, pause_s: float) -> None:
        """Wait for news, and take what there is."""
        pipes = {each.pipe: each for each in self._running if not each.ended}
        for ready in wait([self._heard_bell, *pipes], pause_s):
            if ready is not self._heard_bell:
                pipes[ready].hear()  # type: ignore[index]
                continue
            self._rung = True
            while self._heard_bell.poll():
                self._heard_bell.recv_bytes()

    def _write(self) -> None:
        """Keep what was heard, prolong the leases, and end what is done or not ours any more."""
        due = self._rung or time.monotonic() - self._written_s >= RENEW_S
        if not self._running or not (due or any(each.news or each.ended for each in self._running)):
            return
        with self.dispatcher.pen.writing() as connection:
            over = [each for each in self._running if not self._keep(connection, each) or each.ended]
        self._written_s = time.monotonic()
        changed = [each for each in self._running if each.news is not None or each in over]
        for each in self._running:
            each.news = None
        for each in over:
            each.end()
            self._running.remove(each)
            self._rung = True  # there is room for another
        for each in changed:
            self._tell(each.job.id)

    def _keep(self, connection: sa.Connection, each: JobRun) -> bool:
        job = each.job
        if not simulations.keep(connection, job.team, job.id, self._owner, time.time() + LEASE_S, each.news):
            return False
        if each.ended:
            simulations.end(connection, job.team, job.id, self._owner, self.clock.now_s(), each.found, each.error)
            simulations.forget(connection, job.team, self.kept)
        return True

    def _begin(self) -> None:
        """Take up what waits, as long as there are processes: first of the key that has the fewest at work, then the oldest."""
        if not self._rung and time.monotonic() - self._looked_s < LOOK_S:
            return
        self._rung, self._looked_s = False, time.monotonic()
        while (free := self.processes - sum(each.processes for each in self._running)) > 0:
            job = self._next()
            if job is None:
                return
            taken = self._take(job)
            if taken is not None:
                half = -(-free // 2)  # so that there is room for the next
                self._running.append(JobRun(job, taken, min(half, max(1, job.total - job.done)), self.nice))

    def _next(self) -> Job | None:
        with read_only(self.dispatcher.engine) as connection:
            found: list[tuple[int, str, Job]] = []
            for team in Repository(connection).team_ids():
                busy = simulations.worked_on(connection, team, time.time())
                found += [(busy[job.key_id], job.id, job) for job in simulations.waiting(connection, team, time.time())]
        return min(found, key=lambda each: each[:2], default=(0, "", None))[2]

    def _take(self, job: Job) -> list[str] | None:
        """What a job has finished so far, now that it is ours; None where it is not, or where it has killed too many services."""
        life_s = time.time()
        with self.dispatcher.pen.writing() as connection:
            if not simulations.claim(connection, job, self._owner, self.clock.now_s(), life_s, life_s + LEASE_S):
                return None
            if job.attempts >= ATTEMPTS:
                error = f"it was begun {ATTEMPTS} times, and each time the service ended before it got any further"
                simulations.end(connection, job.team, job.id, self._owner, self.clock.now_s(), error=error)
                return None
            return simulations.parts(connection, job.team, job.id)

    def _tell(self, job_id: str) -> None:
        for told in self.on_change:
            told(job_id)
