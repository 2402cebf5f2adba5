"""SECURITY.md: every claim names a test, and every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLAIMS = (ROOT / "SECURITY.md").read_text("utf-8").partition("## What is done")[2].partition("## What is not")[0]
NAMED = re.compile(r"`(tests/\S+\.py)::(test_\w+)`")


def test_every_claim_has_a_test() -> None:
    rows = [line for line in CLAIMS.splitlines() if line.startswith("| ") and "shown by" not in line]
    assert len(rows) > 15
    assert [row for row in rows if not NAMED.search(row.rsplit(" | ", 1)[-1])] == []


def test_every_test_that_is_named_exists() -> None:
    for path, name in NAMED.findall(CLAIMS):
        assert f"def {name}(" in (ROOT / path).read_text("utf-8"), f"{path}::{name}"
