"""What a person reads, sentence by sentence."""

from dataclasses import replace

import pytest

from api.pages import team_page, wording
from api.pages.wording import Moment
from fatigue_model.params import FatigueParams
from router.policy import Policy, RampIn

CALM = Moment("ready", "online", (), moved=False, live_work=False, light_duty_follows=False, ramped=False, owed=0, covers=False)
POLICY = Policy()
FORBIDDEN = ("burnout", "fatigue", "resilience", "score")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("escalated:T-1042", "Ticket T-1042 was escalated."),
        ("abuse:T:9", "There was abuse on ticket T:9."),
        ("load:T-7", "Exposure rose well above your line with ticket T-7."),
        ("load", "Exposure is above your line."),
        ("something_new:T-1", "The rule is “something_new:T-1”."),
    ],
)
def test_reasons(code: str, sentence: str) -> None:
    assert wording.reason(code) == sentence


def test_light_duty_says_what_holds_it() -> None:
    moment = replace(CALM, state="light_duty", because=("escalated:T-1",))
    assert wording.why(moment) == ("Ticket T-1 was escalated.", "Exposure is still above your line.")
    assert wording.why(replace(moment, because=("load",))) == ("Exposure is above your line.",)


def test_what_follows_a_break() -> None:
    moment = replace(CALM, state="break")
    first = "Until {until} no ticket is sent to you on any channel."
    assert wording.what_next(moment, POLICY) == (first, "After that: at most 3 tickets in 10 minutes.")
    light = replace(moment, light_duty_follows=True)
    assert wording.what_next(light, POLICY) == (first, "After that: routine tickets first, at most 3 in 10 minutes.")
    no_ramp = replace(POLICY, ramp_in=RampIn(contacts=1, window_s=0))
    assert wording.what_next(moment, no_ramp)[1] == "After that: tickets as usual."
    assert wording.what_next(replace(light, owed=1), no_ramp)[1:] == (
        "After that: routine tickets first.",
        "A break is still owed to you. It follows your next contact.",
    )


def test_when_a_pending_break_begins() -> None:
    pending = replace(CALM, state="pending")
    assert "open chat or call ends, at {until} at the latest" in wording.what_next(replace(pending, live_work=True), POLICY)[0]
    assert "as you moved it" in wording.what_next(replace(pending, live_work=True, moved=True), POLICY)[0]
    assert wording.what_next(pending, POLICY)[1] == "No new ticket is sent to you before it or during it."
    cover = wording.what_next(replace(pending, live_work=True, covers=True), POLICY)
    assert "until somebody else is back" in cover[0]
    assert "only routine tickets" in cover[1]


def test_ready_depends_on_where_one_is() -> None:
    assert wording.what_next(replace(CALM, ramped=True), POLICY) == (
        "Tickets of every kind may come to you.",
        "Until {ramp_end} you get at most 3 tickets, so that coming back does not flood you.",
    )
    for status, said in wording.NOT_ONLINE.items():
        for state in ("ready", "light_duty"):
            assert wording.what_next(replace(CALM, state=state, status=status, ramped=True), POLICY) == (said,)


@pytest.mark.parametrize(
    ("break_min", "minutes"),
    [
        (20.0, "three"),
        (30.0, "two"),
        (25.0, "2.4"),
        (60.0, None),
        (90.0, None),
    ],
)
def test_a_break_minute_counts_what_the_half_lives_say(break_min: float, minutes: str | None) -> None:
    policy = replace(POLICY, fatigue=replace(FatigueParams(), acute_half_life_break_min=break_min))
    said = minutes and f"Exposure fades by itself: in a minute on a break by as much as in {minutes} at the queue."
    assert wording.break_counts(policy) == said


@pytest.mark.parametrize(
    ("left_s", "text"),
    [(-1, "any moment now"), (0, "any moment now"), (0.2, "0:01"), (462, "7:42"), (599.1, "10:00"), (3730, "1:02:10")],
)
def test_countdown(left_s: float, text: str) -> None:
    assert wording.countdown(left_s) == text


@pytest.mark.parametrize(
    ("earliest_s", "latest_s", "text"),
    [
        (900, 1800, "about 15–30 min"),
        (930, 1790, "about 15–30 min"),
        (130, 500, "about 2–9 min"),
        (0, 300, "up to 5 min"),
        (-50, 90, "up to 2 min"),
        (900, 900, "about 15–20 min"),
        (7000, 8600, "about 1.5–2.5 h"),
        (-10, 0, "any moment now"),
    ],
)
def test_a_range_is_rounded_outwards_and_never_a_point(earliest_s: float, latest_s: float, text: str) -> None:
    assert wording.about(earliest_s, latest_s) == text


def test_instants_are_rounded_outwards() -> None:
    assert wording.rounded_outwards(601, 899) == (600, 900)
    assert wording.rounded_outwards(600, 600) == (600, 900)


def test_moves_stay_within_the_bound() -> None:
    later = ((5.0, "5 min later"), (10.0, "10 min later"), (15.0, "15 min later"))
    assert wording.moves("break", 300, 900) == later
    assert wording.moves("pending", 240, 900) == ((-15.0, "begin now"), *later)
    assert wording.moves("pending", 2000, 900)[:3] == ((-15.0, "15 min earlier"), (-10.0, "10 min earlier"), (-5.0, "5 min earlier"))
    assert wording.moves("pending", 400, 900)[:2] == ((-15.0, "begin now"), (-5.0, "5 min earlier"))
    assert wording.moves("break", 300, 3600) == later
    assert wording.moves("break", 300, 400) == ((5.0, "5 min later"),)
    assert wording.moves("break", 300, 100) == ((1.6, "1.6 min later"),)
    assert wording.moves("pending", 300, 0) == ()
    for bound_s in range(0, 901, 7):
        assert all(abs(minutes) * 60.0 <= bound_s for minutes, _ in wording.moves("pending", 30, bound_s))


def test_what_may_be_done_when_nothing_can_be_moved() -> None:
    assert wording.may_do(True, 900) == "You have moved this break. It stays where it is now."
    assert wording.may_do(False, 900).endswith("you may move it, once, by up to 15 minutes.")
    assert "keeps breaks where they are" in wording.may_do(False, 0)


def test_words_that_are_never_used() -> None:
    said = " ".join(
        sentence
        for state in wording.STATES
        for status in ("online", *wording.NOT_ONLINE)
        for moment in [replace(CALM, state=state, status=status, because=("load", "escalated:T-1"), ramped=True, owed=1)]
        for sentence in (
            *wording.what_next(moment, POLICY),
            *wording.why(moment),
            wording.HEADLINES[state],
            wording.lost(state),
            wording.OVERDUE.get(state, ""),
            wording.UNHEARD,
        )
    )
    assert [word for word in FORBIDDEN if word in said.lower()] == []


@pytest.mark.parametrize(
    ("span_s", "text"),
    [(5, "under a minute"), (60, "1 minute"), (3599, "59 minutes"), (7200, "2 hours"), (200_000, "2 days")],
)
def test_age(span_s: float, text: str) -> None:
    assert team_page.age(span_s) == text
