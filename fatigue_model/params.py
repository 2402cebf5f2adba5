"""Every coefficient of the fatigue model, with unit, bounds, default, mark and source; none is a measured fact about a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fatigue_model.bounds import bounded, build_bounded, digest

FloatArray = NDArray[np.float64]
LN2 = float(np.log(2.0))
MODEL = "fatigue-1"  # the equations; a change of what the same values mean is a new number

NEED_FOR_RECOVERY = "Need for Recovery scale, van Veldhoven & Broersen 2003: items at one hour and at one free day after work"
ALBULESCU = "Albulescu et al. 2022, meta-analysis of micro-breaks: fatigue d = .35"
NEXT_DAY = "Wang et al. 2013; Leger et al. 2018: effects of bad events on the next day"
EFFORT_RECOVERY = "Meijman & Mulder 1998, effort-recovery model"
REAPPEARANCE = "Verduyn et al. 2009: reappearance prolongs emotion; people may also habituate, Madison 2022: sign uncertain"
PEOPLE_DIFFER = "Lee 2023: people differ widely"
AGREED = "set with the agents"


@dataclass(frozen=True)
class FatigueParams:
    """Settings that a team may change. Points: 1 point is one clearly angry ticket. Load A is acute, B is carried.

    Each field carries a `bounds.Bound`: unit, bounds, why, source and mark. The half-lives are assumptions (A), chosen so that the
    model lands inside published effect sizes: no source gives one for recovery from an angry customer.
    """

    acute_half_life_queue_min: float = bounded(60.0, 5, 600, "min", "half-life of A at the queue", source=NEED_FOR_RECOVERY)
    acute_half_life_back_office_min: float = bounded(40.0, 5, 600, "min", "half-life of A in the back office, between queue and break")
    acute_half_life_break_min: float = bounded(20.0, 2, 600, "min", "half-life of A on a break, fitted to the source", source=ALBULESCU)
    acute_half_life_off_min: float = bounded(30.0, 2, 600, "min", "half-life of A off shift; evenings are not pure rest")
    carried_half_life_on_shift_h: float = bounded(96.0, 12, 1000, "h", "half-life of B on shift", source=NEXT_DAY)
    carried_half_life_off_h: float = bounded(30.0, 6, 500, "h", "half-life of B off shift", source=NEXT_DAY)
    carried_share: float = bounded(0.25, 0, 1, "", "share φ of what is worked through that is carried over", source=EFFORT_RECOVERY)
    line_points: float = bounded(1.5, 0.1, 20, "points", "the line θ0: in simulation a normal day is above it about 6 % of queue time")
    line_carried_ref_points: float = bounded(3.0, 0.1, 100, "points", "carried load B_ref that halves the line")
    account_memory_gain: float = bounded(0.25, -1, 1, "per point", "κ: how much harder an account remembered is", source=REAPPEARANCE)
    account_memory_half_life_d: float = bounded(14.0, 1, 365, "d", "half-life of the memory S of an account", source=REAPPEARANCE)
    account_factor_min: float = bounded(0.5, 0.1, 1, "", "lower clip of the account factor M")
    account_factor_max: float = bounded(2.0, 1, 10, "", "upper clip of the account factor M")
    hard_contact_points: float = bounded(0.5, 0.05, 5, "points", "from here a contact is hard: remembered by account, not routine")
    break_trigger_ratio: float = bounded(4 / 3, 1, 10, "of the line", "load that sends a break by itself")
    load_bound_ratio: float = bounded(2.0, 1, 20, "of the line", "no ticket may lift the load above this")
    range_factor: float = bounded(
        1 + 0.84 * 0.35, 1, 3, "", "80th percentile over people, 1 + .84 · SD .35: late end of ready-at", source=PEOPLE_DIFFER
    )
    ordinary_points: float = bounded(0.03, 0, 1, "points", "any contact", source=AGREED)
    text_points_max: float = bounded(0.6, 0, 2, "points", "what the customer's words alone may add", source=AGREED)
    text_score_from: float = bounded(0.4, 0, 0.9, "", "scores up to this count nothing: most messages are ordinary", source=AGREED)
    reopened_points: float = bounded(0.15, 0, 2, "points", "each re-opening", source=AGREED)
    reopened_points_max: float = bounded(0.45, 0, 5, "points", "all re-openings together", source=AGREED)
    repeat_points: float = bounded(0.1, 0, 2, "points", "each earlier contact of the account within 7 days", source=AGREED)
    repeat_points_max: float = bounded(0.3, 0, 5, "points", "all repeat contacts together", source=AGREED)
    past_target_points: float = bounded(0.1, 0, 2, "points", "the customer has waited past the target", source=AGREED)
    account_weight_points: float = bounded(0.1, 0, 2, "points", "renewal within 30 days or top-decile ARR", source=AGREED)
    escalated_points: float = bounded(1.5, 0, 10, "points", "an escalated contact is at least this", source=AGREED)
    abuse_points: float = bounded(1.5, 0, 10, "points", "abuse at the agent is at least this", source=AGREED)
    grave_points: float = bounded(2.0, 0, 10, "points", "a threat, self-harm or a bereavement is at least this", source=AGREED)
    repeat_hostile_share: float = bounded(0.5, 0, 1, "", "a second hostile contact of the same ticket counts this share", source=AGREED)
    exposure_points_max: float = bounded(3.0, 0.1, 20, "points", "no contact counts more", source=AGREED)
    tap_nothing_points: float = bounded(0.03, 0, 5, "points", "a contact that its agent rates as nothing", source=AGREED)
    tap_a_bit_points: float = bounded(0.2, 0, 5, "points", "a contact that its agent rates as a bit", source=AGREED)
    tap_hard_points: float = bounded(1.0, 0, 5, "points", "a contact that its agent rates as hard", source=AGREED)
    tap_awful_points: float = bounded(2.0, 0, 5, "points", "a contact that its agent rates as awful", source=AGREED)

    @cached_property
    def rates(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """By mode (queue, back office, break, off): the half-life of A in minutes, b = ln2/h_B and γ per minute; not to be changed."""
        on, off = self.carried_half_life_on_shift_h * 60.0, self.carried_half_life_off_h * 60.0
        gamma = self.carried_share * LN2 / 60.0
        acute_min = (
            self.acute_half_life_queue_min,
            self.acute_half_life_back_office_min,
            self.acute_half_life_break_min,
            self.acute_half_life_off_min,
        )
        return np.array(acute_min), LN2 / np.array([on, on, on, off]), np.array([gamma, gamma, 0.0, 0.0])

    @staticmethod
    def from_mapping(values: Mapping[str, object], at: str = "") -> FatigueParams:
        """Defaults overlaid with `values`; raises `InvalidValues` listing every violation under the JSON pointer `at`."""
        return build_bounded(FatigueParams, values, at)

    def as_mapping(self) -> dict[str, float]:
        return asdict(self)

    def digest(self) -> str:
        """Names model and values: equal digests mean equal loads from equal events."""
        return digest({"model": MODEL, **self.as_mapping()})


DEFAULTS = FatigueParams()
