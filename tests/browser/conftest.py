"""A browser, its visitors, and a service with a helpdesk in front of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from support.browser import SLOW_MACHINE_MS, Visitors, chromium
from support.desk import Desk
from support.server import LiveServer


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=SLOW_MACHINE_MS)
    with sync_playwright() as playwright:
        found = chromium(playwright)
        yield found
        found.close()


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    made = Visitors(browser)
    yield made
    made.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service as fast as life: what has begun stays so while a test looks at it."""
    with LiveServer(tmp_path_factory.mktemp("steady")) as server:
        yield Desk(server)
