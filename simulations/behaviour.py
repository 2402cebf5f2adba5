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
