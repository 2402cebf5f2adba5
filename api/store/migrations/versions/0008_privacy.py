"""Retention and deletion: where the log that can be replayed begins, what is kept of it before that, what was deleted, and upkeep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "origins",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("erased", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_origins_teams"),
        sa.PrimaryKeyConstraint("team", name="pk_origins"),
    )
    op.create_table(
        "past_events",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_past_events_teams"),
        sa.PrimaryKeyConstraint("team", "seq", name="pk_past_events"),
    )
    op.create_table(
        "deletions",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_deletions_teams"),
        sa.PrimaryKeyConstraint("team", "who", "what", "at_s", name="pk_deletions"),
    )
    op.create_table(
        "upkeep",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_upkeep_teams"),
        sa.PrimaryKeyConstraint("team", "what", name="pk_upkeep"),
    )
