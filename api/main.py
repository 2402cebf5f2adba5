"""create_app(settings): the service put together. Nothing happens at import."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from fastapi import Depends, FastAPI

from api import openapi, problems
from api.clock import Clock
from api.door.answer_headers import AnswerHeaders
from api.door.auth import ended_keys, keyed
from api.door.body_limit import BodyLimit
from api.door.direct_way import DirectWay
from api.door.doors import Doors
from api.door.key_first import KeyFirst
from api.door.known_query import known_query
from api.door.request_shape import RequestShape
from api.hooks.courier import Courier
from api.hooks.inbox import Inbox
from api.hooks.letterbox import Letterbox
from api.intake import Customers, Words
from api.jobs.jobs import Jobs
from api.live.held_open import HeldOpen
from api.live.streams import Streams
from api.pages import pages
from api.planner import Planner
from api.retention import Retention
from api.retention_job import RetentionJob
from api.routes import (
    accounts,
    agents,
    connections,
    debriefs,
    decisions,
    docs,
    feedback,
    health,
    hooks,
    instant,
    override,
    personal,
    plan,
    policy,
    recovery,
    reports,
    simulations,
    statement,
    subscriptions,
    team,
    tickets,
)
from api.routes import metrics as metrics_route
from api.services import Services
from api.settings import DEFAULT_TEAM, Settings
from api.store import past
from api.store.database import open_database, upgrade
from api.store.postgresql import give_up_stuck_turns
from api.store.presence import Presence
from api.store.repository import Repository
from api.telemetry.metrics import Metrics
from api.telemetry.observe import Observe
from api.telemetry.tracing import configured
from api.telemetry.watch import Watch
from api.writer.dispatcher import Dispatcher
from api.writer.wire import Wire

VERSION = "0.1.0"


def create_app(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """The ASGI app. Opening the database and taking up work happen when it starts, letting go when it stops.

    Time comes from `clock`; without one, from the wall clock at the rate of the settings.
    """

    metrics = Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service = open_services(settings, clock or Clock(settings.clock_rate), metrics)
        app.state.services, app.state.tracing = service, service.tracing
        loop = asyncio.get_running_loop()

        def tell(topic: str) -> None:
            if topic in service.streams:
                loop.call_soon_threadsafe(service.streams.wake, topic)

        def score(given: Sequence[Customers]) -> list[Words]:
            return asyncio.run_coroutine_threadsafe(service.scorer.all_words(given, service.scoring), loop).result()

        service.inbox.score = score
        service.dispatcher.on_change.append(tell)
        service.jobs.on_change.append(tell)
        try:
            yield
        finally:
            service.dispatcher.on_change.remove(tell)
            service.jobs.on_change.remove(tell)
            service.scorer.close()
            await asyncio.to_thread(service.close)

    app = FastAPI(
        title="Respite",
        version=VERSION,
        summary="Routes support tickets so that no person absorbs more than they can recover from.",
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `api.telemetry` has all three; to ask costs each request
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # which would send the caller to whatever Host it named
        generate_unique_id_function=openapi.operation_id,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.state.tracing = None
    of_tickets = (tickets, override, decisions)
    of_the_team = (accounts, policy, reports, instant, simulations, team, plan, health, metrics_route)
    webhooks = (subscriptions, connections, hooks)
    nouns = (*of_tickets, agents, recovery, statement, personal, debriefs, feedback, *of_the_team, *webhooks, docs, pages)
    not_our_clients = (health, metrics_route, hooks, docs, pages)  # but watchers, helpdesks and browsers, who add what they like
    app.add_middleware(AnswerHeaders)
    app.add_middleware(RequestShape)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    app.add_middleware(DirectWay, ways=tickets.DIRECT | hooks.DIRECT, handlers=app.exception_handlers, max_bytes=settings.max_body_bytes)
    app.add_middleware(KeyFirst, handlers=app.exception_handlers)
    known = [route for noun in nouns for route in noun.routes.routes]
    app.add_middleware(Observe, metrics=metrics, tracing=lambda: app.state.tracing, routes=known)
    app.add_middleware(HeldOpen, streams=lambda: app.state.services.streams)  # the last, so that it is the outermost
    problems.install(app, keyed)
    pages.install(app)
    for noun in nouns:
        app.include_router(noun.routes, dependencies=[] if noun in not_our_clients else [Depends(known_query)])
    docs.mount(app)
    openapi.publish(app)
    return app


def open_services(settings: Settings, clock: Clock, metrics: Metrics) -> Services:
    """The database brought up to date, the default team made where there is none, and the dispatcher at work."""
    engine = open_database(settings.database_url, settings.database_connect_s, settings.database_wait_s)
    give_up_stuck_turns(engine)
    upgrade(engine)  # first: a service that is at work keeps the tables as they are
    presence = Presence(engine)
    presence.begin()
    with engine.begin() as connection:
        Repository(connection).create_team(DEFAULT_TEAM, clock.now_s())
        newest_s = past.newest_of_all_s(connection)
    clock = clock.continued_from(newest_s)
    dispatcher = Dispatcher(engine, clock, settings.batch_max, patience_s=settings.answer_within_s)
    planner = Planner(dispatcher, clock)
    planner.start()
    jobs = Jobs(dispatcher, clock, settings)
    jobs.start()
    wire = Wire(dispatcher, presence)
    wire.start()
    retention = RetentionJob(Retention(engine, settings, clock, dispatcher.writing))
    retention.start()
    courier = Courier(dispatcher, settings)
    courier.start()
    inbox = Inbox(dispatcher, settings)
    inbox.start()
    letterbox = Letterbox(dispatcher, settings, inbox)
    letterbox.start()
    streams = Streams(settings, clock, lambda: ended_keys(engine, clock))
    streams.on_count = metrics.streams.set
    tracing = configured()
    dispatcher.on_turn.append(Watch(metrics, tracing).turned)
    metrics.watch_store(engine)
    doors = Doors(engine, settings)
    work = (dispatcher, planner, jobs, wire, doors, retention, courier, inbox, letterbox)
    return Services(settings, clock, engine, *work, streams, metrics, tracing)
