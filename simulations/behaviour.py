"""What a scenario may set about how customers and people behave beyond the work itself; all of it is off unless it is given."""

from __future__ import annotations

from dataclasses import dataclass

from fatigue_model.bounds import bounded
from simulations.distributions import Distribution, distribution, none_or

EXPONENTIAL = Distribution("exponential", 180.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long who asks for somebody live waits before they leave; what is written has no patience. Automation takes none of it."""

    chat: Distribution | None = none_or(EXPONENTIAL, "nobody leaves; else exponential of three minutes where a table leaves it open")
    phone: Distribution | None = none_or(EXPONENTIAL, "nobody hangs up; else exponential of three minutes where a table leaves it open")
    returns: float = bounded(0.0, 0, 1, "of who left", "who leaves is gone, unless given")
    returns_after: Distribution = distribution(Distribution("exponential", 1800.0), "half an hour")


@dataclass(frozen=True, slots=True)
class WrapUp:
    """Work after a live contact has ended, before its ticket is resolved and the hand is free; drawn for each contact."""

    chat: Distribution | None = none_or(EXPONENTIAL, "none; handling times may hold it already")
    phone: Distribution | None = none_or(EXPONENTIAL, "none; handling times may hold it already")


@dataclass(frozen=True, slots=True)
class Frustration:
    """What bad experiences do to an account's next contacts, each counting for less as time goes by.

    Bad are: leaving without having been served, an answer after the target, an escalation, automation that fails, a ticket that comes back.
    """

    escalation_rise: float = bounded(0.0, 0, 10, "× the probability to escalate, per bad experience", "nothing adds up, unless given")
    repeat_rise: float = bounded(0.0, 0, 10, "× the probability to come back, per bad experience", "nothing adds up, unless given")
    half_life_d: float = bounded(14.0, 0.01, 365, "d", "two weeks: assumed")


@dataclass(frozen=True, slots=True)
class Churn:
    """How much likelier an account is to leave at its renewal for each bad experience: revenue at risk, see `metrics`."""

    per_bad_experience: float = bounded(
        0.03,
        0,
        1,
        "probability",
        "a sixth of the consumers who say they leave after one: a contract binds, and more is said than done; assumed",
        source="17 % (USA) and 32 % (world) after one, 59 % (USA) after several: PwC, Experience is everything, 2018; "
        "19 % stopped spending after a very poor one: Qualtrics XM Institute, 2021",
    )


@dataclass(frozen=True, slots=True)
class Attendance:
    """Paid time that is not spent on tickets, beside lunch and breaks. Meetings and training begin when the live contacts in hand end."""

    absence: float = bounded(0.0, 0, 1, "per agent and shift", "everybody comes, unless given")
    meetings_share: float = bounded(0.0, 0, 0.9, "of the time on shift", "none, unless given")
    meeting_mean_min: float = bounded(30.0, 1, 480, "min", "exponential")


@dataclass(frozen=True, slots=True)
class Debriefs:
    """Who takes part in debriefs after tough contacts, and how often they say yes when they are asked; each time for themselves."""

    opt_in: float = bounded(0.0, 0, 1, "of agents", "opting in is everybody's own choice: nobody, unless given")
    accepts: float = bounded(0.7, 0, 1, "per proposal and agent", "most who opted in want it: assumed")
