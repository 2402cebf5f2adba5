"""Make the weights of the text score: `python -m fatigue_model.train_text TRAIN.tsv.gz LABELS.txt`, with scipy (extra `train`).

TRAIN is GoEmotions' training file (Demszky et al. 2020, Apache-2.0): text, label numbers, id, separated by tabs. A message is hard where
people read anger or annoyance in it, easy where they read no hard emotion; what lies between is left out. The hand-set phrases are no part
of the fit: the words that they are made of are weighed as in any text. The vocabulary, by which a text is known to be English, is made of
the same messages.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fatigue_model.dynamics import FloatArray
from fatigue_model.lexicon import WEIGHTS
from fatigue_model.messages import WORD, own_words
from fatigue_model.text import Features, features

HARD = frozenset(("anger", "annoyance"))
BETWEEN = frozenset(
    ("disappointment", "disapproval", "disgust", "fear", "grief", "sadness", "embarrassment", "remorse", "nervousness", "confusion")
)
SEEN_AT_LEAST = 4  # messages that a word or word pair is in
STRENGTH = 0.3  # of the fit against its prior (the inverse of the ridge penalty); smaller carries over better to other texts
KNOWN_FROM = 3  # times that a word of the vocabulary is seen
SHARE_OF_HARD = 0.25  # of messages to a support desk, assumed; shifts the intercept alone
SMALLEST = 0.02  # log-odds under which a word is left out
PLACE_HOLDERS = re.compile(r"\[(?:NAME|RELIGION)\]")


def main(train: Path, labels: Path) -> None:
    """Fit, and write the weights beside this module."""
    given = list(examples(train, labels.read_text(encoding="utf-8").split()))
    hard = np.array([each for _, each in given])
    names, found = _fit([each for each, _ in given], hard)
    share = float(np.mean(hard))
    shift = np.log(SHARE_OF_HARD / (1 - SHARE_OF_HARD)) - np.log(share / (1 - share))
    grams = {name: round(float(value), 3) for name, value in sorted(zip(names, found, strict=False)) if abs(value) >= SMALLEST}
    words = _vocabulary(train)
    weights = {
        "source": "logistic regression on GoEmotions (Demszky et al. 2020, Apache-2.0), made by fatigue_model.train_text",
        "intercept": round(float(found[-1] + shift), 4),
        "numbers": [round(float(each), 4) for each in found[len(names) : -1]],
        "grams": grams,
        "words": " ".join(words),
    }
    text = json.dumps(weights, ensure_ascii=False, separators=(",", ":")).encode()
    (Path(__file__).parent / WEIGHTS).write_bytes(gzip.compress(text, mtime=0))
    print(f"{len(hard)} messages, {share:.0%} hard; {len(grams)} words and word pairs; {len(words)} words known")


def _fit(seen: list[Features], hard: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[list[str], FloatArray]:
    """The names of the words and word pairs, and their log-odds, those of the `NUMBERS` and the intercept: ridge logistic regression."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_array, hstack

    counts = Counter(gram for each in seen for gram in set(each.grams))
    place = {name: number for number, name in enumerate(sorted(name for name, count in counts.items() if count >= SEEN_AT_LEAST))}
    cells = [(row, place[gram]) for row, each in enumerate(seen) for gram in set(each.grams) if gram in place]
    rows, columns = np.array(cells).T
    numbers = np.array([[*each.numbers, 1.0] for each in seen])
    table = hstack([csr_array((np.ones(len(cells)), (rows, columns)), shape=(len(seen), len(place))), csr_array(numbers)]).tocsr()
    turned = table.T.tocsr()
    penalty = np.full(table.shape[1], 1 / STRENGTH)
    penalty[-1] = 0.0

    def loss(odds: FloatArray) -> tuple[float, FloatArray]:
        z = table @ odds
        miss = 1 / (1 + np.exp(-z)) - hard
        value = np.sum(np.logaddexp(0, z) - hard * z) + 0.5 * np.sum(penalty * odds * odds)
        return float(value), turned @ miss + penalty * odds

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 2000, "ftol": 1e-12, "gtol": 1e-4})
    return list(place), found.x


def _vocabulary(train: Path) -> list[str]:
    counts = Counter(word.lower() for text, _ in _labelled(train) for word in WORD.findall(text))
    return sorted(word for word, count in counts.items() if count >= KNOWN_FROM)


def examples(path: Path, names: list[str]) -> Iterator[tuple[Features, bool]]:
    """Every message with words of its own that is clearly hard or clearly easy."""
    for text, numbers in _labelled(path):
        emotions = {names[int(each)] for each in numbers.split(",")}
        own = own_words(text)
        if own.reason in (None, "other_language") and (emotions & HARD or not emotions & BETWEEN):
            yield features(own, listening=False), bool(emotions & HARD)


def _labelled(path: Path) -> Iterator[tuple[str, str]]:
    raw = path.read_bytes()
    for line in (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode().splitlines():
        text, numbers, _ = line.split("\t")
        yield PLACE_HOLDERS.sub(" ", text), numbers


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
