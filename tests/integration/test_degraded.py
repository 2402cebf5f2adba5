"""When deciding fails: one request at fault gets a 500 and nothing of it is stored; a team at fault queues its tickets and says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from api.store.database import open_database, upgrade
from api.store.repository import Repository, Unfolded
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command, Outcome
from router.decide import decide
from router.domain import Decision
from router.events import AccountPut, AgentPut, AgentStatus, Event, TicketOpened
from router.explain import sentences
from router.replay import replay
from router.state import TeamState
from router.undecided import UNDECIDED
from support.patience import until
from support.stepped_clock import SteppedClock
from support.world import NOON_S, World
from support.world import world as make_world


class Deciding:
    """Our rules, which fail for whom the test says: for a team that knows this account, or while this ticket waits."""

    def __init__(self) -> None:
        self.broken_account: str | None = None
        self.broken_ticket: str | None = None
        self.tries = 0

    def __call__(self, state: TeamState, now_s: float, explain: bool) -> Sequence[Decision]:
        self.tries += 1
        if self.broken_account in state.accounts or self.broken_ticket in state.waiting:
            raise FloatingPointError("a rule that fails")
        return decide(state, now_s, explain)


class Desk:
    """Two teams, each with an agent at work, behind one dispatcher."""

    def __init__(self, database_url: str) -> None:
        self.engine, self.clock, self.rules = open_database(database_url), SteppedClock(NOON_S), Deciding()
        upgrade(self.engine)
        with self.engine.begin() as connection:
            for team in ("blue", "red"):
                Repository(connection).create_team(team, NOON_S)
        self.dispatcher = Dispatcher(self.engine, self.clock, decided_by=self.rules)
        for team in ("blue", "red"):
            self.send(team, AgentPut(NOON_S, "ana", "Ana", concurrency=(99, 1, 1)), AgentStatus(NOON_S, "ana", "online", NOON_S))

    def command(self, team: str, *events: Event) -> Command:
        def answer(outcome: Outcome) -> Answer:
            decided = [outcome.decisions[each.ticket_id]["lane"] for each in events if isinstance(each, TicketOpened)]
            return Answer(201, ",".join(decided))

        return Command(team, lambda _state, _now_s: events, answer)

    def send(self, team: str, *events: Event) -> str:
        return self.dispatcher.submit(self.command(team, *events)).result(timeout=60).body

    def ticket(self, ticket_id: str, account_id: str = "acme") -> TicketOpened:
        return TicketOpened(self.clock.instant_s, ticket_id, account_id, self.clock.instant_s, ticket_id)

    def state_of(self, team: str) -> dict[str, str]:
        """Each ticket of a team in the store, and where it is."""
        with self.engine.connect().execution_options(reading=True) as connection:
            return {each.id: each.state for each in Repository(connection).load(team).tickets.values()}

    def replayed(self, team: str) -> tuple[int, Any]:
        with self.engine.connect().execution_options(reading=True) as connection:
            done = replay(TeamState(), Repository(connection).log(team))
        return done.count, done.differences


@pytest.fixture
def desk(database_url: str) -> Any:
    made = Desk(database_url)
    yield made
    made.dispatcher.close()
    made.engine.dispose()


def test_a_team_for_which_nothing_can_be_decided_queues_its_tickets_and_comes_back(desk: Desk) -> None:
    desk.send("blue", AccountPut(NOON_S, "poison"))
    desk.rules.broken_account = "poison"
    assert desk.send("blue", desk.ticket("T1")) == "queue"
    assert set(desk.dispatcher.troubles.teams) == {"blue"}
    assert desk.send("red", desk.ticket("T1")) == "agent"
    assert desk.send("blue", desk.ticket("T2")) == "queue"
    assert desk.state_of("blue") == {"T1": "waiting", "T2": "waiting"}
    assert desk.state_of("red") == {"T1": "assigned"}
    desk.rules.broken_account = None
    desk.clock.instant_s += 30.0
    assert desk.send("red", desk.ticket("T3")) == "agent"  # any request makes the dispatcher look at its clock
    until(lambda: not desk.dispatcher.troubles.teams)
    assert desk.state_of("blue") == {"T1": "assigned", "T2": "assigned"}
    assert desk.replayed("blue") == (4, ())


def test_while_it_lasts_deciding_is_tried_now_and_then_and_no_request_waits_for_it(desk: Desk) -> None:
    desk.send("blue", AccountPut(NOON_S, "poison"))
    desk.rules.broken_account = "poison"
    assert desk.send("blue", desk.ticket("T0")) == "queue"
    before = desk.rules.tries
    for number in range(1, 30):
        assert desk.send("blue", desk.ticket(f"T{number}")) == "queue"
    assert desk.rules.tries == before
    desk.clock.instant_s += 1.0
    desk.send("blue", desk.ticket("T30"))
    assert desk.rules.tries > before


def test_a_ticket_that_nothing_can_be_decided_with_is_refused_and_spoils_no_other(desk: Desk) -> None:
    desk.rules.broken_ticket = "T2"
    futures = desk.dispatcher.submit_all([desk.command("blue", desk.ticket(each)) for each in ("T1", "T2", "T3")])
    assert [type(each.exception(timeout=60)) for each in futures] == [type(None), FloatingPointError, type(None)]
    assert desk.state_of("blue") == {"T1": "assigned", "T3": "assigned"}
    assert not desk.dispatcher.troubles.teams


def test_a_log_that_cannot_be_read_keeps_no_other_team_from_work(desk: Desk, database_url: str) -> None:
    desk.dispatcher.close()
    with desk.engine.begin() as connection:
        connection.execute(sa.text("UPDATE events SET kind = 'unheard_of' WHERE team = 'blue' AND seq = 1"))
    desk.dispatcher = Dispatcher(desk.engine, desk.clock)
    assert set(desk.dispatcher.troubles.unread) == {"blue"}
    assert desk.send("red", desk.ticket("T1")) == "agent"
    with pytest.raises(Unfolded):
        desk.send("blue", desk.ticket("T1"))
    with desk.engine.begin() as connection:
        connection.execute(sa.text("UPDATE events SET kind = 'agent_put' WHERE team = 'blue' AND seq = 1"))
    desk.clock.instant_s += 30.0
    assert desk.send("blue", desk.ticket("T1")) == "agent"
    assert not desk.dispatcher.troubles.unread


def test_a_request_that_nobody_waits_for_any_more_stops_nothing(desk: Desk) -> None:
    """As when the service ends its requests: what was cancelled before it was taken is not done, and the writer lives."""
    with desk.dispatcher.reading("blue"):  # the writer waits for us
        desk.dispatcher.submit(desk.command("blue", desk.ticket("T1")))
        until(lambda: not desk.dispatcher.tray)
        cancelled = desk.dispatcher.submit(desk.command("blue", desk.ticket("T2")))
        assert cancelled.cancel()
    assert desk.send("blue", desk.ticket("T3")) == "agent"
    assert set(desk.state_of("blue")) == {"T1", "T3"}


def test_a_listener_that_fails_stops_nothing(desk: Desk) -> None:
    def fails(_team: str) -> None:
        raise RuntimeError("the loop is closed")

    desk.dispatcher.on_change.append(fails)
    assert [desk.send("blue", desk.ticket(each)) for each in ("T1", "T2")] == ["agent", "agent"]


@pytest.fixture
def broken(database_url: str) -> Any:
    with make_world(database_url) as world:
        world.agent("ana")
        world.ok("helpdesk", "PUT", "/v1/accounts/acme", {})
        rules = world.services.dispatcher.turns.decided_by = Deciding()
        rules.broken_account = "acme"
        yield world


def test_the_answer_and_readyz_say_so(broken: World) -> None:
    assert broken.client.get("/readyz").json()["status"] == "ready"
    answer = broken.ticket("T1")
    assert (answer["ticket"]["state"], answer["decision"]["lane"]) == ("waiting", "queue")
    assert answer["decision"]["waits_for"] == {"rules": {}, "next_change_at": None, "reason": UNDECIDED}
    told = broken.client.get("/readyz")
    assert (told.status_code, told.json()["status"], told.json()["degraded"]) == (
        200,
        "degraded",
        [{"team": "default", "since": broken.at()}],
    )
    assert broken.client.get("/healthz").status_code == 200
    assert broken.ticket("T1") == answer
    said = broken.ok("helpdesk", "GET", f"/v1/decisions/{answer['decision']['id']}?explain=text")["text"]
    assert "no decision can be made" in said[0]
    broken.services.dispatcher.turns.decided_by = decide
    broken.clock.instant_s += 30
    broken.ok("helpdesk", "PUT", "/v1/accounts/other", {})
    assert broken.ok("helpdesk", "GET", "/v1/tickets/T1")["agent_id"] == "ana"
    assert broken.client.get("/readyz").json()["degraded"] == []


def test_the_cause_can_be_put_right_while_it_lasts(broken: World) -> None:
    """What changes no ticket is taken as ever: a policy, a profile."""
    broken.ticket("T1")
    assert broken.ok("admin", "PUT", "/v1/agents/ben", {"name": "Ben"})["name"] == "Ben"
    assert broken.ok("helpdesk", "POST", "/v1/agents/ben/status", {"status": "online"})
    assert broken.happened("T1", "escalated")["ticket"]["state"] == "waiting"


def test_the_sentence_of_such_a_decision() -> None:
    from router.record import as_record
    from router.undecided import undecided
    from support.build import open_ticket, team

    state = team(["ana"])
    ticket = open_ticket(state)
    assert sentences(as_record(undecided(state, state.now_s)[0]))[0] == (
        f"Ticket {ticket.id} stays in the queue: no decision can be made for the team now; the ticket is decided as soon as one can."
    )
