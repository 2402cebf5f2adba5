"""What of a message is the customer's own words, without quotes, signatures, logs and code; and whether they can be judged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fatigue_model.layout import CODE, own_lines, unquoted
from fatigue_model.lexicon import english
from fatigue_model.words import ENGLISH, FOREIGN, SHARED, STARRED

READ_CHARACTERS = 4000  # from the beginning of a message and from its end; whoever is angry says so there
EVERYDAY = ENGLISH - FOREIGN
PROPER_ASCII = 0.8  # share of letters that are ASCII, under which a text is in another script

_FACES = {
    "😡": "angry",
    "🤬": "fucking",
    "😠": "angry",
    "💩": "shit",
    "😤": "annoyed",
    "🖕": "fuck you",
    "🙄": "seriously",
    "🙏": "please",
    "👍": "great",
    "😊": "thanks",
    "🎉": "great",
    "❤": "love",
}
_LIKE = {face: f" {word} " for face, word in _FACES.items()} | {
    **dict.fromkeys("’‘`´", "'"), **dict.fromkeys("“”", '"'), **dict.fromkeys("\u200b\ufeff", ""), "\x00": " ",
}  # fmt: skip
_CODE = re.compile(r"```.*?```", re.DOTALL)
_ADDRESSES = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|(?:/[\w.-]+){2,}|\b[A-Za-z]:\\\S+|\b(?![A-Za-z]+[013457][A-Za-z]+\b)\S*\d\S*\b"
)
_IDENTIFIER = re.compile(r"(?<![\w.])(?:[^\W_]+_\w+|[a-z]+[A-Z]\w*|\w+\(\))")
_ODD = re.compile(r"(?<!\S)\S*?(?:[\d/@\\_]|[a-z][A-Z]|www|\(\))\S*")
_ODD_MARK = re.compile(r"[\d/@\\_A-Zw)](?:(?<=[\d/@\\_])|(?<=[a-z][A-Z])|(?<=www)|(?<=\(\)))")  # what is odd about it
_ODD_MARK_ASCII = re.compile(_ODD_MARK.pattern.replace(r"\d", "0-9"))  # found more quickly
_STARS = ("*", "#", "$", "%", "f-", "F-")
_WITH_STARS = re.compile(r"\b[A-Za-z]+[*#$%]+[A-Za-z*#$%]*|\b[Ff]-+(?:ing|ed|k)\b")
_STAR_RUN = re.compile(r"([*#$%-]+)")
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LOOSE = re.compile(r"'(?:(?![A-Za-z])|(?<![A-Za-z]'))")  # an apostrophe that is within no word
# All of ASCII: such a table translates several times as fast.
_APART = {each: chr(each) if chr(each).isalpha() or chr(each) == "'" else " " for each in range(128)}


@dataclass(frozen=True, slots=True)
class Own:
    """The customer's own text, and why it can't be judged: None where it can; its words, as they are and in lower case."""

    text: str
    reason: str | None = None
    words: Sequence[str] = ()
    lower: Sequence[str] = ()


def own_words(message: str, subject: str = "") -> Own:
    """What the customer wrote themselves, below the subject. Reasons: empty, quoted_reply, signature, log_dump, no_words, other_language.

    The first and the last 4,000 characters are read. Where the layout says that no line is the customer's own, the text is all that no
    mark says to be quoted: to look for what is grave, not to be scored.
    """
    if len(message) > 2 * READ_CHARACTERS:
        message = f"{message[:READ_CHARACTERS]}\n{message[-READ_CHARACTERS:]}"
    text, head = (_alike(each) for each in (_CODE.sub(f"\n{CODE}\n", message), subject[:READ_CHARACTERS].strip()))
    if not text.strip() and not head:
        return Own("", "empty")
    kept, dropped = own_lines(text)
    own = _tidied("\n".join([head, *kept] if head else kept))
    words = words_of(own)
    if not words:
        return Own(unquoted(_alike(message)) if dropped else "", dropped or "no_words")
    lower = list(map(str.lower, words))
    return Own(own, _other_language(words, lower), words, lower)


def _alike(text: str) -> str:
    """A text with what looks alike written alike, and faces in words."""
    if text.isascii():
        return text.replace("`", "'").replace("\x00", " ")
    for each, like in _LIKE.items():  # most are not there, which is told more quickly than a table is gone through
        text = text.replace(each, like)
    return text


def words_of(text: str) -> list[str]:
    """What `WORD` finds in a text."""
    if not text.isascii():
        return WORD.findall(text)
    return (_LOOSE.sub(" ", text) if "'" in text else text).translate(_APART).split()


def _tidied(text: str) -> str:
    """A text without addresses and numbers; identifiers are one word, and starred curses are written out."""
    if any(map(text.__contains__, _STARS)):
        text = _WITH_STARS.sub(_unmasked, text)
    text, at, done = f"{text} ", 0, ""
    for mark in (_ODD_MARK_ASCII if text.isascii() else _ODD_MARK).finditer(text):
        if mark.start() >= at:  # the piece between two spaces that it is in
            begin, end = text.rfind(" ", at, mark.start()) + 1 or at, text.find(" ", mark.start())
            done, at = done + text[at:begin] + _ODD.sub(_worded, text[begin:end]), end
    return (done + text[at:]).strip()


def _worded(odd: re.Match[str]) -> str:
    return _ADDRESSES.sub(" ", _IDENTIFIER.sub(" identifier ", odd[0]))


def _unmasked(found: re.Match[str]) -> str:
    """A starred curse in letters: one of the same length, or the first that fits; any other word as it is."""
    pieces = _STAR_RUN.split(found[0].lower())
    letters = ["[a-z]" * len(each) if place % 2 else each for place, each in enumerate(pieces)]
    patterns = ["".join(letters), "[a-z]+".join(pieces[::2])] if len(found[0]) > 2 else []
    return next((each for pattern in patterns for each in STARRED if re.fullmatch(pattern, each)), found[0])


def _other_language(words: Sequence[str], lower: Sequence[str]) -> str | None:
    """Another script, or fewer words known to be English than other ones; names count for neither."""
    letters = "".join(words)
    if not letters.isascii() and sum(each.isascii() for each in letters) < PROPER_ASCII * len(letters):
        return "other_language"
    if 2 * sum(map(EVERYDAY.__contains__, lower)) >= len(words):  # most letters are told by these
        return None
    known = english()
    told = sum(map(known.__contains__, lower))
    if 2 * told >= len(words):
        return None
    strange = sum(
        low not in known and low not in SHARED and (low in FOREIGN or not each.istitle()) for each, low in zip(words, lower, strict=True)
    )
    return "other_language" if strange > told else None
