"""Is the process alive, and can it do its work?"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter

from api.problems import ProblemResponse
from api.routes.common import Service
from api.store.repository import Repository

routes = APIRouter(tags=["health"])


@routes.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@routes.get("/readyz")
def readyz(service: Service) -> dict[str, Any]:
    """The database answers and the dispatcher takes work."""
    try:
        with service.engine.connect().execution_options(reading=True) as connection:
            teams = len(Repository(connection).team_ids())
    except sa.exc.SQLAlchemyError as error:
        raise ProblemResponse(503, "the database does not answer") from error
    if not service.dispatcher.running:
        raise ProblemResponse(503, "the dispatcher has stopped")
    return {"status": "ready", "teams": teams, "database": service.engine.dialect.name}
