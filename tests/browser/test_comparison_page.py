"""The page of `respite compare` in a real browser: from a file, with nothing fetched, drawn, and sound to axe."""

from pathlib import Path

from api.commands.compare_page import page
from simulations.compare import compare
from simulations.study import one_after_another
from support.browser import Visitors, assert_accessible
from support.scenarios import busy_team


def test_the_page_opens_from_a_file_with_nothing_fetched(visitors: Visitors, tmp_path: Path) -> None:
    found = compare(busy_team(run={"days": 1}), busy_team(run={"days": 1}, groups={"first": {"agents": 1}}), one_after_another, most=2)
    path = tmp_path / "page.html"
    path.write_text(page(found, "first −1"), encoding="utf-8")
    tab = visitors.page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.context.set_offline(True)
    tab.goto(path.as_uri())
    tab.locator(".plot svg .trace").first.wait_for(state="attached")
    assert tab.locator(".plot .main-svg").count() >= 2
    assert tab.locator("h1").inner_text() == "first −1: what would change"
    assert tab.locator("tbody tr").count() == len(found.metrics)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert_accessible(tab)
