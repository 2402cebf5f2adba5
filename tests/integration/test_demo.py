"""The demo's team over a day and more of its clock: it lives, and stays mostly well."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from api import demo
from api.shown.views import as_others_see
from router.readiness import view
from support.world import NOON_S
from support.world import world as make_world

HOURS, STEP_S = 30, 90.0


def test_the_team_of_the_demo_is_well_after_a_day_and_more(tmp_path: Path) -> None:
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}", calls_per_s=10**6, calls_per_s_helpdesk=10**6) as world:
        traffic = demo.Traffic("", {role: world.key(role) for role in ("admin", "helpdesk", "manager")}, world.clock)
        traffic.begin(world.client)
        people: Counter[str] = Counter()
        waiting, automated = [], set()
        for _ in range(int(HOURS * 3600 / STEP_S)):
            world.clock.instant_s += STEP_S
            traffic.tick(STEP_S)
            with world.services.dispatcher.reading("default") as (state, now_s):
                people.update(as_others_see(view(state, row, now_s), now_s).state for row in range(len(state.agents.people)))
                waiting.append(sum(each.state == "waiting" for each in state.tickets.values()))
                bots = [each.id for each in state.tickets.values() if each.state == "automation"]
            automated.update((each, int(world.clock.instant_s - NOON_S) // (6 * 3600)) for each in bots)
        assert max(waiting) <= 5
        assert sum(waiting) / len(waiting) < 0.2
        assert people["ready"] > 0.9 * people.total()
        assert people["break"] > 0.005 * people.total()

        state = world.services.dispatcher.turns.kept("default")
        assert state.agents.project(world.clock.instant_s, state.params).line.min() > 1.0  # of 1.5: little is carried over

        each_six_hours = Counter(part for _, part in automated)
        assert all(each_six_hours[part] >= 5 for part in range(HOURS // 6)), each_six_hours
