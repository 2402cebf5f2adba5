"""What a manager hears on streams while people's loads change: states, and not even that a number has changed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from support.served import Events, Served, served

RECOVERY, PROGRESS = "/v1/agents/{agent_id}/recovery/stream", "/v1/simulations/{simulation_id}/stream"
ANGRY = "This is the third time I ask and nobody answers. Useless!"


def quiet_day(world: Served) -> int:
    """All that moves ana's numbers and leaves her state as it is; how often her points were others than before."""
    points = [0.0]

    def call(*given: Any) -> None:
        world.ok(*given)
        points.append(world.ok("ana", "GET", "/v1/agents/ana/recovery")["points"])

    call("ana", "PUT", "/v1/agents/ana/personal-mode", {"opt_in": True})
    for number in range(4):
        path, tap = f"/v1/tickets/T{number}/events", {"ticket_id": f"T{number}", "rating": ("a_bit", "nothing")[number % 2]}
        world.ticket(f"T{number}", account_id=f"account{number}")
        call("helpdesk", "POST", path, {"type": "message", "body": ANGRY})
        call("helpdesk", "POST", path, {"type": "contact", "agent_id": "ana"})
        call("ana", "POST", "/v1/agents/ana/taps", tap)
        call("helpdesk", "POST", path, {"type": "resolved", "agent_id": "ana"})
        world.clock.instant_s += 61.7
        call("ana", "POST", "/v1/agents/ana/check-ins", {"answer": number})
    call("ana", "DELETE", "/v1/agents/ana/personal-data")
    return sum(before != after for before, after in pairwise(points))


def streams(world: Served) -> set[str]:
    paths = world.client.get("/openapi.json").json()["paths"]
    return {path for path, methods in paths.items() if "text/event-stream" in str(methods.get("get", {}).get("responses"))}


def hears_nothing(stream: Events) -> None:
    """What is to be told is told by the next sign of life."""
    assert [stream.heard()[0] for _ in range(3)] == ["clock"] * 3


def test_a_manager_hears_of_states_and_never_that_a_load_has_changed(tmp_path: Path) -> None:
    with served(f"sqlite:///{tmp_path / 'respite.db'}", heartbeat_s=0.2) as world:
        for each in ("ana", "ben"):
            world.agent(each, concurrency={"email": 100})
        world.ok("helpdesk", "POST", "/v1/agents/ben/status", {"status": "back_office"})
        assert streams(world) == {RECOVERY, PROGRESS}  # the latter tells how far a what-if is, which nobody of the team is in
        of_ana, of_ben = (world.stream("manager", RECOVERY.format(agent_id=each)) for each in ("ana", "ben"))
        for each in (of_ana, of_ben):
            assert each.next_but_clock()[1]["state"] == "ready"
        assert quiet_day(world) > 8
        for each in (of_ana, of_ben):
            hears_nothing(each)
        world.ticket("hot", account_id="another", escalated=True)
        hears_nothing(of_ana)
        world.happened("hot", "resolved")
        name, told = of_ana.next_but_clock()
        assert (name, told["state"], set(told)) == ("recovery", "break", {"state", "until", "now"})
        hears_nothing(of_ben)
        for each in (of_ana, of_ben):
            each.close()
