"""Webhooks: subscriptions and the outbox, connections and the inbox, each with its dead letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("types", sa.Text(), nullable=False),
        *_secrets(),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_subscriptions_teams"),
        sa.PrimaryKeyConstraint("team", "id", name="pk_subscriptions"),
    )
    op.create_table(
        "connections",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        *_secrets(),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_connections_teams"),
        sa.PrimaryKeyConstraint("team", "name", name="pk_connections"),
    )
    _create_letters("outbox", sa.Column("type", sa.String(length=40), nullable=False))
    op.create_index("ix_outbox_team_peer_key", "outbox", ["team", "peer", "key", "seq"])
    op.create_index("ix_outbox_team_peer_state", "outbox", ["team", "peer", "state", "next_s"])
    _create_letters("inbox", sa.Column("received_s", sa.Double(), nullable=False))
    op.create_index("uq_inbox_team_peer_id", "inbox", ["team", "peer", "id"], unique=True)
    op.create_index("ix_inbox_team_peer_key", "inbox", ["team", "peer", "key", "seq"])
    op.create_index("ix_inbox_team_peer_state", "inbox", ["team", "peer", "state", "next_s"])
    op.create_table(
        "rests_told",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=False),
        sa.Column("mark_s", sa.Double(), nullable=True),
        sa.Column("until_s", sa.Double(), nullable=True),
        sa.Column("resting", sa.Boolean(), nullable=False),
        sa.Column("light_duty", sa.Boolean(), nullable=False),
        sa.Column("duty_ends_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_rests_told_teams"),
        sa.PrimaryKeyConstraint("team", "agent_id", name="pk_rests_told"),
    )


def _secrets() -> list[sa.Column[object]]:
    return [
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("previous", sa.String(length=100), nullable=True),
        sa.Column("previous_until_s", sa.Double(), nullable=True),
        sa.Column("created_s", sa.Double(), nullable=False),
    ]


def _create_letters(name: str, own: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("peer", sa.String(length=60), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("since_s", sa.Double(), nullable=False),
        sa.Column("next_s", sa.Double(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("lease_s", sa.Double(), nullable=False),
        sa.Column("ended_s", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        own,
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=f"fk_{name}_teams"),
        sa.PrimaryKeyConstraint("team", "seq", name=f"pk_{name}"),
    )
