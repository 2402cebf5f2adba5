"""The text score: hard words high, machines low, what is grave apart, and a clear None for what can't be judged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fatigue_model.grave import grave
from fatigue_model.messages import own_words
from fatigue_model.params import DEFAULTS, FatigueParams
from fatigue_model.text import TextScore, score_text, worst
from fatigue_model.text_quality import auc
from support import later_messages as later
from support.messages import (
    ABUSIVE,
    BEREAVEMENTS,
    CALM,
    FRESH_EASY,
    FRESH_HARD,
    FRUSTRATED,
    LAST_EASY,
    LAST_HARD,
    MORE_BEREAVEMENTS,
    MORE_NOT_GRAVE,
    MORE_SELF_HARMS,
    MORE_THREATS,
    NOT_GRAVE,
    SELF_HARMS,
    TECHNICAL,
    THREATS,
)

LEAST_RECALL = 0.9


def score(text: str) -> float:
    """What can't be judged is below everything that can."""
    found = score_text(text).score
    return -1.0 if found is None else found


def test_technical_sentences_score_below_every_hard_message() -> None:
    assert (len(ABUSIVE), len(FRUSTRATED)) == (40, 40)
    assert len(TECHNICAL) >= 30
    assert max(map(score, TECHNICAL)) < min(map(score, ABUSIVE + FRUSTRATED))


def test_calm_messages_score_below_every_hard_message_and_count_nothing() -> None:
    assert max(map(score, CALM)) < min(map(score, ABUSIVE + FRUSTRATED))
    assert [score_text(each).points(DEFAULTS) for each in CALM] == [0.0] * len(CALM)
    assert np.median([score_text(each).points(DEFAULTS) for each in ABUSIVE + FRUSTRATED]) > 0.4


def test_messages_written_afterwards_are_told_apart_too() -> None:
    hard, easy = (np.array([score(each) for each in texts]) for texts in (FRESH_HARD + LAST_HARD, FRESH_EASY + LAST_EASY))
    assert auc(hard, easy) >= 0.95


@pytest.mark.parametrize(("kind", "texts"), [("threat", THREATS), ("self_harm", SELF_HARMS), ("bereavement", BEREAVEMENTS)])
def test_what_is_grave_is_recognised(kind: str, texts: tuple[str, ...]) -> None:
    found = [score_text(each).grave for each in texts]
    assert found.count(kind) / len(texts) >= LEAST_RECALL


@pytest.mark.parametrize(("kind", "texts"), [("threat", MORE_THREATS), ("self_harm", MORE_SELF_HARMS), ("bereavement", MORE_BEREAVEMENTS)])
def test_what_is_grave_in_freer_words_sends_protection_under_one_name_or_another(kind: str, texts: tuple[str, ...]) -> None:
    found = [score_text(each).grave for each in texts]
    assert len(found) - found.count(None) >= LEAST_RECALL * len(texts)
    assert found.count(kind) >= 0.8 * len(texts)


def test_ordinary_messages_with_the_same_words_are_not_grave() -> None:
    assert [each for each in MORE_NOT_GRAVE if score_text(each).grave] == []


@pytest.mark.parametrize("text", NOT_GRAVE)
def test_idioms_and_machines_are_not_grave(text: str) -> None:
    assert score_text(text).grave is None


def test_no_hard_message_is_taken_for_a_threat() -> None:
    assert [each for each in ABUSIVE + FRUSTRATED + FRESH_HARD + LAST_HARD if score_text(each).grave] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("12345 / 99", "no_words"),
        ("https://example.com/a?b=1", "no_words"),
        ("> you are an idiot\n> really", "quoted_reply"),
        ("On Mon, 2 Mar 2026 at 10:00, Support <help@example.com> wrote:\n> We are sorry.", "quoted_reply"),
        ("-----Original Message-----\nFrom: Ana\nYou idiot", "quoted_reply"),
        ("-- \nJohn Smith\nCEO, Acme", "signature"),
        ("Best regards,\nJohn", "signature"),
        ("Sent from my iPhone", "signature"),
        ("2026-03-02 10:00:00 ERROR fatal: process killed\n2026-03-02 10:00:01 FATAL abort", "log_dump"),
        ("```\nkill -9 1\n```", "log_dump"),
        ("Guten Tag, ich kann mich nicht anmelden, bitte helfen Sie mir.", "other_language"),
        ("Buongiorno, non riesco ad accedere al mio account.", "other_language"),
        ("Hola, no puedo entrar en mi cuenta desde ayer.", "other_language"),
        ("Bonjour, je n'arrive pas à me connecter.", "other_language"),
        ("Não consigo entrar na minha conta.", "other_language"),
        ("Ik kan niet inloggen op mijn account.", "other_language"),
        ("Nie mogę się zalogować do konta.", "other_language"),
        ("Я не могу войти в систему", "other_language"),
        ("パスワードを忘れました", "other_language"),
    ],
)
def test_what_cannot_be_judged_has_no_score_and_a_reason(text: str, reason: str) -> None:
    assert score_text(text) == TextScore(None, None, reason)
    assert score_text(text).points(DEFAULTS) is None


@pytest.mark.parametrize(
    "text", ["Useless!!", "fix it NOW", "idiots", "Where is my refund", "ok thx", "No.", "Café menu naïve résumé help please"]
)
def test_short_english_is_judged(text: str) -> None:
    assert score_text(text).score is not None


def test_only_the_customers_own_words_count() -> None:
    quoted = "Thank you, that solved it.\n\nOn Mon, 2 Mar 2026 at 10:00, Ana wrote:\n> You useless idiots, I will kill you!"
    assert score_text(quoted) == score_text("Thank you, that solved it.")
    assert own_words("Hello there\n> quoted\nsecond line").text == "Hello there\nsecond line"
    assert score("your stupid server killed my data you idiots") > 0.9
    assert score("Nothing works.\n\nKind regards,\nThe Idiots Ltd") == score("Nothing works.")


def test_what_is_grave_counts_also_where_the_language_cannot_be_judged() -> None:
    found = score_text("Ich kann das nicht mehr, ich will nicht mehr leben, sorry: I want to die")
    assert (found.score, found.grave) == (None, "self_harm")
    assert found.points(DEFAULTS) == 2.0


def test_capitals_marks_and_second_person_make_it_harder() -> None:
    assert score("WHY DOES THIS NOT WORK") > score("why does this not work")
    assert score("why does this not work!!!") > score("why does this not work")
    assert score("this is ugly and you are ugly") > score("this is ugly and it is ugly")


def test_the_worst_counts_and_the_gravest() -> None:
    assert worst([]) is None
    unjudged, calm, hard = TextScore(None, None, "empty"), TextScore(0.1, None, "calm"), TextScore(0.9, None, "useless")
    assert worst([calm, unjudged, hard]) == hard
    assert worst([unjudged]) == unjudged
    grave_ones = [TextScore(0.2, "bereavement", "bereavement"), TextScore(None, "threat", "threat"), hard]
    assert worst(grave_ones) == TextScore(0.9, "threat", "threat")


def test_points_by_the_parameters() -> None:
    params = FatigueParams.from_mapping({"text_points_max": 1.0, "text_score_from": 0.5, "grave_points": 1.8})
    assert TextScore(0.75, None, "x").points(params) == 0.5
    assert TextScore(0.5, None, "x").points(params) == 0.0
    assert TextScore(0.75, "threat", "x").points(params) == 1.8
    assert TextScore(None, "threat", "x").points(params) == 1.8


def test_the_subject_counts_with_the_first_message() -> None:
    assert score_text("It stopped this morning.", "You useless idiots").score > 0.9  # type: ignore[operator]
    assert score_text("", "You useless idiots").score > 0.9  # type: ignore[operator]
    assert score_text("", "").reason == "empty"


def test_a_further_set_holds_too() -> None:
    hard, easy = (np.array([score(each) for each in texts]) for texts in (later.HARD, later.EASY))
    assert auc(hard, easy) >= 0.95
    assert [score_text(each).grave is None for each in later.GRAVE].count(False) >= LEAST_RECALL * len(later.GRAVE)
    assert [each for each in later.NOT_GRAVE + later.HARD + later.EASY if score_text(each).grave] == []
    assert [each for each in later.OTHER_LANGUAGES if score_text(each).score is not None] == []


@pytest.mark.parametrize(
    "text",
    [
        "Stupid me, I had the wrong key.",
        "I feel like an idiot, the cable wasn't plugged in.",
        "Damn, that was fast! Thank you.",
        "Holy crap, you fixed it in five minutes. Amazing!",
        "You absolute legends, it works!",
        "We lose packets when the buffer overflows; the worst case is 12 %.",
        "The worst latency we measured was 900 ms.",
        'SELECT fails with "permission denied for table hate_speech_labels".',
        "The function returns no response when the header is missing.",
        "No update events are emitted for the child component.",
        "I'm still waiting on our finance team, will get back to you tomorrow.",
        "Can I get a refund if I cancel within 14 days?",
        "Our lawyer needs a copy of the data processing agreement.",
        "It's not a disaster, just a small typo.",
    ],
)
def test_what_only_sounds_hard_counts_nothing(text: str) -> None:
    assert score_text(text).points(DEFAULTS) == 0.0


@pytest.mark.parametrize(
    ("alone", "beside"),
    [
        ("Can you look into the refund?", "Where is my refund?? I have been waiting for three weeks!!"),
        ("My manager would like a demo.", "Get me your manager, nobody here answers."),
        ("Could you send it again?", "You broke it again. Again!"),
        ("I am still waiting for my colleague.", "Still waiting. Still nothing. Still no answer."),
    ],
)
def test_what_any_customer_may_say_counts_beside_a_second_sign(alone: str, beside: str) -> None:
    assert score_text(alone).points(DEFAULTS) == 0.0
    assert score(beside) > 0.6


@pytest.mark.parametrize("text", ["F*** you", "this is sh*t", "you f-ing a**holes", "what the f*ck is this", "😡😡😡", "you are 💩"])
def test_curses_behind_stars_and_faces_are_read(text: str) -> None:
    assert score(text) > 0.8


@pytest.mark.parametrize("text", ["ten days!", "my car", "the van never came", "con artists", "pod is stuck", "ha, works"])
def test_words_that_other_languages_have_too_are_english(text: str) -> None:
    assert score_text(text).score is not None


@given(st.text(max_size=3000))
def test_any_text_has_an_answer(text: str) -> None:
    found = score_text(text)
    assert found.score is None or 0 <= found.score <= 1
    assert found.reason
    points = found.points(DEFAULTS)
    assert points is None or 0 <= points <= (DEFAULTS.grave_points if found.grave else DEFAULTS.text_points_max)


@given(st.sampled_from(ABUSIVE + FRUSTRATED + CALM), st.sampled_from(["\n", "  ", "\t\n"]))
def test_white_space_changes_nothing(text: str, space: str) -> None:
    assert score_text(f"{space}{text}{space}").score == score_text(text).score


@given(st.sampled_from(CALM), st.sampled_from(["error", "fatal", "killed", "crashed", "attack", "refused", "critical", "aborted"]))
def test_a_technical_word_makes_no_calm_message_hard(text: str, word: str) -> None:
    assert score(f"{text} {word}") < 0.4
    assert score(f"{word} {text}") < 0.4


@pytest.mark.parametrize(
    "text", ["!" * 100_000, "a" * 1_000_000, "kill " * 200_000, "( " * 50_000, "> " * 50_000, "\ud800\x00\uffff you idiot", "you " * 99_999]
)
def test_monstrous_texts_are_answered(text: str) -> None:
    """Only the first 4,000 characters are read, and no pattern backtracks over them for long."""
    assert score_text(text).reason
    assert score_text(text) == score_text(text[:4000])


def test_what_is_looked_for_is_found_in_disguise() -> None:
    assert grave("I w1ll k1ll you") == grave("i will k i l l you") == "threat"
    assert grave("I will really fucking kill you") == "threat"


def test_of_several_curses_the_first_of_the_alphabet_is_the_reason() -> None:
    """And not another one in each process, as a set has them."""
    several = ("wtf", "shitty", "hell", "fucking", "damned", "crap", "bloody")
    assert score_text(f"You are late, {', '.join(several)}").reason == "bloody"
