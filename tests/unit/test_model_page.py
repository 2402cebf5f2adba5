"""The model's page names every parameter with its default and mark as they are in the code."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from fatigue_model.params import FatigueParams

PAGE = (Path(__file__).parents[2] / "fatigue_model" / "README.md").read_text(encoding="utf-8")
FIELDS = {item.name: item for item in dataclasses.fields(FatigueParams)}


def rows() -> dict[str, list[str]]:
    """The cells of each row of a table that names a parameter, by its name."""
    lines = [line.strip().strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("|")]
    return {
        cells[1].strip("` "): [each.strip() for each in cells] for cells in lines if len(cells) > 3 and cells[1].strip().startswith("`")
    }


@pytest.mark.parametrize("name", FIELDS)
def test_the_page_says_a_parameter_as_it_is(name: str) -> None:
    bound, (_, _, default, mark, *_) = FIELDS[name].metadata["bound"], rows()[name]
    assert default == f"{FIELDS[name].default:.4g} {bound.unit}".strip()
    assert mark == bound.mark


def test_the_page_names_no_parameter_that_is_not_there() -> None:
    assert set(rows()) == set(FIELDS)


@pytest.mark.parametrize("never", ["burnout score", "fatigue score", "resilience"])
def test_the_page_keeps_to_its_words(never: str) -> None:
    assert never not in PAGE.lower()
    assert "exposure" in PAGE
