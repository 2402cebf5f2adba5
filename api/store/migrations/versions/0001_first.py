"""The log, its folds, keys and stored answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
    )
    op.create_table(
        "answers",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_answers_teams"),
        sa.PrimaryKeyConstraint("team", "key", name="pk_answers"),
    )
    op.create_index("ix_answers_created_s", "answers", ["created_s"], unique=False)
    op.create_table(
        "breaks",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=360), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=False),
        sa.Column("since_s", sa.Double(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_breaks_teams"),
        sa.PrimaryKeyConstraint("team", "id", name="pk_breaks"),
    )
    op.create_index("ix_breaks_team_agent_id", "breaks", ["team", "agent_id", "since_s"], unique=False)
    op.create_table(
        "checkpoints",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_checkpoints_teams"),
        sa.PrimaryKeyConstraint("team", "revision", name="pk_checkpoints"),
    )
    op.create_table(
        "decisions",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.String(length=300), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_decisions_teams"),
        sa.PrimaryKeyConstraint("team", "id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_team_revision", "decisions", ["team", "revision", "position"], unique=False)
    op.create_index("ix_decisions_team_ticket_id", "decisions", ["team", "ticket_id", "revision"], unique=False)
    op.create_table(
        "events",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_events_teams"),
        sa.PrimaryKeyConstraint("team", "seq", name="pk_events"),
    )
    op.create_index("ix_events_team_kind_seq", "events", ["team", "kind", "seq"], unique=False)
    op.create_table(
        "keys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("expires_s", sa.Double(), nullable=True),
        sa.Column("revoked_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_keys_teams"),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
        sa.UniqueConstraint("hash", name="uq_keys_hash"),
    )
    op.create_table(
        "tickets",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_tickets_teams"),
        sa.PrimaryKeyConstraint("team", "id", name="pk_tickets"),
    )
    op.create_index("ix_tickets_team_state_id", "tickets", ["team", "state", "id"], unique=False)
