"""The agent's statement: every contact's share, adding up to the load, traced to its facts; in numbers and in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from router.events import Calibrated, ContactRated
from router.readiness import load_at
from router.state import TeamState
from router.statement import Rest, rest_sentence, sentences, statement
from router.turn import conclude
from support.build import DAY_S, HOUR_S, MINUTE_S, contact, set_policy, set_status, team, tell
from support.streams import START_S, stream, take_in

ROME = ZoneInfo("Europe/Rome")


def assert_adds_up(state: TeamState, row: int, now_s: float) -> None:
    found = statement(state, row, now_s)
    acute, carried = load_at(state, row, now_s)
    assert found.before[0] + sum(each.acute for each in found.shares) == pytest.approx(acute, rel=0, abs=1e-9)
    assert found.before[1] + sum(each.carried for each in found.shares) == pytest.approx(carried, rel=0, abs=1e-9)
    assert (found.acute, found.carried) == (acute, carried)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_shares_add_up_to_the_load_on_any_day(seed: int) -> None:
    """Late, repeated and corrected news, breaks moved and skipped, personal paces: at every moment, for everybody."""
    state, counted = TeamState(), 0
    for batch, now_s in stream(np.random.default_rng(seed), 150):
        take_in(state, batch)
        conclude(state, now_s)
        for row in range(len(state.agents)):
            assert_adds_up(state, row, now_s + 700.0)
            counted += len(statement(state, row, now_s).shares)
    assert counted > 1000


def test_over_months_the_shares_add_up_with_what_is_older() -> None:
    state = team()
    for day in range(80):
        set_status(state, "ann", "online", START_S + day * DAY_S)
        contact(state, "ann", account_id="acme", escalated=day % 4 == 0)
        set_status(state, "ann", "offline", START_S + day * DAY_S + 8 * HOUR_S)
    assert_adds_up(state, 0, state.now_s + HOUR_S)
    found = statement(state, 0, state.now_s)
    assert 30 <= len(found.shares) <= 33
    assert 0 < found.before[1] < 1e-5


def test_a_share_by_hand() -> None:
    """1.5 points, an hour and a half of it on a break of ten minutes first: 1.5 · 2^(−10/20) · 2^(−80/60)."""
    state = team()
    ticket = contact(state, "ann", escalated=True)
    found = statement(state, 0, START_S + 90 * MINUTE_S)
    (share,) = found.shares
    assert (share.ticket_id, share.account_id, share.ended_s) == (ticket.id, ticket.account_id, START_S)
    assert share.items == (("ordinary", 0.03), ("escalated", 1.47))
    assert share.acute == pytest.approx(1.5 * 2 ** (-10 / 20 - 80 / 60), rel=1e-12)
    assert found.before == (0.0, 0.0)
    assert (found.sensitivity, found.speed) == (1.0, 1.0)


def test_a_pace_of_ones_own_is_on_the_statement() -> None:
    """g = 2 counts for contacts from then on, r = 1.5 for the time from then on."""
    state = team()
    contact(state, "ann", text_score=1.0)
    state.now_s = START_S + HOUR_S
    tell(state, Calibrated(state.now_s, "ann", 2.0, 1.5))
    contact(state, "ann", START_S + HOUR_S + MINUTE_S, text_score=1.0)
    found = statement(state, 0, START_S + 2 * HOUR_S)
    assert (found.sensitivity, found.speed) == (2.0, 1.5)
    newer, older = found.shares
    assert older.acute == pytest.approx(0.63 * 2 ** (-1 - 1.5), rel=1e-12)
    assert newer.acute == pytest.approx(2 * 0.63 * 2 ** (-1.5 * 59 / 60), rel=1e-12)
    assert_adds_up(state, 0, START_S + 2 * HOUR_S)


def test_in_words() -> None:
    state = team()
    ticket = contact(state, "ann", account_id="acme", escalated=True, reopened_count=1)
    second = contact(state, "ann", START_S + HOUR_S, account_id="acme")
    tell(state, ContactRated(state.now_s, second.id, "ann", "hard", state.now_s))
    rest = Rest("b1", (f"escalated:{ticket.id}", f"load:{second.id}"), START_S, START_S, START_S + 600, skipped=True)
    words = sentences(statement(state, 0, state.now_s), [rest], ["The helpdesk looked."], ROME)
    # 1.5 · 2^(−10/20 − 50/60) and 1 · (1 + .25 · 1.5), a little faded
    assert words[0] == "Your exposure is 1.97 points, above your line of 1.44 points, as of Mon 02 Mar 11:00."
    assert f"Ticket {second.id}, Mon 02 Mar 11:00: 1.00 points (you rated it as hard +1.00), times 1.37" in words[2]
    assert "1.50 points (any contact +0.03, re-opened +0.15, escalated +1.32); left of it: " in words[3]
    assert words[4] == (
        f"Break from Mon 02 Mar 10:00 to Mon 02 Mar 10:10: ticket {ticket.id} was escalated; ticket {second.id} was what lifted your "
        "exposure to the point where a break is due. A manager ended it for a reason that is on record; it stayed owed."
    )
    assert words[5] == "The helpdesk looked."


def test_the_facts_of_a_contact_are_told_as_they_counted_then() -> None:
    state = team()
    contact(state, "ann", escalated=True)
    set_policy(state, {"fatigue": {"ordinary_points": 0.05, "escalated_points": 2.0}})
    contact(state, "ann", state.now_s + 60)
    newest, oldest = statement(state, 0, state.now_s).shares
    assert (newest.items, oldest.items) == ((("ordinary", 0.05),), (("ordinary", 0.03), ("escalated", 1.47)))


@pytest.mark.parametrize(
    ("now_s", "said"),
    [
        (START_S - 1, "Break to come, from Mon 02 Mar 10:00 to Mon 02 Mar 10:10: ticket T was escalated."),
        (START_S, "Break since Mon 02 Mar 10:00, until Mon 02 Mar 10:10: ticket T was escalated."),
        (START_S + 600, "Break from Mon 02 Mar 10:00 to Mon 02 Mar 10:10: ticket T was escalated."),
    ],
)
def test_a_break_that_is_to_come_is_not_told_as_taken(now_s: float, said: str) -> None:
    rest = Rest("b1", ("escalated:T",), START_S - 60, START_S, START_S + 600)
    assert rest_sentence(rest, ZoneInfo("Europe/Rome"), now_s) == said
