"""What every route needs, made once by `create_app` and kept on the app."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field

import sqlalchemy as sa
from fastapi import Request

from api.clock import Clock
from api.cpus import allowed
from api.door.doors import Doors
from api.hooks.courier import Courier
from api.hooks.inbox import Inbox
from api.hooks.letterbox import Letterbox
from api.hooks.lookups import Lookups
from api.jobs.jobs import Jobs
from api.jobs.process import step_back
from api.live.streams import Streams
from api.planner import Planner
from api.retention_job import RetentionJob
from api.scoring.scorer import Scorer
from api.settings import Settings
from api.telemetry.metrics import Metrics
from api.telemetry.tracing import Tracing
from api.writer.dispatcher import Dispatcher
from api.writer.front_desk import FrontDesk
from api.writer.wire import Wire

AWAITED_NICE = 5  # behind routing, before jobs that nobody sits and waits for
LOOKUP_THREADS = 4
SCORING_THREADS = 2  # so that one very long text holds up no other; more would only contend for the interpreter


@dataclass(slots=True)
class Services:
    """Settings, clock, database, dispatcher, and the streams that want to hear of changes, by team or by what-if job; and who was noted
    within the hour to have looked at whom. `scoring` has the threads that score customers' words where `scorer` has no process for them,
    `cpus` are those of the process, `checking` is the thread that looks whether the database answers, `lookups` find the hosts of new
    subscriptions."""

    settings: Settings
    clock: Clock
    engine: sa.Engine
    dispatcher: Dispatcher
    planner: Planner
    jobs: Jobs
    wire: Wire
    doors: Doors
    retention: RetentionJob
    courier: Courier
    inbox: Inbox
    letterbox: Letterbox
    streams: Streams
    metrics: Metrics
    tracing: Tracing | None
    noted_looks: set[tuple[float, str, str, str, str]] = field(default_factory=set)
    scoring: Executor = field(default_factory=lambda: ThreadPoolExecutor(SCORING_THREADS, "scoring"))
    scorer: Scorer = field(default_factory=Scorer)
    checking: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "checking"))
    lookups: Lookups = field(default_factory=lambda: Lookups(LOOKUP_THREADS))
    desk: FrontDesk = field(init=False)
    cpus: frozenset[int] = field(default_factory=allowed)
    _worker: ProcessPoolExecutor | None = None

    def __post_init__(self) -> None:
        self.desk = FrontDesk(self.dispatcher, self.settings.answer_within_s)

    @property
    def worker(self) -> ProcessPoolExecutor:
        """One process beside this one for computations that somebody waits for, started when it is first needed."""
        if self._worker is None:
            self._worker = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), step_back, (AWAITED_NICE, None, self.cpus))
        return self._worker

    def close(self) -> None:
        """Finish what was taken, and let go of everything."""
        self.streams.close()
        self.letterbox.close()
        self.inbox.close()
        self.scoring.shutdown()
        self.courier.close()
        self.checking.shutdown()
        self.lookups.close()
        self.jobs.close()
        self.planner.close()
        self.retention.close()
        self.dispatcher.close()
        self.wire.close()
        self.doors.ring.close()
        if self.tracing is not None:
            self.tracing.close()
        if self._worker is not None:
            self._worker.shutdown(cancel_futures=True)
        if self.scorer.process is not None:
            self.scorer.process.wait()
        self.engine.dispose()


async def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found
