"""To which subscriptions news go: those that asked for it, whose own it is, and none that was made after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.shown.news import ASSIGNED, DEBRIEF, REST_BEGAN, News
from api.store.subscriptions import Subscription
from api.writer.outbox import addressed

NOW_S = 1_772_452_800.0

TEAMS = Subscription("sub_team", None, "https://8.8.8.8/", (ASSIGNED, REST_BEGAN, DEBRIEF), NOW_S, ())
ANAS = replace(TEAMS, id="sub_ana", agent_id="ana")
REST = News(REST_BEGAN, "agent:ana", NOW_S, 7, {"agent_id": "ana"})


def to(told: News, *among: Subscription) -> list[str]:
    return [each["peer"] for each in addressed(told, among)]


@pytest.mark.parametrize(("before_s", "expected"), [(-60.0, ["sub_team"]), (0.0, ["sub_team"]), (0.001, []), (3600.0, [])])
def test_news_from_before_a_subscription_do_not_go_to_it(before_s: float, expected: list[str]) -> None:
    """A break that ran out unnoticed is told with its own instants, and some subscribed since."""
    assert to(replace(REST, at_s=NOW_S - before_s), TEAMS) == expected


def test_news_go_to_who_asked_for_their_type() -> None:
    assert to(REST, replace(TEAMS, types=(ASSIGNED,)), ANAS) == ["sub_ana"]


def test_an_agents_own_hears_of_that_agent_and_of_what_is_private_nobody_else() -> None:
    assert to(REST, TEAMS, ANAS, replace(ANAS, id="sub_ben", agent_id="ben")) == ["sub_team", "sub_ana"]
    assert to(replace(REST, type=DEBRIEF, private=True), TEAMS, ANAS) == ["sub_ana"]
