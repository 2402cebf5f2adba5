"""A peer of the HTTP benchmark that decides nothing: a bare Starlette endpoint that validates and commits the same rows, many at once, and
scores a customer's words as we do, or none."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import intake
from api.clock import Clock
from api.door.key_ring import KeyRing
from api.intake import Words
from api.json_text import to_json
from api.schemas.sent import TicketIn
from api.scoring.scorer import Scorer
from api.settings import DEFAULT_TEAM
from api.store import keys
from api.store.repository import MADE_LEAN, Repository, checksum
from api.store.tables import decisions, events, teams, tickets
from router.decide import decide
from router.events import TicketOpened, encode
from router.evolve import evolve
from router.plain import plain
from router.record import as_record, folded
from router.state import TeamState

ID = "@ticket"
Waiting = tuple[TicketIn, Words, "asyncio.Future[bytes]"]


def make(engine: sa.Engine, scores: bool) -> Starlette:
    """One route: the key, the body by `validate_json`, words by our scorer if it `scores`, and a writer that commits what waits."""
    ring, queue, wake, scorer, scoring = KeyRing(engine), deque[Waiting](), threading.Condition(), Scorer(), ThreadPoolExecutor(1)

    async def post_ticket(request: Request) -> Response:
        secret = request.headers["authorization"].removeprefix("Bearer ")
        assert await ring.find(keys.hashed(secret)) is not None
        given = TicketIn.model_validate_json(await request.body())
        words = await scorer.words(given, False, scoring) if scores else Words()
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        with wake:
            queue.append((given, words, answer))
            wake.notify()
        return Response(await answer, 201, media_type="application/json")

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        threading.Thread(target=_write, args=(engine, queue, wake), daemon=True).start()
        yield
        scorer.close()
        ring.close()

    return Starlette(routes=[Route("/v1/tickets", post_ticket, methods=["POST"])], lifespan=lifespan)


def _write(engine: sa.Engine, queue: deque[Waiting], wake: threading.Condition) -> None:
    with engine.connect().execution_options(reading=True) as connection:
        state = Repository(connection).load(DEFAULT_TEAM)
    like = ticket_body, record, _ = _like_ours(state)
    answered, revision, clock = to_json({"ticket": json.loads(ticket_body), "decision": json.loads(record)}), state.revision, Clock()
    while True:
        with wake:
            while not queue:
                wake.wait()
            batch = [queue.popleft() for _ in range(len(queue))]
        given, now_s = [(ticket, words) for ticket, words, _ in batch], clock.now_s()
        with engine.begin() as connection:
            _commit(connection, given, revision, now_s, like)
        revision += len(batch) + 1
        bodies, answers = [answered.replace(ID, ticket.id).encode() for ticket, _ in given], [answer for *_, answer in batch]
        answers[0].get_loop().call_soon_threadsafe(_give_out, answers, bodies)


def _give_out(waiting: list[asyncio.Future[bytes]], bodies: list[bytes]) -> None:
    for answer, body in zip(waiting, bodies, strict=True):
        answer.set_result(body)


def _like_ours(state: TeamState) -> tuple[str, str, str]:
    """A ticket, a decision, and what the log has of it as they are stored, of the size that the team makes them."""
    now_s = Clock().now_s()
    evolve(state, TicketOpened(now_s, ID, "account", now_s, "0" * 64))
    decided = decide(state, now_s)
    record = as_record(decided[0])
    return to_json(plain(state.tickets[ID])), to_json(record), to_json(folded(record))


def _commit(connection: sa.Connection, came: list[tuple[TicketIn, Words]], base: int, now_s: float, like: tuple[str, str, str]) -> None:
    ticket_body, record, lean = like
    given = [ticket for ticket, _ in came]
    connection.execute(sa.update(teams).where(teams.c.id == DEFAULT_TEAM).values(revision=base + len(given) + 1))
    rows: list[dict[str, Any]] = []
    for seq, (each, words) in enumerate(came, base + 1):
        kind, values = encode(intake.ticket(each, words, TeamState(), now_s)[0])
        rows.append({"team": DEFAULT_TEAM, "seq": seq, "at_s": now_s, "kind": kind, "body": to_json(values)})
    records = [record.replace(ID, each.id) for each in given]
    made = [f"[{checksum(text)},{lean.replace(ID, each.id)}]" for each, text in zip(given, records, strict=True)]
    body = f'{{"at_s":{now_s},"{MADE_LEAN}":[{",".join(made)}]}}'
    rows.append({"team": DEFAULT_TEAM, "seq": base + len(given) + 1, "at_s": now_s, "kind": "decided", "body": body})
    connection.execute(sa.insert(events), rows)
    folds = [{"id": each.id, "account_id": each.account_id, "body": ticket_body.replace(ID, each.id)} for each in given]
    connection.execute(sa.insert(tickets), [{"team": DEFAULT_TEAM, "state": "assigned"} | each for each in folds])
    at = {"team": DEFAULT_TEAM, "revision": base + len(given) + 1, "agent_id": "agent-000"}
    told = [
        {"id": f"d{base}-{place}", "position": place, "ticket_id": each.id, "body": text}
        for place, (each, text) in enumerate(zip(given, records, strict=True))
    ]
    connection.execute(sa.insert(decisions), [at | each for each in told])
