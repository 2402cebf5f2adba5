"""Webhooks that came in, worked off beside the hook: in order for each ticket, through the same commands as the API's own calls.

What is in one is kept until it is worked off, then dropped, for it may have a customer's words in it; that it came is remembered, so that a
repeat changes nothing. What can't be understood or may not be is a dead letter, kept with its words for a bounded time to be tried again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import sqlalchemy as sa
from pydantic import ValidationError

from api import instants, intake
from api.connectors import READERS
from api.connectors.calls import Call, NotUnderstood
from api.hooks.set_back import SetBack
from api.intake import Customers, Words
from api.problems import in_body, invalid
from api.schemas.sent import TicketEventIn, TicketIn
from api.settings import Settings
from api.store import connections, letters, subscriptions
from api.store.connections import Connection
from api.store.database import read_only
from api.store.faults import log_failure
from api.store.letters import Letter
from api.store.repository import Repository
from api.store.tables import inbox, outbox
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command
from router.errors import Refused

log = logging.getLogger(__name__)
AT_ONCE = 100
SCORED_HERE = 8  # texts; more are scored beside routing
LOOK_S = 5.0  # how often to look for what another process has left
LEASE_S = 60.0
AGAIN_S, ATTEMPTS = 1.0, 8  # where the service itself fails: doubled each time, over two minutes in all
AGAIN_MOST_S = AGAIN_S * 2 ** (ATTEMPTS - 2)
TIDY_S = 3600.0
REMEMBERED_S = 30 * 86_400.0  # that a webhook came: so long its sender may repeat it


def understood(connector: str, body: str) -> Sequence[Call]:
    """The calls of a webhook, all of one ticket first of all; raises `NotUnderstood`."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("the body is not JSON") from error
    if not isinstance(payload, dict):
        raise NotUnderstood("the body is no JSON object")
    if connector not in READERS:
        raise NotUnderstood(f"there is no connector for the format {connector!r}")
    return READERS[connector](payload)


def given(call: Call, letter_id: str, received_s: float) -> Customers:
    """What a call gives; raises `ValidationError`. What has no instant happened when it came in, an event without an id has that of the
    webhook, so that doing it twice does it once."""
    if call.kind == "ticket":
        return TicketIn.model_validate(call.body)
    return TicketEventIn.model_validate({"occurred_at": instants.text(received_s), "event_id": letter_id} | call.body)


def command(team: str, ticket_id: str, asked: Customers, words: Words) -> Command:
    if isinstance(asked, TicketIn):
        return Command(team, lambda state, now_s: intake.ticket(asked, words, state, now_s), _done, tickets=(ticket_id,))
    return Command(team, lambda state, now_s: [intake.ticket_event(ticket_id, asked, words, state, now_s)], _done, tickets=(ticket_id,))


def _done(_outcome: object) -> Answer:
    return Answer(200, "")


@dataclass(slots=True)
class _Work:
    """A letter with what it asks for, each with the id of its ticket; `error`: why it is not understood."""

    letter: Letter
    asked: list[tuple[str, Customers]]
    error: str | None = None
    futures: Sequence[Future[Answer]] = ()


class Inbox:
    """`start` and `close` frame its life; `wake` after something came in. `score` scores words where more came than are `SCORED_HERE`."""

    def __init__(self, dispatcher: Dispatcher, settings: Settings) -> None:
        self.dispatcher, self.settings = dispatcher, settings
        self.life = time.time
        self.score: Callable[[Sequence[Customers]], list[Words]] = intake.all_words_of
        self._set_back = SetBack(self.life)
        self._owner = secrets.token_hex(8)
        self._news, self._open = threading.Event(), True
        self._tidied_s = float("-inf")
        self._again = False
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._news.set()

    def close(self) -> None:
        """Finish what was begun; what is left waits for the next start."""
        self._open = False
        self.wake()
        self._thread.join()

    def _run(self) -> None:
        if self.dispatcher.engine.dialect.name == "sqlite":
            self._attempt(self._release)  # there is no other service that could hold anything
        while self._open:
            self._news.clear()
            worked = self._attempt(self._round)
            if not worked and self._open:
                self._news.wait(AGAIN_S if worked is None or self._again else LOOK_S)

    def _attempt(self, work: Callable[[], object]) -> bool | None:
        """None where it failed: the database may be gone for a while."""
        try:
            return bool(work())
        except Exception as error:
            log_failure(log, "webhooks could not be worked off and are tried again", error)
            return None

    def _release(self) -> None:
        for team, _ in self._connections():
            with self.dispatcher.pen.writing() as connection:
                letters.release(connection, inbox, team)

    def _mend_instants(self) -> None:
        for team, _ in self._connections():
            with self.dispatcher.pen.writing() as connection:
                letters.mend_instants(connection, inbox, team, self.life(), AGAIN_MOST_S, LEASE_S)

    def _connections(self) -> list[tuple[str, list[Connection]]]:
        with read_only(self.dispatcher.engine) as connection:
            return [(team, connections.of(connection, team)) for team in Repository(connection).team_ids()]

    def _round(self) -> bool:
        """Work off the first letter of each ticket; whether there was any."""
        self._again = False
        self._set_back.mend(self._mend_instants)
        worked = False
        for team, known in self._connections():
            for each in known:
                worked |= self._work_off(team, each)
            if time.monotonic() >= self._tidied_s + TIDY_S:
                self._tidy(team)
        if time.monotonic() >= self._tidied_s + TIDY_S:
            self._tidied_s = time.monotonic()
        return worked

    def _work_off(self, team: str, known: Connection) -> bool:
        life_s = self.life()
        with self.dispatcher.pen.writing() as connection:
            taken = letters.take(connection, inbox, team, known.name, life_s, self._owner, life_s + LEASE_S, AT_ONCE)
            if not taken:
                self._again |= letters.next_due_s(connection, inbox, team, known.name, life_s) is not None
                return False
            received = letters.received(connection, team, taken)
        work = [self._read(known, each, received[each.seq]) for each in taken]
        asked = [one for each in work for one in each.asked]
        words = self._words([customers for _, customers in asked])
        commands = [command(team, *one, found) for one, found in zip(asked, words, strict=True)]
        futures = iter(self.dispatcher.submit_all(commands)) if commands else iter(())
        for each in work:
            each.futures = [next(futures) for _ in each.asked]
        outcomes = [(each.letter, each.error or _error(each.futures)) for each in work]
        with self.dispatcher.pen.writing() as connection:
            letters.end(connection, inbox, team, [letter for letter, error in outcomes if error is None], self._owner, self.life())
            for letter, error in outcomes:
                if error is not None:
                    self._write_down(connection, team, letter, error)
        return True

    def _words(self, asked: Sequence[Customers]) -> list[Words]:
        """What is found in the words of each; a few at a time, so that who waits for an answer to theirs comes in between."""
        if len(asked) <= SCORED_HERE:
            return intake.all_words_of(asked)
        return [each for at in range(0, len(asked), SCORED_HERE) for each in self.score(asked[at : at + SCORED_HERE])]

    def _read(self, known: Connection, letter: Letter, received_s: float) -> _Work:
        name = hashlib.sha256(f"{known.name} {letter.id}".encode()).hexdigest()[:32]
        try:
            calls = understood(known.format, letter.body)
            return _Work(letter, [(call.ticket_id, given(call, f"hook-{name}-{index}", received_s)) for index, call in enumerate(calls)])
        except NotUnderstood as error:
            return _Work(letter, [], str(error))
        except ValidationError as error:
            return _Work(letter, [], str(json.loads(bytes(invalid(in_body(error)).body))["detail"]))

    def _write_down(self, connection: sa.Connection, team: str, letter: Letter, error: str | Exception) -> None:
        life_s = self.life()
        if isinstance(error, str):
            letters.bury(connection, inbox, team, letter, self._owner, life_s, error[:1000])
        elif letter.attempts + 1 >= ATTEMPTS:
            reason = f"it failed {ATTEMPTS} times: {type(error).__name__}; the log of the service says why"
            letters.bury(connection, inbox, team, letter, self._owner, life_s, reason)
        else:
            next_s = life_s + AGAIN_S * 2**letter.attempts
            letters.put_off(connection, inbox, team, letter, self._owner, next_s, type(error).__name__)

    def _tidy(self, team: str) -> None:
        """Drop dead letters whose time is over, out and in, letters to nobody, and the memory of what was worked off long ago."""
        life_s = self.life()
        with self.dispatcher.pen.writing() as connection:
            for table in (inbox, outbox):
                letters.forget(connection, table, team, letters.DEAD, life_s - self.settings.webhook_kept_s)
            letters.forget(connection, inbox, team, letters.DONE, life_s - REMEMBERED_S)
            subscriptions.drop_strays(connection, team)


def _error(futures: Sequence[Future[Answer]]) -> str | Exception | None:
    """What came of the commands of a letter: None where all were carried out, the refusal of one, or what went wrong here."""
    for future in futures:
        try:
            future.result()
        except Refused as refused:
            return f"{refused.pointer}: {refused.detail}"
        except Exception as error:
            return error
    return None
