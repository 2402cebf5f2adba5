"""A manager hears of a break that live work goes on in: by webhook and on the team's page, with ids and states alone."""

from __future__ import annotations

from api.pages.team_page import team_page
from api.shown import news
from api.shown.news import News
from router.events import BreakAtRisk, decode, encode
from router.turn import conclude
from support.build import contact, happen, in_hand, team
from support.streams import START_S


def test_subscribers_of_the_team_are_told_who_and_which_tickets() -> None:
    event = BreakAtRisk(START_S, "ann", ("T1", "T2"))
    assert decode(*encode(event)) == event
    told = list(news.of_log([event], 7))
    assert told == [News("recovery.at_risk", "agent:ann", START_S, 7, {"agent_id": "ann", "ticket_ids": ["T1", "T2"]})]
    assert told[0].type in news.OF_THE_TEAM
    assert told[0].type not in news.OF_AN_AGENT


def test_the_page_says_so_until_the_call_ends() -> None:
    state = team()
    call = in_hand(state, "ann", channel="phone")
    contact(state, "ann", escalated=True)
    says = []
    for after_s in (299, 300, 400):
        if after_s == 400:
            happen(state, call.id, "contact", START_S + 400)
        conclude(state, START_S + after_s)
        (row,) = team_page(state, START_S + after_s).rows
        says.append((row.kind, "still on a call or chat" in row.says))
    assert says == [("pending", False), ("break", True), ("break", False)]
