"""Sessions of the pages: a signed cookie that is no key, that ends when it is not used, and with the key that signed in."""

from __future__ import annotations

import hashlib

from fastapi import Request
from itsdangerous import BadSignature, TimestampSigner
from starlette.responses import Response

from api.services import Services
from api.store import keys
from api.store.keys import Principal

COOKIES = {"agent": "respite_agent", "manager": "respite_manager"}
RENEWED_AT = 0.25  # of the time that a session may rest
OWN = ("same-origin", "none")


class _Signer(TimestampSigner):
    """Signs a session's secret with the instant, by the clock of the service. It signs by the hash that the store has of the key that
    signed in: that is in no cookie, so nobody who has one can make it younger."""

    def __init__(self, key_hash: str, now_s: float) -> None:
        super().__init__(key_hash, salt="respite.session", digest_method=hashlib.sha256)
        self._now_s = now_s

    def get_timestamp(self) -> int:
        return int(self._now_s)


def is_formed(cookie: str) -> bool:
    """Whether it has the form of a session's cookie: what has not is no try of a key."""
    return cookie.startswith(keys.SESSION) and cookie.count(".") == 2


def secret_of(cookie: str) -> str:
    """The session's secret in a cookie, whatever its signature is worth."""
    return cookie.split(".", 1)[0]


def rested(cookie: str, key_hash: str, service: Services) -> float | None:
    """How long ago a cookie was signed, as a share of the time that a session may rest; None where it is forged or has rested longer."""
    now_s = service.clock.now_s()
    try:
        _, signed_at = _Signer(key_hash, now_s).unsign(cookie, return_timestamp=True)
    except (BadSignature, ValueError, OverflowError):
        return None
    share = (now_s - signed_at.timestamp()) / (service.settings.session_rest_s * service.clock.rate)
    return share if share < 1 else None


def begin(service: Services, who: Principal) -> str:
    """Sign in: the secret of a new session."""
    now_s = service.clock.now_s()
    with service.engine.begin() as connection:
        return keys.begin_session(connection, who, now_s, now_s + service.settings.session_s * service.clock.rate)[1]


def end(service: Services, secrets: list[str]) -> None:
    """Sign out: whoever has a copy of the cookie is out, too."""
    now_s = service.clock.now_s()
    with service.engine.begin() as connection:
        for secret in secrets:
            found = keys.session_of(connection, secret)
            if found is not None:
                keys.revoke(connection, found, now_s)


def set_cookie(response: Response, request: Request, role: str, secret: str, key_hash: str, service: Services) -> None:
    """No script reads it, no other site sends it, nothing but TLS carries it where the page came over TLS."""
    signed = _Signer(key_hash, service.clock.now_s()).sign(secret).decode()
    response.set_cookie(
        COOKIES[role],
        signed,
        path="/",
        max_age=int(service.settings.session_rest_s),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def drop_cookies(response: Response, request: Request) -> None:
    for name in COOKIES.values():
        response.delete_cookie(name, path="/", secure=request.url.scheme == "https", httponly=True, samesite="strict")


def from_own_page(request: Request) -> bool:
    """Whether a browser says that a page of ours sent this. Browsers name the site over TLS and to this machine, else the origin."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site in OWN
    return origin is None or origin.partition("://")[2] == request.headers.get("host", "")
