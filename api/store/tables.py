"""The tables. `events` is the truth, and `decisions` has in full what it has the gist of; `tickets` and `breaks` are folds, written in the
same transaction."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

TEAM = sa.String(100)
ID = sa.String(300)

teams = sa.Table(
    "teams",
    metadata,
    sa.Column("id", TEAM, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("created_s", sa.Double, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at_s", sa.Double, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("ix_events_team_kind_seq", "team", "kind", "seq"),
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("revision", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("engine", sa.String(40), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("id", ID, primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("account_id", ID, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("ix_tickets_team_state_id", "team", "state", "id"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("id", sa.String(60), primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("ticket_id", ID, nullable=False),
    sa.Column("agent_id", ID),
    sa.Column("body", sa.Text, nullable=False),  # see `packing`
    sa.Index("ix_decisions_team_ticket_id", "team", "ticket_id", "revision"),
    sa.Index("ix_decisions_team_revision", "team", "revision", "position"),
)

rosters = sa.Table(  # the agents of a large team by row, from the revision on that first decided with them: see `packing`
    "rosters",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("revision", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
)

breaks = sa.Table(
    "breaks",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("id", sa.String(360), primary_key=True),
    sa.Column("agent_id", ID, nullable=False),
    sa.Column("since_s", sa.Double, nullable=False),
    sa.Column("start_s", sa.Double, nullable=False),
    sa.Column("end_s", sa.Double, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("skipped", sa.Boolean, nullable=False),
    sa.Index("ix_breaks_team_agent_id", "team", "agent_id", "since_s"),
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("agent_id", ID),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created_s", sa.Double, nullable=False),
    sa.Column("expires_s", sa.Double),
    sa.Column("revoked_s", sa.Double),
    sa.Column("selector", sa.String(16), nullable=False),  # how the hash begins: what a key is looked up by
    sa.Column("parent", sa.String(40)),  # a browser's session: the key that signed in
    sa.Index("ix_keys_selector", "selector"),
    sa.Index("ix_keys_parent", "parent"),
)

personal = sa.Table(  # who opted in to personal mode
    "personal",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("agent_id", ID, primary_key=True),
    sa.Column("since_s", sa.Double, nullable=False),
)

check_ins = sa.Table(  # the agent's own: read by nobody else, gone when they leave personal mode
    "check_ins",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("agent_id", ID, primary_key=True),
    sa.Column("at_s", sa.Double, primary_key=True),
    sa.Column("occasion", sa.String(20), nullable=False),
    sa.Column("answer", sa.Double, nullable=False),
    sa.Column("loads", sa.Text, nullable=False),
)

looks = sa.Table(  # who looked at what of a person, by the hour; `agent_id` "": of everybody in the team
    "looks",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("agent_id", ID, primary_key=True),
    sa.Column("hour_s", sa.Double, primary_key=True),
    sa.Column("key_id", sa.String(40), primary_key=True),
    sa.Column("what", sa.String(20), primary_key=True),
    sa.Column("role", sa.String(20), nullable=False),
)

reports = sa.Table(  # aggregates over people, as they were first told: a second look after a change would tell who changed
    "reports",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("until_s", sa.Double, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("key", sa.String(300), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),  # see `packing`
    sa.Column("created_s", sa.Double, nullable=False),
    sa.Column("agent_id", ID),  # whose own it is: gone when they leave personal mode
    sa.Index("ix_answers_created_s", "created_s"),
)

feedback = sa.Table(  # no event: no decision rests on it, and an agent's must be deletable
    "feedback",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("id", ID, primary_key=True),
    sa.Column("ticket_id", ID, nullable=False),
    sa.Column("agent_id", ID),  # whom it is about; none where only automation answered
    sa.Column("at_s", sa.Double, nullable=False),
    sa.Column("received_s", sa.Double, nullable=False),
    sa.Column("felt_understood", sa.Integer),
    sa.Column("review", sa.Text),
    sa.Column("praise", sa.Text),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Index("ix_feedback_team_received_s", "team", "received_s"),
    sa.Index("ix_feedback_team_agent_id", "team", "agent_id", "at_s"),
)

subscriptions = sa.Table(  # who is told of what by webhook
    "subscriptions",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("agent_id", ID),  # whose own it is
    sa.Column("url", sa.String(2000), nullable=False),
    sa.Column("types", sa.Text, nullable=False),
    sa.Column("created_s", sa.Double, nullable=False),
)

connections = sa.Table(  # whose webhooks come in
    "connections",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("format", sa.String(40), nullable=False),
    sa.Column("created_s", sa.Double, nullable=False),
)

webhook_secrets = sa.Table(  # they sign what goes out and check what comes in; `peer` is a subscription or, by `kind`, a connection
    "webhook_secrets",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("peer", sa.String(60), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # the newest has the highest
    sa.Column("secret", sa.String(100), nullable=False),
    sa.Column("until_s", sa.Double),  # in life; none for the one in use
)


def _letters() -> list[sa.Column[object]]:
    """What `api.store.letters` needs of a table; `since_s`, `next_s`, `lease_s` and `ended_s` are in life."""
    return [
        sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("peer", sa.String(60), nullable=False),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("key", sa.String(320), nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("since_s", sa.Double, nullable=False),
        sa.Column("next_s", sa.Double, nullable=False),
        sa.Column("owner", sa.String(40)),
        sa.Column("lease_s", sa.Double, nullable=False),
        sa.Column("ended_s", sa.Double),
        sa.Column("error", sa.Text),
    ]


outbox = sa.Table(  # events on their way out, one row for each subscription that they go to; `peer` is its id
    "outbox",
    metadata,
    *_letters(),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Index("ix_outbox_team_peer_key", "team", "peer", "key", "seq"),
    sa.Index("ix_outbox_team_peer_state", "team", "peer", "state", "next_s"),
)

inbox = sa.Table(  # webhooks that came in; `peer` is the connection, `received_s` is on the clock of the service
    "inbox",
    metadata,
    *_letters(),
    sa.Column("received_s", sa.Double, nullable=False),
    sa.Index("uq_inbox_team_peer_id", "team", "peer", "id", unique=True),
    sa.Index("ix_inbox_team_peer_key", "team", "peer", "key", "seq"),
    sa.Index("ix_inbox_team_peer_state", "team", "peer", "state", "next_s"),
)

rests_told = sa.Table(  # what subscribers were told last of each agent's breaks and light duty
    "rests_told",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("agent_id", ID, primary_key=True),
    sa.Column("mark_s", sa.Double),
    sa.Column("until_s", sa.Double),
    sa.Column("resting", sa.Boolean, nullable=False),
    sa.Column("light_duty", sa.Boolean, nullable=False),
    sa.Column("duty_ends_s", sa.Double),
)

simulations = sa.Table(  # what-if jobs; `lease_s` is in life, all other instants are on the clock of the service
    "simulations",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("key_id", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("title", ID, nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("left_s", sa.Double),
    sa.Column("attempts", sa.Integer, nullable=False),  # how often it was begun since it last got on
    sa.Column("owner", sa.String(40)),  # the service that works on it, until `lease_s`
    sa.Column("lease_s", sa.Double),
    sa.Column("created_s", sa.Double, nullable=False),
    sa.Column("started_s", sa.Double),
    sa.Column("ended_s", sa.Double),
    sa.Column("error", sa.Text),
    sa.Column("result", sa.Text),
    sa.Index("ix_simulations_team_state", "team", "state"),
)

simulation_parts = sa.Table(  # finished replications of jobs that have not ended
    "simulation_parts",
    metadata,
    sa.Column("team", TEAM, primary_key=True),
    sa.Column("simulation", sa.String(40), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["team", "simulation"], ["simulations.team", "simulations.id"]),
)

origins = sa.Table(  # where the log that can be replayed begins: the state of a team at the last revision of what was retired from it
    "origins",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("at_s", sa.Double, nullable=False),
    sa.Column("engine", sa.String(40), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("erased", sa.Text, nullable=False),  # whose personal numbers were taken out of the body
)

state_rows = sa.Table(  # accounts, tickets and ledgers by day of the newest checkpoint, or of the state that the log begins with
    "state_rows",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("what", sa.String(10), primary_key=True),
    sa.Column("id", ID, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
)

past_events = sa.Table(  # what is kept of retired events: no number of a person
    "past_events",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at_s", sa.Double, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

deletions = sa.Table(  # what people have had deleted, by pseudonym, so that an older backup can't bring it back
    "deletions",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("who", sa.String(40), primary_key=True),
    sa.Column("what", sa.String(20), primary_key=True),
    sa.Column("at_s", sa.Double, primary_key=True),
)

upkeep = sa.Table(  # when retention, a backup and a test of one were last done
    "upkeep",
    metadata,
    sa.Column("team", TEAM, sa.ForeignKey("teams.id"), primary_key=True),
    sa.Column("what", sa.String(20), primary_key=True),
    sa.Column("at_s", sa.Double, nullable=False),
    sa.Column("found", sa.Text, nullable=False),
)
