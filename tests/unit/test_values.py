"""Values of which every ticket brings some: the type checker keeps them from being changed, and they are told by what they hold."""

from pathlib import Path

import pytest
from mypy import api

from fatigue_model.values import value

SNIPPET = """
from fatigue_model.values import value

@value
class Point:
    across: int
    up: int = 0

Point(1).up = 2
"""


@value
class Point:
    across: int
    up: int = 0


def test_what_would_change_a_value_is_refused_by_the_type_checker(tmp_path, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    found, errors, status = api.run(["--config-file=", "--cache-dir", str(tmp_path), "-c", SNIPPET])
    assert 'Property "up" defined in "Point" is read-only' in found, errors
    assert status == 1


def test_values_are_told_by_what_they_hold():
    assert Point(1) == Point(1, 0) != Point(1, 2)
    assert len({Point(1), Point(1, 0), Point(1, 2)}) == 2


def test_a_value_takes_no_other_attribute():
    with pytest.raises(AttributeError):
        Point(1).aside = 3
