"""How hard a customer's message is to take, from its words: VADER's tones without technical words, support phrases, a small model.

    z = b + Σ w(words, word pairs) + w·(VADER's negative, positive, compound; capitals; marks; you + negative) + phrases
    score = 1/(1 + e^(−z))

VADER (vaderSentiment: Hutto & Gilbert 2014) is the base. The weights of words and word pairs are a logistic regression on GoEmotions
(Demszky et al. 2020, Apache-2.0), made by `train_text`; the phrases of a support desk are set by hand. English only; what can't be judged
has no score. Only customers' messages are scored, and their words go no further.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, compress, pairwise

from fatigue_model.exposure import GRAVE, text_points
from fatigue_model.grave import grave
from fatigue_model.heard import Heard, hear
from fatigue_model.lexicon import Gram, weights
from fatigue_model.messages import Own, own_words
from fatigue_model.milder import CURSE_ODDS, ROUTINE_ODDS, SOFT_MOST, SOFT_ODDS, WEAK_ALONE, WEAK_ODDS
from fatigue_model.params import FatigueParams
from fatigue_model.tones import tones
from fatigue_model.words import TECHNICAL

WORDS_MOST = 200  # from the beginning of a message and from its end that are weighed
SHOUTED_FROM = 3  # letters of a word in capitals that is no abbreviation
SECOND_PERSON = frozenset(("you", "your", "you're", "yours", "yourself", "yourselves", "u", "ur", "you've", "you'll"))
TECHNICAL_SHARES = (0.1, 0.3)  # of technical words: from the first on a text is about machines somewhat, from the second fully
MORE_TECHNICAL = 1 / (TECHNICAL_SHARES[1] - TECHNICAL_SHARES[0])
ABOUT_MACHINES = -2.0  # the log-odds of a text that is wholly about machines
CLEAR = 2.0  # log-odds of phrases that are hard to take whatever a text is about
PHRASES_MOST = 6.0  # however many phrases there are, they add no more than this
STRONG = 1.0  # log-odds of a word that is named as the reason
UPSET_BELOW = -0.3  # compound tone that is a sign of its own
SIGNS = 2  # of trouble that a phrase needs which any customer may say
NUMBERS = ("negative", "positive", "compound", "capitals", "exclamations", "questions", "you_negative")


@dataclass(frozen=True, slots=True)
class TextScore:
    """`score` 0 … 1, None where the words can't be judged; `grave`: one of `exposure.GRAVE`, apart from the score; `reason`: why."""

    score: float | None
    grave: str | None
    reason: str

    def points(self, params: FatigueParams) -> float | None:
        """What the words count, 0 … text_points_max, and at least grave_points where they are grave; None where nothing is known."""
        worded = None if self.score is None else text_points(self.score, params)
        return worded if self.grave is None else max(worded or 0.0, params.grave_points)


@dataclass(frozen=True, slots=True)
class Features:
    """What is seen of a text: its words and word pairs without technical and harmless ones, the `NUMBERS`, the phrases, and the share of
    technical words."""

    words: Sequence[str]
    numbers: list[float]
    heard: Heard
    technical: float
    second_person: bool

    @property
    def grams(self) -> list[str]:
        return [*self.words, *map(" ".join, pairwise(self.words))]


def score_text(text: str, subject: str = "") -> TextScore:
    """Score one message of a customer, with the subject of the ticket where it is the first."""
    return score_texts([(text, subject)])[0]


def score_texts(given: Sequence[tuple[str, str]]) -> list[TextScore]:
    """Score messages, each with its subject. All take one step after the other together: what a step knows is at hand for the next message,
    so that many take a fifth less time than one by one."""
    own = [own_words(*each) for each in given]
    found = [grave(each.text) if each.text else None for each in own]
    seen = [None if each.reason else features(each) for each in own]
    return [_scored(*each) for each in zip(own, found, seen, strict=True)]


def _scored(own: Own, found: str | None, seen: Features | None) -> TextScore:
    if seen is None:
        return TextScore(None, found, found or own.reason or "")
    grams: dict[Gram, None] = dict.fromkeys(chain(seen.words, pairwise(seen.words)))  # each counts once
    weighed = list(filter(None, map(weights().grams.get, grams)))
    told, phrase = _told(seen)
    score = 1 / (1 + math.exp(-(_learned(seen, weighed) + told)))
    return TextScore(round(score, 4), found, found or phrase or _strongest(grams, weighed) or "calm")


def worst(scores: Iterable[TextScore]) -> TextScore | None:
    """The worst of a ticket's messages: the highest score, and what is gravest in any of them; None where there are none."""
    given = list(scores)
    if not given:
        return None
    gravest = next((each for each in GRAVE if any(one.grave == each for one in given)), None)
    hardest = max(given, key=lambda each: -1.0 if each.score is None else each.score)
    return TextScore(hardest.score, gravest, gravest or hardest.reason)


def features(own: Own, listening: bool = True) -> Features:
    """The features of a customer's own words; the phrases of a support desk where `listening`."""
    text, words, all_lower = own.text, own.words, own.lower
    if len(words) > 2 * WORDS_MOST:
        words, all_lower = ([*each[:WORDS_MOST], *each[-WORDS_MOST:]] for each in (words, all_lower))
    heard = hear(all_lower) if listening else Heard()
    machines = TECHNICAL.intersection(all_lower)
    kept, lower, left_out = words, all_lower, machines | heard.spared
    if left_out:
        left = [each not in left_out for each in all_lower]
        kept, lower = list(compress(words, left)), list(compress(all_lower, left))
    exclamations = text.count("!")
    negative, positive, compound = tones(kept, lower, exclamations)
    shouted = sum([len(each) >= SHOUTED_FROM for each in filter(str.isupper, kept)])
    second_person = not SECOND_PERSON.isdisjoint(lower)
    numbers = [
        negative,
        positive,
        compound,
        shouted / len(kept) if shouted > 1 or len(kept) == 1 else 0.0,
        min(exclamations, 4) / 4,
        min(text.count("??") + text.count("?!"), 2) / 2,
        negative if second_person else 0.0,
    ]
    technical = sum(map(machines.__contains__, all_lower)) / max(len(words), 1) if machines else 0.0
    return Features(lower, numbers, heard, technical, second_person)


def _learned(seen: Features, weighed: Iterable[float]) -> float:
    """The trained log-odds."""
    trained = weights()
    return trained.intercept + sum(weighed) + sum([odds * each for odds, each in zip(trained.numbers, seen.numbers, strict=True)])


def _told(seen: Features) -> tuple[float, str | None]:
    """The log-odds of what was heard, and the strongest phrase.

    A text about machines is one unless something clear was said. What any customer may say counts where a second sign stands beside it.
    """
    heard, somewhat, fully = seen.heard, *TECHNICAL_SHARES
    machines = 1.0 if seen.technical >= fully else max((seen.technical - somewhat) * MORE_TECHNICAL, 0.0)
    hard = heard.hard | dict.fromkeys(sorted(heard.curses), CURSE_ODDS)
    strongest = max(hard, key=lambda each: hard[each], default=None)
    clear = sum(hard.values()) > CLEAR or (bool(hard) and seen.second_person)
    signs = len(heard.weak) + 2 * bool(hard) + (seen.numbers[2] < UPSET_BELOW) + any(seen.numbers[3:6]) - bool(heard.soft or heard.routine)
    weak = WEAK_ODDS * len(heard.weak) * (1.0 if signs >= SIGNS else WEAK_ALONE)
    said = min(sum(hard.values()) + weak, PHRASES_MOST)
    soft = max(SOFT_ODDS * len(heard.soft) + ROUTINE_ODDS * len(heard.routine), SOFT_ODDS if clear else SOFT_MOST)
    if not clear:
        said = said * (1 - machines) + ABOUT_MACHINES * machines
    return said + soft, strongest or min(heard.weak, default=None)


def _strongest(grams: Iterable[Gram], weighed: Sequence[float]) -> str | None:
    """The word or word pair whose trained log-odds, among these of a text, are most."""
    most = max(weighed, default=0.0)
    if most <= STRONG:
        return None
    name = next(each for each in grams if weights().grams.get(each) == most)
    return name if isinstance(name, str) else " ".join(name)
