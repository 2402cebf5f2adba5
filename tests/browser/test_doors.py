"""Signing in and out, the team's page, and pages without JavaScript."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from support.browser import Visitors, assert_accessible
from support.desk import Desk

TICKING = re.compile(r"^\d+:\d\d$")


def test_sign_in_and_out(desk: Desk, visitors: Visitors) -> None:
    desk.agent("joe", "Joe Mbeki")
    key = desk.keys(("agent", "joe"))[0]
    page = visitors.page()
    page.goto(desk.server.url)
    expect(page).to_have_url(f"{desk.server.url}/login")
    page.get_by_label("Key").fill("rsp_agent_nobody-has-it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This key is not known")
    expect(page.get_by_label("Key")).to_be_focused()
    expect(page.get_by_label("Key")).to_have_accessible_description(re.compile("This key is not known"))
    page.get_by_label("Key").fill(desk.helpdesk)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This key is for programs")

    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{desk.server.url}/login#{key}")
    page.wait_for_url("**/me")
    assert key not in "".join(requests), "a key in an address reaches logs"
    assert key not in page.url
    expect(page.get_by_text("Joe Mbeki")).to_be_visible()
    cookie = page.context.cookies()[0]
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == ("respite_agent", True, "Strict", False)
    page.goto(desk.server.url)
    expect(page).to_have_url(f"{desk.server.url}/me")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{desk.server.url}/login")
    assert page.context.cookies() == []


def test_the_team_page_shows_states_only(desk: Desk, visitors: Visitors) -> None:
    desk.agent("fay", "Fay Ruiz")
    desk.agent("zoe", "Zoe Adler", status="away")
    desk.escalation_ended("F-1", "fay")
    assert desk.recovery("fay")["points"] > 1
    page = visitors.signed_in(desk, desk.manager)
    expect(page.get_by_role("row", name="Fay Ruiz")).to_have_text(re.compile(r"on a break until \d\d:\d\d"))
    names = page.locator("tbody th").all_inner_texts()
    assert names == sorted(names, key=str.casefold)
    numbers = re.findall(r"[\d.:]+", page.locator("table").inner_text())
    assert [each for each in numbers if not re.fullmatch(r"\d\d:\d\d", each)] == []
    assert "points" not in page.content()
    assert re.search(r"\d\.\d", page.locator("#main").inner_text()) is None

    expect(page.get_by_role("row", name="Zoe Adler")).to_contain_text("away")
    desk.status("zoe", "online")
    expect(page.get_by_role("row", name="Zoe Adler")).to_contain_text("available")
    desk.status("zoe", "offline")
    desk.ticket("Q-1", skills=["nobody-has-this"])
    expect(page.locator("[data-part=queue]")).to_contain_text(re.compile("the oldest came in (under a minute|1 minute) ago"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_other_pages_are_accessible(desk: Desk, visitors: Visitors, scheme: Any) -> None:
    desk.agent("cy")
    page = visitors.page(color_scheme=scheme)
    for path in ("/login", "/login?refused=unknown"):
        page.goto(desk.server.url + path)
        assert_accessible(page)
    page.goto(f"{desk.server.url}/login#{desk.manager}")
    page.wait_for_url("**/team")
    assert_accessible(page)


def test_the_state_is_readable_without_javascript(desk: Desk, visitors: Visitors) -> None:
    desk.agent("kim", time_zone="Europe/Rome")
    desk.escalation_ended("K-1", "kim")
    page = visitors.page(java_script_enabled=False)
    page.goto(f"{desk.server.url}/login")
    page.get_by_label("Key").fill(desk.keys(("agent", "kim"))[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on a break")
    expect(page.locator("#big")).to_have_text(TICKING)
    expect(page.locator("#next")).to_contain_text(re.compile(r"Until \d\d:\d\d CES?T no ticket"))
    expect(page.get_by_role("button", name="Move the break")).to_be_hidden()
