"""A team's log and its folds: read with the revision first, written with a compare-and-swap on it, in one transaction."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from api.json_text import finite_json, to_json
from api.store import states
from api.store.as_text import carry_out, upserting
from api.store.packing import Unreadable, decision_of, decision_text
from api.store.rosters import Rosters
from api.store.tables import breaks, checkpoints, decisions, events, origins, teams, tickets
from fatigue_model.bounds import InvalidValues
from router.domain import Break
from router.events import Decided, Event, Newer, TicketOpened, decode, kind_of
from router.evolve import evolve
from router.record import ENGINE, folded
from router.state import TeamState

CHECKPOINT_EVERY, EVENTS_AN_AGENT = 2000, 10
PAGE = 1000
# which table the row is in: a restore makes the tables anew, and on SQLite no service is at work then
TABLE = {"postgresql": "teams.tableoid", "sqlite": "0"}
STANDING = {
    kind: sa.select(teams.c.revision, sa.literal_column(table)).where(teams.c.id == sa.bindparam("team")) for kind, table in TABLE.items()
}
TAKEN = {kind: each.with_for_update(key_share=True) for kind, each in STANDING.items()}
SWAP = (
    sa.update(teams).where(teams.c.id == sa.bindparam("team"), teams.c.revision == sa.bindparam("base")).values(revision=sa.bindparam("to"))
)
LOGGED, MADE = sa.insert(events), sa.insert(decisions)
# What a solve decided, in the body of its event: what the fold looks at, each with the checksum of its row, which has the rest. A log of
# before has whole records, as "decisions".
MADE_LEAN = "made"
DECIDED = "decided"


class Stale(Exception):
    """Somebody else moved the team's revision in between: read again and decide again."""


class Missing(Exception):
    """The log has a decision, and the store has not, or not in a form that can be read."""


class Unfolded(ValueError):
    """A team's log, or the state that is stored of it, can't be folded here: a newer version wrote it, as is known where `newer` is so, or
    it is damaged."""

    def __init__(self, said: str, newer: bool) -> None:
        super().__init__(said)
        self.newer = newer


class Repository:
    """Reads and writes on one open connection; the caller owns the transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection

    def create_team(self, team: str, created_s: float) -> None:
        """Add the team where it is not there yet."""
        self._upsert(teams, [(team, 0, created_s)], keep=True)

    def team_ids(self) -> list[str]:
        return list(self.connection.execute(sa.select(teams.c.id).order_by(teams.c.id)).scalars())

    def revision(self, team: str, taken: bool = False) -> int:
        """The team's revision; `taken`: nobody else moves it before this transaction ends (on SQLite there is one writer as it is)."""
        return self.standing(team, taken)[0]

    def standing(self, team: str, taken: bool = False) -> tuple[int, int]:
        """The team's revision and what tells its table from any before or after it: in another, the same revision is of another log."""
        asked = (TAKEN if taken else STANDING)[self.connection.dialect.name]
        found: Any = carry_out(self.connection, asked, [(team,)]).one_or_none()
        if found is None:
            raise LookupError(f"team {team!r} does not exist")
        return int(found[0]), int(found[1])

    def load(self, team: str, until: int | None = None) -> TeamState:
        """The newest state: the last checkpoint of this engine, and the log after it, no further than `until`; raises `Unfolded`."""
        try:
            state = states.get(self.connection, team, states.CHECKPOINT, _newest(team, checkpoints.c.body)) or self.first(team)
        except sa.exc.SQLAlchemyError:
            raise
        except Exception as error:
            raise _unfolded(f"what is stored of team {team!r} can't be read", error) from error
        return self.catch_up(team, state, until)

    def first(self, team: str) -> TeamState:
        """The state that the log begins with: an empty one, until the first part of the log has been retired."""
        begun = sa.select(origins.c.body).where(origins.c.team == team)
        found = states.get(self.connection, team, states.ORIGIN, begun)
        if found is None:
            found = TeamState()
            found.watch()
        return found

    def catch_up(self, team: str, state: TeamState, until: int | None = None) -> TeamState:
        """Fold what the log holds after the state's revision, no further than `until`; a log that begins later leaves the state as it is.

        Raises `Unfolded`: the state is then of no use any more.
        """
        done = state.revision
        try:
            for seq, event in self._rows(team, done, whole=False, until=until):
                if seq != done + 1:
                    break
                evolve(state, event)
                done = seq
        except sa.exc.SQLAlchemyError:
            raise
        except Exception as error:  # whatever it is: without that event nothing may be decided
            raise _unfolded(f"the log of team {team!r} can't be read at revision {done + 1}", error) from error
        return state

    def log(self, team: str, after: int = 0, kinds: Sequence[str] = (), whole: bool = True) -> Iterator[Event]:
        """The events of a team in order, from the one after revision `after`; of these `kinds` alone where some are given. To be folded
        they need not be `whole`: of what was decided there is then what the fold looks at, a tenth of it or less. Where they are, what
        the log itself has goes before what its row says; raises `Missing` at a decision whose row is gone, or damaged."""
        return (event for _, event in self._rows(team, after, kinds, whole))

    def _rows(
        self, team: str, after: int, kinds: Sequence[str] = (), whole: bool = True, until: int | None = None
    ) -> Iterator[tuple[int, Event]]:
        rosters = Rosters(self.connection, team)
        while True:
            query = sa.select(events.c.seq, events.c.kind, events.c.body).where(events.c.team == team, events.c.seq > after)
            query = query.where(events.c.kind.in_(kinds)) if kinds else query
            query = query if until is None else query.where(events.c.seq <= until)
            rows = self.connection.execute(query.order_by(events.c.seq).limit(PAGE)).all()
            bodies = self._decided(team, [seq for seq, kind, _ in rows if kind == DECIDED]) if whole else {}
            for seq, kind, body in rows:
                values = json.loads(body)
                if whole and MADE_LEAN in values:
                    values["decisions"] = [_there(bodies, rosters, each["id"]) | each for each in _lean(values)]
                yield seq, event_of(kind, values)
                after = seq
            if len(rows) < PAGE:
                return

    def _decided(self, team: str, revisions: Sequence[int]) -> dict[str, str]:
        """What was decided from the first to the last of some revisions: the body of each decision by its id."""
        if not revisions:
            return {}
        ours = sa.and_(decisions.c.team == team, decisions.c.revision >= revisions[0], decisions.c.revision <= revisions[-1])
        return {row.id: row.body for row in self.connection.execute(sa.select(decisions.c.id, decisions.c.body).where(ours))}

    def save(
        self,
        team: str,
        base: int,
        logged: list[Event],
        state: TeamState,
        touched: Iterable[str],
        rested: Iterable[str],
        skipped: Iterable[str],
    ) -> None:
        """Append `logged` after revision `base`, and write the folds it touched: ids of tickets, of agents whose recovery moved, and of
        breaks that were skipped.

        Raises `Stale` where the team is not at `base` any more.
        """
        if carry_out(self.connection, SWAP, [(base + len(logged), team, base)]).rowcount != 1:
            raise Stale(team)
        alike: dict[int, dict[str, Any]] = {}
        rosters = Rosters(self.connection, team)
        records = [
            [decision_text(each, alike, rosters) for each in event.decisions] if isinstance(event, Decided) else [] for event in logged
        ]
        encoded = (_encoded(event, bodies) for event, bodies in zip(logged, records, strict=True))
        rows = [(team, seq, event.at_s, *each) for seq, (event, each) in enumerate(zip(logged, encoded, strict=True), base + 1)]
        carry_out(self.connection, LOGGED, rows)
        self._save_tickets(team, state, touched)
        self._save_decisions(team, logged, records)
        self._save_breaks(team, state, rested)
        for break_id in skipped:
            change = sa.update(breaks).where(breaks.c.team == team, breaks.c.id == break_id)
            self.connection.execute(change.values(skipped=True))
        every = checkpoint_every(len(state.agents))
        if base // every != state.revision // every:
            self.checkpoint(team, state)

    def checkpoint(self, team: str, state: TeamState) -> None:
        stored = self.connection.execute(_newest(team, checkpoints.c.revision)).scalar_one_or_none()
        rest = states.put(self.connection, team, states.CHECKPOINT, state, stored)
        self._upsert(checkpoints, [(team, state.revision, ENGINE, rest)])
        self.connection.execute(sa.delete(checkpoints).where(checkpoints.c.team == team, checkpoints.c.revision < state.revision))

    def _save_tickets(self, team: str, state: TeamState, touched: Iterable[str]) -> None:
        found = (state.tickets[ticket_id] for ticket_id in dict.fromkeys(touched) if ticket_id in state.tickets)
        self._upsert(tickets, [(team, each.id, each.state, each.account_id, finite_json(each)) for each in found])

    def _save_decisions(self, team: str, logged: list[Event], records: list[list[str]]) -> None:
        rows = [
            (team, record["id"], record["revision"], position, record["ticket_id"], record["agent_id"], body)
            for event, bodies in zip(logged, records, strict=True)
            if isinstance(event, Decided)
            for position, (record, body) in enumerate(zip(event.decisions, bodies, strict=True))
        ]
        if rows:
            carry_out(self.connection, MADE, rows)

    def _save_breaks(self, team: str, state: TeamState, rested: Iterable[str]) -> None:
        found: list[tuple[str, Break]] = []
        for agent_id in dict.fromkeys(rested):
            row = state.agents.row.get(agent_id)
            current = state.agents.people[row].recovery if row is not None else None
            if current is not None:
                found.append((agent_id, current))
        rows = [(team, each.id, agent_id, each.since_s, each.start_s, each.end_s, to_json(each.because), False) for agent_id, each in found]
        self._upsert(breaks, rows)

    def _upsert(self, table: sa.Table, rows: list[tuple[Any, ...]], keep: bool = False) -> None:
        """Insert, or replace the row with the same key (`keep`: leave it as it is)."""
        if rows:
            carry_out(self.connection, upserting(table, self.connection.dialect.name, keep), rows)


def checkpoint_every(agents: int) -> int:
    """After how many events a state is written down: of tickets and accounts what has changed, and of agents, but for their ledgers, all.
    So seldomer the more of them there are, and an event costs no more in a large team than in a small one."""
    return max(CHECKPOINT_EVERY, 1 << (EVENTS_AN_AGENT * agents).bit_length())


def _newest(team: str, column: sa.Column[Any]) -> sa.Select[Any]:
    """Of a team's last checkpoint of this engine."""
    mine = sa.select(column).where(checkpoints.c.team == team, checkpoints.c.engine == ENGINE)
    return mine.order_by(checkpoints.c.revision.desc()).limit(1)


def _unfolded(what: str, error: Exception) -> Unfolded:
    newer = isinstance(error, Newer | InvalidValues)  # what is in a log as a policy was allowed by the version that wrote it
    why = "a newer version of Respite wrote it" if newer else "a newer version of Respite wrote it, or it is damaged"
    return Unfolded(f"{what}: {why}", newer)


def event_of(kind: str, values: dict[str, Any]) -> Event:
    """An event of the log, of what was decided with what the fold looks at alone; raises what `decode` does."""
    if MADE_LEAN in values:
        values["decisions"] = _lean(values)
    return decode(kind, values)


def _lean(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [lean for _, lean in values.pop(MADE_LEAN)]


def _there(bodies: dict[str, str], rosters: Rosters, decision_id: str) -> dict[str, Any]:
    """The record of a decision that the log has; raises `Missing` where the store has it no more."""
    if decision_id not in bodies:
        raise Missing(f"the log of team {rosters.team!r} has decision {decision_id!r}, and the store has not")
    try:
        return decision_of(bodies.pop(decision_id), rosters)
    except Unreadable as error:
        raise Missing(f"the log of team {rosters.team!r} has decision {decision_id!r}, and {error}") from error


def _encoded(event: Event, records: Sequence[str]) -> tuple[str, str]:
    """An event's kind and its JSON. What was decided is in rows of its own: here is what the fold looks at, and a checksum of each row."""
    if isinstance(event, Decided):
        made = [[checksum(body), folded(record)] for record, body in zip(event.decisions, records, strict=True)]
        return DECIDED, finite_json({"at_s": event.at_s, MADE_LEAN: made})
    return kind_of(event), finite_json(event) if isinstance(event, TicketOpened) else to_json(event)


def checksum(body: str) -> int:
    """CRC-32: against mishaps, not against who can write to the database, who could write it, too."""
    return zlib.crc32(body.encode())
