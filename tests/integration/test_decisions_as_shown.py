"""A decision as it is shown: what costs nothing reads so, and a manager is told nothing that gives a person's load away."""

from __future__ import annotations

from datetime import datetime

from api.shown.because import COSTS_NOTHING
from router.cost import TERMS
from support.refusals import TICKET
from support.world import World


def test_a_manager_is_told_only_roughly_when_a_load_will_have_fallen(staffed: World) -> None:
    staffed.ok("helpdesk", "POST", "/v1/tickets", TICKET | {"escalated": True})
    staffed.clock.instant_s += 17
    staffed.happened("T1", "resolved")
    waiting = staffed.ticket("T2")["decision"]
    told = staffed.ok("manager", "GET", f"/v1/decisions/{waiting['id']}")["waits_for"]["next_change_at"]
    exact = waiting["waits_for"]["next_change_at"]
    assert told >= exact != told
    assert datetime.fromisoformat(told).timestamp() % 300 == 0


def test_a_cost_of_nothing_reads_as_nothing(staffed: World) -> None:
    """Not to a manager, whom it would tell that a person's load is nothing."""
    decision = staffed.ticket("T1")["decision"]
    told = {each["term"]: each for each in decision["because"]}
    assert (told["continuity"]["cost"], told["continuity"]["detail"]) == (0, "nobody else knows the case")
    hidden = {each["term"]: each for each in staffed.ok("manager", "GET", f"/v1/decisions/{decision['id']}")["because"]}
    assert (told["account_exposure"]["cost"], hidden["account_exposure"]["cost"]) == (0, None)
    assert hidden["account_exposure"]["detail"] == next(detail for name, _, detail in TERMS if name == "account_exposure")
    assert hidden["continuity"]["detail"] == "nobody else knows the case"
    assert set(COSTS_NOTHING) == {name for name, *_ in TERMS}


def test_a_decision_reads_the_same_when_it_is_made_and_when_it_is_read(staffed: World) -> None:
    staffed.ok("helpdesk", "PUT", "/v1/accounts/acme", {})
    staffed.ok("manager", "PUT", "/v1/exclusions/ana/acme", {"reason": "a rest from them"})
    made = staffed.ticket("T1")["decision"]
    assert [each["rules"] != [] for each in made["not_others"] if each["agent_id"] == "ana"] == [True]
    assert staffed.ok("helpdesk", "GET", f"/v1/decisions/{made['id']}") == made
