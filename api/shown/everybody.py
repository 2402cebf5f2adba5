"""What others may see of everybody's recovery at one instant, for the lists that have the whole team in them."""

from __future__ import annotations

from typing import NamedTuple

from api.shown.recovery_news import codes
from api.shown.views import as_others_see
from router import readiness
from router.state import TeamState


class Seen(NamedTuple):
    """A state, and until when it is where that is told, in seconds."""

    state: str
    until_s: float | None = None


READY = Seen("ready")


def everybody(state: TeamState, now_s: float) -> list[Seen]:
    """By row. Most are ready, which is found for all of them at once; the others are looked at one by one."""
    return [_seen(state, row, now_s) if code else READY for row, code in enumerate(codes(state, now_s).tolist())]


def _seen(state: TeamState, row: int, now_s: float) -> Seen:
    view = as_others_see(readiness.view(state, row, now_s), now_s)
    return Seen(view.state, view.until_s)
