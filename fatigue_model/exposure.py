"""A contact's demand in points, from facts alone, each point traceable to its fact. One function on every path."""

from __future__ import annotations

from fatigue_model.params import FatigueParams
from fatigue_model.values import value

GRAVE = ("threat", "self_harm", "bereavement")
SMALL = ("ordinary", "text", "reopened", "repeat_contact", "past_target", "account_weight")
RATINGS = ("nothing", "a_bit", "hard", "awful")


@value
class ContactFacts:
    """What is known about a contact.

    `text_score`, 0 … 1, is of the worst of the customer's messages that the agent had not met before, and `grave` what was recognised
    in them (one of `GRAVE`). `rating` is the agent's own word on the contact (one of `RATINGS`).
    """

    escalated: bool = False
    abuse: bool = False
    reopened_count: int = 0
    repeat_contacts_7d: int = 0
    past_target: bool = False
    account_weighty: bool = False
    hostile_before: bool = False
    text_score: float = 0.0
    grave: str | None = None
    rating: str | None = None


def itemise(facts: ContactFacts, params: FatigueParams) -> tuple[tuple[str, float], ...]:
    """The points of each fact that counts, in a fixed order; their sum is the exposure of the contact.

    The small facts add up. A hostile or grave contact counts at least its floor, and the fact that sets the floor gets what is missing to
    it; a second hostile contact of the same ticket counts its share of the floor. The agent's own rating goes before everything else.
    """
    if facts.rating is not None:
        return ((f"rated_{facts.rating}", min(getattr(params, f"tap_{facts.rating}_points"), params.exposure_points_max)),)
    items = [(name, value) for name, value in zip(SMALL, _small(facts, params), strict=True) if value > 0]
    total = sum(value for _, value in items)
    name, floor = _floor(facts, params)
    if floor > total:
        items.append((name, floor - total))
    if max(total, floor) > params.exposure_points_max:
        items.append(("cap", params.exposure_points_max - max(total, floor)))
    return tuple(items)


def points(facts: ContactFacts, params: FatigueParams) -> float:
    """Exposure e of a contact in points, 0 … cap: the sum of its items."""
    if facts.rating is not None:
        return itemise(facts, params)[0][1]
    return min(max(sum(_small(facts, params)), _floor(facts, params)[1]), params.exposure_points_max)


def _small(facts: ContactFacts, params: FatigueParams) -> tuple[float, ...]:
    """The points of the facts that add up, in the order of `SMALL`."""
    return (
        params.ordinary_points,
        text_points(facts.text_score, params),
        min(params.reopened_points * facts.reopened_count, params.reopened_points_max),
        min(params.repeat_points * facts.repeat_contacts_7d, params.repeat_points_max),
        params.past_target_points if facts.past_target else 0.0,
        params.account_weight_points if facts.account_weighty else 0.0,
    )


def text_points(score: float, params: FatigueParams) -> float:
    """Points of a text score, 0 … text_points_max: nothing up to text_score_from, then in proportion."""
    return params.text_points_max * max(0.0, score - params.text_score_from) / (1 - params.text_score_from)


def _floor(facts: ContactFacts, params: FatigueParams) -> tuple[str, float]:
    """The fact that sets the highest floor, and that floor; none for a contact that is neither hostile nor grave."""
    if not (facts.escalated or facts.abuse or facts.grave):
        return "", 0.0
    share = params.repeat_hostile_share if facts.hostile_before else 1.0
    floors = (
        ("escalated", params.escalated_points if facts.escalated else 0.0),
        ("abuse", params.abuse_points if facts.abuse else 0.0),
        (facts.grave or "", params.grave_points if facts.grave else 0.0),
    )
    name, floor = max(floors, key=lambda each: each[1])
    return name, floor * share
