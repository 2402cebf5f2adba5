"""Whose own an answer is, that is kept for a repeat of the request: it goes when they leave personal mode."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answers", sa.Column("agent_id", sa.String(length=300), nullable=True))
