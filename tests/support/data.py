"""Where the data sets are that stay out of the repository: RESPITE_DATA_DIR, or `../shared/data` beside the project; never in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("RESPITE_DATA_DIR") or Path(__file__).parents[3] / "shared" / "data")


def needs(name: str) -> pytest.MarkDecorator:
    """Skip where the data set `name` is not there, and in CI, so that a run there is the same for everybody."""
    absent = "CI" in os.environ or not (DATA / name).is_dir()
    return pytest.mark.skipif(absent, reason=f"there is no {name} in {DATA}, or this is CI: the data is not part of the repository")
