"""What a team may decide about automation: what it gets, how it is learnt whether that pays, drafts, more under load."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fatigue_model.bounds import bounded


def names(*default: str, least: int = 0, why: str) -> Any:
    """A setting that is a list of names of 1 to 100 characters, at least so many."""
    return field(default=default, metadata={"least": least, "why": why})


@dataclass(frozen=True, slots=True)
class UnderLoad:
    """What is open to automation besides, while the team's load (mean A/θ of those on shift) is high; it closes again by itself."""

    categories: tuple[str, ...] = names(why="none: a team says itself what automation may take when people have no more left")
    from_load: float = bounded(0.8, 0, 10, "of the line", "the mean agent has a fifth of the line left")
    min_confidence: float = bounded(1.0, 0, 1, "", "the lower one counts of this and the confidence asked otherwise; 1 changes nothing")


@dataclass(frozen=True, slots=True)
class AutomationPolicy:
    """Which routine tickets go to automation first. No category is open until the team names it.

    The prior's bounds keep both parameters of the Beta at 2 or more, where the closed form of its bound is good (see `bots`).
    """

    categories: tuple[str, ...] = names(why="none until the team names it: nobody is answered by a machine by default")
    bots: tuple[str, ...] = names("automation", least=1, why="one bot; of several each category gets the one that resolves it best")
    min_confidence: float = bounded(0.7, 0, 1, "", "least confidence in the intent, where the helpdesk gives one")
    capacity: int = bounded(50, 0, 100_000, "tickets", "tickets in the lane at one time, of all bots together")
    timeout_s: int = bounded(900, 1, 604_800, "s", "unresolved this long goes to a person")
    text_score_max: float = bounded(0.5, 0, 1, "", "harder words than this are answered by a person")
    repeat_contacts_max: int = bounded(2, 0, 1000, "tickets", "more tickets of the account within 7 days: at risk, a person answers")
    renewal_near_d: int = bounded(30, 0, 3650, "d", "a renewal this near: at risk, a person answers")
    prior_mean: float = bounded(0.75, 0.2, 0.8, "", "share resolved that is expected of a bot nobody has tried yet")
    prior_weight: float = bounded(20.0, 10, 1000, "tickets", "how many tickets that expectation counts for")
    forget_half_life_d: float = bounded(30.0, 1, 3650, "d", "what was learnt counts half after this: a bot that was changed is learnt anew")
    credible_level: float = bounded(0.9, 0.5, 0.999, "", "how sure it must be that a bot's success lies above the break-even")
    break_even: float = bounded(
        0.5,
        0,
        1,
        "",
        "the success at which trying just pays: lost/(lost + saved). A failure loses about the quarter of an hour that a success saves: "
        "the customer waits out the time-out, and the ticket comes back later and harder",
    )
    probe_every: int = bounded(20, 1, 10_000, "tickets", "of the tickets that a closed bot does not get, every so many-th tries it again")
    cost_per_resolution_usd: float = bounded(0.50, 0, 1000, "$", "price of an automatic resolution")
    cost_per_draft_usd: float = bounded(0.25, 0, 1000, "$", "price of a draft for a person to review")
    draft_categories: tuple[str, ...] = names(why="none until the team names it: drafts cost money")
    draft_min_handle_s: int = bounded(300, 0, 86_400, "s", "a shorter answer is written sooner than a draft of it is reviewed")
    draft_saves_share: float = bounded(
        0.12,
        0,
        0.9,
        "of handling time",
        "14 % more issues resolved an hour with drafts: 1 − 1/1.14",
        "M",
        "Brynjolfsson, Li & Raymond 2023",
    )
    agent_hour_usd: float = bounded(45.0, 0, 10_000, "$ an hour", "what an agent's hour costs, with all that an employer pays")
    under_load: UnderLoad = field(default_factory=UnderLoad)
