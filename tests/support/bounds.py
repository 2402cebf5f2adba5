"""Parameters of the fatigue model anywhere within their bounds, for property tests."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from fatigue_model.params import FatigueParams


def within_bounds() -> st.SearchStrategy[FatigueParams]:
    fields = {}
    for item in dataclasses.fields(FatigueParams):
        bound = item.metadata["bound"]
        fields[item.name] = st.floats(bound.low, bound.high) | st.sampled_from([bound.low, bound.high, item.default])
    return st.builds(FatigueParams, **fields)
