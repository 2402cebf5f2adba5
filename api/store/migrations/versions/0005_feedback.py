"""What customers and reviewers said of a contact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("team", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=300), nullable=False),
        sa.Column("ticket_id", sa.String(length=300), nullable=False),
        sa.Column("agent_id", sa.String(length=300), nullable=True),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("received_s", sa.Double(), nullable=False),
        sa.Column("felt_understood", sa.Integer(), nullable=True),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("praise", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_feedback_teams"),
        sa.PrimaryKeyConstraint("team", "id", name="pk_feedback"),
    )
    op.create_index("ix_feedback_team_received_s", "feedback", ["team", "received_s"])
    op.create_index("ix_feedback_team_agent_id", "feedback", ["team", "agent_id", "at_s"])
