"""A column map is read whole, or refused with every violation at once."""

from datetime import time
from importlib.resources import files

import pytest

from fatigue_model.bounds import InvalidValues
from simulations.columns import column_map
from support.histories import EVENTS_MAP, TICKETS_MAP


def violations(text: str) -> dict[str, str]:
    with pytest.raises(InvalidValues) as invalid:
        column_map(text)
    return {each.pointer: each.allowed for each in invalid.value.violations}


def test_a_map_of_events() -> None:
    found = column_map(EVENTS_MAP)
    assert (found.shape, found.format, found.delimiter, found.encoding) == ("events", "csv", ",", "utf-8-sig")
    assert found.columns.case == "case"
    assert found.columns.skills is None
    assert found.activities["solve"] == "resolved"
    assert found.escalated == {"flag": ("yes", "ja")}
    assert (found.work.start, found.work.end) == (time(9), time(17))
    assert found.used()["/escalated/flag"] == "flag"


def test_a_map_of_tickets() -> None:
    found = column_map(TICKETS_MAP)
    assert (found.shape, found.format, found.time_format) == ("tickets", "jsonl", "iso8601")


@pytest.mark.parametrize("shipped", [each.name for each in files("simulations").joinpath("maps").iterdir()])
def test_every_shipped_map_is_right(shipped: str) -> None:
    column_map(files("simulations").joinpath("maps", shipped).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("line", "pointer", "allowed"),
    [
        ('shape = "cases"', "/shape", "one of events, tickets"),
        ("shape = []", "/shape", "one of events, tickets"),
        ('format = "xlsx"', "/format", "one of csv, jsonl"),
        ('delimiter = ";;"', "/delimiter", "one character, and no quote, blank or line end"),
        ("delimiter = '\"'", "/delimiter", "one character, and no quote, blank or line end"),
        ("delimiter = 5", "/delimiter", "text of 1 to 100 characters"),
        ('encoding = "klingon"', "/encoding", "the name of a text encoding, like utf-8 or cp1252"),
        ('encoding = "base64"', "/encoding", "the name of a text encoding, like utf-8 or cp1252"),
        ('encoding = "a\\u0000b"', "/encoding", "the name of a text encoding, like utf-8 or cp1252"),
        ("encoding = 8", "/encoding", "the name of a text encoding, like utf-8 or cp1252"),
        ('strict_activities = "yes"', "/strict_activities", "true or false"),
        ('colour = "red"', "/colour", "one of activities, channels, columns"),
    ],
)
def test_one_wrong_setting(line: str, pointer: str, allowed: str) -> None:
    found = violations(line + EVENTS_MAP)
    assert list(found) == [pointer]
    assert found[pointer].startswith(allowed)


@pytest.mark.parametrize(
    ("old", "new", "pointer", "allowed"),
    [
        ('time_zone = "UTC"', 'time_zone = "Mars/Olympus"', "/time_zone", "the name of a time zone"),
        ('time_zone = "UTC"', 'time_zone = "Europe"', "/time_zone", "the name of a time zone"),
        ('time_zone = "UTC"', "", "/time_zone", "a time zone: time_format has no offset"),
        ('"%Y-%m-%d %H:%M"', '"%H:%M"', "/time_format", "iso8601, unix, or a strptime format"),
        ('"%Y-%m-%d %H:%M"', '"%Y-%m-%d %Q"', "/time_format", "iso8601, unix, or a strptime format"),
        ('"%Y-%m-%d %H:%M"', "3", "/time_format", "text of 1 to 100 characters"),
        ('case = "case"', "", "/columns/case", "a column; shape 'events' needs it"),
        ('case = "case"', "case = 1", "/columns/case", "text of 1 to 100 characters"),
        ('case = "case"', 'case = "case"\ncreated = "c"', "/columns/created", "nothing in shape 'events'"),
        ('case = "case"', 'case = "case"\nteam = "t"', "/columns/team", "one of account, activity, agent"),
        ('"solve" = "resolved"', '"solve" = "solved"', "/activities/solve", "one of contact, message"),
        ('"solve" = "resolved"', "", "/activities", "an activity that means resolved or closed"),
        ('"P1" = "urgent"', '"P1" = "asap"', "/priorities/P1", "one of low, normal, high, urgent"),
        ('priority = "level"', "", "/priorities", "nothing, unless columns.priority says where they stand"),
        (
            '[priorities]\n"P1" = "urgent"',
            '[channels]\n"Tel" = "phone"',
            "/channels",
            "nothing, unless columns.channel says where they stand",
        ),
        ('flag = ["yes", "ja"]', "flag = []", "/escalated/flag", "a value, or a list of values, as text"),
        ('flag = ["yes", "ja"]', "flag = 1", "/escalated/flag", "a value, or a list of values, as text"),
        ("end = 17:00:00", "end = 08:00:00", "/work/end", "later than work.start, 09:00:00"),
        ("end = 17:00:00", 'end = "17:00"', "/work/end", "a local time in whole minutes"),
        ("end = 17:00:00", "end = 17:00:00\npause = 5", "/work/pause", "one of end, start, time_zone"),
    ],
)
def test_one_wrong_setting_in_a_table(old: str, new: str, pointer: str, allowed: str) -> None:
    assert old in EVENTS_MAP
    found = violations(EVENTS_MAP.replace(old, new))
    assert list(found) == [pointer]
    assert found[pointer].startswith(allowed)


@pytest.mark.parametrize("table", ["columns", "activities", "priorities", "channels", "escalated", "work"])
def test_a_table_must_be_one(table: str) -> None:
    assert f"/{table}" in violations(f'{table} = "text"\n')


def test_tickets_have_no_activities() -> None:
    found = violations(TICKETS_MAP + 'activity = "what"\n[activities]\n"x" = "resolved"\n')
    assert found["/columns/activity"] == found["/activities"] == "nothing in shape 'tickets'"


def test_an_offset_in_the_format_needs_no_zone() -> None:
    text = EVENTS_MAP.replace('time_zone = "UTC"', "").replace("%H:%M", "%H:%M%z")
    assert column_map(text).time_zone is None


def test_all_violations_come_at_once() -> None:
    found = violations('shape = "events"\nformat = "xml"\ncolour = 1\n[columns]\ncase = ""\n[work]\nstart = 18:00:00\n')
    assert {"/format", "/colour", "/columns/case", "/columns/agent", "/activities", "/work/end"} <= set(found)


def test_what_is_no_toml_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidValues, match="Invalid value"):
        column_map("shape = ")
