"""Past the longest wait rules give way in their order, by name, until somebody may have the ticket; a break never does."""

from __future__ import annotations

from router.decide import decide
from router.domain import Decision, Shift
from router.state import TeamState
from support.build import DAY_S, HOUR_S, give, happen, open_ticket, set_status, team

NO_BREAKS = {"break_min_s": 0, "break_max_s": 0, "ramp_in": {"window_s": 0}}

WIDE = {"fatigue": {"load_bound_ratio": 20.0}}


def decided(state: TeamState, ticket_id: str, now_s: float) -> Decision:
    return next(each for each in decide(state, now_s) if each.ticket_id == ticket_id)


def escalations(state: TeamState, agent_id: str, count: int, gap_s: float) -> None:
    """`count` escalations of one account, each handled by the agent and then rested from."""
    for number in range(count):
        open_ticket(state, f"E{number}", at_s=state.now_s + gap_s, escalated=True)
        give(state, f"E{number}", agent_id)
        happen(state, f"E{number}", "resolved")


def test_rotation_holds_while_somebody_else_works_and_gives_way_when_nobody_does() -> None:
    state = team(("ann", "bob"), NO_BREAKS | {"rotation_after_escalations": 2, "max_wait_s": {"normal": 3600}} | WIDE)
    escalations(state, "ann", 2, DAY_S)
    set_status(state, "bob", "offline", state.now_s + DAY_S)
    ticket = open_ticket(state, "T", escalated=True)
    before, after = ticket.created_s + HOUR_S - 1, ticket.created_s + HOUR_S
    assert decided(state, "T", before).lane == "queue"
    late = decided(state, "T", after)
    assert (late.agent_id, late.relaxed) == ("ann", ("rotation",))
    set_status(state, "bob", "online")
    assert decided(state, "T", after).agent_id == "bob"
    give(state, open_ticket(state, "B1", "other", escalated=True).id, "bob")  # at work, though with a hot ticket in hand
    assert decided(state, "T", after).lane == "queue"


def test_hard_streak_gives_way_by_name() -> None:
    hard = {"reopened_count": 3, "target_s": 0.0}  # .45 + .1 + .03 points: hard, yet nothing that sends a break
    state = team(("ann",), {"hard_streak_max": 1, "max_wait_s": {"normal": 3600}})
    happen(state, give(state, open_ticket(state, "H", **hard).id, "ann").id, "resolved")
    ticket = open_ticket(state, "T", "other", state.now_s + HOUR_S, **hard)
    assert [each.rule for each in decided(state, "T", ticket.created_s).not_others[0].rules] == ["hard_streak"]
    late = decided(state, "T", ticket.created_s + HOUR_S)
    assert (late.agent_id, late.relaxed) == ("ann", ("hard_streak",))


def test_an_account_that_everybody_remembers_does_not_wait_for_ever() -> None:
    """With much memory of an account one more escalation passes the bound even for the rested: it gives way, below the line alone."""
    policy = NO_BREAKS | {"hard_streak_max": 100, "rotation_after_escalations": 20, "max_wait_s": {"urgent": 1800}}
    state = team(("ann",), policy)
    escalations(state, "ann", 6, DAY_S)
    ticket = open_ticket(state, "T", at_s=state.now_s + DAY_S, escalated=True, priority="urgent")
    held = decided(state, "T", ticket.created_s)
    assert [each.rule for each in held.not_others[0].rules] == ["load_bound"]
    late = decided(state, "T", ticket.created_s + 1800)
    assert (late.agent_id, late.relaxed) == ("ann", ("load_bound",))


def test_nobody_on_a_break_or_above_the_line_is_asked_however_long_the_wait() -> None:
    state = team(("ann",), {"max_wait_s": {"normal": 0}})
    happen(state, give(state, open_ticket(state, "E", escalated=True).id, "ann").id, "resolved")
    open_ticket(state, "T")
    held = decided(state, "T", state.now_s + 60)
    assert (held.lane, [each.rule for each in held.not_others[0].rules]) == ("queue", ["on_break"])
    happen(state, give(state, open_ticket(state, "F", abuse=True).id, "ann").id, "resolved")
    hot = open_ticket(state, "H", "other", escalated=True)
    end_s = state.agents.break_end_s[0]
    assert [each.rule for each in decided(state, hot.id, end_s).not_others[0].rules][:1] == ["light_duty"]


def test_a_shift_that_never_ends_keeps_live_work_coming() -> None:
    always = tuple(Shift(day, 0, 1440) for day in range(7))
    state = team({"ann": {"shifts": always}})
    state.agents.profiles.shift_windows(state.now_s)
    open_ticket(state, "T", channel="chat", at_s=state.now_s + 9 * DAY_S - 60)
    assert decided(state, "T", state.now_s).agent_id == "ann"


def test_an_escalation_in_hand_rotates_too_but_not_a_call_nor_what_a_manager_gave() -> None:
    for channel, by_manager, stays in (("email", False, False), ("chat", False, True), ("email", True, True)):
        state = team(("ann", "bob"), NO_BREAKS | {"rotation_after_escalations": 2} | WIDE)
        escalations(state, "ann", 2, DAY_S)
        ticket = open_ticket(state, "T", at_s=state.now_s + DAY_S, channel=channel)
        if by_manager:
            give(state, "T", "ann")
        else:
            happen(state, "T", "reassigned", agent_id="ann")
        happen(state, "T", "escalated")
        assert (ticket.agent_id == "ann") == stays
        if not stays:
            moved = decided(state, "T", state.now_s)
            assert (moved.agent_id, moved.handover is not None and moved.handover["from_agent_id"]) == ("bob", "ann")
