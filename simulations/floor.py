"""What the loop, the customers and the people of one run share while it goes on: the team's state, the desks, the clock's agenda."""

from __future__ import annotations

from router.state import TeamState
from simulations.agenda import Agenda
from simulations.moods import Moods
from simulations.opening import World
from simulations.people import Desk
from simulations.record import Recorder
from simulations.scenario import Scenario


class Floor:
    """One run as it stands. Mutable: whatever happens in the run changes it in place.

    Over tickets: `left_s` seconds of work left, `round` how often it has come back, `holder` the row of whose desk it was on last.
    Sets of tickets: `drafted` with a draft for its next contact, `after_bot` that automation had since a person did, `harder` in the
    hands of a person for that reason. `touched`: rows of desks that something has changed for since they were looked at.
    """

    def __init__(self, scenario: Scenario, replication: int, keeps_log: bool = True) -> None:
        self.world = World(scenario, replication)
        self.tickets, count = self.world.tickets, len(self.world.tickets)
        self.state, self.recorder, self.agenda = TeamState(), Recorder(self.world, keeps_log), Agenda(self.world.end_s)
        self.left_s = self.tickets.handle_s[:, 0].copy()
        self.holder, self.round = [0] * count, [0] * count
        self.desks = [Desk(row, self.tickets, self.left_s, self.world.counts_from_s) for row in range(len(self.world.staff))]
        self.touched: set[int] = set()
        self.drafted, self.after_bot, self.harder = set[int](), set[int](), set[int]()
        self.moods = Moods(scenario.accounts.count, scenario.frustration)
