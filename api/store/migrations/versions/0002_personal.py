"""Personal mode, check-ins, and who looked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=False),
        sa.Column("since_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_personal_teams"),
        sa.PrimaryKeyConstraint("team", "agent_id", name="pk_personal"),
    )
    op.create_table(
        "check_ins",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Double(), nullable=False),
        sa.Column("loads", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_check_ins_teams"),
        sa.PrimaryKeyConstraint("team", "agent_id", "at_s", name="pk_check_ins"),
    )
    op.create_table(
        "looks",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=False),
        sa.Column("hour_s", sa.Double(), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_looks_teams"),
        sa.PrimaryKeyConstraint("team", "agent_id", "hour_s", "key_id", name="pk_looks"),
    )
