"""Keys looked up by a selector, sessions that a key began, what was looked at, and aggregates as they were first told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("keys", sa.Column("selector", sa.String(length=16), nullable=True))
    op.add_column("keys", sa.Column("parent", sa.String(length=40), nullable=True))
    op.execute("UPDATE keys SET selector = substr(hash, 1, 16)")
    with op.batch_alter_table("keys") as keys:
        keys.alter_column("selector", existing_type=sa.String(length=16), nullable=False)
    op.create_index("ix_keys_selector", "keys", ["selector"])
    op.create_index("ix_keys_parent", "keys", ["parent"])
    _looks_say_what()
    op.create_table(
        "reports",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_reports_teams"),
        sa.PrimaryKeyConstraint("team", "kind", "until_s", name="pk_reports"),
    )


def _looks_say_what() -> None:
    """A new primary key is a new table on SQLite, so it is one on both."""
    op.execute("CREATE TABLE looks_before AS SELECT team, agent_id, hour_s, key_id, role FROM looks")
    op.drop_table("looks")
    op.create_table(
        "looks",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=False),
        sa.Column("hour_s", sa.Double(), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_looks_teams"),
        sa.PrimaryKeyConstraint("team", "agent_id", "hour_s", "key_id", "what", name="pk_looks"),
    )
    op.execute("INSERT INTO looks SELECT team, agent_id, hour_s, key_id, 'recovery', role FROM looks_before")
    op.drop_table("looks_before")
