"""Carries events to their subscribers: at least once, in order for each ticket and agent, beside routing, which never waits for it.

One thread with an event loop of its own, in every process. What a process holds it holds under a lease: where it dies, another one, or its
next start, carries on. A subscriber that is slow or gone holds up nobody but itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import sqlalchemy as sa

from api.hooks.post import Failure, Post
from api.hooks.set_back import SetBack
from api.settings import Settings
from api.store import letters, rotating, subscriptions
from api.store.database import read_only
from api.store.faults import log_failure
from api.store.letters import Letter
from api.store.repository import Repository
from api.store.subscriptions import Subscription
from api.store.tables import outbox
from api.writer.dispatcher import Dispatcher

log = logging.getLogger(__name__)
LOOK_S = 5.0  # how often to look for what another process has left, or put out, and for keys that have ended
LEASE_SPARE_S = 10.0  # beyond the longest that an answer may take

Send = Callable[[Subscription, Letter], Awaitable[Failure | None]]


@dataclass(frozen=True, slots=True)
class Carried:
    """A letter that was carried; `error`: why it has not arrived."""

    team: str
    letter: Letter
    error: Failure | None


def wait_s(attempts: int, settings: Settings, chance: random.Random) -> float:
    """How long until the next try after so many: doubled each time up to a bound, and half of it by chance, so that those that failed
    together do not come together again."""
    longest_s = min(settings.webhook_retry_max_s, settings.webhook_retry_s * 2.0 ** min(attempts - 1, 40))
    return longest_s * chance.uniform(0.5, 1.0)


class Rounds:
    """Between the store and the network: what is due is taken, what was carried is written down, in one transaction for each."""

    def __init__(self, dispatcher: Dispatcher, settings: Settings, life: Callable[[], float], chance: random.Random) -> None:
        self.dispatcher, self.settings, self.life, self.chance = dispatcher, settings, life, chance
        self.owner = secrets.token_hex(8)
        self.lease_s = settings.webhook_timeout_s + LEASE_SPARE_S
        self._set_back = SetBack(life)
        self._listened: dict[str, bool] = {}  # whether a team had subscriptions when it was looked at last

    def teams(self) -> list[str]:
        with read_only(self.dispatcher.engine) as connection:
            return Repository(connection).team_ids()

    def release(self, everything: bool) -> None:
        """Give back what this process holds, or `everything` where it is the only one."""
        for team in self.teams():
            with self.dispatcher.pen.writing() as connection:
                letters.release(connection, outbox, team, None if everything else self.owner)

    def mind_the_clock(self) -> None:
        """Where it was set back, nothing waits for as long as that."""
        self._set_back.mend(self._mend_instants)

    def _mend_instants(self) -> None:
        for team in self.teams():
            with self.dispatcher.pen.writing() as connection:
                letters.mend_instants(connection, outbox, team, self.life(), self.settings.webhook_retry_max_s, self.lease_s)

    def end_what_is_over(self) -> None:
        """An agent's own subscriptions end with the last of their keys: nothing of theirs is sent on to where they told us once. Secrets
        that sign and check nothing more are kept no longer."""
        for team in self.teams():
            with read_only(self.dispatcher.engine) as connection:
                ownerless = subscriptions.ownerless(connection, team, self.dispatcher.clock.now_s())
                ended = rotating.any_ended(connection, team, self.life())
            if ownerless or ended:
                with self.dispatcher.pen.writing() as connection:
                    for each in subscriptions.ownerless(connection, team, self.dispatcher.clock.now_s()):
                        subscriptions.remove(connection, team, each)
                    rotating.drop_ended(connection, team, self.life())
            if ownerless:
                self.dispatcher.outbox.forget(team)

    def turn(self, team: str, carried: list[Carried], busy: Counter[str]) -> tuple[list[tuple[Subscription, Letter]], float]:
        """Write down what was carried for a team, and take what may go now, but for each subscription no more than there is room for
        beside what is `busy`. Also how long until there may be more, in seconds; infinity where nothing waits."""
        life_s = self.life()
        if not carried and not self._listened.get(team) and not self._anybody(team):
            return [], float("inf")
        taken: list[tuple[Subscription, Letter]] = []
        next_s = float("inf")
        with self.dispatcher.pen.writing() as connection:
            self._write_down(connection, team, carried, life_s)
            known = subscriptions.of(connection, team)
            for to in known:
                room = self.settings.webhook_at_once - busy[to.id]
                if room > 0:
                    found = letters.take(connection, outbox, team, to.id, life_s, self.owner, life_s + self.lease_s, room)
                    taken += [(to, each) for each in found]
                    if len(found) == room:  # there may be more, for which there is room when one of these has been carried
                        continue
                    due_s = letters.next_due_s(connection, outbox, team, to.id, life_s)
                    next_s = min(next_s, float("inf") if due_s is None else due_s)
        self._listened[team] = bool(known)
        return taken, next_s - life_s

    def _anybody(self, team: str) -> bool:
        """Whether a team has subscriptions, without the transaction of one that writes, which on SQLite waits for routing."""
        with read_only(self.dispatcher.engine) as connection:
            return bool(subscriptions.of(connection, team))

    def _write_down(self, connection: sa.Connection, team: str, carried: list[Carried], life_s: float) -> None:
        arrived = [each.letter for each in carried if each.error is None]
        if arrived:
            letters.remove(connection, outbox, team, arrived, self.owner)
        for letter, error in ((each.letter, each.error) for each in carried if each.error is not None):
            if error.gone or life_s >= letter.since_s + self.settings.webhook_give_up_s:
                letters.bury(connection, outbox, team, letter, self.owner, life_s, error.reason)
            else:
                asked_s = min(error.after_s, self.settings.webhook_retry_max_s)
                next_s = life_s + max(wait_s(letter.attempts + 1, self.settings, self.chance), asked_s)
                letters.put_off(connection, outbox, team, letter, self.owner, next_s, error.reason)


class Courier:
    """`start` and `close` frame its life."""

    def __init__(self, dispatcher: Dispatcher, settings: Settings) -> None:
        self.dispatcher = dispatcher
        self.life = time.time  # retries are on the clock of life, however fast that of the service runs
        self._rounds = Rounds(dispatcher, settings, self.life, random.Random())
        self._settings = settings
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._open = True
        self._look: set[str] = set()  # teams that may have something to carry
        self._due: dict[str, float] = {}
        self._busy: Counter[str] = Counter()
        self._carried: dict[str, list[Carried]] = {}
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="courier", daemon=True)

    def start(self) -> None:
        self.dispatcher.on_change.append(self._changed)
        self._thread.start()

    def close(self) -> None:
        """Stop: what is on its way is cut off, and goes out again at the next start."""
        self.dispatcher.on_change.remove(self._changed)
        self._open = False
        self._ring()
        self._thread.join()

    def wake(self, team: str) -> None:
        """Something was put out for a team otherwise than by a turn."""
        self._look.add(team)
        self._ring()

    def _changed(self, team: str) -> None:
        if team in self.dispatcher.outbox.written:
            self.dispatcher.outbox.written.discard(team)
            self.wake(team)

    def _ring(self) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(self._news.set)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        post, under_way = Post(self._settings, self.life), set[asyncio.Task[None]]()
        alone = self.dispatcher.engine.dialect.name == "sqlite"
        swept_s = float("-inf")
        while self._open:
            try:
                if swept_s == float("-inf") and alone:
                    await asyncio.to_thread(self._rounds.release, True)
                if time.monotonic() >= swept_s + LOOK_S:
                    await asyncio.to_thread(self._rounds.mind_the_clock)
                    await asyncio.to_thread(self._rounds.end_what_is_over)
                    self._look.update(await asyncio.to_thread(self._rounds.teams))
                    await post.let_go()
                    swept_s = time.monotonic()
                for to, team, letter in await self._exchange():
                    task = asyncio.create_task(self._carry(post.send, team, to, letter))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
            except Exception as error:  # the database may be gone for a while: what was carried is written down afterwards
                log_failure(log, "events could not be carried and are tried again", error)
                await asyncio.sleep(1.0)
            await self._rest()
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await post.close()
        with contextlib.suppress(sa.exc.DBAPIError):  # else the leases run out
            await self._exchange(taking=False)
            self._rounds.release(False)

    async def _rest(self) -> None:
        """Wait for news, for the next retry, or for the next look at everything."""
        pause_s = min([LOOK_S, *(due_s - time.monotonic() for due_s in self._due.values())])
        if pause_s > 0 and self._open and not self._look and not self._carried:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), pause_s)
        self._news.clear()

    async def _exchange(self, taking: bool = True) -> list[tuple[Subscription, str, Letter]]:
        """Write down what was carried, and take what is due, team by team."""
        now_s = time.monotonic()
        due = {team for team, due_s in self._due.items() if due_s <= now_s}
        taken: list[tuple[Subscription, str, Letter]] = []
        for team in (self._look | due if taking else set()) | self._carried.keys():
            self._look.discard(team)
            self._due.pop(team, None)
            carried = self._carried.pop(team, [])
            busy = self._busy if taking else Counter(dict.fromkeys(self._busy, self._settings.webhook_at_once))
            try:
                found, next_s = await asyncio.to_thread(self._rounds.turn, team, carried, busy)
            except BaseException:
                self._carried.setdefault(team, []).extend(carried)
                raise
            if next_s < float("inf"):
                self._due[team] = time.monotonic() + next_s
            for to, letter in found:
                self._busy[to.id] += 1
                taken.append((to, team, letter))
        return taken

    async def _carry(self, send: Send, team: str, to: Subscription, letter: Letter) -> None:
        try:
            error = await send(to, letter)
        except Exception as bug:
            log.exception("event %s could not be sent", letter.id)
            error = Failure(f"not sent: {type(bug).__name__}")
        finally:
            self._busy[to.id] -= 1
            if not self._busy[to.id]:
                del self._busy[to.id]
        self._carried.setdefault(team, []).append(Carried(team, letter, error))
        self._news.set()
