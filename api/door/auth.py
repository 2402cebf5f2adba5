"""Who is calling and whether they may: a Bearer key, or the session that the sign-in page began."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.clock import Clock
from api.door import sessions
from api.door.sessions import COOKIES
from api.problems import ProblemResponse
from api.services import Services, services
from api.store import keys
from api.store.database import read_only
from api.store.keys import Principal

BEARER = HTTPBearer(auto_error=False, description="A key that `respite keys create` made.")
Declared = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]  # for the schema; `principals` reads the header
SAFE_METHODS = frozenset({"GET", "HEAD"})
PAGE_HEADER = "X-Respite-Page"


async def principals(request: Request, service: Services) -> list[Principal]:
    """Whose keys a request carries: its Bearer key's, else its sessions'. A session changes nothing without a header that only our own
    pages can send, and from a page that a browser says is another's, so another site can't act with it."""
    header = request.headers.get("authorization", "")
    if header:
        return await bearers(header, address_of(request), service)
    if request.method not in SAFE_METHODS and (PAGE_HEADER not in request.headers or not sessions.from_own_page(request)):
        return []
    found = [await _session(request.cookies[name], request, service) for name in COOKIES.values() if name in request.cookies]
    return [each for each in found if each is not None]


async def bearers(authorization: str, address: str, service: Services) -> list[Principal]:
    """Whose key an Authorization header carries; a session's secret is none."""
    scheme, _, secret = authorization.partition(" ")
    found = await service.doors.find(secret.strip(), address) if scheme.lower() == "bearer" else None
    who = found.principal(service.clock.now_s()) if found is not None and found.parent is None else None
    return [] if who is None else [who]


async def identify(request: Request, roles: tuple[str, ...], service: Services) -> Principal:
    """The first principal of the request that has one of `roles`; raises what `admitted` does."""
    who = request.state.who = admitted(await principals(request, service), roles, service)
    return who


async def keyed(request: Request) -> None:
    """Raises 401 where nobody's key comes with a request: for what is wrong with it before it is known who may make it."""
    if not await principals(request, request.app.state.services):
        raise _no_key()


def _no_key() -> ProblemResponse:
    return ProblemResponse(401, "send Authorization: Bearer <key>", {"WWW-Authenticate": "Bearer"})


def admitted(found: list[Principal], roles: tuple[str, ...], service: Services) -> Principal:
    """The first of `found` that has one of `roles`; 401 where there is none, 403 where none has such a role, 429 where it calls too
    often."""
    if not found:
        raise _no_key()
    who = next((each for each in found if each.role in roles), found[0])
    service.doors.count(who.key_id, who.role)
    if who.role in roles:
        return who
    raise ProblemResponse(403, f"a key of role {' or '.join(roles)} is needed; this one is {found[0].role}")


async def _session(cookie: str, request: Request, service: Services) -> Principal | None:
    """The principal of a session whose cookie is signed and has not rested too long; `request.state.renew` says
    that it is to be signed anew."""
    if not sessions.is_formed(cookie):
        return None
    found = await service.doors.find(sessions.secret_of(cookie), address_of(request))
    if found is None or found.parent_hash is None:
        return None
    who, rested = found.principal(service.clock.now_s()), sessions.rested(cookie, found.parent_hash, service)
    if who is None or rested is None:
        return None
    if rested > sessions.RENEWED_AT:
        request.state.renew = (who.role, sessions.secret_of(cookie), found.parent_hash)
    return who


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy that is trusted, what the proxy says."""
    return request.client.host if request.client else ""


def ended_keys(engine: sa.Engine, clock: Clock) -> frozenset[str]:
    """The ids of the keys and sessions that have been revoked or have expired: their open streams end."""
    with read_only(engine) as connection:
        return keys.ended(connection, clock.now_s())


def needs(*roles: str) -> Callable[..., Awaitable[Principal]]:
    """A dependency that lets only these roles in."""

    async def dependency(request: Request, service: Annotated[Services, Depends(services)], _key: Declared) -> Principal:
        return await identify(request, roles, service)

    return dependency


def own_agent(principal: Principal, agent_id: str) -> None:
    """An agent's key reaches that agent alone."""
    if principal.role == "agent" and principal.agent_id != agent_id:
        raise ProblemResponse(403, "an agent's key reaches that agent alone")
