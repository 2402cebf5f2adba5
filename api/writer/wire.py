"""The wire between services on one PostgreSQL: each tells the others which teams it has changed, and hears it from them; and while it is
up, nobody replaces the store."""

from __future__ import annotations

import json
import logging
import math
import multiprocessing
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import wait

import psycopg
from psycopg import sql

from api.store.database import DatabaseSettingError
from api.store.postgresql import let_go
from api.store.presence import Presence
from api.writer.dispatcher import Dispatcher
from api.writer.due import NOW_S

log = logging.getLogger(__name__)
CHANNEL = "respite_1"  # another number where what is said changes, so that services of two versions misunderstand nothing
LOOK_S = 5.0  # how often to look whether something was missed, as when who changed a team died before it told
PAUSE_S = 0.005  # between two messages: what changes meanwhile is told in one
AGAIN_S = 0.5
MESSAGE_BYTES = 7500  # PostgreSQL takes less than 8000


class Wire:
    """One thread with a connection of its own. What is told comes after the commit, from beside it: no request waits, and commits do not
    queue up for the lock that PostgreSQL holds while a transaction that notifies is made durable. What that may lose is found by a look.

    On SQLite there is nobody else, and it does nothing.
    """

    def __init__(self, dispatcher: Dispatcher, presence: Presence) -> None:
        self.dispatcher, self.presence = dispatcher, presence
        self._changed: set[str] = set()
        self._known: dict[str, tuple[int, float]] = {}
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._heard_bell, self._bell = multiprocessing.Pipe(duplex=False)
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)

    def start(self) -> None:
        if self.dispatcher.engine.dialect.name == "postgresql":
            self.dispatcher.on_change.append(self.tell)
            self._thread.start()

    def close(self) -> None:
        """Stop. What has changed until now is told before."""
        if self._thread.is_alive():
            self._stop.set()
            self._bell.send_bytes(b".")
            self._thread.join()
            self.dispatcher.on_change.remove(self.tell)
        self.presence.end()

    def tell(self, team: str) -> None:
        """Let the others know that the team has changed, unless it is they who said so."""
        if self._known.get(team) == self.dispatcher.due.standing(team):
            return
        with self._lock:
            first = not self._changed
            self._changed.add(team)
        if first:
            self._bell.send_bytes(b".")

    def _run(self) -> None:
        connected = True
        while not self._stop.is_set():
            try:
                with self.presence.connection() as connection:
                    connected = True
                    connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    self._work(connection)
                    let_go(connection)
            except (psycopg.Error, DatabaseSettingError) as error:
                if connected:
                    log.warning("no word from the other services; trying again until there is: %s", error)
                connected = False
                self._stop.wait(AGAIN_S)

    def _work(self, connection: psycopg.Connection) -> None:
        look_s = -math.inf
        while True:
            if time.monotonic() >= look_s:
                self._look(connection)
                look_s = time.monotonic() + LOOK_S
            self._send(connection)
            if self._stop.is_set():
                return
            wait([self._heard_bell, connection], max(0.0, look_s - time.monotonic()))  # type: ignore[list-item]
            while self._heard_bell.poll():
                self._heard_bell.recv_bytes()
            for heard in connection.notifies(timeout=0):
                if heard.pid != connection.info.backend_pid:
                    try:
                        for team, revision, due_s in json.loads(heard.payload):
                            self._hear(team, revision, math.inf if due_s is None else due_s)
                    except (ValueError, TypeError):  # no service said that; what was missed by it is found by the next look
                        log.warning("something on the channel that no service said: %.100r", heard.payload)

    def _look(self, connection: psycopg.Connection) -> None:
        """Whatever is at another revision than is known here has changed; all of it where the store was replaced."""
        found = connection.execute("SELECT id, revision, tableoid FROM teams").fetchall()
        if any(self.dispatcher.turns.replaced(team, table) for team, _, table in found):
            log.warning("the database was replaced: all teams are read anew")
            self.dispatcher.begin_anew()
        for team, revision, _ in found:
            known = self.dispatcher.due.standing(team)
            if known is None or known[0] < revision:
                self._hear(team, revision, NOW_S)

    def _hear(self, team: str, revision: int, due_s: float) -> None:
        self._known[team] = (revision, due_s)
        self.dispatcher.heard(team, revision, due_s)

    def _send(self, connection: psycopg.Connection) -> None:
        with self._lock:
            changed, self._changed = self._changed, set()
        standing = {team: found for team in changed if (found := self.dispatcher.due.standing(team)) is not None}
        news = {team: found for team, found in standing.items() if found != self._known.get(team)}
        if not news:
            return
        try:
            for message in _messages(news):
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, message))
        except psycopg.Error:
            with self._lock:
                self._changed |= changed
            raise
        self._known |= news
        self._stop.wait(PAUSE_S)


def _messages(news: dict[str, tuple[int, float]]) -> Iterator[str]:
    """As JSON `[[team, revision, due_s or null], …]`, each short enough for PostgreSQL."""
    items: list[str] = []
    for team, (revision, due_s) in news.items():
        item = json.dumps([team, revision, due_s if math.isfinite(due_s) else None])
        if items and sum(map(len, items)) + len(items) + len(item) > MESSAGE_BYTES:
            yield f"[{','.join(items)}]"
            items = []
        items.append(item)
    yield f"[{','.join(items)}]"
