"""What patterns spell, and that a phrase is looked for wherever it could be."""

from __future__ import annotations

import re

from fatigue_model.grave_words import BEREAVEMENT, SELF_HARM, THREAT
from fatigue_model.spellings import ANY, spellings, split


def test_what_a_pattern_spells() -> None:
    assert set(spellings(r"kills?|run (?:him|her) over")) == {"kill", "kills", "run him over", "run her over"}
    assert set(spellings(r"some ?(?:one|body)")) == {"some one", "some body", "someone", "somebody"}
    assert spellings(r"your (?:\w+ )?[cd]at(?! (?:flap|food))(?<!x)") == [f"your {ANY} cat", f"your {ANY} dat", "your cat", "your dat"]
    assert spellings(r"a(?: \w+){0,3}? b") == [f"a {ANY} b", "a b"]


def test_where_a_pattern_parts() -> None:
    assert split(r"a|b (?:c|d)|e", "|") == ["a", "b (?:c|d)", "e"]
    assert split(r"any ?more (?:of it)? now", " ") == ["any ?more", "(?:of it)?", "now"]


def test_every_phrase_matches_what_it_spells() -> None:
    """So that none is missed for want of a word."""
    for phrase in (each for table in (THREAT, SELF_HARM, BEREAVEMENT) for row in table for each in split(row, "|")):
        bare = re.sub(r"\(\?<?[!=](?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", "", phrase)
        for part in split(bare, " "):
            pattern = part.replace("{0,0}", "{0,1}")  # no word between: what is spelled for it is looked for in vain
            assert all(re.fullmatch(pattern, each.replace(ANY, "7")) for each in spellings(part)), part
