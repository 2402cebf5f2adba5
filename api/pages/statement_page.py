"""What an agent's statement page shows: every contact's share of the load, the breaks, who looked, and the personal mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from api.pages.rendering import clock_time, day, day_time, sentence
from api.shown.own_data import look_words, win_sentence
from api.store.feedback import Feedback
from api.store.looks import HOUR_S, Look
from fatigue_model.calibrate import FIT_FROM
from router.statement import LISTENED, Rest, Share, Statement, facts_in_words, rest_because, rest_words, worth_telling

RATINGS = {"nothing": "nothing", "a_bit": "a bit", "hard": "hard", "awful": "awful"}
FITTED = {"sensitivity": "A contact counts for you", "speed": "You recover"}
ASKED = {"random": "You are asked once a shift, at a time that nobody chose.", "after_hard": "You are asked because a contact was hard."}


@dataclass(frozen=True, slots=True)
class Line:
    """One contact, or a debrief (no `ticket_id`): `why` has its points and facts, `left` what is left of it, `rated` their own word."""

    ticket_id: str | None
    ended: Markup
    why: str
    left: str
    rated: str | None


@dataclass(frozen=True, slots=True)
class Mode:
    """Personal mode: whether the policy allows it, whether it is on, what it found, and what a check-in is asked for."""

    allowed: bool
    on: bool
    check_ins: int
    counts_from: int
    found: tuple[str, ...]
    asked: str
    occasion: str
    question: str


@dataclass(frozen=True, slots=True)
class StatementPage:
    agent_id: str
    name: str
    points: str
    line: str
    carried: str
    as_of: Markup
    lines: tuple[Line, ...]
    others: str | None
    breaks: tuple[Markup, ...]
    wins: tuple[str, ...]
    looks: tuple[Markup, ...]
    mode: Mode


def statement_page(
    found: Statement,
    rests: Sequence[Rest],
    looks: Sequence[Look],
    zone: ZoneInfo,
    name: str,
    mode: dict[str, Any],
    allowed: bool,
    wins: Sequence[Feedback],
) -> StatementPage:
    told, (acute, carried) = worth_telling(found)
    return StatementPage(
        agent_id=found.agent_id,
        name=name,
        points=f"{found.acute:.2f}",
        line=f"{found.line:.2f}",
        carried=f"{found.carried:.2f}",
        as_of=clock_time(found.now_s, zone),
        lines=tuple(_line(each, zone) for each in told),
        others=_left(acute, carried) if acute > 0 or carried > 0 else None,
        breaks=tuple(_rest(each, zone, found.now_s) for each in rests),
        wins=tuple(win_sentence(each, zone) for each in wins),
        looks=tuple(_looked(each, zone) for each in looks),
        mode=_mode(mode, allowed),
    )


def _line(share: Share, zone: ZoneInfo) -> Line:
    rated = next((name.removeprefix("rated_") for name, _ in share.items if name.startswith("rated_")), None)
    why = f"{share.points:.2f} points"
    if share.items:
        why += f": {facts_in_words(share.items)}"
    if share.factor > 1.005:
        why += f"; times {share.factor:.2f} for what you took from this account before"
    what = None if share.ticket_id.startswith(LISTENED) else share.ticket_id
    return Line(what, day_time(share.ended_s, zone), why, _left(share.acute, share.carried), rated)


def _rest(rest: Rest, zone: ZoneInfo, now_s: float) -> Markup:
    start, end = day_time(rest.start_s, zone), day_time(rest.end_s, zone)
    return sentence(rest_words(rest, now_s), zone, start=start, end=end, why=rest_because(rest))


def _looked(look: Look, zone: ZoneInfo) -> Markup:
    return sentence(look_words(look), zone, day=day(look.hour_s, zone), start=look.hour_s, end=look.hour_s + HOUR_S)


def _left(acute: float, carried: float) -> str:
    return f"{acute:.2f} now" + (f", {carried:.2f} carried over" if carried >= 0.005 else "")


def _mode(mode: dict[str, Any], allowed: bool) -> Mode:
    found = mode["found"] or {}
    told = [_fitted(words, found[name], *found[f"{name}_80"]) for name, words in FITTED.items() if found.get(f"{name}_80")]
    return Mode(
        allowed=allowed,
        on=mode["on"],
        check_ins=mode["check_ins"],
        counts_from=FIT_FROM,
        found=tuple(told),
        asked=ASKED.get(mode["asked"] or "", "You may say it at any time."),
        occasion=mode["asked"] or "own",
        question=mode["question"],
    )


def _fitted(words: str, value: float, low: float, high: float) -> str:
    return f"{words} {value:.2f} times (80 % sure of {low:.2f}–{high:.2f}) what the policy assumes."
