"""Make the weights of the text score: `python -m fatigue_model.train_text TRAIN.tsv.gz LABELS.txt`, with scikit-learn (extra `train`).

TRAIN is GoEmotions' training file (Demszky et al. 2020, Apache-2.0): text, label numbers, id, separated by tabs. A message is hard where
people read anger or annoyance in it, easy where they read no hard emotion; what lies between is left out. The hand-set phrases are no part
of the fit: the words that they are made of are weighed as in any text.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fatigue_model.messages import own_words
from fatigue_model.text import NUMBERS, WEIGHTS, Features, features

HARD = frozenset(("anger", "annoyance"))
BETWEEN = frozenset(
    ("disappointment", "disapproval", "disgust", "fear", "grief", "sadness", "embarrassment", "remorse", "nervousness", "confusion")
)
SEEN_AT_LEAST = 4  # messages that a word or word pair is in
STRENGTH = 0.3  # of the fit against its prior (scikit-learn's C); smaller carries over better to other texts
SHARE_OF_HARD = 0.25  # of messages to a support desk, assumed; shifts the intercept alone
SMALLEST = 0.02  # log-odds under which a word is left out
PLACE_HOLDERS = re.compile(r"\[(?:NAME|RELIGION)\]")


def main(train: Path, labels: Path) -> None:
    """Fit, and write the weights beside this module."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    given = list(examples(train, labels.read_text(encoding="utf-8").split()))
    seen, hard = [each for each, _ in given], [each for _, each in given]
    counts: dict[str, int] = {}
    for each in seen:
        for gram in set(each.grams):
            counts[gram] = counts.get(gram, 0) + 1
    rows: list[dict[str, float]] = [_row(each, counts) for each in seen]
    vectors = DictVectorizer()
    fit: Any = LogisticRegression(C=STRENGTH, max_iter=2000).fit(vectors.fit_transform(rows), hard)
    found = dict(zip(vectors.get_feature_names_out().tolist(), fit.coef_[0].tolist(), strict=True))
    share = float(np.mean(hard))
    shift = np.log(SHARE_OF_HARD / (1 - SHARE_OF_HARD)) - np.log(share / (1 - share))
    grams = {name: round(value, 3) for name, value in sorted(found.items()) if name[0] != "#" and abs(value) >= SMALLEST}
    weights = {
        "source": "logistic regression on GoEmotions (Demszky et al. 2020, Apache-2.0), made by fatigue_model.train_text",
        "intercept": round(float(fit.intercept_[0] + shift), 4),
        "numbers": [round(found[f"#{name}"], 4) for name in NUMBERS],
        "grams": grams,
    }
    text = json.dumps(weights, ensure_ascii=False, separators=(",", ":")).encode()
    (Path(__file__).parent / WEIGHTS).write_bytes(gzip.compress(text, mtime=0))
    print(f"{len(hard)} messages, {share:.0%} hard; {len(grams)} words and word pairs")


def _row(seen: Features, counts: dict[str, int]) -> dict[str, float]:
    row = {each: 1.0 for each in seen.grams if counts[each] >= SEEN_AT_LEAST}
    return row | {f"#{name}": value for name, value in zip(NUMBERS, seen.numbers, strict=True)}


def examples(path: Path, names: list[str]) -> Iterator[tuple[Features, bool]]:
    """Every message that can be judged and is clearly hard or clearly easy."""
    raw = path.read_bytes()
    for line in (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode().splitlines():
        text, numbers, _ = line.split("\t")
        emotions = {names[int(each)] for each in numbers.split(",")}
        own = own_words(PLACE_HOLDERS.sub(" ", text))
        if own.reason is None and (emotions & HARD or not emotions & BETWEEN):
            yield features(own.text), bool(emotions & HARD)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
