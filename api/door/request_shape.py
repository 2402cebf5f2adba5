"""Refuses what would cost more to read than it can say: long addresses and headers, JSON that nests deep or holds very many values."""

from __future__ import annotations

import re

import numpy as np
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

URL_BYTES = 8192
HEADER_BYTES = 32_768
DEPTH_MOST = 100  # half of what the parsers take: an item of a bulk call that nests deeper than the contract is told so beside the others
VALUES_MOST = 100_000  # 500 tickets with every tag and skill hold 72,500
ONE_KIND = bytes.maketrans(b"{}", b"[]")
NO_STRUCTURE = bytes(each for each in range(256) if each not in b'[]{},"')
BETWEEN = ord("[") + 1  # and below "]"
QUOTED = re.compile(rb'"[^"]*"')
FORM = b"application/x-www-form-urlencoded"


class RequestShape:
    """ASGI middleware. What it refuses of a body comes up where the body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > URL_BYTES:
            await problem(414, f"the address is longer than {URL_BYTES} bytes")(scope, receive, send)
            return
        if headers_too_long(headers):
            await problem(431, f"the headers are longer than {HEADER_BYTES} bytes together")(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD") or any(name == b"content-type" and value.startswith(FORM) for name, value in headers):
            await self.app(scope, receive, send)
            return
        pieces: list[bytes] = []

        async def looked_at() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                pieces.append(message.get("body", b""))
                if not message.get("more_body", False):
                    _check(pieces[0] if len(pieces) == 1 else b"".join(pieces))
                    pieces.clear()
            return message

        await self.app(scope, looked_at, send)


def headers_too_long(headers: list[tuple[bytes, bytes]]) -> bool:
    return sum(len(name) + len(value) for name, value in headers) > HEADER_BYTES


def _check(body: bytes) -> None:
    wrong = too_much(body)
    if wrong is not None:
        raise HTTPException(422, wrong)


def too_much(body: bytes) -> str | None:
    """What is too much in a JSON text, or None. Whether it is JSON is the parser's to say.

    Each step is one pass in C: most bodies end at the first, a megabyte of brackets takes milliseconds.
    """
    if body.count(b"[") + body.count(b"{") <= DEPTH_MOST and body.count(b",") < VALUES_MOST:
        return None
    if b"\\" in body:  # escaped backslashes first: what is left before a quotation mark then escapes it
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    quoted = body.translate(None, NO_STRUCTURE).replace(b'""', b"")  # of the rest each stays as much inside or outside of a string
    bare = QUOTED.sub(b"", quoted)
    brackets = bare.translate(ONE_KIND, b',"')
    if bare.count(b",") >= VALUES_MOST or len(brackets) > 2 * VALUES_MOST:
        return f"the body holds more than {VALUES_MOST} values"
    opened = BETWEEN - np.frombuffer(brackets, np.uint8).astype(np.int64)  # 1 for each that opens, −1 for each that closes
    return f"the body nests deeper than {DEPTH_MOST}" if np.cumsum(opened).max(initial=0) > DEPTH_MOST else None
