"""A browser, its visitors, and a service with a helpdesk in front of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from support.browser import SLOW_MACHINE_MS, Visitors, chromium
from support.desk import Desk
from support.server import LiveServer

FOLDER = Path(__file__).parent
_opened = ExitStack()


@pytest.fixture
def browser() -> Browser:
    """One for all tests of this folder in this process."""
    return _browser()


@cache
def _browser() -> Browser:
    expect.set_options(timeout=SLOW_MACHINE_MS)
    found = chromium(_opened.enter_context(sync_playwright()))
    _opened.callback(_browser.cache_clear)
    _opened.callback(found.close)
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Close it after the last test of this folder: while it is open an event loop runs, and the tests after it can't run theirs."""
    yield
    if nextitem is None or FOLDER not in nextitem.path.parents:
        _opened.close()


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    made = Visitors(browser)
    yield made
    made.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service as fast as life: what has begun stays so while a test looks at it. Its what-if jobs step back for nobody: while other tests
    keep the machine busy they would never end."""
    with LiveServer(tmp_path_factory.mktemp("steady"), job_nice=0) as server:
        yield Desk(server)
