"""From codes and numbers to what a person reads: pure. `{name}` in a sentence is an instant, which the page puts in as local time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from router.policy import Policy, RampIn

STATES = {"off_shift": "off shift", "ready": "ready", "pending": "break pending", "break": "on a break", "light_duty": "light duty"}
HEADLINES = {
    "off_shift": "You are off shift",
    "ready": "You are ready",
    "pending": "Your break is about to begin",
    "break": "You are on a break",
    "light_duty": "You are on light duty",
}
NOT_ONLINE = {
    "back_office": "You are shown as in the back office: no ticket is sent to you until you are online.",
    "away": "You are shown as away: no ticket is sent to you until you are online.",
    "offline": "You are shown as offline: no ticket is sent to you until you are online.",
    "off_shift": "You are off shift: no ticket is sent to you until your next shift begins: {shift}.",
}
OVERDUE = {
    "pending": "Your break was to begin by now",
    "break": "Your break was to end by now",
    "light_duty": "You were to be ready by now",
}
UNHEARD = "Connection lost, trying again. Whether that is so can't be seen from here."
PLAIN_REASONS = {"load": "Exposure is above your line.", "asked": "You said that recent contacts drained you. Only you see that."}
SOON = "any moment now"
COUNTS = {2.0: "two", 3.0: "three", 4.0: "four", 5.0: "five", 6.0: "six"}
MINUTE_S = 60.0
MOVE_MAX_S = 900.0
COARSE_FROM_S, HOURS_FROM_S = 600.0, 5400.0
FINE_STEP_S, COARSE_STEP_S, HALF_HOUR_S = 60.0, 300.0, 1800.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What the sentences of one agent depend on, at one instant; `status` is `off_shift` outside of their shifts."""

    state: str
    status: str
    because: tuple[str, ...]
    moved: bool
    live_work: bool
    light_duty_follows: bool
    ramped: bool
    owed: int
    covers: bool


def reason(code: str) -> str:
    """Why a break or light duty is due, from a code such as `escalated:T-1042`."""
    rule, _, ticket = code.partition(":")
    if rule == "escalated" and ticket:
        return f"Ticket {ticket} was escalated."
    if rule == "abuse" and ticket:
        return f"There was abuse on ticket {ticket}."
    if rule == "load" and ticket:
        return f"Exposure rose well above your line with ticket {ticket}."
    return PLAIN_REASONS.get(code, f"The rule is “{code}”.")


def why(moment: Moment) -> tuple[str, ...]:
    """Every reason of the state, in the order in which they came."""
    if moment.state == "off_shift":
        return ("It is outside of the shifts in your profile.",)
    if moment.state == "ready":
        return ("Exposure is not above your line.",)
    reasons = tuple(reason(code) for code in moment.because)
    still = moment.state == "light_duty" and "load" not in moment.because and moment.because != ("asked",)
    return (*reasons, "Exposure is still above your line.") if still else reasons


def what_next(moment: Moment, policy: Policy) -> tuple[str, ...]:
    """What follows. Instants: `{until}`, when the break begins or ends; `{ramp_end}`, when the cap after a return ends; `{shift}`, when the
    next shift begins."""
    of_state = {"ready": _ready, "off_shift": _ready, "pending": _pending, "break": _break, "light_duty": _light_duty}
    sentences = of_state[moment.state](moment, policy)
    if moment.ramped and moment.state in ("ready", "light_duty") and moment.status == "online":
        sentences = (*sentences, f"Until {{ramp_end}} you get {_tickets(policy.ramp_in)}, so that coming back does not flood you.")
    if moment.owed:
        sentences = (*sentences, "A break is still owed to you. It follows your next contact.")
    return sentences


def _ready(moment: Moment, policy: Policy) -> tuple[str, ...]:
    return (NOT_ONLINE.get(moment.status, "Tickets of every kind may come to you."),)


def _pending(moment: Moment, policy: Policy) -> tuple[str, ...]:
    if moment.moved:
        begin = "Your break begins at {until}, as you moved it."
    elif moment.live_work and not moment.covers:
        begin = "Your break begins when your open chat or call ends, at {until} at the latest."
    else:
        begin = "Your break begins at {until} at the latest: the team needs you until somebody else is back."
    if moment.covers:
        return (begin, "Until then only routine tickets are sent to you, and no chat or call that would run into it.")
    return (begin, "No new ticket is sent to you before it or during it.")


def _break(moment: Moment, policy: Policy) -> tuple[str, ...]:
    follows = ["routine tickets first"] if moment.light_duty_follows else []
    if policy.ramp_in.window_s:
        most = f"at most {policy.ramp_in.contacts}" if follows else _tickets(policy.ramp_in)
        follows.append(f"{most} in {minutes(policy.ramp_in.window_s)}")
    after = ", ".join(follows) or "tickets as usual"
    return ("Until {until} no ticket is sent to you on any channel.", f"After that: {after}.")


def _light_duty(moment: Moment, policy: Policy) -> tuple[str, ...]:
    if moment.status != "online":
        return (NOT_ONLINE[moment.status],)
    follow = "after the rest of your shift" if "asked" in moment.because else "when exposure is back at your line"
    return ("Only routine tickets are sent to you now.", f"Tickets of every kind follow {follow}.")


def debrief(stage: str, listens: bool, length_s: float) -> tuple[str, ...]:
    """What is said of a debrief to one of the two. `{name}` is the other one, `{ticket}` what about, `{expires}` and `{end}` instants."""
    if stage == "under_way":
        return ("You and {name} talk until {end}. No ticket is sent to you meanwhile.",)
    if stage == "accepted":
        return ("You said yes. It begins when {name} says yes too, until {expires}.",)
    listening = f"{{name}} had a tough contact. Would you listen for {minutes(length_s)}?"
    talking = f"{{name}} would listen after ticket {{ticket}}, for {minutes(length_s)}."
    choice = "It is yours to choose, until {expires}. Nobody else sees what you answer, and nothing is written down."
    return (listening if listens else talking, choice)


def handover(contacts: int, met: bool) -> str:
    """What is handed over by `{name}`, who met the account last on `{last}` where they ever did."""
    if not met:
        return "{name} had this ticket before you."
    times = {0: "not in 30 days", 1: "once in 30 days"}.get(contacts, f"{contacts} times in 30 days")
    return f"{{name}} knows this account: {times}, last on {{last}}."


def _tickets(ramp_in: RampIn) -> str:
    return f"at most {ramp_in.contacts} {'ticket' if ramp_in.contacts == 1 else 'tickets'}"


def lost(state: str) -> str:
    """What a page says while it can't reach the service."""
    goes_on = {"pending": "; your break stays as it is", "break": "; the break goes on"}.get(state, "")
    return f"Connection lost, trying again{goes_on}."


def break_counts(policy: Policy) -> str | None:
    """How much more a minute on a break does than one at the queue, where it does more: the half-lives say."""
    ratio = policy.fatigue.acute_half_life_queue_min / policy.fatigue.acute_half_life_break_min
    if ratio < 1.05:
        return None
    return f"Exposure fades by itself: in a minute on a break by as much as in {COUNTS.get(ratio, f'{ratio:.1f}')} at the queue."


def countdown(left_s: float) -> str:
    """`7:42`, `1:02:10`; seconds that have begun count."""
    left = math.ceil(left_s)
    if left <= 0:
        return SOON
    hours, rest = divmod(left, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def about(earliest_s: float, latest_s: float) -> str:
    """A span from now as a range, rounded outwards: `about 15–30 min`, `up to 10 min`, `about 2–2.5 h`."""
    if latest_s <= 0:
        return SOON
    step_s = FINE_STEP_S if latest_s <= COARSE_FROM_S else COARSE_STEP_S if latest_s <= HOURS_FROM_S else HALF_HOUR_S
    low, high = math.floor(max(earliest_s, 0.0) / step_s), math.ceil(latest_s / step_s)
    high = max(high, low + 1)
    unit, unit_s = ("h", 3600.0) if step_s == HALF_HOUR_S else ("min", MINUTE_S)
    low_text, high_text = (f"{each * step_s / unit_s:g}" for each in (low, high))
    return f"about {low_text}–{high_text} {unit}" if low else f"up to {high_text} {unit}"


def rounded_outwards(earliest_s: float, latest_s: float) -> tuple[float, float]:
    """Two instants as a range of whole five minutes that holds both."""
    early = math.floor(earliest_s / COARSE_STEP_S) * COARSE_STEP_S
    return early, max(math.ceil(latest_s / COARSE_STEP_S) * COARSE_STEP_S, early + COARSE_STEP_S)


def minutes(span_s: float) -> str:
    return f"{span_s / MINUTE_S:g} minutes" if span_s != MINUTE_S else "1 minute"


def moves(state: str, left_s: float, bound_s: float) -> tuple[tuple[float, str], ...]:
    """How far a break may be moved, as minutes and words: earlier only while it is pending, within 15 minutes and the policy's bound."""
    bound_min = math.floor(min(bound_s, MOVE_MAX_S) / 6.0) / 10  # tenths, never above the bound
    steps = [each for each in (5.0, 10.0, 15.0) if each <= bound_min] or [bound_min] * (bound_min > 0)
    earlier = [(-each, f"{each:g} min earlier") for each in reversed(steps) if each * MINUTE_S < left_s]
    now = [(-bound_min, "begin now")] if 0 < left_s <= bound_min * MINUTE_S else []
    later = [(each, f"{each:g} min later") for each in steps]
    return tuple((*now, *earlier, *later) if state == "pending" else later)


def may_do(moved: bool, bound_s: float) -> str:
    """What is said where there is no break that could be moved now."""
    if moved:
        return "You have moved this break. It stays where it is now."
    if bound_s <= 0:
        return "Nothing needs doing. The team's policy keeps breaks where they are."
    return f"Nothing needs doing. When a break is due you may move it, once, by up to {minutes(min(bound_s, MOVE_MAX_S))}."
