"""What is grave in a customer's words: a threat against people, self-harm, a bereavement. Recognised by phrases, never by averaging.

Missing one is worse than a false alarm, but idioms ("this is killing me") and machines ("kill the process") are none. Legal threats are
no threat here: they are hard words, and scored as such. A text becomes plain words first (`plain`): contractions and chat spellings written
out, a bar between sentences.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass

from fatigue_model.grave_words import BEREAVEMENT, BEYOND, NOT_PEOPLE, SELF_HARM, THREAT
from fatigue_model.spellings import ANY, spellings, split

_COMMON = frozenset(  # as words go in messages: none of these is a mark
    "a able about account after again agent all alone am an and another any anyone anything are around as at away baby back bad be "
    "because been before being better big boss both but by call can card care case child come contract could customer dad day days "
    "did do done down dr driver each even ever every everything family feel few for former friend friends from full get getting give "
    "go goes going good got guy guys had has have he help her hers him his holder home hope house how i if in into is it job "
    "just keep kids know last leave left let like little long look lot love make man manager many may me member might mine more mr ms "
    "much my need needs never new next nice no not nothing now of off office old on once one only open or original other our out over "
    "own owner parents people person phone place point policy pretty previous put real really rep right run school see sense "
    "she should show so some someone something soon sorry staff start still stop such sure take taking team than that the their them "
    "there they thing think this those through time to today too took tried trying two under up us use user using very wait want "
    "wanted wants was way we week well were what when which while who whole will wish with wont words work works would wrong year yes "
    "you your".split()
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One phrase of a kind; `order` is that of the tables, the gravest kind first."""

    order: int
    kind: str
    pattern: re.Pattern[str]
    parts: tuple[frozenset[str], ...]  # a text that has this phrase has a word of each, the rarest first


Rows = dict[str, list[_Row]]  # by the rare words without which they can't be


@functools.cache
def _rows() -> tuple[Rows, Rows]:
    """The phrases within a sentence, and those that go on beyond it; made on first use, for that takes longer than to score a message."""
    within, beyond = Rows(), Rows()
    given = (("threat", THREAT), ("self_harm", SELF_HARM), ("bereavement", BEREAVEMENT))
    phrases = [(kind, each) for kind, table in given for row in table for each in split(row, "|")]
    for order, (kind, phrase) in enumerate(phrases):
        rarest, *parts = sorted((_needed(each) for each in split(phrase, " ")), key=_commonness)
        row = _Row(order, kind, re.compile(rf"\b(?:{phrase})\b"), tuple(each for each in parts if "" not in each))
        for word in rarest:
            (beyond if BEYOND in phrase else within).setdefault(word, []).append(row)
    return within, beyond


@functools.cache
def _needed(part: str) -> frozenset[str]:
    """Words of which one is in every text that has this part: of each of its spellings the rarest."""
    spelled = ([word for word in each.split() if ANY not in word and word != "|"] for each in spellings(part))
    return frozenset(min(words or [""], key=lambda each: (each in _COMMON, -len(each))) for words in spelled)


def _commonness(words: frozenset[str]) -> float:
    return math.inf if "" in words else len(words & _COMMON) + len(words) / 1000


_LEET = str.maketrans("013457@$", "oieastas")
_LEET_WORD = re.compile(r"\b(?=\w*[a-z])[a-z]*[013457@$][a-z013457@$]*\b")
_SPACED = re.compile(r"\b(?:[a-z] ){2,}[a-z]\b")
_SHORT = {
    "im": "i am", "ill": "i will", "id": "i would", "ive": "i have", "u": "you", "ur": "your", "r": "are", "ya": "you", "yall": "you all", "youre": "you are",
    "youll": "you will", "youve": "you have", "dont": "do not", "doesnt": "does not", "didnt": "did not", "cant": "cannot", "wont": "will not",
    "isnt": "is not", "arent": "are not", "wasnt": "was not", "shes": "she is", "hes": "he is", "theyre": "they are", "gonna": "going to",
    "wanna": "want to", "gotta": "got to", "anymore": "any more", "lets": "let us", "whats": "what is", "urself": "yourself", "theres": "there is",
    "meself": "myself", "em": "them", "havent": "have not", "wouldnt": "would not", "couldnt": "could not", "frickin": "", "fucking": "", "fuckin": "",
    "freaking": "", "bloody": "", "damn": "", "goddamn": "", "literally": "", "seriously": "", "honestly": "", "actually": "", "really": "", "personally": "",
}  # fmt: skip
_AFTER_IS = "|".join(rf"(?<=\b{each}'s)" for each in "he she it that there who what let life here where how".split())
_CONTRACTED = (  # what begins with a letter or mark is found quickly, so what stands before is looked at last
    (re.compile(r"can't\b(?<=\bcan't)"), "cannot"), (re.compile(r"won't\b(?<=\bwon't)"), "will not"), (re.compile(r"n't\b"), " not"),
    (re.compile(r"'ll\b"), " will"), (re.compile(r"'m\b"), " am"), (re.compile(r"'re\b"), " are"), (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'d\b"), " would"), (re.compile(rf"'s\b(?:{_AFTER_IS})"), " is"), (re.compile(r"'s?\b"), ""),
)  # fmt: skip
# Marks that end a sentence, not those within a word. What begins with a set of characters, as the next three do, is found quickly.
_ENDS = re.compile(r"[.!?;:()\n](?:(?<=[()])|[.!?;:\n]*(?=\s|$)|(?<=\n))")
_DIGIT = re.compile(r"[013457@$](?:(?<=[a-z@$].)|(?=[a-z]))")
_SPACED_OUT = re.compile(r" [a-z] [a-z]\b(?<=\b[a-z] [a-z] [a-z])")
_OTHER = re.compile(r"[^a-z0-9é| ]+")
_SENTENCE = re.compile(r"[^|]+\|?")
_OTHER_ASCII = {each: " " if _OTHER.match(chr(each)) else chr(each) for each in range(128)}


def plain(text: str) -> str:
    """A text as lower-case words with single spaces, contractions written out, ` | ` between sentences."""
    lower = " ".join(_ENDS.sub(" | ", text.lower().replace("’", "'")).split())
    if _DIGIT.search(lower):
        lower = _LEET_WORD.sub(lambda found: found[0].translate(_LEET), lower)
    if _SPACED_OUT.search(lower):
        lower = _SPACED.sub(lambda found: found[0].replace(" ", ""), lower)
    if "'" in lower:
        for pattern, written in _CONTRACTED:
            lower = pattern.sub(written, lower)
    words = (lower.translate(_OTHER_ASCII) if lower.isascii() else _OTHER.sub(" ", lower)).split()
    if _SHORT.keys().isdisjoint(words):
        return " ".join(words)
    return " ".join(filter(None, [_SHORT.get(each, each) for each in words]))


def grave(text: str) -> str | None:
    """ "threat", "self_harm", "bereavement", the gravest that was found; None where nothing was. `text` is the customer's own words."""
    words = plain(text)
    within, beyond = _rows()
    found = _found(words, beyond) if any(map(words.__contains__, beyond)) else []
    for sentence in _SENTENCE.findall(words):
        found += _found(sentence, within)
    if found:
        words = " ".join(_idioms().sub(" ", words).split())
        found = [row for row in found if row.pattern.search(words)]
    return min(found, key=lambda each: each.order).kind if found else None


def _found(text: str, rows: Rows) -> list[_Row]:
    """The phrases that a text has; one is looked for only where it has a word of each of its parts."""
    words = text.split()
    marks = rows.keys() & words
    if not marks:
        return []
    known = set(words)
    wanted = [row for each in marks for row in rows[each] if not any(map(known.isdisjoint, row.parts))]
    return [row for row in wanted if row.pattern.search(text)]


@functools.cache
def _idioms() -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{each})\b" for each in NOT_PEOPLE))
