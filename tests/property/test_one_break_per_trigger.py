"""One escalation sends one break, however late, often or out of order it is told, and whatever else the agent does meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.events import AgentStatus, Event, Overridden, TicketEvent, TicketOpened
from router.state import TeamState
from router.timeline import longest_absence_s
from router.turn import fold
from support.build import MINUTE_S, team
from support.streams import START_S

KINDS = ("contact", "contact", "resolved", "reopened")
EASILY, AS_USUAL = 0.2, 1.5  # lines, in points: one angry message is above the first
minutes = st.integers(0, 90)
late_min = st.just(0) | st.integers(0, 60)


@dataclass(frozen=True)
class News:
    """Something that is told, in minutes after the start of the day."""

    told_min: int
    event: Event


def at(minute: float) -> float:
    return START_S + minute * MINUTE_S


@st.composite
def tickets(draw: st.DrawFn, name: str) -> list[News]:
    """A ticket of ann's: contacts, ends and re-openings, escalated once at most; each told late or in time, some of it twice."""
    opened = draw(minutes)
    ticket = TicketOpened(
        0.0, name, draw(st.sampled_from(["acme", name])), at(opened), name, channel=draw(st.sampled_from(["email", "chat"]))
    )
    news = [News(opened, ticket), News(opened, Overridden(0.0, name, "ann", "built for a test"))]
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4)) + draw(st.sampled_from([[], ["escalated"]]))
    for kind in kinds:
        happened = opened + draw(st.integers(0, 45))
        event = TicketEvent(0.0, name, kind, at(happened), None if kind == "escalated" else "ann")
        news += [News(happened + draw(late_min), event) for _ in range(draw(st.sampled_from([1, 1, 1, 2])))]
    return news


@st.composite
def days(draw: st.DrawFn) -> list[News]:
    """Some tickets of ann's at once, and where she is, in the order in which it is told."""
    found = [each for number in range(draw(st.integers(1, 4))) for each in draw(tickets(f"T{number}"))]
    for minute in draw(st.lists(minutes, max_size=4, unique=True)):
        status = draw(st.sampled_from(["online", "away", "offline", "back_office"]))
        found.append(News(minute + draw(late_min), AgentStatus(0.0, "ann", status, at(minute))))
    return sorted(found, key=lambda each: each.told_min)


class Breaks:
    """The breaks that ann is sent, and the laws of each as it begins."""

    def __init__(self) -> None:
        self.rested_from = dict[str, float]()
        self.sent = Counter[str]()

    def look(self, state: TeamState) -> None:
        current = state.agents.people[0].recovery
        if current is None:
            return
        if current.id not in self.rested_from:
            self.sent.update(current.because)
            behind = {reason.partition(":")[2] for reason in current.because}
            ended = [contact.ended_s for each in behind for contact in state.tickets[each].contacts]
            assert max(ended) > max(self.rested_from.values(), default=0.0), f"{current} follows what a break has followed"
        self.rested_from[current.id] = max(current.start_s, current.anew_s or current.start_s)

    def followed(self, state: TeamState, ended_s: float) -> bool:
        """Whether a break, or an absence as long as one, came or is to come after a contact that ended then."""
        away_s = longest_absence_s(state.agents, 0, ended_s, state.now_s)
        return away_s >= state.policy.break_min_s or any(ended_s <= each for each in self.rested_from.values())


@given(days(), st.sampled_from([EASILY, AS_USUAL]))
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_no_break_follows_what_was_rested_from_and_none_is_missing(told: list[News], line: float) -> None:
    state, breaks = team(policy={"fatigue": {"line_points": line}}), Breaks()
    for each in told:
        fold(state, [replace(each.event, at_s=at(each.told_min))])
        breaks.look(state)
    # A contact that an end implied, and that was another one as it turned out, may have had its break already: neither twice nor again.
    ended = {each.event.ticket_id for each in told if isinstance(each.event, TicketEvent) and each.event.type == "resolved"}
    for ticket in (each for each in state.tickets.values() if each.id not in ended):
        assert breaks.sent[f"escalated:{ticket.id}"] <= 1
        assert all(breaks.followed(state, each.ended_s) for each in ticket.contacts if each.hot)
