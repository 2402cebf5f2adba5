"""Who is calling and whether they may: a Bearer key, or the cookie that the sign-in page sets."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import ProblemResponse
from api.services import Services, services
from api.store import keys
from api.store.keys import Principal

COOKIES = {"agent": "respite_agent", "manager": "respite_manager"}
BEARER = HTTPBearer(auto_error=False, description="A key that `respite keys create` made.")
Declared = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]  # for the schema; `secrets_of` reads the header
SAFE_METHODS = frozenset({"GET", "HEAD"})
REMEMBERED_S = 1.0
ENDED_EVERY_S = 2.0
PAGE_HEADER = "X-Respite-Page"


def secrets_of(request: Request) -> list[str]:
    """The secrets a request carries: its Bearer key, else its cookies. A cookie changes nothing without a header that only our own
    pages can send, so another site can't act with it."""
    header = request.headers.get("authorization", "")
    scheme, _, secret = header.partition(" ")
    if header:
        return [secret.strip()] if scheme.lower() == "bearer" else []
    if request.method not in SAFE_METHODS and PAGE_HEADER not in request.headers:
        return []
    return [request.cookies[name] for name in COOKIES.values() if name in request.cookies]


def identify(request: Request, roles: tuple[str, ...], service: Services) -> Principal:
    """The first principal of the request that has one of `roles`; 401 without a valid key, 403 with one of another role."""
    found = [principal for secret in secrets_of(request) if (principal := _lookup(service, secret)) is not None]
    for principal in found:
        if principal.role in roles:
            return principal
    if not found:
        raise ProblemResponse(401, "send Authorization: Bearer <key>", {"WWW-Authenticate": "Bearer"})
    raise ProblemResponse(403, f"a key of role {' or '.join(roles)} is needed; this one is {found[0].role}")


def _lookup(service: Services, secret: str) -> Principal | None:
    """The principal of a key, remembered for a second: a revoked key is refused from the next second on."""
    now_s = service.clock.now_s()
    known = service.known_keys.get(secret)
    if known is not None and known[1] <= now_s < known[1] + REMEMBERED_S:
        return known[0]
    with service.engine.connect().execution_options(reading=True) as connection:
        found = keys.find(connection, secret, now_s)
    service.known_keys.pop(secret, None)
    if found is not None:
        service.known_keys[secret] = (found, now_s)
    return found


def ended(service: Services, who: Principal) -> bool:
    """Whether the key of an open stream has been revoked or has expired. Asked of the database every two seconds for all streams."""
    now_s = time.monotonic()
    if now_s >= service.ended_keys[0] + ENDED_EVERY_S:
        service.ended_keys = (now_s, service.ended_keys[1])  # the others do not ask meanwhile
        with service.engine.connect().execution_options(reading=True) as connection:
            service.ended_keys = (now_s, keys.ended(connection, service.clock.now_s()))
    return who.key_id in service.ended_keys[1]


def needs(*roles: str) -> Callable[..., Awaitable[Principal]]:
    """A dependency that lets only these roles in."""

    async def dependency(request: Request, service: Annotated[Services, Depends(services)], _key: Declared) -> Principal:
        return identify(request, roles, service)

    return dependency


def own_agent(principal: Principal, agent_id: str) -> None:
    """An agent's key reaches that agent alone."""
    if principal.role == "agent" and principal.agent_id != agent_id:
        raise ProblemResponse(403, "an agent's key reaches that agent alone")
