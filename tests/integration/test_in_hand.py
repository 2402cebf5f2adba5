"""The tickets in hand on an agent's page: what was handed over and how the customer may feel, for the agent alone."""

from __future__ import annotations

from support.world import World


def page(world: World, who: str) -> str:
    world.keys.setdefault(who, world.make_key("agent", who))
    text = str(world.client.get("/me", headers={"Authorization": f"Bearer {world.keys[who]}"}).text)
    return text.split('data-part="in-hand"')[1].split("</section>", maxsplit=1)[0]


def test_a_ticket_comes_with_its_hand_over_and_how_the_customer_may_feel(world: World) -> None:
    world.agent("ana")
    assert "hidden" in page(world, "ana")
    world.ok("helpdesk", "PUT", "/v1/accounts/acme", {"open_escalations": 1})
    for name in ("T1", "T2"):
        world.ticket(name)
        world.happened(name, "resolved")
        world.clock.instant_s += 60
    world.ok("helpdesk", "POST", "/v1/agents/ana/status", {"status": "offline"})
    world.agent("ben")
    world.ok("admin", "PUT", "/v1/agents/ana", {"name": "<i>{Ana}</i>"})
    world.ticket("T3")
    shown = page(world, "ben")
    assert "hidden" not in shown
    assert "<b>T3</b> of acme: &lt;i&gt;{Ana}&lt;/i&gt; knows this account: 2 times in 30 days, last on Mon 02 Mar." in shown
    assert "Third ticket in a week, an open escalation, somebody new on it: they may feel unheard; start from what was promised." in shown
    assert world.ok("ben", "GET", "/v1/agents/ben/recovery")["in_hand"] == ["T3"]
    assert "in_hand" not in world.ok("helpdesk", "GET", "/v1/agents/ben/recovery")
    world.happened("T3", "resolved")
    assert "hidden" in page(world, "ben")


def test_who_had_the_ticket_and_never_met_the_account(world: World) -> None:
    world.agent("ana")
    world.ticket("T1")
    world.agent("ben")
    world.ok("manager", "POST", "/v1/tickets/T1/override", {"agent_id": "ben", "reason": "x"})
    assert "Ana had this ticket before you." in page(world, "ben")
    assert "hidden" in page(world, "ana")
