"""The letterbox: webhooks that come in are checked and written down, those of one moment together; each is answered when it is durable."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from api.connectors.calls import NotUnderstood
from api.hooks import webhooks
from api.hooks.inbox import Inbox, understood
from api.problems import ProblemResponse
from api.settings import DEFAULT_TEAM, Settings
from api.store import connections, faults, letters
from api.store.connections import Connection
from api.store.database import read_only
from api.store.tables import inbox
from api.writer.dispatcher import Dispatcher

AT_ONCE = 500
APART_S = 0.03  # so long after another a batch begins at the soonest while a turn is taken: a flood of webhooks leaves routing its share


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as it came: `address` is what stands for the connection in its URL."""

    address: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class _Coming:
    """A webhook that is being taken in: what its sender waits for, its row of the inbox, and why it is not kept."""

    hook: Hook
    waiter: asyncio.Future[None]
    row: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None


class Letterbox:
    """`post` on the event loop. The rest is a thread of its own: what comes alone is written at once, what comes meanwhile is written next.

    `start` and `close` frame its life.
    """

    def __init__(self, dispatcher: Dispatcher, settings: Settings, worker: Inbox) -> None:
        self.dispatcher, self.settings, self.worker = dispatcher, settings, worker
        self._queue: deque[_Coming] = deque()
        self._wake, self._open = threading.Condition(), True
        self.thread = threading.Thread(target=self._run, name="letterbox", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def close(self) -> None:
        """Finish what was taken and stop."""
        with self._wake:
            self._open = False
            self._wake.notify()
        self.thread.join()

    def post(self, hook: Hook) -> asyncio.Future[None]:
        """Done when the webhook is durable, or with what is wrong with it or with the store."""
        coming = _Coming(hook, asyncio.get_running_loop().create_future())
        with self._wake:
            if not self._open:
                raise faults.Unavailable("the service is shutting down")
            self._queue.append(coming)
            self._wake.notify()
        return coming.waiter

    def _run(self) -> None:
        began_s = -math.inf
        while True:
            with self._wake:
                while not self._queue and self._open:
                    self._wake.wait()
            if self.dispatcher.at_it_s:
                time.sleep(max(began_s + APART_S - time.monotonic(), 0.0))
            began_s = time.monotonic()
            with self._wake:
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), AT_ONCE))]
            if not batch:
                return
            self._take_in(batch)
            batch[0].waiter.get_loop().call_soon_threadsafe(_give_out, batch)

    def _take_in(self, batch: Sequence[_Coming]) -> None:
        life_s = time.time()
        try:
            found = self._look_up({each.hook.address for each in batch})
        except Exception as error:
            _fail(batch, error)
            return
        by_team: dict[str, list[_Coming]] = {}
        for each in batch:
            try:
                each.row = self._row(each.hook, found[each.hook.address], life_s)
                by_team.setdefault(_place(each.hook.address)[0], []).append(each)
            except Exception as error:
                each.error = error
        for team, coming in by_team.items():
            self._keep(team, coming, life_s)
        self.worker.wake()

    def _look_up(self, addresses: Set[str]) -> dict[str, Connection | None]:
        """The connections as they are now: a secret whose time is over is good for nothing more."""
        with read_only(self.dispatcher.engine) as reading:
            return {each: connections.find(reading, *_place(each)) if each.isprintable() else None for each in addresses}

    def _row(self, hook: Hook, found: Connection | None, life_s: float) -> dict[str, Any]:
        """A webhook as a row of the inbox, where it is signed; raises `ProblemResponse`."""
        secrets = found.secrets_at(life_s) if found is not None else (webhooks.new_secret(),)  # it takes as long to find it wrong
        wrong = webhooks.problem_with(hook.headers, hook.body, secrets, life_s, self.settings.webhook_tolerance_s)
        if found is None:
            raise _unknown(hook.address)
        if wrong is not None:
            raise ProblemResponse(401, wrong)
        body = hook.body.decode(errors="replace")
        row = {"peer": found.name, "id": hook.headers["webhook-id"], "key": "", "received_s": self.dispatcher.clock.now_s()}
        row["body"] = body.replace("\x00", "")  # which PostgreSQL does not take, and JSON has not
        try:
            calls = understood(found.format, body)
        except NotUnderstood as error:
            return row | {"state": letters.DEAD, "error": str(error), "ended_s": life_s}
        return row | ({"key": calls[0].ticket_id} if calls else {"state": letters.DONE, "body": None, "ended_s": life_s})

    def _keep(self, team: str, coming: Sequence[_Coming], life_s: float) -> None:
        """Write them down together; where that fails and the store does not, one by one."""
        try:
            with self.dispatcher.pen.writing() as connection:
                held = connections.hold(connection, team)
                letters.add_new(connection, inbox, team, [each.row for each in coming if each.row["peer"] in held], life_s)
        except Exception as error:
            if len(coming) == 1 or isinstance(error, (*faults.PASSING, faults.Unavailable)):
                _fail(coming, error)
                return
            for each in coming:
                self._keep(team, [each], life_s)
            return
        for each in coming:
            if each.row["peer"] not in held:  # it was ended meanwhile
                each.error = _unknown(each.hook.address)


def _place(address: str) -> tuple[str, str]:
    """Team and connection."""
    team, _, name = address.rpartition(".")
    return team or DEFAULT_TEAM, name


def _unknown(address: str) -> ProblemResponse:
    return ProblemResponse(404, f"connection {address!r} is not known")


def _fail(coming: Sequence[_Coming], error: Exception) -> None:
    """The same went wrong for all. Where it is the store each is told by an error of its own: one that is raised again and again holds on
    to all who did."""
    passing = isinstance(error, faults.PASSING)
    for each in coming:
        each.error = faults.Unavailable(faults.reason(error)) if passing else error


def _give_out(batch: Sequence[_Coming]) -> None:
    for each in batch:
        if each.waiter.done():  # whoever sent it has gone
            continue
        if each.error is None:
            each.waiter.set_result(None)
        else:
            each.waiter.set_exception(each.error)
