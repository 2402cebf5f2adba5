"""The API docs, with every script and style served from here: they open without the internet."""

from __future__ import annotations

import functools
import re

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

ASSETS = "/docs/assets"
START = "/docs/start.js"
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Swagger UI writes style attributes
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
routes = APIRouter(include_in_schema=False)


@functools.cache
def _parts() -> tuple[str, str]:
    """Swagger UI's page with its script taken out into a file of its own, which the policy of the page allows; and that script."""
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Respite API",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url="/static/mark.svg",
    )
    text = bytes(page.body).decode()
    return INLINE.sub(f'<script src="{START}"></script>', text), "\n".join(INLINE.findall(text))


@routes.get("/docs")
def docs() -> HTMLResponse:
    """Swagger UI on the published schema."""
    return HTMLResponse(_parts()[0], headers={"Content-Security-Policy": CONTENT_POLICY, "Referrer-Policy": "no-referrer"})


@routes.get(START)
def start() -> Response:
    """What Swagger UI is begun with."""
    return Response(_parts()[1], media_type="text/javascript")


def mount(app: FastAPI) -> None:
    """Serve Swagger UI's files out of the installed package that carries them."""
    app.mount(ASSETS, StaticFiles(packages=[("fastapi_offline", "static")]))
