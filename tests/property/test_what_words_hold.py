"""What is looked up quickly in a message is what the plain way finds: every pattern tried, every piece put together."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from fatigue_model import grave, heard, layout, messages
from fatigue_model.grave_words import BEREAVEMENT, BEYOND, SELF_HARM, THREAT
from fatigue_model.spellings import split
from fatigue_model.text import score_text, score_texts
from support.later_messages import GRAVE, OTHER_LANGUAGES
from support.messages import CALM, MORE_BEREAVEMENTS, MORE_NOT_GRAVE, MORE_SELF_HARMS, MORE_THREATS

PHRASES = [each for table in (THREAT, SELF_HARM, BEREAVEMENT) for row in table for each in split(row, "|")]
KINDS = {each: kind for kind, phrases in (
    ("weak", heard.WEAK), ("routine", heard.ROUTINE), ("soft", heard.SOFT), *heard.COMPLAINTS, *heard.INSULTS, ("curses", heard.CURSES),
    ("slang", heard.SLANG)) for phrase in phrases for each in heard._spelled(phrase)}  # fmt: skip
odd = st.text(st.sampled_from("aB 'w1/@_\\()\n-*f$é"), max_size=40)
some_phrases = st.lists(st.sampled_from(sorted(KINDS)) | st.sampled_from(["you", "the", "no", "never", "|"]), max_size=8)

OPENINGS = (
    "best|Kind|with kind| |regards|WISHES|,|yours |truly|br|sent from my|get outlook for|begin forwarded message|From|to|name|:|On Monday|"
    'he|wrote|Feb 12 10:11:12|error|[INFO]|]|;|ERROR|E1234 |AB-1234: |Traceback (most recent|File "|at a.b.c(|at x/y:12|ValueError|a.|'
    "Exception in thread |Unhandled |exit |code|status|goroutine 1|thread 'x' panicked|Segmentation fault|core dumped|npm ERR!|C:\\x>|"
    "select|delete x|foo.py:12|foo(bar)|x[12]:|>|--|we|the|.|!|ſent from my|\t"
)
openings = st.sampled_from(OPENINGS.split("|"))
SHORTENED = ("customer's", "'m", "he's", "can'tn't", "we'lln't", "k1ll", "k i l l", " ", ". ", "\t", ", ", "!\n")
shortened = st.text(st.sampled_from("aks1$' .,_-|\n\xa0ïé")) | st.sampled_from([*grave._SHORT, *grave._WRITTEN_OUT, *SHORTENED])


@settings(max_examples=200)
@given(st.lists(openings, min_size=1, max_size=5).map("".join))
def test_a_line_told_to_be_prose_has_no_mark(line: str) -> None:
    assert layout._may_be_marked(line) or not layout._MARKED.match(line)


@settings(max_examples=200)
@given(st.lists(shortened, max_size=6).map("".join))
def test_plain_words_are_those_of_the_whole_text_written_out(text: str) -> None:
    lower = " ".join(grave._ENDS.sub(" | ", text.lower().replace("’", "'")).split())
    lower = grave._LEET_WORD.sub(lambda found: found[0].translate(grave._LEET), lower)
    lower = grave._SPACED.sub(lambda found: found[0].replace(" ", ""), lower)
    for pattern, written in grave._CONTRACTED:
        lower = pattern.sub(written, lower)
    assert grave.plain(text) == " ".join(filter(None, [grave._SHORT.get(each, each) for each in grave._OTHER.sub(" ", lower).split()]))


@settings(max_examples=50)
@given(odd)
def test_words_are_those_that_the_pattern_finds(text: str) -> None:
    assert messages.words_of(text) == messages.WORD.findall(text)


@settings(max_examples=50)
@given(odd)
def test_a_text_is_tidied_where_it_is_odd(text: str) -> None:
    starred = messages._WITH_STARS.sub(messages._unmasked, text)
    assert messages._tidied(text) == messages._ODD.sub(messages._worded, starred).strip()


@settings(max_examples=50)
@given(some_phrases)
def test_the_longest_phrase_that_begins_at_each_word_is_heard(phrases: list[str]) -> None:
    said = " ".join(phrases).split()
    found = []
    for place in range(len(said)):
        ends = [end for end in range(place + 1, len(said) + 1) if " ".join(said[place:end]) in KINDS]
        found += [(place, max(ends), KINDS[" ".join(said[place : max(ends)])])] if ends else []
    assert list(heard._phrases_in(said, heard._places(said), heard._phrases())) == found


def test_what_is_grave_is_what_all_patterns_find_in_the_whole_text() -> None:
    rows = {row.order: row for table in grave._rows() for known in table.by_mark.values() for _, row in known}
    assert len(rows) == len(PHRASES)
    texts = [
        "Be careful! You might leave the office.",
        *(MORE_THREATS + MORE_SELF_HARMS + MORE_BEREAVEMENTS)[::6],
        *GRAVE[::4],
        *MORE_NOT_GRAVE[::8],
    ]
    assert grave.grave(texts[0]) == "threat"  # beyond the sentence
    for one, other in zip(texts, [*CALM, *texts[::-1]], strict=False):
        words = grave.plain(f"{one}\n{other}")
        found = [order for order, row in rows.items() if row.pattern.search(words)]
        bare = " ".join(grave._idioms().sub(" ", words).split())
        left = [order for order in found if rows[order].pattern.search(bare)]
        assert grave.grave(f"{one}\n{other}") == (rows[min(left)].kind if left else None)


def test_only_what_says_so_goes_on_beyond_a_sentence() -> None:
    for phrase in (each for each in PHRASES if BEYOND not in each):
        bare = re.sub(r"\(\?<?[!=](?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", "", phrase)
        assert not re.search(r"\\[^wdb]|\.|\[\^", bare), phrase


def test_messages_scored_together_are_scored_as_each_alone() -> None:
    texts = [*GRAVE, *OTHER_LANGUAGES, *CALM, "", "12345"]
    assert score_texts([(each, each[:20]) for each in texts]) == [score_text(each, each[:20]) for each in texts]
