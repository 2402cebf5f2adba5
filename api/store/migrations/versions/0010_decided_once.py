"""What was decided is stored once, and the log has what the fold looks at. Logs of before are read as they are; earlier versions of Respite
can't read these."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes."""
