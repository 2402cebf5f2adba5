"""Whatever is stored packed comes back to the letter, and what is short stays as it is."""

from __future__ import annotations

import pytest

from api.json_text import to_json
from api.store.packing import LONG, PACKED, packed, unpacked


@pytest.mark.parametrize("letter", ["a", "é", "𝄞", "\\", "\x00"])
@pytest.mark.parametrize("count", [0, 1, LONG - 2, LONG - 1, 20 * LONG])
def test_a_text_comes_back_to_the_letter(letter: str, count: int) -> None:
    text = to_json(letter * count)
    assert unpacked(packed(text)) == text
    assert packed(text).startswith(PACKED) == (len(text) >= LONG)


def test_what_says_the_same_of_many_takes_a_tenth() -> None:
    text = to_json([{"agent_id": f"agent-{number:04}", "rules": [], "cost": 400_000 + number * 37 % 9000} for number in range(1000)])
    assert len(packed(text)) * 5 < len(text)
    assert packed(text).isascii()
