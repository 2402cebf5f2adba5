"""The lists that have a whole team in them, which keep turns of the team waiting while they are made."""

from __future__ import annotations

import time
from collections.abc import Callable

from api.pages.team_page import team_page
from api.shown.views import as_others_see
from router import readiness
from router.state import TeamState
from support.streams import START_S, opening, take_in

AGENTS = 1000


def cpu_s(work: Callable[[], object]) -> float:
    """The least of three."""
    spans = []
    for _ in range(3):
        began_s = time.thread_time()
        work()
        spans.append(time.thread_time() - began_s)
    return min(spans)


def test_a_page_of_a_thousand_costs_less_than_to_look_at_each_of_them() -> None:
    """Of whom nearly all are ready, which needs no look. Its words are in the page's cost, and not in that of the looks."""
    state = TeamState()
    take_in(state, opening(AGENTS, 1))
    now_s = START_S + 60.0

    def looks() -> None:
        for row in range(AGENTS):
            as_others_see(readiness.view(state, row, now_s), now_s)

    assert len(team_page(state, now_s).rows) == AGENTS
    assert cpu_s(lambda: team_page(state, now_s)) < cpu_s(looks)
