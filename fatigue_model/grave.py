"""What is grave in a customer's words: a threat against people, self-harm, a bereavement. Recognised by phrases, never by averaging.

Missing one is worse than a false alarm, but idioms ("this is killing me") and machines ("kill the process") are none. Legal threats are
no threat here: they are hard words, and scored as such. A text becomes plain words first (`plain`): contractions and chat spellings written
out, a bar between sentences.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fatigue_model.grave_words import BEREAVEMENT, BEYOND, NOT_PEOPLE, SELF_HARM, THREAT
from fatigue_model.spellings import ANY, spellings, split

_COMMONEST = (  # the words of messages, the commonest first
    "i the is to a you it that not and of this in for are have do was but my am on be just so like with they me he what would your if "
    "will at we about all no one love get did as can people good how there out up from an more she or know when think too now them "
    "has time her him his some who see got cannot does here why because still had going well much even been only by their could go "
    "want right should than way being never make man please already tell read without end money enough hope any very back bad thing "
    "thought where life find name sorry were feel better our someone sure need us other something pretty those look after day off "
    "over guy let yes year take new into before work help every getting down ever old again many nice last keep give lot wish another "
    "which person anything point little wrong nothing real trying next long stop use team come show two might guys around whole "
    "anyone such put while both wait big few done friend call kids left through job everything needs today away place care own "
    "friends took days start once home may week school wanted family sense tried leave using taking account works able wants baby "
    "goes run full words child soon case office alone each under open parents mine house phone dad contract card original staff mr dr "
    "owner policy driver user boss previous former agent manager member customer hers rep ms holder"
).split()
_SHARES = {word: 1 / (5 + rank) for rank, word in enumerate(_COMMONEST)}  # of messages that have a word, as Zipf's law has it
_SHARE_ELSE = 0.001  # of any other word


@dataclass(frozen=True, slots=True)
class _Row:
    """One phrase of a kind; `order` is that of the tables, the gravest kind first."""

    order: int
    kind: str
    pattern: re.Pattern[str]
    parts: tuple[frozenset[str], ...]  # a text that has this phrase has a word of each, the rarest first


@dataclass(frozen=True, slots=True)
class _Rows:
    """Phrases by the rare words without which they can't be, each after the part by which most texts are told not to have it."""

    by_mark: dict[str, list[tuple[frozenset[str], _Row]]]
    marks: frozenset[str]


@functools.cache
def _rows() -> tuple[_Rows, _Rows]:
    """The phrases within a sentence, and those that go on beyond it; made on first use, for that takes longer than to score a message."""
    within, beyond = list[_Row](), list[_Row]()
    given = (("threat", THREAT), ("self_harm", SELF_HARM), ("bereavement", BEREAVEMENT))
    phrases = [(kind, each) for kind, table in given for row in table for each in split(row, "|")]
    for order, (kind, phrase) in enumerate(phrases):
        parts = sorted((_needed(each) for each in split(phrase, " ")), key=_commonness)
        row = _Row(order, kind, re.compile(rf"\b(?:{phrase})\b"), (parts[0], *(each for each in parts[1:] if "" not in each)))
        (beyond if BEYOND in phrase else within).append(row)
    return _by_mark(within), _by_mark(beyond)


def _by_mark(rows: Iterable[_Row]) -> _Rows:
    by_mark: dict[str, list[tuple[frozenset[str], _Row]]] = {}
    for row in rows:
        for mark in row.parts[0]:
            by_mark.setdefault(mark, []).append((row.parts[min(1, len(row.parts) - 1)], row))
    return _Rows(by_mark, frozenset(by_mark))


@functools.cache
def _needed(part: str) -> frozenset[str]:
    """Words of which one is in every text that has this part: of each of its spellings the rarest."""
    spelled = ([word for word in each.split() if ANY not in word and word != "|"] for each in spellings(part))
    return frozenset(min(words or [""], key=lambda each: (_SHARES.get(each, _SHARE_ELSE), -len(each))) for words in spelled)


def _commonness(words: frozenset[str]) -> float:
    return math.inf if "" in words else sum(_SHARES.get(each, _SHARE_ELSE) for each in words)


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
_SPACED_PERHAPS = re.compile(r" [a-z] [a-z]\b")  # needs no look at what stands before
_OTHER = re.compile(r"[^a-z0-9é| ]+")
# Of ASCII all that ends a word becomes a space, but what a contraction or `\b` asks for.
_APART = {each: chr(each) if chr(each) in "'_" or not _OTHER.match(chr(each)) else " " for each in range(128)}
_MARKS = re.compile("[{}]+".format(re.escape("".join(chr(each) for each, like in _APART.items() if like == " "))))


def plain(text: str) -> str:
    """A text as lower-case words with single spaces, contractions written out, ` | ` between sentences."""
    lower = _ENDS.sub(" | ", text.lower().replace("’", "'"))
    words = _apart(lower)
    if any(map(lower.__contains__, "013457@$")) or _SPACED_PERHAPS.search(" ".join(words)):
        words = _apart(_undisguised(" ".join(lower.split())))
    found = " ".join(filter(None, map(_WRITTEN_OUT.get, words, words)))
    if lower.isascii() and "'" not in found and "_" not in found:
        return found
    return " ".join(filter(None, [_WRITTEN_OUT[each] if each in _WRITTEN_OUT else _whole(each) for each in words]))


def _apart(lower: str) -> list[str]:
    return (lower.translate(_APART) if lower.isascii() else _MARKS.sub(" ", lower)).split()


def _whole(word: str) -> str:
    return word if word.isalnum() and word.isascii() else _written_out(word)


def _undisguised(lower: str) -> str:
    """Words without digits and marks in place of letters, and without spaces between the letters."""
    if _DIGIT.search(lower):
        lower = _LEET_WORD.sub(lambda found: found[0].translate(_LEET), lower)
    return _SPACED.sub(lambda found: found[0].replace(" ", ""), lower) if _SPACED_OUT.search(lower) else lower


def _written_out(word: str) -> str:
    """A word, or the words that it is short for."""
    if "'" in word:
        for pattern, written in _CONTRACTED:
            word = pattern.sub(written, word)
    return " ".join(filter(None, [_SHORT.get(each, each) for each in _OTHER.sub(" ", word).split()]))


_NOT = "ai are ca could did do does had has have is must need should was were wo would".split()
_WHO = "he here how i it let she that there they we what where who you".split()
_WRITTEN_OUT = {  # what is short for other words, as it is written most often
    each: _written_out(each)
    for each in (
        *_SHORT,
        "|",
        *(f"{word}n't" for word in _NOT),
        *(f"{word}'{end}" for word in _WHO for end in ("d", "ll", "m", "re", "s", "ve")),
    )
}


def grave(text: str) -> str | None:
    """ "threat", "self_harm", "bereavement", the gravest that was found; None where nothing was. `text` is the customer's own words."""
    words = plain(text)
    within, beyond = _rows()
    found = list(_found(words, set(words.split()), beyond)) if any(map(words.__contains__, beyond.marks)) else []
    *ended, last = words.split("|")
    for sentence in [*(f"{each}|" for each in ended), last]:
        known = set(sentence.split())
        if not within.marks.isdisjoint(known):
            found += _found(sentence, known, within)
    if found:
        words = " ".join(_idioms().sub(" ", words).split())
        found = [row for row in found if row.pattern.search(words)]
    return min(found, key=lambda each: each.order).kind if found else None


def _found(text: str, words: set[str], rows: _Rows) -> Iterator[_Row]:
    """The phrases that a text of these words has; one is looked for only where there is a word of each of its parts."""
    for mark in rows.marks & words:
        for part, row in rows.by_mark[mark]:
            if not part.isdisjoint(words) and not any(map(words.isdisjoint, row.parts)) and row.pattern.search(text):
                yield row


@functools.cache
def _idioms() -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{each})\b" for each in NOT_PEOPLE))
