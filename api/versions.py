"""The versions that a result, or a backup, was made with."""

from __future__ import annotations

from importlib.metadata import version

from router.record import ENGINE

PACKAGE = "respite-routing"


def versions() -> dict[str, str]:
    """What a result was computed with."""
    return {"engine": ENGINE, "respite": version(PACKAGE), "numpy": version("numpy")}
