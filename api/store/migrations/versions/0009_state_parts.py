"""The tickets of a stored state in rows of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "state_parts",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_state_parts_teams"),
        sa.PrimaryKeyConstraint("team", "kind", "part", name="pk_state_parts"),
    )
