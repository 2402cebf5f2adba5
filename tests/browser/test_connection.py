"""The agent's page when the service crashes, refuses, or the computer sleeps: the break goes on and the page comes back by itself."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from support.browser import Visitors, assert_accessible, wait_until
from support.desk import Desk

TICKING = re.compile(r"^\d+:\d\d$")
UNREACHABLE = re.compile(r"net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)")
RECOVERY = re.compile(r"/recovery$")
SHOWN_S = """(([minutes, seconds]) => 60 * minutes + Number(seconds))(document.getElementById("big").textContent.split(":"))"""
SLEEP_S, SLACK_S = 20, 10
REFUSED_STREAM = re.compile("status of 503")


def test_the_break_survives_a_crash_of_the_service(desk: Desk, visitors: Visitors) -> None:
    desk.agent("gus")
    desk.escalation_ended("G-1", "gus")
    page = visitors.signed_in(desk, desk.keys(("agent", "gus"))[0])
    until = desk.recovery("gus")["until"]
    in_rome = datetime.fromisoformat(until).astimezone(ZoneInfo("Europe/Rome"))
    expect(page.locator("#next time")).to_have_text(f"{in_rome:%H:%M}")
    expect(page.locator("#big")).to_have_attribute("datetime", until)
    expect(page.locator("#note")).to_be_empty()
    visitors.expected.append(UNREACHABLE)
    desk.server.kill()
    expect(page.locator("#note")).to_have_text("Connection lost, trying again; the break goes on.")
    then = page.locator("#big").inner_text()
    assert TICKING.match(then)
    expect(page.locator("#big")).not_to_have_text(then)  # it counts on
    assert_accessible(page)
    desk.server.start()
    expect(page.locator("#note")).to_be_empty()
    assert desk.recovery("gus")["until"] == until
    expect(page.locator("#big")).to_have_attribute("datetime", until)
    desk.server.call(desk.manager, "POST", "/v1/agents/gus/recovery/skip", {"reason": "a fire"})
    expect(page.get_by_role("heading", level=1)).not_to_have_text("You are on a break")  # it is live again


def test_a_break_that_is_over_while_nothing_is_heard_is_not_said_to_go_on(desk: Desk, visitors: Visitors) -> None:
    desk.agent("kai")
    desk.escalation_ended("K-1", "kai")
    key = desk.keys(("agent", "kai"))[0]
    page = visitors.page()
    page.clock.install()
    page.goto(f"{desk.server.url}/login#{key}")
    page.wait_for_url("**/me")
    move, big = page.get_by_role("button", name="Move the break"), page.locator("#big")
    expect(move).to_be_visible()
    visitors.expected.append(UNREACHABLE)
    desk.server.kill()
    expect(page.locator("#note")).to_have_text("Connection lost, trying again; the break goes on.")
    page.clock.fast_forward("16:00")  # longer than any break lasts
    expect(page.get_by_role("heading", level=1)).to_have_text("Your break was to end by now")
    expect(page.locator("#note")).to_have_text("Connection lost, trying again. Whether that is so can't be seen from here.")
    expect(page.locator(".reading")).to_have_text("–")
    expect(move).to_be_hidden()
    expect(page.locator("#later")).to_be_visible()
    assert_accessible(page)
    desk.server.start()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on a break")
    expect(big).to_have_text(TICKING)
    expect(move).to_be_visible()
    expect(page.locator("#note")).to_be_empty()


def test_a_stream_that_is_refused_is_asked_for_again(desk: Desk, visitors: Visitors) -> None:
    desk.agent("hal")
    key = desk.keys(("agent", "hal"))[0]
    page = visitors.page()
    visitors.expected.append(REFUSED_STREAM)
    page.route("**/stream", lambda route: route.fulfill(status=503))
    page.goto(f"{desk.server.url}/login#{key}")
    page.wait_for_url("**/me")
    expect(page.locator("#note")).to_have_text("Connection lost, trying again.")
    with page.expect_request("**/stream"):
        pass
    page.unroute("**/stream")
    desk.escalation_ended("H-1", "hal")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on a break")
    expect(page.locator("#note")).to_be_empty()


def test_time_comes_from_the_service_and_sleep_does_no_harm(desk: Desk, visitors: Visitors) -> None:
    desk.agent("ivo")
    desk.escalation_ended("I-1", "ivo")
    key = desk.keys(("agent", "ivo"))[0]
    page = visitors.page()
    page.clock.install(time="2001-01-01T00:00:00Z")  # a computer whose clock is wrong by decades
    page.goto(f"{desk.server.url}/login#{key}")
    page.wait_for_url("**/me")
    expect(page.locator("#big")).to_have_text(TICKING)
    assert shown_s(page) == pytest.approx(left_s(desk, "ivo"), abs=SLACK_S)
    with page.expect_response(RECOVERY) as asked:
        page.clock.fast_forward(SLEEP_S * 1000)  # time passes for the computer and none for the service
    asked.value.finished()
    wait_until(page, f"{SHOWN_S} >= {left_s(desk, 'ivo') - SLACK_S}")


@pytest.mark.parametrize("event", ["online", "visibilitychange"])
def test_whoever_comes_back_sees_what_is_so(desk: Desk, visitors: Visitors, event: str) -> None:
    agent_id = f"jil-{event}"
    desk.agent(agent_id)
    page = visitors.signed_in(desk, desk.keys(("agent", agent_id))[0])
    with page.expect_response(RECOVERY):
        page.evaluate("(name) => document.dispatchEvent(new Event(name, { bubbles: true }))", event)


def shown_s(page: Page) -> int:
    """The countdown that the page shows, in seconds."""
    return int(page.evaluate(SHOWN_S))


def left_s(desk: Desk, agent_id: str) -> float:
    found = desk.recovery(agent_id)
    until, now = (datetime.fromisoformat(found[each]) for each in ("until", "now"))
    return (until - now).total_seconds()
