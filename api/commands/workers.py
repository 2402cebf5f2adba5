"""`respite serve --workers`: processes that serve on one socket, started again when they die, and replaced one by one on SIGHUP."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import FrameType

import psycopg
from prometheus_client.multiprocess import mark_process_dead

from api.clock import Clock
from api.commands.serving import make_server
from api.heap import keep_little
from api.settings import Settings
from api.store.database import DatabaseSettingError, in_a_line, open_database
from api.store.presence import share

log = logging.getLogger("uvicorn.error")
CONTEXT = multiprocessing.get_context("spawn")  # so that a new worker runs what is installed now
DRAIN_S = 0.5  # so long connections that were taken before are served, each told to come back by another
STOP_WITHIN_S = 20.0
AGAIN_S = 1.0  # after a worker that died before it served, as when the database is gone
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Epoch:
    """When the service began, in life and on its clock, which all of its workers share."""

    life_s: float
    told_s: float

    def clock(self, rate: float) -> Clock:
        """The clock as it stands now; at the speed of life it is the wall clock."""
        return Clock() if rate == 1.0 else Clock(rate, self.told_s + (time.time() - self.life_s) * rate)


def work(settings: Settings, epoch: Epoch, listener: socket.socket, told: Connection) -> None:
    """What a worker does: serve until it is told to stop, or until who started it is gone."""
    keep_little()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    try:
        share(open_database(settings.database_url)).close()
    except (psycopg.Error, DatabaseSettingError) as error:  # it is away, coming up or being restored: another worker tries again
        log.warning("the database can't be opened: %s", in_a_line(error))
        sys.exit(1)
    server = make_server(settings, clock=epoch.clock(settings.clock_rate), drain_s=DRAIN_S)
    server.on_start.append(lambda: told.send_bytes(b"."))
    server.run([listener])


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


class Worker:
    """A worker as its parent sees it; `pipe` is readable once when it serves."""

    def __init__(self, settings: Settings, epoch: Epoch, listener: socket.socket) -> None:
        self.pipe, theirs = CONTEXT.Pipe(duplex=False)
        self.process = CONTEXT.Process(target=work, args=(settings, epoch, listener, theirs))
        self.process.start()
        theirs.close()
        self.serves = False
        self._kill_s = float("inf")

    @property
    def ended(self) -> bool:
        return self.process.exitcode is not None

    def hear(self) -> None:
        """Note whether it has come to serve."""
        try:
            self.serves = self.serves or (self.pipe.poll() and self.pipe.recv_bytes() == b".")
        except EOFError:
            return  # it has ended

    def stop(self) -> None:
        if not self.ended:
            self.process.terminate()
        self._kill_s = time.monotonic() + STOP_WITHIN_S

    def kill_if_late(self) -> None:
        if time.monotonic() >= self._kill_s:
            self.process.kill()


class Supervisor:
    """Keeps `settings.workers` processes serving on `listener`, which it holds: what comes meanwhile waits there and is not refused."""

    def __init__(self, settings: Settings, epoch: Epoch, listener: socket.socket) -> None:
        self.settings, self.epoch, self.listener = settings, epoch, listener
        self.serving: list[Worker] = []
        self.leaving: list[Worker] = []
        self._stale: list[Worker] = []  # to be replaced
        self._fresh: Worker | None = None  # comes in the place of the first of these
        self._served, self._stopping = False, False
        self._again_s = 0.0
        self._heard_bell, self._bell = multiprocessing.Pipe(duplex=False)

    def run(self) -> bool:
        """Serve until SIGTERM or SIGINT; False where no worker ever came to serve."""
        for each in SIGNALS:
            signal.signal(each, self._on_signal)
        while not self._stopping:
            self._look()
            if not self._served and any(each.ended for each in self.serving):
                break
            self._fill()
            self._reload()
            self._wait()
        self._stop()
        return self._served

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._stale = list(self.serving)
        else:
            self._stopping = True
        self._bell.send_bytes(b".")

    def _start(self) -> Worker:
        return Worker(self.settings, self.epoch, self.listener)

    def _everyone(self) -> list[Worker]:
        return [*self.serving, *self.leaving, *([self._fresh] if self._fresh else [])]

    def _look(self) -> None:
        for each in self._everyone():
            each.hear()
            each.kill_if_late()
            self._served = self._served or each.serves
        for each in [each for each in self.leaving if each.ended]:
            self.leaving.remove(each)
            mark_process_dead(each.process.pid)  # type: ignore[no-untyped-call]

    def _fill(self) -> None:
        """Put another in the place of each that has died."""
        for each in [each for each in self.serving if each.ended]:
            self.serving.remove(each)
            mark_process_dead(each.process.pid)  # type: ignore[no-untyped-call]
            log.warning("worker %d ended with code %s; another takes its place", each.process.pid, each.process.exitcode)
            if not each.serves:
                self._again_s = time.monotonic() + AGAIN_S
        self._stale = [each for each in self._stale if each in self.serving]
        if self._fresh and not self._stale:  # whom it was to follow has died
            self.serving.append(self._fresh)
            self._fresh = None
        while len(self.serving) < self.settings.workers and time.monotonic() >= self._again_s:
            self.serving.append(self._start())

    def _reload(self) -> None:
        """Replace one by one: the old one is told to stop when the new one serves."""
        if self._fresh and self._fresh.ended:
            log.error("worker %d did not come to serve; the others stay as they are", self._fresh.process.pid)
            self._fresh, self._stale = None, []
        if self._fresh and self._fresh.serves:
            old = self._stale.pop(0)
            self.serving[self.serving.index(old)], self._fresh = self._fresh, None
            old.stop()
            self.leaving.append(old)
        if self._stale and not self._fresh and not self.leaving:
            self._fresh = self._start()

    def _wait(self) -> None:
        everyone = self._everyone()
        news = [each.pipe for each in everyone if not each.serves and not each.ended]
        wait([self._heard_bell, *news, *(each.process.sentinel for each in everyone if not each.ended)], AGAIN_S)
        while self._heard_bell.poll():
            self._heard_bell.recv_bytes()

    def _stop(self) -> None:
        self.listener.close()
        everyone = self._everyone()
        for each in everyone:
            each.stop()
        for each in everyone:
            each.process.join(STOP_WITHIN_S)
            if not each.ended:
                each.process.kill()
                each.process.join()
