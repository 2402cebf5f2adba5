"""The published JSON Schema and the reading of a scenario agree on any value of any setting, wherever a schema can say it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from fatigue_model.bounds import Violation
from simulations.reading import overlay
from simulations.scenario import Scenario
from simulations.schema import plain, published

SCHEMA = published(Scenario(), "scenario")
VALID = Draft202012Validator(SCHEMA).is_valid
# what a schema cannot say: which zones there are, that a date is no text in TOML, and that one setting bounds another
UNSAID = ("time_zone", "start", "shift_start", "shift_end", "lunch_start", "break_min_s", "break_max_s")
NUMBERS = st.one_of(st.integers(-3, 60), st.floats(-3, 60).filter(lambda value: not value.is_integer()))
JUNK = st.one_of(
    st.booleans(),
    st.text(max_size=3),
    st.lists(NUMBERS, max_size=3),
    st.dictionaries(st.sampled_from(["email", "normal", "cv", "x"]), st.one_of(NUMBERS, st.just("x")), max_size=2),
    NUMBERS,
)
ITEMS = st.one_of(NUMBERS, st.just(0), st.sampled_from(["mon", "en", ""]))


def leaves(schema: dict[str, Any], at: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    found = [(at, schema)] if at else []
    for name, each in schema.get("properties", {}).items():
        found += leaves(each, (*at, name))
    if "properties" in (more := schema.get("additionalProperties") or {}):
        found += leaves(more, (*at, "a"))
    return found


LEAVES = leaves(SCHEMA)


@st.composite
def near(draw: st.DrawFn, told: dict[str, Any]) -> Any:
    """A value inside, on or beyond the bounds of a setting, or of another kind altogether."""
    if "minimum" in told and draw(st.integers(0, 4)):
        low, high = told["minimum"], told["maximum"]
        edges = st.sampled_from([low, high, low - 1, high + 1, low + 0.25, high - 0.25])
        inside = st.integers(int(low), int(high)) if told["type"] == "integer" else st.floats(low, high)
        value = draw(st.one_of(edges, inside))
        return int(value) if float(value).is_integer() else value  # a schema takes 3.0 for a whole number; TOML does not
    if "enum" in told and draw(st.integers(0, 2)):
        return draw(st.sampled_from(told["enum"]))
    if told.get("type") == "array" and draw(st.integers(0, 4)):
        lengths = [each["minItems"] for each in told.get("anyOf", ())] or [draw(st.integers(0, 4))]
        some = told["items"].get("enum")
        return draw(
            st.lists(
                st.sampled_from(some) if some else draw(st.sampled_from([ITEMS, st.integers(0, 3)])),
                min_size=lengths[0],
                max_size=lengths[0],
            )
        )
    if told.get("type") == "object" and "propertyNames" in told and draw(st.integers(0, 4)):
        names = st.sampled_from(told["propertyNames"].get("enum", ["x", "y"]))
        return draw(st.dictionaries(names, draw(st.sampled_from([st.integers(0, 2), NUMBERS, JUNK])), max_size=3))
    return draw(JUNK)


@st.composite
def one_setting(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    path, told = draw(st.sampled_from(LEAVES))
    value = draw(near(told))
    for name in reversed(path):
        value = {name: value}
    return path[-1], value


@settings(max_examples=600)
@given(one_setting())
def test_the_schema_and_the_reading_agree(case: tuple[str, dict[str, Any]]) -> None:
    name, values = case
    found: list[Violation] = []
    overlay(Scenario(), values, "", found)
    valid = VALID(plain(values))
    assert valid or found
    assert not valid or not found or name in UNSAID


DURATIONS = st.fixed_dictionaries(
    {},
    optional={
        "shape": st.sampled_from(["lognormal", "gamma", "exponential", "deterministic", "empirical", "normal"]),
        "mean_s": st.sampled_from([0, 1, 900, 10**6]),
        "cv": st.sampled_from([0, 0.5, 11]),
        "values_s": st.sampled_from([[], [0], [1, 2], [-1, 2]]),
    },
)


@given(DURATIONS)
def test_both_know_which_settings_of_a_duration_go_together(duration: dict[str, Any]) -> None:
    found: list[Violation] = []
    overlay(Scenario(), {"handling": {"chat": duration}}, "", found)
    assert VALID({"handling": {"chat": duration}}) == (not found)
