"""A long decision is stored packed, and one of before is read as it is; earlier versions of Respite can't read what is packed."""

from __future__ import annotations

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes."""
