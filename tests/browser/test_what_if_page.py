"""What-ifs in a real browser: sliders with an answer at once, a simulation that is asked for and cancelled, and one that is done."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from support.browser import Held, Visitors, assert_accessible
from support.desk import Desk

NARROW = 380
TINY = (
    'title = "Three people, two days"\n[groups.team]\nagents = 3\n[demand]\ntickets_per_day = 25\n'
    "[run]\ndays = 2\nreplications = 2\n[policy.automation]\ncategories = []\n"
)


@pytest.fixture
def page(desk: Desk, visitors: Visitors) -> Page:
    page = visitors.signed_in(desk, desk.manager)
    page.get_by_role("link", name="What if …").click()
    return page


def instant(page: Page, name: str) -> tuple[str, str]:
    now, then = page.locator(f"#instant tr[data-name={name}] td").all_inner_texts()
    return now, then


def test_sliders_are_answered_at_once(page: Page) -> None:
    busy = page.locator("#instant tr[data-name=busy] td")
    expect(busy.first).to_have_text(re.compile(r"^\d+\.\d %$"))
    page.get_by_label("Team and customers").select_option("small-team")
    expect(busy.nth(1)).to_have_text(re.compile("%"))
    assert_accessible(page)

    people = page.get_by_label("People")
    people.focus()
    people.press("ArrowLeft")
    expect(page.locator("#ask output").first).to_have_text("−1")
    expect(page.locator("#instant tr[data-name=on_shift_most] td")).to_have_text(["3.4", "2.5"])
    now, then = (float(each.removesuffix(" %")) for each in instant(page, "busy"))
    assert then > now
    expect(page.locator("#over")).to_be_empty()

    people.press("Home")
    expect(page.locator("#ask output").first).to_have_text("−3")  # one of the four stays
    expect(page.locator("#instant tr[data-name=on_shift_most] td").nth(1)).to_have_text("0.8")
    assert instant(page, "busy")[1] == "all the time"
    expect(page.locator("#over")).to_have_text(re.compile("^Then 2.47 h of work come in for every hour .* it piles up without end.$"))
    assert_accessible(page)


def test_a_question_without_an_answer_shows_no_other_answer(page: Page, visitors: Visitors) -> None:
    within = page.locator("#instant tr[data-name=live_within] td")
    expect(within.nth(1)).to_have_text(re.compile("%"))
    visitors.expected.append(re.compile("status of 422"))
    page.route(
        "**/v1/simulations/instant", lambda route: route.continue_(post_data='{"scenario": "small-team", "changes": {"agents": "-9"}}')
    )
    page.get_by_label("Tickets", exact=True).press("ArrowRight")
    expect(page.locator("#ask .error")).to_have_text(re.compile("^No answer to this: .*at least one in each group.$"))
    expect(within).to_have_text(["–", "–"])


def test_what_a_team_does_not_allow_is_not_offered(page: Page) -> None:
    automation, people = page.get_by_label("Tickets that automation gets first"), page.get_by_label("People")
    page.get_by_label("Team and customers").select_option("mid-size")
    people.press("Home")
    automation.select_option("30%")
    expect(page.locator("#ask output").first).to_have_text("−10")
    page.get_by_label("Team and customers").select_option("small-team")
    expect(page.locator("#ask output").first).to_have_text("−3")
    page.get_by_label("Team and customers").select_option("automation-rollout")
    expect(automation).to_be_disabled()
    expect(automation.locator("option:checked")).to_have_text("set from day to day")
    expect(page.locator("#ask .error")).to_be_empty()
    page.get_by_label("Team and customers").select_option("small-team")
    expect(automation).to_be_enabled()


def test_nothing_to_change_is_nothing_to_simulate(page: Page) -> None:
    """Also where the answer by formula comes after that was said."""
    held = Held(page, "**/v1/simulations/instant")
    with page.expect_request("**/v1/simulations/instant"):
        page.reload()
    page.get_by_role("button", name="Simulate it").click()
    expect(page.locator("#ask .error")).to_have_text("Change something first.")
    answered = page.locator("#instant tbody td").first
    answered.evaluate("cell => { cell.textContent = ''; }")
    held.let_go()
    expect(answered).not_to_be_empty()
    expect(page.locator("#ask .error")).to_have_text("Change something first.")


def test_a_simulation_is_asked_for_followed_and_cancelled(page: Page) -> None:
    page.get_by_label("Team and customers").select_option("small-team")
    page.get_by_label("Recovery break").select_option("20")
    page.get_by_role("button", name="Simulate it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What if: recovery break 20")
    expect(page.locator("progress")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("[data-part=found]")).to_contain_text("cancelled after")
    expect(page.locator("progress")).to_have_count(0)
    page.get_by_role("link", name="Ask something else").click()
    expect(page.locator("[data-part=jobs] tbody tr").first).to_contain_text("recovery break 20")


def test_what_was_found_is_a_table_of_differences(desk: Desk, visitors: Visitors) -> None:
    asked = {"kind": "compare", "scenario": TINY, "changes": {"agents": "-1"}, "replications": 2}
    job = desk.server.call(desk.manager, "POST", "/v1/simulations", asked)
    deadline_s = time.monotonic() + 120
    while desk.server.call(desk.manager, "GET", f"/v1/simulations/{job['id']}")["state"] in ("queued", "running"):
        assert time.monotonic() < deadline_s
        time.sleep(0.2)
    page = visitors.signed_in(desk, desk.manager, color_scheme="dark", viewport={"width": NARROW, "height": 800})
    page.goto(f"{desk.server.url}/what-if/{job['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("What if: people −1")
    staff = page.get_by_role("row", name="cost of staff")
    expect(staff.get_by_role("cell")).to_have_text([re.compile(r"^\$"), re.compile(r"^\$"), re.compile(r"^−\$"), re.compile(r"^\$0")])
    expect(staff).to_have_class("shown")
    expect(page.get_by_role("row", name="wait for a person")).to_have_count(0)  # nobody called
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_only_managers_get_there(desk: Desk, visitors: Visitors) -> None:
    desk.agent("pia", "Pia Lund")
    page = visitors.signed_in(desk, desk.keys(("agent", "pia"))[0])
    for path in ("/what-if", "/what-if/sim-1"):
        page.goto(f"{desk.server.url}{path}")
        expect(page).to_have_url(re.compile(r"/(me|login)$"))
