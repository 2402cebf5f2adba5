"""The agent's statement in a real browser: what the exposure is made of, one's own word on a contact, personal mode and leaving it."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from support.browser import Visitors, assert_accessible
from support.desk import Desk

NARROW = 380


def test_an_agent_reads_the_statement_and_says_how_a_contact_was(desk: Desk, visitors: Visitors) -> None:
    desk.agent("ida", "Ida Holm")
    desk.escalation_ended("S-1", "ida")
    desk.recovery("ida")  # the helpdesk looks
    key = desk.keys(("agent", "ida"))[0]
    page = visitors.signed_in(desk, key)
    page.get_by_role("link", name="How this adds up").click()
    contact = page.locator("[data-part=contacts] tbody tr")
    expect(contact).to_have_count(1)
    expect(contact).to_contain_text("S-1")
    expect(contact).to_contain_text(re.compile(r"1\.50 points: any contact \+0\.\d\d, escalated \+1\.\d\d"))
    expect(page.locator("[data-part=breaks] li")).to_contain_text("ticket S-1 was escalated")
    until = datetime.fromisoformat(desk.recovery("ida")["until"])
    told = page.locator("[data-part=breaks] time").nth(1)
    expect(told).to_have_text(f"{until.astimezone(ZoneInfo('Europe/Rome')):%a %d %b %H:%M}")  # as on the timer: the browser's zone
    expect(page.locator("[data-part=breaks] li")).to_contain_text("Break since")
    expect(page.locator("[data-part=looks] li", has_text="at your recovery")).to_contain_text("A helpdesk key")
    assert_accessible(page)

    contact.get_by_text("say how it was").click()
    contact.get_by_label("nothing", exact=True).check()
    contact.get_by_role("button", name="Say so").click()
    expect(page.locator("#note")).to_have_text("Your word counts now.")
    expect(contact).to_contain_text("0.03 points: you rated it as nothing +0.03")
    expect(contact.get_by_text("rated: nothing")).to_be_visible()
    assert float(page.locator("[data-part=load] b").first.inner_text()) <= 0.03
    assert desk.recovery("ida")["state"] == "break", "a break that is due stays due"


def test_personal_mode_from_on_to_deleted(desk: Desk, visitors: Visitors) -> None:
    desk.agent("ole", "Ole Berg")
    key = desk.keys(("agent", "ole"))[0]
    dark = visitors.signed_in(desk, key, color_scheme="dark", viewport={"width": NARROW, "height": 800})
    dark.goto(f"{desk.server.url}/me/statement")
    mode, note = dark.locator("[data-part=mode]"), dark.locator("#note")
    mode.get_by_role("button", name="Turn personal mode on").click()
    expect(note).to_have_text("Personal mode is on.")
    expect(mode).to_contain_text("0 answers so far")
    assert_accessible(dark)
    assert dark.evaluate("document.documentElement.scrollWidth") <= NARROW

    mode.get_by_label("9", exact=True).check()
    mode.get_by_role("button", name="Save").click()
    expect(note).to_contain_text("routine tickets alone for the rest of your shift")
    expect(mode).to_contain_text("1 answer so far")
    timer = visitors.signed_in(desk, key)
    expect(timer.get_by_role("heading", level=1)).to_have_text("You are on light duty")
    expect(timer.locator("#why")).to_have_text(re.compile("You said that recent contacts drained you"))
    expect(timer.locator("#next")).to_contain_text("after the rest of your shift")
    assert "asked" not in str(desk.recovery("ole")), "the helpdesk learns of no check-in"

    mode.get_by_role("button", name="Leave and delete my answers").click()
    expect(note).to_have_text("Personal mode is off. Your answers are deleted.")
    expect(mode.get_by_role("button")).to_have_text("Turn personal mode on")
    expect(timer.get_by_role("heading", level=1)).to_have_text("You are ready")


def test_a_closed_personal_mode_and_a_signed_out_agent(desk: Desk, visitors: Visitors) -> None:
    page = visitors.page()
    page.goto(f"{desk.server.url}/me/statement")
    expect(page).to_have_url(re.compile(r"/login$"))
    desk.agent("kim", "Kim Roth")
    page = visitors.signed_in(desk, desk.keys(("agent", "kim"))[0])
    desk.server.call(desk.manager, "PUT", "/v1/policy", {"personal": {"allowed": 0}})
    page.goto(f"{desk.server.url}/me/statement")
    expect(page.locator("[data-part=mode]")).to_contain_text("Your team's policy keeps personal mode closed")
    expect(page.locator("[data-part=mode] button")).to_have_count(0)
    desk.server.call(desk.manager, "PUT", "/v1/policy", {})
