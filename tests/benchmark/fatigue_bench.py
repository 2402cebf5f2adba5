"""10,000 agents advanced and scored in one call, against a loop over agents and against numpy's own exp over as many numbers."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fatigue_model.dynamics import Mode, advance, line
from fatigue_model.params import DEFAULTS
from fatigue_model.text import score_text

AGENTS, ROUNDS = 10_000, 9
EXP_BAR = 25.0  # our time is at most so many times that of numpy's exp over the same arrays
TEXTS = (
    "How do I kill a stuck query?",
    "This is the third time I am writing about the same invoice and still no answer. Please escalate this to your supervisor.",
    "Thank you so much, that solved it!",
    "You people are useless. Absolute joke of a company!!!",
    "Could you tell me the difference between the two plans, and which of them includes single sign-on for our colleagues?",
)
LETTER = (
    "Hello team, I ordered the standing desk on the 4th of May and it was supposed to arrive within a week. It is now the end of the month "
    "and I have had no update other than an automatic message. When I called on Monday the person I spoke to said that the parcel had been "
    "returned to the warehouse, but could not tell me why. I would like to know where it is, and whether you can send it again before the "
    "end of next week. Thanks, Anna"
)
TEXTS_A_SECOND = 5_000


def run() -> list[dict[str, Any]]:
    chance = np.random.default_rng(1)
    acute, carried = chance.gamma(1, 0.5, AGENTS), chance.gamma(1, 0.5, AGENTS)
    mode, elapsed_s = chance.integers(0, len(Mode), AGENTS), chance.uniform(0, 3600, AGENTS)
    people = list(zip(acute.tolist(), carried.tolist(), mode.tolist(), elapsed_s.tolist(), strict=True))

    def together() -> Any:
        left, kept = advance(acute, carried, mode, elapsed_s, DEFAULTS)
        return left / line(kept, DEFAULTS)

    def one_by_one() -> Any:
        found = []
        for each in people:
            left, kept = advance(*each, DEFAULTS)
            found.append(float(left / line(kept, DEFAULTS)))
        return found

    def exp() -> Any:
        return np.exp(-elapsed_s), np.exp(-acute)

    assert np.allclose(together(), one_by_one(), rtol=1e-12)
    assert np.allclose(together(), [_plain(*each) for each in people], rtol=1e-9)
    ours, loop = _median(together), _median(one_by_one, 3)
    plain, numpy_s = _median(lambda: [_plain(*each) for each in people], 3), _median(exp)
    texts = _median(lambda: [score_text(each) for each in TEXTS * 200], 5)
    letters = _median(lambda: [score_text(LETTER) for _ in range(200)], 5)
    words = sum(len(each.split()) for each in TEXTS) / len(TEXTS)
    return [
        _row("10,000 agents advanced and scored in one call", loop, ours, 100.0, "the same function, agent by agent"),
        _row("the same", plain, ours, None, "a loop in plain Python with math.exp"),
        _row(f"the same, {EXP_BAR:g} × the time of exp over ours", EXP_BAR * numpy_s, ours, 1.0, "numpy exp over the same two arrays"),
        _row(f"messages of {words:.0f} words scored, over 5,000 a second", len(TEXTS) * 200 / TEXTS_A_SECOND, texts, 1.0, "the clock"),
        _row(f"letters of {len(LETTER.split())} words scored, over 5,000 a second", 200 / TEXTS_A_SECOND, letters, None, "the clock"),
    ]


def _row(name: str, peer_s: float, ours_s: float, bar: float | None, peer: str) -> dict[str, Any]:
    return {"name": name, "ratio": peer_s / ours_s, "bar": bar, "peer": peer, "ours_s": ours_s, "peer_s": peer_s}


def _plain(acute: float, carried: float, mode: int, elapsed_s: float) -> float:
    """The closed form for one agent without numpy, load over line."""
    minutes = elapsed_s / 60
    a = math.log(2) / (60.0, 40.0, 20.0, 30.0)[mode]
    b = math.log(2) / (60 * (96.0, 96.0, 96.0, 30.0)[mode])
    gamma = (0.25 * math.log(2) / 60, 0.25 * math.log(2) / 60, 0.0, 0.0)[mode]
    kept = carried * math.exp(-b * minutes) + gamma * acute * (math.exp(-b * minutes) - math.exp(-a * minutes)) / (a - b)
    return acute * math.exp(-a * minutes) / (1.5 / (1 + kept / 3.0))


def _median(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)
