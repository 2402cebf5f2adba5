"""Retention in the background, beside the writer: once a day for each team, by one of several services."""

from __future__ import annotations

import logging
import threading

from api.retention import Retention
from api.store import deletions
from api.store.database import overwrite
from api.store.faults import log_failure
from api.writer.leading import Leadership

log = logging.getLogger(__name__)
LOOKS_EVERY_S = 3600.0


class RetentionJob:
    """Looks every hour whether a day has gone by; `start` and `close` as of every work in the background."""

    def __init__(self, retention: Retention) -> None:
        self.retention = retention
        self._leading = Leadership(retention.engine, "retention")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop after the team that it is at."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._leading.close()

    def _run(self) -> None:
        while not self._stop.wait(self.retention.clock.real_s(LOOKS_EVERY_S)):
            try:
                if self._leading.held():
                    self.look()
            except Exception as error:  # the next look tries again; routing goes on
                log_failure(log, "retention failed", error)

    def look(self) -> None:
        """Do what is due."""
        done = False
        for team in self.retention.teams():
            try:
                if not self._stop.is_set() and self.retention.due(team):
                    self.retention.enforce(team)
                    done = True
            except Exception as error:  # the other teams have theirs; the next look tries again
                log_failure(log, f"retention of team {team} failed", error)
        if done:
            overwrite(self.retention.engine)
            deletions.export(self.retention.engine, self.retention.settings.deletions_file)
