"""How deep and how large JSON may be: counted without parsing it, whatever stands in its strings."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.door.request_shape import DEPTH_MOST, VALUES_MOST, too_much

DEEP, MANY = f"the body nests deeper than {DEPTH_MOST}", f"the body holds more than {VALUES_MOST} values"
TREES = st.recursive(
    st.none() | st.integers() | st.text(alphabet='[]{}",\\ a', max_size=8),
    lambda inner: st.lists(inner, max_size=40) | st.dictionaries(st.text(alphabet='[]{}",\\', max_size=3), inner, max_size=40),
    max_leaves=120,
)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max((depth(each) for each in inner), default=0)


@settings(max_examples=60)
@given(TREES, st.integers(0, 2 * DEPTH_MOST), st.booleans())
def test_depth_is_the_parsers(tree: Any, around: int, named: bool) -> None:
    for _ in range(around):
        tree = {"[": tree} if named else [tree]
    text = json.dumps(tree).encode()
    assert too_much(text) == (DEEP if depth(tree) > DEPTH_MOST else None)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (b"[" * 500_000, MANY),
        (b"[" * 101, DEEP),
        (b'{"a":' * 90_000, DEEP),
        (b'[{"a":' * 51, DEEP),
        (b'{"a":[' * 50 + b"]}" * 50, None),
        (b"[" * 90_000 + b"]" * 90_000, DEEP),
        (b"[" + b"[]," * 60_000 + b"[]]", None),
        (b"[" + b"1," * 100_000 + b"1]", MANY),
        (b"[" + b"1," * 99_999 + b"1]", None),
        (json.dumps(["[" * 1000, '\\"[' * 1000, "," * 200_000]).encode(), None),
        (b"]" * 1000, None),
        (b"", None),
        (b"\\" * 999, None),
    ],
)
def test_texts_that_mean_harm(body: bytes, wrong: str | None) -> None:
    assert too_much(body) == wrong
