"""What is learnt of a bot: a posterior that forgets, a bound that closes it, trials that open it; and the lane that follows."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta as beta_law

from router import bots, snapshot
from router.bots import Learned, lower_bound
from router.domain import Rejection, Try
from router.explain import sentences
from router.lane_report import concentration
from router.policy import policy_from
from router.record import as_record
from router.state import TeamState
from support.build import DAY_S, HOUR_S, contact, decide_one, happen, open_ticket, set_policy, take_turn, team
from support.streams import START_S

TIMEOUT_S = 900.0


def lane_team(**settings: Any) -> TeamState:
    return team(["ann", "bob"], {"automation": {"categories": ["reset", "invoice"]} | settings})


def tried(state: TeamState, outcome: str | None, count: int = 1, at_s: float | None = None, category: str = "reset") -> TeamState:
    """So many routine tickets of different accounts, decided one after the other; those that a bot gets end like this (None: not yet)."""
    for _ in range(count):
        number = len(state.tickets)
        open_ticket(state, f"N{number}", f"account-{number}", state.now_s if at_s is None else at_s, category=category)
        take_turn(state)
        if outcome is not None and state.tickets[f"N{number}"].state == "automation":
            happen(state, f"N{number}", outcome)
    return state


def known(state: TeamState, bot: str = "automation", category: str = "reset") -> Learned:
    return state.bots.pair(bot, category)


def lane_of_next(state: TeamState, category: str = "reset") -> str:
    open_ticket(state, "next", "next", category=category)
    return decide_one(state, "next").lane


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.99, 0.999])
@pytest.mark.parametrize(("least", "within"), [(2.0, 0.006), (3.0, 0.002), (20.0, 0.0004)])
def test_the_closed_form_of_the_bound_is_near_the_exact_quantile(level: float, least: float, within: float) -> None:
    """Prior means from .2 to .8 of at least 10 tickets keep both parameters at 2 or more; evidence only adds."""
    alpha, beta = (each.ravel() for each in np.meshgrid(*[np.geomspace(least, 5000, 30)] * 2))
    alpha, beta = alpha[alpha + beta >= 10], beta[alpha + beta >= 10]
    ours = [lower_bound(a, b, level) for a, b in zip(alpha.tolist(), beta.tolist(), strict=True)]
    assert np.abs(ours - beta_law.ppf(1 - level, alpha, beta)).max() <= within


def test_the_policys_bounds_keep_the_parameters_where_the_closed_form_is_good() -> None:
    for mean, weight in ((0.2, 10), (0.8, 10)):
        policy = policy_from({"automation": {"prior_mean": mean, "prior_weight": weight}}).automation
        assert min(bots.posterior(Learned("b", "c"), None, policy)) == pytest.approx(2.0)


def test_outcomes_add_up_and_fade() -> None:
    state = lane_team()
    tried(state, "automation_resolved", 3)
    tried(state, "automation_failed", 2, START_S + 30 * DAY_S)
    pair = known(state)
    assert (pair.tried, pair.resolved, pair.failed) == (5, 3, 2)
    assert (pair.successes, pair.failures) == pytest.approx((1.5, 2.0))
    assert bots.posterior(pair, state.now_s, state.policy.automation) == pytest.approx((16.5, 7.0))
    later = bots.posterior(pair, state.now_s + 300 * DAY_S, state.policy.automation)
    assert later == pytest.approx((15.0, 5.0), abs=0.01)  # what is forgotten goes back to the prior


def test_a_time_out_is_a_failure() -> None:
    state = tried(lane_team(), None)
    take_turn(state, START_S + TIMEOUT_S)
    assert (known(state).tried, known(state).failed, known(state).failures) == (1, 1, 1.0)


@pytest.mark.parametrize("how", ["escalated", "abuse", "resolved", "closed"])
def test_what_was_cut_short_teaches_nothing(how: str) -> None:
    state = tried(lane_team(), how)
    assert (known(state).tried, known(state).resolved, known(state).failed) == (1, 0, 0)
    assert state.tickets["N0"].tries == (Try("automation", START_S, START_S, "taken", state.tickets["N0"].tries[0].points),)


def test_a_resolution_that_comes_back_was_none() -> None:
    """It counts as if it had failed then: what is left of it by now goes from one side to the other; the price stays paid."""
    state, failed = tried(lane_team(), "automation_resolved"), tried(lane_team(), "automation_failed")
    for each in (state, failed):
        tried(each, "automation_resolved", at_s=START_S + 10 * DAY_S)
    happen(state, "N0", "reopened", START_S + 15 * DAY_S)
    at_s, policy = state.now_s, state.policy.automation
    assert bots.posterior(known(state), at_s, policy) == pytest.approx(bots.posterior(known(failed), at_s, policy))
    assert (known(state).resolved, known(state).failed, known(state).spent_micro_usd) == (1, 1, 1_000_000)
    assert state.tickets["N0"].tries[0].outcome == "reopened"


def test_it_comes_back_only_once() -> None:
    state = tried(lane_team(), "automation_resolved")
    happen(state, "N0", "reopened")
    take_turn(state)
    happen(state, "N0", "resolved", agent_id="ann")
    happen(state, "N0", "reopened", START_S + 60)
    assert (known(state).resolved, known(state).failed) == (0, 1)


def test_the_breaker_closes_one_category_and_says_with_which_numbers() -> None:
    state = tried(lane_team(), "automation_failed", 4)
    open_ticket(state, "shut", "shut", category="reset")
    decision = decide_one(state, "shut")
    assert (decision.lane, decision.not_automation) == ("agent", (Rejection("breaker", 0.497, 0.5),))
    assert "Not for automation: of its category surely only 0.497 is resolved, and 0.5 is asked." in sentences(as_record(decision))
    assert lane_of_next(state, "invoice") == "automation"


def test_time_alone_opens_nothing() -> None:
    state = tried(lane_team(), "automation_failed", 4)
    open_ticket(state, "late", "late", START_S + 3000 * DAY_S, category="reset")
    assert decide_one(state, "late").lane == "agent"


def test_every_so_many_th_eligible_ticket_is_a_trial() -> None:
    state = tried(lane_team(probe_every=3), "automation_failed", 4)
    tried(state, None, 9)
    lanes = [state.tickets[f"N{number}"].state for number in range(4, 13)]
    assert lanes == ["assigned", "assigned", "automation"] * 3


def test_a_trial_says_so() -> None:
    state = tried(lane_team(probe_every=1), "automation_failed", 4)
    open_ticket(state, "next", category="reset")
    decision = decide_one(state, "next")
    assert [each.term for each in decision.because] == ["automation", "probe"]
    assert "This is a trial of automation, which is closed to this category." in sentences(as_record(decision))


def test_tickets_that_a_fact_keeps_out_bring_no_trial_nearer() -> None:
    state = tried(lane_team(probe_every=2), "automation_failed", 4)
    for number in range(5):
        open_ticket(state, f"U{number}", f"unsure-{number}", category="reset", confidence=0.1)
        take_turn(state)
    assert known(state).while_closed == 0


def test_a_ticket_counts_once_however_often_it_is_decided() -> None:
    state = tried(lane_team(probe_every=9), "automation_failed", 4)
    tried(state, None)
    for _ in range(2):
        happen(state, "N4", "declined", state.now_s + 1)
        take_turn(state)
    assert known(state).while_closed == 1


def test_a_batch_counts_as_its_tickets_do_one_by_one() -> None:
    batch, single = (tried(lane_team(probe_every=3), "automation_failed", 4) for _ in range(2))
    for number in range(8):
        open_ticket(batch, f"B{number}", f"b-{number}", category="reset")
    take_turn(batch)
    tried(single, None, 8)
    assert known(batch).while_closed == known(single).while_closed == 8
    assert known(batch).tried == known(single).tried == 6


def test_trials_that_succeed_open_the_category_again() -> None:
    state = tried(lane_team(probe_every=2), "automation_failed", 4)
    assert bots.is_closed(known(state), state.policy.automation)
    tried(state, "automation_resolved", 2, START_S + DAY_S)
    assert known(state).resolved == 1
    assert not bots.is_closed(known(state), state.policy.automation)
    assert lane_of_next(state) == "automation"


def test_a_prior_that_does_not_believe_in_bots_starts_with_trials() -> None:
    state = lane_team(prior_mean=0.4, probe_every=2)
    tried(state, "automation_resolved", 2)
    assert [state.tickets[f"N{number}"].state for number in range(2)] == ["assigned", "resolved"]


def test_another_policy_counts_at_once() -> None:
    state = tried(lane_team(), "automation_failed", 4)
    set_policy(state, {"automation": {"categories": ["reset"], "break_even": 0.4}})
    assert lane_of_next(state) == "automation"


def test_of_several_bots_the_best_open_one_gets_the_ticket() -> None:
    state = lane_team(bots=["zed", "abe"])
    open_ticket(state, "first", "first", category="reset")
    assert decide_one(state, "first").bot == "abe"  # alike: the smaller name
    take_turn(state)
    happen(state, "first", "automation_failed")
    open_ticket(state, "second", "second", category="reset")
    assert decide_one(state, "second").bot == "zed"


def test_a_closed_bot_has_its_trials_beside_an_open_one() -> None:
    state = lane_team(bots=["abe"], probe_every=3)
    tried(state, "automation_failed", 4)
    set_policy(state, {"automation": {"categories": ["reset"], "bots": ["abe", "zed"], "probe_every": 3}})
    tried(state, None, 6)
    assert [state.tickets[f"N{number}"].tries[0].bot for number in range(4, 10)] == ["zed", "zed", "abe"] * 2


def test_a_bot_gets_no_second_try_even_where_there_is_another() -> None:
    state = lane_team(bots=["abe", "zed"])
    tried(state, "automation_failed")
    assert (decide_one(state, "N0").lane, decide_one(state, "N0").not_automation[0].rule) == ("agent", "bounced")


def test_who_gets_a_ticket_that_came_back_is_told_what_automation_did() -> None:
    late = decide_one(tried(lane_team(), None), "N0", START_S + TIMEOUT_S)
    tries = {"bot": "automation", "since_s": START_S}
    assert late.automation_history == (tries | {"until_s": START_S + TIMEOUT_S, "outcome": "timed_out"},)
    assert "Before, automation had it until its time was up." in sentences(as_record(late))
    failed = tried(lane_team(), "automation_failed")
    assert decide_one(failed, "N0").automation_history == (tries | {"until_s": START_S, "outcome": "failed"},)
    again = tried(lane_team(), "automation_resolved")
    happen(again, "N0", "reopened", START_S + HOUR_S)
    assert decide_one(again, "N0").automation_history == (tries | {"until_s": START_S, "outcome": "reopened"},)


def test_the_book_survives_a_checkpoint() -> None:
    state = tried(lane_team(bots=["abe", "zed"], probe_every=3), "automation_failed", 12)
    tried(state, None, 2, category="invoice")
    values = json.loads(json.dumps(snapshot.dump(state)))
    assert values["bots"]["pairs"]
    assert snapshot.load(values).bots == state.bots
    assert snapshot.dump(snapshot.load(values)) == snapshot.dump(state)


def test_the_report_does_not_depend_on_the_order_in_which_tickets_are_held() -> None:
    """A service that has read the state anew holds them by id, or in no order."""
    people = [f"agent-{number}" for number in range(10)]
    state = team(people, {"automation": {"categories": ["reset"]}})
    for agent_id in people:
        contact(state, agent_id, account_id=agent_id)
    chance = np.random.default_rng(1)
    for ticket in state.tickets.values():
        ticket.tries = tuple(Try("automation", START_S, START_S, "resolved", points) for points in chance.exponential(1, 50).tolist())
    now_s = START_S + 7 * DAY_S
    found = concentration(state, now_s)
    assert found is not None
    assert found.resolved_by_automation == 500
    state.tickets = dict(reversed(state.tickets.items()))
    assert concentration(state, now_s) == found


def test_a_try_is_under_way_until_it_ends() -> None:
    assert tried(lane_team(), None).tickets["N0"].tries == (Try("automation", START_S),)
