"""The agent's page in a real browser against the real service: live, by keyboard, in light and dark."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from support.browser import Held, Visitors, assert_accessible, wait_until
from support.desk import Desk
from support.server import LiveServer

AT_MOST_BYTES = 30 * 1024
NARROW = 380


@pytest.fixture(scope="module")
def fast_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service on which a break of ten minutes lasts ten seconds: one that is over before a slow page has come is never seen."""
    with LiveServer(tmp_path_factory.mktemp("fast"), clock_rate=60, heartbeat_s=1) as server:
        yield Desk(server)


def instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_a_break_begins_and_ends_by_itself(fast_desk: Desk, visitors: Visitors) -> None:
    fast_desk.agent("ana", "Ana Ferri")
    page = visitors.signed_in(fast_desk, fast_desk.keys(("agent", "ana"))[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("You are ready")
    expect(page.locator("#said")).to_be_empty()
    watch_for(page, "You are on a break")

    fast_desk.escalation_ended("T-1042", "ana")
    wait_until(page, "document.seen.length > 0")
    seen = page.evaluate("document.seen[0]")
    assert seen["why"] == "Ticket T-1042 was escalated."
    assert "no ticket is sent to you on any channel" in seen["next"]
    assert re.match(r"^\d+:\d\d · on a break – Respite$", seen["title"])
    assert seen["said"].startswith("You are on a break. Until ")

    expect(page.get_by_role("heading", level=1)).to_have_text("You are ready")
    expect(page.locator("#said")).to_contain_text("You are ready.")
    expect(page).to_have_title("ready – Respite")
    exposure = page.locator("[data-part=load] dd").first
    expect(exposure).not_to_have_text(exposure.inner_text())  # it fades, and is fetched again
    assert page.evaluate("document.loaded") is True, "the page was loaded again"


def watch_for(page: Page, headline: str) -> None:
    """Write down what the page shows while `headline` stands: a fast break may be over before a test can ask."""
    page.evaluate(
        """(headline) => {
            document.loaded = true;
            document.seen = [];
            const text = (selector) => document.querySelector(selector).textContent.trim();
            new MutationObserver(() => {
                if (text("h1") === headline && text("#said") !== "" && / on a break /.test(document.title)) {
                    document.seen.push({ why: text("#why"), next: text("#next"), said: text("#said"), title: document.title });
                }
            }).observe(document, { childList: true, subtree: true, characterData: true });
        }""",
        headline,
    )


def test_every_state_is_accessible_in_light_and_dark(desk: Desk, visitors: Visitors) -> None:
    desk.agent("bea", "Bea Lind")
    key = desk.keys(("agent", "bea"))[0]
    pages = [visitors.signed_in(desk, key, color_scheme=scheme) for scheme in ("light", "dark")]
    narrow = visitors.signed_in(desk, key, viewport={"width": NARROW, "height": 800})

    def all_show(headline: str) -> None:
        for page in (*pages, narrow):
            expect(page.get_by_role("heading", level=1)).to_have_text(headline)
            assert_accessible(page)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= NARROW

    all_show("You are ready")
    desk.ticket("C-1", "bea", channel="chat")
    desk.ticket("T-1", "bea", abuse=True)
    desk.ticket("T-2", "bea", escalated=True)
    for ticket in ("T-1", "T-2"):
        desk.happened(ticket, "contact")
    all_show("Your break is about to begin")
    expect(pages[0].locator("#next")).to_contain_text("when your open chat or call ends")
    desk.happened("C-1", "resolved")
    all_show("You are on a break")
    desk.server.call(desk.manager, "POST", "/v1/agents/bea/recovery/skip", {"reason": "a fire"})
    all_show("You are on light duty")
    expect(pages[0].locator("#big")).to_have_text(re.compile(r"^about \d+(\.5)?–\d+(\.5)? (min|h)$"))
    expect(pages[0].locator("#next")).to_contain_text("A break is still owed to you.")
    backgrounds = {page.evaluate("getComputedStyle(document.body).backgroundColor") for page in pages}
    assert len(backgrounds) == len(pages), "light and dark look the same"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_off_shift_is_accessible_and_says_when_the_next_one_begins(desk: Desk, visitors: Visitors, scheme: Any) -> None:
    after_tomorrow = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(datetime.now(UTC).weekday() + 2) % 7]
    desk.agent("oda", "Oda Wei", shifts=[{"day": after_tomorrow, "start": "09:00", "end": "17:00"}])
    page = visitors.signed_in(desk, desk.keys(("agent", "oda"))[0], color_scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are off shift")
    expect(page.locator("#next li")).to_have_text(re.compile(r"until your next shift begins: \w+ \d\d \w+ 1[01]:00\.$"))
    assert_accessible(page)


def test_a_change_of_status_is_heard(desk: Desk, visitors: Visitors) -> None:
    desk.agent("sam", "Sam Roy", status="offline")
    page = visitors.signed_in(desk, desk.keys(("agent", "sam"))[0])
    next_ = page.locator("#next")
    expect(next_).to_contain_text("You are shown as offline")
    for status, said in (("online", "Tickets of every kind may come to you."), ("away", "You are shown as away")):
        desk.status("sam", status)
        expect(next_).to_contain_text(said)  # well before what it shows counts as old, which is after a minute


def test_move_the_break_by_keyboard(desk: Desk, visitors: Visitors) -> None:
    desk.agent("dev", "Dev Patel")
    key = desk.keys(("agent", "dev"))[0]
    page = visitors.page()
    page.goto(f"{desk.server.url}/login")
    expect(page.get_by_label("Key")).to_be_focused()
    page.keyboard.type(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me")
    desk.escalation_ended("D-1", "dev")
    before = desk.recovery("dev")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are on a break")

    tab_to(page, 'document.activeElement.name === "minutes"')
    ring = page.locator(".chips input:focus-visible + span")
    assert ring.evaluate("(chip) => getComputedStyle(chip).outlineStyle") == "solid", "the focus is not visible"
    page.keyboard.press("ArrowRight")  # from 5 to 10 minutes
    expect(page.get_by_label("10 min later")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Your break is about to begin")
    expect(page.locator("#next")).to_contain_text("as you moved it")
    expect(page.locator("#main")).to_contain_text("You have moved this break.")
    expect(page.locator("#main")).to_be_focused()
    moved = desk.recovery("dev")
    assert (moved["state"], moved["may"]) == ("pending", [])
    assert instant(moved["until"]) - instant(moved["now"]) == pytest.approx(600, abs=20)
    assert instant(before["until"]) < instant(moved["ready_at"]["earliest"])


def tab_to(page: Page, arrived: str) -> None:
    for _ in range(20):
        if page.evaluate(arrived):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"20 times Tab did not lead to {arrived}")


def test_a_refused_move_is_said(desk: Desk, visitors: Visitors) -> None:
    desk.agent("eli")
    key = desk.keys(("agent", "eli"))[0]
    desk.escalation_ended("E-1", "eli")
    page = visitors.signed_in(desk, key)
    page.get_by_label("5 min later", exact=True).check()
    visitors.expected.append(re.compile("status of 409"))
    page.route("**/shift", lambda route: route.continue_(post_data='{"minutes": -5}'))
    page.get_by_role("button", name="Move the break").click()
    expect(page.locator("#refused")).to_have_text("Not moved: the break has begun; it can only be moved to later.")


def test_the_agents_page_weighs_little(desk: Desk, visitors: Visitors) -> None:
    desk.agent("lou")
    desk.escalation_ended("L-1", "lou")
    page = visitors.signed_in(desk, desk.keys(("agent", "lou"))[0])
    page.close()
    page = visitors.contexts[-1].new_page()
    weights: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto(f"{desk.server.url}/me", wait_until="load")
    expect(page.get_by_role("button", name="Move the break")).to_be_visible()
    assert len(weights) >= 5  # the page, its style, two modules and the mark
    assert sum(weights) <= AT_MOST_BYTES


@pytest.mark.parametrize(
    ("path", "button"), [("/me", "Move the break"), ("/me/statement", "Turn personal mode on"), ("/what-if", "Simulate it")]
)
def test_a_form_sends_nothing_before_the_page_listens(desk: Desk, visitors: Visitors, path: str, button: str) -> None:
    """A browser would put what was answered into an address, which logs and histories keep."""
    desk.agent("eva", "Eva Kern")
    desk.escalation_ended(f"T{path}".replace("/", "-"), "eva")
    page = visitors.signed_in(desk, desk.manager if path == "/what-if" else desk.keys(("agent", "eva"))[0])
    held = Held(page, "**/static/live.js")
    page.goto(f"{desk.server.url}{path}", wait_until="commit")
    pressed = page.locator("#main button", has_text=button)
    expect(pressed).to_be_disabled()
    assert page.evaluate("[...document.querySelectorAll('#main form button')].every((each) => each.matches(':disabled'))")
    held.let_go()
    expect(pressed).to_be_enabled()
    assert page.url == f"{desk.server.url}{path}"
