"""The API docs, with every script and style served from here: they open without the internet."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

ASSETS = "/docs/assets"
routes = APIRouter(include_in_schema=False)


@routes.get("/docs")
def docs() -> HTMLResponse:
    """Swagger UI on the published schema."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Respite API",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url="/static/mark.svg",
    )


def mount(app: FastAPI) -> None:
    """Serve Swagger UI's files out of the installed package that carries them."""
    app.mount(ASSETS, StaticFiles(packages=[("fastapi_offline", "static")]))
