"""One person's shift by hand: contacts and breaks at given minutes, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fatigue_model.dynamics import MINUTE_S, Mode
from fatigue_model.params import FatigueParams
from fatigue_model.superposition import Passage, Stretch


@dataclass(frozen=True, slots=True)
class Spell:
    """`length_min` at the queue but for `breaks` of (start, length); `contacts` of (minute, points)."""

    length_min: float
    contacts: tuple[tuple[float, float], ...]
    breaks: tuple[tuple[float, float], ...]


def carried_at_end(spell: Spell, params: FatigueParams) -> float:
    """B at the end, from nothing."""
    left = _passage(spell, params, spell.length_min).left([MINUTE_S * at for at, _ in spell.contacts])
    return float(left.carried @ np.array([points for _, points in spell.contacts]))


def peak(spell: Spell, params: FatigueParams) -> float:
    """The highest A: it is reached just after one of the contacts."""
    return max(_acute_at(spell, params, at) for at, _ in spell.contacts)


def _acute_at(spell: Spell, params: FatigueParams, at_min: float) -> float:
    before = [each for each in spell.contacts if each[0] <= at_min]
    left = _passage(spell, params, at_min).left([MINUTE_S * at for at, _ in before])
    return float(left.acute @ np.array([points for _, points in before]))


def _passage(spell: Spell, params: FatigueParams, until_min: float) -> Passage:
    return Passage([Stretch(MINUTE_S * start, MINUTE_S * end, mode, params) for start, end, mode in _modes(spell, until_min)])


def _modes(spell: Spell, until_min: float) -> Iterator[tuple[float, float, int]]:
    edges = {0.0, until_min, *(each for start, length in spell.breaks for each in (start, start + length))}
    for start, end in pairwise(sorted(each for each in edges if each <= until_min)):
        resting = any(begin <= start < begin + length for begin, length in spell.breaks)
        yield start, end, int(Mode.BREAK if resting else Mode.QUEUE)
