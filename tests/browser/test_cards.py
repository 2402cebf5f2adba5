"""Cards that come and go by themselves: the debrief that is asked for, answered by keyboard, and the tickets in hand."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from support.browser import Visitors, assert_accessible
from support.desk import Desk
from support.server import LiveServer


@pytest.fixture(scope="module")
def without_breaks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service of a team whose policy sends no break, so that a debrief comes right after the contact."""
    with LiveServer(tmp_path_factory.mktemp("debrief"), heartbeat_s=1) as server:
        desk = Desk(server)
        server.call(desk.manager, "PUT", "/v1/policy", {"break_min_s": 0, "break_max_s": 0})
        yield desk


def card(page: Page) -> str:
    return page.locator("[data-part=debrief]").inner_text()


def test_a_debrief_is_asked_for_and_accepted_by_keyboard(without_breaks: Desk, visitors: Visitors) -> None:
    desk = without_breaks
    for agent_id, name in (("ana", "Ana Ferri"), ("ben", "Ben Lind")):
        desk.agent(agent_id, name, debrief_opt_in=True)
    ana, ben = (visitors.signed_in(desk, key) for key in desk.keys(("agent", "ana"), ("agent", "ben")))
    expect(ben.locator("[data-part=debrief]")).to_be_hidden()

    desk.escalation_ended("T-1", "ana")
    expect(ben.locator("[data-part=debrief]")).to_contain_text("Ana Ferri had a tough contact. Would you listen for 5 minutes?")
    expect(ana.locator("[data-part=debrief]")).to_contain_text("Ben Lind would listen after ticket T-1, for 5 minutes.")
    assert_accessible(ben)

    ben.get_by_role("button", name="Accept").focus()
    ben.keyboard.press("Enter")
    expect(ben.locator("[data-part=debrief]")).to_contain_text("You said yes. It begins when Ana Ferri says yes too")
    ana.get_by_role("button", name="Not now").focus()
    ana.keyboard.press("Shift+Tab")
    ana.keyboard.press("Space")
    for page, other in ((ana, "Ben Lind"), (ben, "Ana Ferri")):
        expect(page.locator("[data-part=debrief]")).to_contain_text(f"You and {other} talk until")
    assert "until" in card(ana)
    assert_accessible(ana)


def test_not_now_takes_the_card_away_from_both(without_breaks: Desk, visitors: Visitors) -> None:
    desk = without_breaks
    for agent_id, name in (("cleo", "Cleo Bax"), ("dan", "Dan Roe")):
        desk.agent(agent_id, name, debrief_opt_in=True)
    cleo, dan = (visitors.signed_in(desk, key) for key in desk.keys(("agent", "cleo"), ("agent", "dan")))
    desk.escalation_ended("T-2", "cleo")
    dan.get_by_role("button", name="Not now").click()
    for page in (cleo, dan):
        expect(page.locator("[data-part=debrief]")).to_be_hidden()


def test_a_ticket_in_hand_shows_by_itself_and_goes_when_it_is_resolved(without_breaks: Desk, visitors: Visitors) -> None:
    desk = without_breaks
    desk.agent("eve", "Eve Lam")
    page = visitors.signed_in(desk, desk.keys(("agent", "eve"))[0])
    hand = page.locator("[data-part=in-hand]")
    expect(hand).to_be_hidden()
    desk.ticket("T-9", "eve", reopened_count=2)
    expect(hand).to_contain_text("T-9 of account-of-T-9")
    expect(hand).to_contain_text("Re-opened 2 times")
    assert_accessible(page)
    desk.happened("T-9", "resolved")
    expect(hand).to_be_hidden()
