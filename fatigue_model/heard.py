"""Which phrases of a support desk (`phrases`, `insults`, `milder`) a message has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import compress, count, product

from fatigue_model.families import FAMILIES, FILLERS
from fatigue_model.insults import INSULTS
from fatigue_model.lexicon import valences
from fatigue_model.milder import COMPLAINED_OF, CURSES, HARMLESS, POLITE, ROUGH, ROUTINE, SLANG, SOFT, WEAK
from fatigue_model.phrases import COMPLAINTS
from fatigue_model.words import TECHNICAL

PRAISE_FROM = 1.6  # of VADER's valences: "nice", "good", "love"; "thank" and "please" are below
POINTED = frozenset(("this", "your", "such", "that", "these", "what", "you", "so", "most", "what's"))
ROUGH_WORDS, OF_MACHINES = frozenset(ROUGH), TECHNICAL.difference(COMPLAINED_OF)
NEGATIONS = frozenset(("no", "not", "never", "nothing", "nobody", "none", "without", "neither", "nor"))
_CONTRACTED = {
    "cannot": "can not", "can't": "can not", "cant": "can not", "won't": "will not", "wont": "will not", "dont": "do not",
    "doesnt": "does not", "didnt": "did not",
    "isnt": "is not", "im": "i am", "ive": "i have",
    "youre": "you are", "thats": "that is", "whats": "what is",
    "u": "you", "ur": "your", "pls": "please", "plz": "please", "thx": "thanks", "let's": "let us", "gonna": "going to", "wanna": "want to",
}  # fmt: skip
_ENDINGS = (("n't", " not"), ("'m", " am"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"), ("'s", " is"))


@dataclass(slots=True)
class Heard:
    """What was found: phrases with their log-odds, curses, phrases that need a second sign, slang, thanks, openings of plain requests."""

    hard: dict[str, float] = field(default_factory=dict)
    curses: set[str] = field(default_factory=set)
    weak: set[str] = field(default_factory=set)
    slang: set[str] = field(default_factory=set)
    soft: set[str] = field(default_factory=set)
    routine: set[str] = field(default_factory=set)
    spared: set[str] = field(default_factory=set)


def hear(words: Sequence[str]) -> Heard:
    """The phrases among `words`, in lower case, and which words are to be spared: harmless ones, and curses in praise."""
    heard = Heard()
    said = _noted(_rough(written_out(words), heard), heard)
    if not FILLERS.isdisjoint(said):
        _noted([each for each in said if each not in FILLERS], heard)
    mild = (heard.curses or heard.slang) and not heard.hard and NEGATIONS.isdisjoint(said)
    if mild and (not heard.soft <= POLITE or any(valences().get(each, 0.0) >= PRAISE_FROM for each in said)):  # "damn, that was fast"
        heard.spared.update(word for each in heard.curses | heard.slang for word in each.split())
        heard.curses.clear()
    return heard


def written_out(words: Sequence[str]) -> Sequence[str]:
    """Words with contractions written out: "didn't" is "did not", "it's" is "it is"."""
    if "'" not in "".join(words) and _CONTRACTED.keys().isdisjoint(words):
        return words
    found: list[str] = []
    read = 0
    for place in [place for place, each in enumerate(words) if "'" in each or each in _CONTRACTED]:
        found += words[read:place]
        found += _parts(words[place])
        read = place + 1
    return [*found, *words[read:]]


def _parts(contraction: str) -> list[str]:
    if contraction in _CONTRACTED:
        return _CONTRACTED[contraction].split()
    for short, long in _ENDINGS:
        if contraction.endswith(short):
            return f"{contraction.removesuffix(short)}{long}".split()
    return [contraction]


def _rough(said: Sequence[str], heard: Heard) -> Sequence[str]:
    """The words without rough ones that are said of machines: "the worst latency", "an ugly exception"; but not "your stupid queue"."""
    if ROUGH_WORDS.isdisjoint(said):
        return said
    found = {place for place, each in enumerate(said[:-1]) if each in ROUGH_WORDS and said[place + 1] in OF_MACHINES}
    found = {place for place in found if place == 0 or said[place - 1] not in POINTED}
    heard.spared.update(said[place] for place in found)
    return ["|" if place in found else each for place, each in enumerate(said)] if found else said


def _noted(said: Sequence[str], heard: Heard) -> Sequence[str]:
    """Note the phrases among words; the words without spans that only sound hard, a bar for each word of them."""
    places = _places(said)
    said = _harmless(said, places, heard)
    _listen(said, places, heard)
    return said


def _harmless(said: Sequence[str], places: Sequence[int], heard: Heard) -> Sequence[str]:
    read = 0
    for place, after, _ in _phrases_in(said, places, _harmless_ones()):
        if place >= read:
            heard.spared.update(said[place:after])
            said = [*said[:place], *["|"] * (after - place), *said[after:]]
            read = after
    return said


def _listen(said: Sequence[str], places: Sequence[int], heard: Heard) -> None:
    """Note the longest phrase that begins at each place."""
    for place, after, kind in _phrases_in(said, places, _phrases()):
        phrase = " ".join(said[place:after])
        if isinstance(kind, float):
            heard.hard[phrase] = kind
        else:
            getattr(heard, kind).add(phrase)


Kind = float | str  # the log-odds of a phrase, or where in `Heard` it belongs


@dataclass(slots=True)
class Node:
    """The beginning of phrases: the kind of the phrase that is over here, and what comes after by the next word."""

    kind: Kind | None = None
    after: dict[str, Node] = field(default_factory=dict)


def _places(said: Sequence[str]) -> list[int]:
    """Where phrases may begin: at words that are one, and at the first of two words with which one begins."""
    alone, pairs = _beginnings()
    together = zip(said, said[1:], strict=False)  # noqa: RUF007 - it uses one pair again and again, which takes less time
    places = list(compress(count(), map(pairs.__contains__, together)))
    if alone.isdisjoint(said):
        return places
    return sorted({*places, *compress(count(), map(alone.__contains__, said))})


def _phrases_in(said: Sequence[str], places: Sequence[int], table: Node) -> Iterator[tuple[int, int, Kind]]:
    """The longest phrase that begins at each place: where it begins, where it is over, and its kind."""
    for place in places:
        now = table.after.get(said[place])
        at, found = place, None
        while now is not None:
            at += 1
            if now.kind is not None:
                found = place, at, now.kind
            now = now.after.get(said[at]) if at < len(said) else None
        if found is not None:
            yield found


@cache
def _beginnings() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The words that are a phrase, harmless or not, and the pairs of words with which longer ones begin."""
    begun = [*_phrases().after.items(), *_harmless_ones().after.items()]
    alone = frozenset(word for word, node in begun if node.kind is not None)
    return alone, frozenset((word, second) for word, node in begun for second in node.after)


@cache
def _phrases() -> Node:
    weaker: list[tuple[Kind, Sequence[str]]] = [("weak", WEAK), ("routine", ROUTINE), ("soft", SOFT)]
    return _table([*weaker, *COMPLAINTS, *INSULTS, ("curses", CURSES), ("slang", SLANG)])


@cache
def _harmless_ones() -> Node:
    return _table([("harmless", HARMLESS)])


def _table(kinds: Iterable[tuple[Kind, Sequence[str]]]) -> Node:
    """Every phrase, word after word; of one that is there twice, what is said of it later counts."""
    known = {tuple(each.split()): kind for kind, phrases in kinds for phrase in phrases for each in _spelled(phrase)}
    table = Node()
    ends = {kind: Node(kind) for kind in known.values()}  # one each for all: most phrases go on nowhere, and small tables are read quickly
    for *head, last in sorted(known, key=len, reverse=True):  # those that go on are there before those that are over where they do
        now = table
        for word in head:
            now = now.after.setdefault(word, Node())
        kind = known[*head, last]
        if last in now.after:
            now.after[last].kind = kind
        else:
            now.after[last] = ends[kind]
    return table


def _spelled(phrase: str) -> Iterator[str]:
    """A phrase with each word of its families in turn."""
    parts = [FAMILIES.get(each, (each,)) for each in written_out(phrase.split())]
    yield from map(" ".join, product(*parts))
