"""The agents of a large team by row, once for the decisions that speak of them. Decisions of before are read as they are; earlier versions
of Respite can't read these."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rosters",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_rosters_teams"),
        sa.PrimaryKeyConstraint("team", "revision", name="pk_rosters"),
    )
