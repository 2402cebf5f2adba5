"""What is installed beside us takes none of our names, and the locks pin exactly what we ship and say nothing more."""

import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.txt", "requirements-test.txt"]
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9a-z.]+)(?P<marker> ; [^:@/\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def pins(lock: str) -> set[str]:
    return {line for line in (ROOT / lock).read_text().splitlines() if PIN.fullmatch(line)}


@pytest.mark.parametrize("package", ["fatigue_model", "router", "simulations", "api"])
def test_no_other_distribution_owns_our_name(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {"respite-routing"}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_pins_and_hashes_only(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    assert [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))] == []
    assert pins(lock)


def test_the_tests_run_on_what_users_run() -> None:
    assert pins("requirements.txt") <= pins("requirements-test.txt")
