"""The pages of `respite compare` and `sweep` in a real browser: from a file, with nothing fetched, drawn, and sound to axe."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from api.commands.compare_page import page
from api.commands.sweep_page import page as sweep_page
from simulations.compare import compare
from simulations.study import one_after_another
from simulations.sweep import axis, sweep
from support.browser import Visitors, assert_accessible
from support.scenarios import busy_team

TEAM: dict[str, Any] = {
    "groups": {"team": {"agents": 2}},
    "accounts": {"count": 10},
    "demand": {"tickets_per_day": 12},
    "categories": {"access": {"share": 1}, "defect": {"share": 3, "automation_success": 0.1}},
    "escalation": {"ordinary": 0.2, "difficult": 0.4},
    "run": {"days": 1, "replications": 2},
}


def test_the_page_opens_from_a_file_with_nothing_fetched(visitors: Visitors, tmp_path: Path) -> None:
    found = compare(busy_team(run={"days": 1}), busy_team(run={"days": 1}, groups={"first": {"agents": 1}}), one_after_another, most=2)
    tab = opened(visitors, tmp_path, page(found, "first −1"))
    assert tab.locator("h1").inner_text() == "first −1: what would change"
    assert tab.locator("tbody tr").count() == len(found.metrics)
    assert tab.locator(".plot .main-svg").count() >= 2


@pytest.mark.parametrize("axes", [["automation=0..100%/50"], ["break=0,10", "agents=+0,+1"]])
def test_a_sweep_of_one_axis_and_of_two(visitors: Visitors, tmp_path: Path, axes: list[str]) -> None:
    found = sweep(TEAM, [axis(*each.split("=")) for each in axes], one_after_another)
    tab = opened(visitors, tmp_path, sweep_page(found))
    assert tab.locator("tbody tr").count() == len(found.cells)
    assert tab.locator(".plot .heatmaplayer image").count() >= 1
    assert tab.get_by_role("heading", name="What automation leaves to people").count() == (len(axes) == 1)


def opened(visitors: Visitors, directory: Path, html: str) -> Page:
    """The page from a file, without a network, once it is drawn; nothing was fetched and axe finds no fault."""
    path = directory / "page.html"
    path.write_text(html, encoding="utf-8")
    tab = visitors.page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.context.set_offline(True)
    tab.goto(path.as_uri())
    tab.locator(".plot svg .xtick").first.wait_for(state="attached")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert_accessible(tab)
    return tab
