"""The API docs open without the internet: every call is listed and nothing is fetched from elsewhere."""

from support.browser import Visitors
from support.desk import Desk


def test_the_docs_list_every_call_and_fetch_nothing_from_elsewhere(visitors: Visitors, desk: Desk) -> None:
    page = visitors.page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{desk.server.url}/docs")
    page.locator(".opblock").first.wait_for()
    paths = page.request.get(f"{desk.server.url}/openapi.json").json()["paths"]
    assert page.locator(".opblock").count() == sum(len(methods) for methods in paths.values())
    assert [url for url in asked if not url.startswith((desk.server.url, "data:"))] == []
