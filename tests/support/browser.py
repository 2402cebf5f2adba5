"""A Chromium, the people who look through it, and what they must never meet: an error in the console, a page that axe faults."""

import re
import shutil
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Route

from support.desk import Desk

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SLOW_MACHINE_MS = 30_000


def chromium(playwright: Playwright) -> Browser:
    """The machine's where there is one, else Playwright's own."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return playwright.chromium.launch(executable_path=found, args=list(FLAGS))


class Visitors:
    """Browsers of people, each with a cookie jar of their own. What their consoles say is kept; `expected` may be said."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.said: list[str] = []
        self.expected: list[re.Pattern[str]] = []
        self.contexts: list[BrowserContext] = []

    def page(self, **options: Any) -> Page:
        given = {"locale": "en-GB", "timezone_id": "Europe/Rome", "viewport": {"width": 1200, "height": 800}} | options
        context = self.browser.new_context(**given)
        context.set_default_timeout(SLOW_MACHINE_MS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(f"page error: {error}"))
        return page

    def signed_in(self, desk: Desk, key: str, **options: Any) -> Page:
        page = self.page(**options)
        page.goto(f"{desk.server.url}/login#{key}")
        page.wait_for_url(re.compile(r"/(me|team)$"))
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert [each for each in self.said if not any(known.search(each) for known in self.expected)] == []


class Held:
    """What a page asks for at some address, which gets no answer before it is let go; what is asked for later is not held."""

    def __init__(self, page: Page, url: str | re.Pattern[str]) -> None:
        self.routes: list[Route] = []
        self._page, self._over = page, False
        page.route(url, lambda each: self._take(each))  # noqa: PLW0108 – Playwright marks it, and a method takes no marks

    def _take(self, route: Route) -> None:
        if self._over:
            route.continue_()
        else:
            self.routes.append(route)

    def wait_for(self, count: int) -> None:
        """Return once so many are held."""
        while len(self.routes) < count:
            self._page.evaluate("1")  # meanwhile Playwright hands over what it has

    def let_go(self) -> None:
        self._over = True
        for each in self.routes:
            each.continue_()
        self.routes.clear()


def assert_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert found == [], [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def wait_until(page: Page, condition: str) -> None:
    """Return once the JavaScript `condition` holds. Playwright's own wait evaluates a string at each look, which a strict CSP forbids."""
    page.evaluate(
        f"""new Promise((met, missed) => {{
            const look = () => ({condition}) && met(true);
            new MutationObserver(look).observe(document, {{ childList: true, subtree: true, characterData: true, attributes: true }});
            setTimeout(() => missed(new Error("never true on this page")), {SLOW_MACHINE_MS});
            look();
        }})"""
    )
