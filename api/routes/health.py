"""Is the process alive, and can it do its work?"""

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter

from api import instants
from api.problems import RETRY, ProblemResponse
from api.routes.common import NOT_READY, Service, answers
from api.schemas.team import HealthOut, ReadyOut
from api.store import faults
from api.store.database import read_only, takes_writes
from api.store.repository import Repository

routes = APIRouter(tags=["health"])
CLOCK_IS_RIGHT_S = 1.0
ANSWERS_WITHIN_S = 2.0
TURN_WITHIN_S = 10.0


@routes.head("/healthz", include_in_schema=False)
@routes.get("/healthz", response_model=None, responses=answers(HealthOut) | NOT_READY)
async def healthz(service: Service) -> dict[str, str]:
    """The process answers, and its writer lives: without it only a new process helps."""
    if not service.dispatcher.alive:
        raise ProblemResponse(503, "the dispatcher has stopped")
    return {"status": "ok"}


@routes.head("/readyz", include_in_schema=False)
@routes.get("/readyz", response_model=None, responses=answers(ReadyOut) | NOT_READY)
async def readyz(service: Service) -> dict[str, Any]:
    """The database can be read and written, and the dispatcher takes work.

    `degraded` names teams for which no decision can be made: their tickets are queued, all others' are decided. Where `why` is given, this
    version can't read the team's log, and answers 503 for it; where that is so of every team, here, too. `clock_ahead_s` says how
    far the clock of the service is ahead of the machine's, which was set back, or behind it, where it is not believed yet.
    """
    dispatcher = service.dispatcher
    if dispatcher.troubles.store is not None:
        raise ProblemResponse(503, dispatcher.troubles.store.reason, RETRY)
    if not dispatcher.running:
        raise ProblemResponse(503, "the dispatcher has stopped")
    if dispatcher.at_it_s > TURN_WITHIN_S:
        raise ProblemResponse(503, f"the writer has been at one turn for {dispatcher.at_it_s:.0f} s", RETRY)
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):  # in a thread of its own: those of requests may all be waiting
            teams = await asyncio.get_running_loop().run_in_executor(service.checking, _teams, service.engine)
    except TimeoutError as error:
        raise ProblemResponse(503, f"the database has not answered within {ANSWERS_WITHIN_S:g} s", RETRY) from error
    except faults.PASSING as error:
        raise ProblemResponse(503, faults.reason(error), RETRY) from error
    except sa.exc.SQLAlchemyError as error:
        raise ProblemResponse(503, "the database can't be read", RETRY) from error
    unread = dict(dispatcher.troubles.unread)
    if len(unread) >= teams > 0:
        raise ProblemResponse(503, str(min(unread.items())[1].error), RETRY)
    degraded = {team: {"team": team, "since": instants.text(each.since_s)} for team, each in dict(dispatcher.troubles.teams).items()}
    degraded |= {team: {"team": team, "since": instants.text(each.since_s), "why": str(each.error)} for team, each in unread.items()}
    ahead_s = service.clock.ahead_s()
    return {
        "status": "degraded" if degraded else "ready",
        "teams": teams,
        "database": service.engine.dialect.name,
        "degraded": [degraded[team] for team in sorted(degraded)],
        "clock_ahead_s": round(ahead_s, 3) if abs(ahead_s) > CLOCK_IS_RIGHT_S else 0.0,
    }


def _teams(engine: sa.Engine) -> int:
    with read_only(engine) as connection:
        if not takes_writes(connection):
            raise ProblemResponse(503, faults.UNWRITTEN, RETRY)
        return len(Repository(connection).team_ids())
