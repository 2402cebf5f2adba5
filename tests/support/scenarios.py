"""Scenarios that tests share: a busy small team on which every rule acts, and a plain queue."""

from datetime import time
from typing import Any

from simulations.scenario import Scenario, scenario_from

ALWAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with `changes` laid over it, table by table."""
    both = dict(base)
    for name, value in changes.items():
        both[name] = merged(both[name], value) if isinstance(value, dict) and isinstance(both.get(name), dict) else value
    return both


def busy_team(**changes: Any) -> Scenario:
    """Four agents over two days: all channels, automation, skills, many escalations, re-openings, early rotation."""
    base: dict[str, Any] = {
        "groups": {
            "first": {"agents": 2, "shift_start": time(8), "shift_end": time(16)},
            "second": {"agents": 2, "skills": {"product": 3}, "lunch_start": time(12)},
        },
        "accounts": {"count": 25, "difficult_share": 0.2},
        "demand": {
            "tickets_per_day": 70,
            "channels": {"email": 5, "web": 1, "chat": 2, "phone": 1},
            "priorities": {"normal": 3, "high": 1, "urgent": 1},
        },
        "categories": {"access": {"share": 1}, "defect": {"share": 2, "skills": ["product"]}, "other": {"share": 1}},
        "escalation": {"ordinary": 0.05, "difficult": 0.3, "abuse": 0.02},
        "reopening": {"probability": 0.3, "delay_mean_h": 3},
        "run": {"days": 2, "seed": 11, "replications": 2, "time_zone": "Europe/Berlin"},
        "policy": {
            "rotation_after_escalations": 1,
            "hard_streak_max": 2,
            "coverage_floor": 1,
            "automation": {"categories": ["access"], "timeout_s": 120, "repeat_contacts_max": 9},
        },
    }
    return scenario_from(merged(base, changes))


def plain_queue(agents: int, offered_erlangs: float, handle_s: float = 180.0, **changes: Any) -> Scenario:
    """Calls around the clock, one at a time, first come first served; no load, no breaks, nobody comes back."""
    base: dict[str, Any] = {
        "groups": {"team": {"agents": agents, "weekdays": ALWAYS, "shift_start": time(0), "shift_end": time(0)}},
        "accounts": {"count": 50},
        "demand": {
            "tickets_per_day": 86_400 * offered_erlangs / handle_s,
            "weekday_weights": [1] * 7,
            "hour_weights": [1] * 24,
            "channels": {"phone": 1},
        },
        "handling": {"shape": "exponential", "phone": {"mean_s": handle_s}},
        "escalation": {"ordinary": 0, "difficult": 0, "abuse": 0},
        "reopening": {"probability": 0},
        "run": {"days": 1, "seed": 3},
        "policy": {
            "ramp_in": {"window_s": 0},
            "weights": {"continuity": 0, "account_exposure": 0},
            "fatigue": {"ordinary_points": 0, "repeat_points": 0, "past_target_points": 0, "account_weight_points": 0},
        },
    }
    return scenario_from(merged(base, changes))


def everything(**changes: Any) -> Scenario:
    """The busy team with all that customers and people can do: leave, come back, remember, wrap up, meet, miss a shift, talk."""
    base: dict[str, Any] = {
        "patience": {"chat": {"mean_s": 600.0}, "phone": {"mean_s": 200.0}, "returns": 0.5, "returns_after": {"mean_s": 2400.0}},
        "wrap_up": {"chat": {"shape": "gamma", "mean_s": 90.0}, "phone": {"mean_s": 120.0}},
        "attendance": {"absence": 0.1, "meetings_share": 0.1, "meeting_mean_min": 25.0},
        "frustration": {"escalation_rise": 0.3, "repeat_rise": 0.3, "half_life_d": 3.0},
        "categories": {"access": {"automation_success": 0.5}},
        "automation": {"failed_handling_factor": 1.3, "failed_escalation_factor": 2.0},
        "debriefs": {"opt_in": 0.8, "accepts": 0.8},
        "policy": {"automation": {"draft_categories": ["defect"]}, "offer_timeout_s": {"phone": 20}, "debrief": {"repeat_gap_d": 0}},
    }
    return busy_team(**merged(base, changes))
