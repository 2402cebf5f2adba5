"""What an examination found: whether it is well, what was seen, and what to do where it is not."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from api.settings import Settings
from fatigue_model.dynamics import DAY_S

OK, LOOK, BAD = "ok", "look", "bad"
RESTORE = "stop the service and restore a backup"


@dataclass(frozen=True, slots=True)
class Finding:
    """`state`: OK, LOOK (somebody should look at it) or BAD (it has to be mended); `advice`: what to do, where there is something."""

    about: str
    state: str
    seen: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at: the settings, a connection that sees one instant, the teams there, and the time. `integrity`: the whole database
    is to be read, which takes a while."""

    settings: Settings
    connection: sa.Connection
    teams: tuple[str, ...]
    now_s: float
    integrity: bool

    @property
    def sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"


def days(span_s: float) -> str:
    """A span of time as people say it."""
    return f"{span_s / DAY_S:.0f} days" if span_s >= 2 * DAY_S else f"{span_s / 3600:.0f} hours"
