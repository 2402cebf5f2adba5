"""The peer of the HTTP benchmark: an ordinary FastAPI endpoint that takes the same turn and commits it by itself, one request at a time."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.responses import Response

from api import intake
from api.clock import Clock
from api.json_text import to_json
from api.schemas.sent import TicketIn
from api.settings import DEFAULT_TEAM
from api.store.keys import SELECTOR, SHOWN, Stored, hashed, the_one
from api.store.repository import Repository
from api.store.tables import keys
from router.events import Decided
from router.turn import turn


def _known(connection: sa.Connection, secret: str, now_s: float) -> bool:
    """Whether a key has that secret and is in force."""
    digest = hashed(secret)
    query = sa.select(*(keys.c[name] for name in SHOWN)).where(keys.c.selector == digest[:SELECTOR], keys.c.parent.is_(None))
    found = the_one((Stored(*row) for row in connection.execute(query)), digest)
    return found is not None and found.principal(now_s) is not None


def make(engine: sa.Engine, secret: str, in_line: bool) -> FastAPI:
    """One route, `POST /v1/tickets`, with the same key check, validation, decision and tables.

    `in_line`: requests wait for each other at a lock of the process, which few think of; else at that of the database, where who comes
    second sleeps and asks again.
    """
    app, clock = FastAPI(), Clock()
    lock: AbstractContextManager[object] = threading.Lock() if in_line else nullcontext()
    with engine.connect().execution_options(reading=True) as connection:
        state = Repository(connection).load(DEFAULT_TEAM)

    @app.post("/v1/tickets", status_code=201)
    def post_ticket(given: TicketIn) -> Any:
        with engine.connect().execution_options(reading=True) as connection:
            assert _known(connection, secret, clock.now_s())
        words = intake.words_of(given)
        with lock, engine.begin() as connection:
            base, now_s = state.revision, max(clock.now_s(), state.now_s)
            logged = turn(state, intake.ticket(given, words, state, now_s), now_s)
            Repository(connection).save(DEFAULT_TEAM, base, logged, state, [given.id], (), ())
        decided = logged[-1]
        assert isinstance(decided, Decided)
        return Response(to_json({"decision": decided.decisions[0]}), 201, media_type="application/json")

    return app
