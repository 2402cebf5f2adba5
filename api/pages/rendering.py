"""How pages leave the house: templates, local times, headers, static files."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api import instants
from fatigue_model.dynamics import DAY_S

HERE = Path(__file__).parent
CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file, read once."""

    body: bytes
    content_type: str
    etag: str


@functools.cache
def _templates() -> Environment:
    loader = FileSystemLoader(HERE / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@functools.cache
def assets() -> dict[str, Asset]:
    """The static files by name: what is not in here does not exist."""
    found = {}
    for path in sorted((HERE / "static").iterdir()):
        if path.suffix in CONTENT_TYPES:
            body = path.read_bytes()
            found[path.name] = Asset(body, CONTENT_TYPES[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:16]}"')
    return found


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, never kept by a browser or a proxy: it is one person's."""
    text = _templates().get_template(f"{name}.html").render(values)
    return HTMLResponse(text, status, HEADERS | {"Cache-Control": "no-store"})


def static(asset: Asset, request: Request) -> Response:
    """A static file, or 304 where the browser has this very one."""
    headers = HEADERS | {"Cache-Control": "no-cache", "ETag": asset.etag}
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if asset.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, headers=headers, media_type=asset.content_type)


def clock_time(instant_s: float, zone: tzinfo) -> Markup:
    """An instant as a time of day: in `zone`, named, until the browser puts it into the viewer's own."""
    return _local(instant_s, zone, "time", "%H:%M %Z")


def day_time(instant_s: float, zone: tzinfo) -> Markup:
    """An instant as a day and a time of day, in the same way."""
    return _local(instant_s, zone, "day time", "%a %d %b %H:%M %Z")


def next_time(instant_s: float, now_s: float, zone: tzinfo) -> Markup:
    """An instant to come, in the same way: with its day where it is not the next such time of day."""
    return clock_time(instant_s, zone) if instant_s < now_s + DAY_S else day_time(instant_s, zone)


def day(instant_s: float, zone: tzinfo) -> Markup:
    """An instant as a day, in the same way."""
    return _local(instant_s, zone, "day", "%a %d %b")


def _local(instant_s: float, zone: tzinfo, shown: str, form: str) -> Markup:
    return Markup('<time data-local="{}" datetime="{}">{}</time>').format(
        shown, instants.text(instant_s), instants.local(instant_s, zone, form)
    )


def sentence(text: str, zone: tzinfo, **put: float | str | None) -> Markup:
    """A sentence of `wording` with its instants and names put in; names are escaped."""
    given = {name: each if isinstance(each, str) else clock_time(each, zone) for name, each in put.items() if each is not None}
    return Markup(text).format(**given)
