"""Pages whose answers come late, in another order, or not at all: what was asked for is done once, and what is so is shown in the end."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from support.browser import Held, Visitors
from support.desk import Desk
from support.server import LiveServer

PAGE = re.compile(r"/me$")
NOT_REACHED = re.compile("net::ERR_FAILED|status of 503")


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service whose streams say each second that they are alive."""
    with LiveServer(tmp_path_factory.mktemp("lively"), heartbeat_s=1, job_nice=0) as server:
        yield Desk(server)


def press_twice(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).evaluate("each => { each.click(); each.click(); }")


def asked_for(page: Page, path: re.Pattern[str], method: str) -> list[Request]:
    """The requests of this kind from now on, as they come."""
    found: list[Request] = []
    page.on("request", lambda each: found.append(each) if path.search(each.url) and each.method == method else None)
    return found


def test_what_a_newer_question_has_overtaken_is_shown_until_that_is_answered(lively: Desk, visitors: Visitors) -> None:
    """Else a page whose answers take longer than the next change would never change."""
    lively.agent("ana", status="offline")
    page = visitors.signed_in(lively, lively.keys(("agent", "ana"))[0])
    held = Held(page, PAGE)
    for number, status in enumerate(("away", "back_office"), 1):
        lively.status("ana", status)
        held.wait_for(number)
    first = held.routes.pop(0)
    answer = first.fetch()
    first.fulfill(response=answer, body=answer.text().replace("You are shown", "First: you are shown"))
    expect(page.locator("#next")).to_contain_text("First: you are shown")
    held.let_go()
    expect(page.locator("#next")).not_to_contain_text("First: ")


def test_a_page_that_could_not_be_fetched_is_fetched_again_with_the_next_sign_of_life(lively: Desk, visitors: Visitors) -> None:
    """Sooner than what it shows would count as old, which is after a minute."""
    lively.agent("ben", status="offline")
    page = visitors.signed_in(lively, lively.keys(("agent", "ben"))[0])
    visitors.expected.append(NOT_REACHED)
    page.route(PAGE, lambda each: each.abort(), times=1)
    lively.status("ben", "away")
    expect(page.locator("#next")).to_contain_text("You are shown as away")
    expect(page.locator("#note")).to_be_empty()


@pytest.mark.parametrize(("path", "button"), [("/me/statement", "Save"), ("/me", "Move the break")])
def test_who_presses_again_before_an_answer_comes_is_asked_for_once(lively: Desk, visitors: Visitors, path: str, button: str) -> None:
    agent_id = f"cem{path.replace('/', '-')}"
    lively.agent(agent_id)
    lively.escalation_ended(f"of-{agent_id}", agent_id)
    key = lively.keys(("agent", agent_id))[0]
    lively.server.call(key, "PUT", f"/v1/agents/{agent_id}/personal-mode", {"opt_in": True})
    page = visitors.signed_in(lively, key)
    page.goto(f"{lively.server.url}{path}")
    page.get_by_label("5", exact=True).or_(page.get_by_label("5 min later", exact=True)).check()
    posted = asked_for(page, re.compile(r"/(check-ins|shift)$"), "POST")
    press_twice(page, button)
    if path == "/me":
        expect(page.locator("#main")).to_contain_text("You have moved this break.")
        expect(page.locator(".error")).to_have_count(0)
    else:
        expect(page.locator("#note")).to_contain_text("Saved.")
        page.get_by_label("5", exact=True).check()
        expect(page.locator("[data-part=mode]")).to_contain_text("1 answer so far")
    assert len(posted) == 1


def test_a_what_if_that_is_asked_for_twice_is_asked_once(lively: Desk, visitors: Visitors) -> None:
    page = visitors.signed_in(lively, lively.manager)
    page.goto(f"{lively.server.url}/what-if")
    page.get_by_label("Recovery break").select_option("20")
    posted = asked_for(page, re.compile("/v1/simulations$"), "POST")
    press_twice(page, "Simulate it")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("[data-part=found]")).to_contain_text("cancelled")
    assert len(posted) == 1


def test_what_was_saved_is_not_said_to_be_lost_where_the_page_can_not_be_fetched(lively: Desk, visitors: Visitors) -> None:
    lively.agent("dee")
    page = visitors.signed_in(lively, lively.keys(("agent", "dee"))[0])
    page.goto(f"{lively.server.url}/me/statement")
    expect(page.get_by_role("button", name="Turn personal mode on")).to_be_enabled()
    visitors.expected.append(NOT_REACHED)
    page.route(re.compile("/me/statement$"), lambda each: each.abort(), times=1)
    page.get_by_role("button", name="Turn personal mode on").click()
    expect(page.locator("#note")).to_have_text("Personal mode is on. This page shows what was before; load it again.")
    expect(page.get_by_text("Not saved")).to_have_count(0)


def test_the_stream_of_a_what_if_that_is_refused_is_asked_for_again(lively: Desk, visitors: Visitors) -> None:
    asked = {"kind": "compare", "scenario": "small-team", "changes": {"break": "20"}}
    job = lively.server.call(lively.manager, "POST", "/v1/simulations", asked)
    page = visitors.signed_in(lively, lively.manager)
    visitors.expected.append(NOT_REACHED)
    page.route("**/stream", lambda each: each.fulfill(status=503), times=1)
    page.goto(f"{lively.server.url}/what-if/{job['id']}")
    expect(page.locator("#note")).to_have_text("Connection lost, trying again.")
    lively.server.call(lively.manager, "DELETE", f"/v1/simulations/{job['id']}")
    expect(page.locator("[data-part=found]")).to_contain_text("cancelled")
    expect(page.locator("#note")).to_be_empty()
