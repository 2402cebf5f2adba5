"""From the lines of an export to rows: the columns that a map asks for, and the line that each row begins on."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fatigue_model.bounds import InvalidValues, Violation
from simulations.columns import ColumnMap

Value = str | list[str]
NOT_TEXT = re.compile("[\ud800-\udfff]")  # what undecodable bytes become, and half characters in JSON


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read: the number of its first line, counted from 1, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """The values of a row by column; empty text where there is none."""

    line: int
    values: dict[str, Value]


class Malformed(ValueError):
    """Why a row cannot be used."""


def rows(lines: Iterable[str], columns: ColumnMap) -> Iterator[Row | BadRow]:
    """The rows of an export, good and bad, in its order; blank lines are none.

    `lines` keep their line ends (a quoted field may hold some). Raises `InvalidValues` where the header of a CSV lacks
    columns of the map, or holds one of them twice; columns that the map does not name may stand there as often as they
    like.
    """
    return _from_csv(lines, columns) if columns.format == "csv" else _from_json(lines, columns)


def _from_csv(lines: Iterable[str], columns: ColumnMap) -> Iterator[Row | BadRow]:
    reader = csv.reader(lines, delimiter=columns.delimiter)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise InvalidValues((Violation("/", str(error), "a header line"),)) from None
    places = _places(header, columns)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line, f"not CSV: {error}{_spread(line, reader.line_num)}")
            continue
        if not fields:
            continue
        if len(fields) != len(header):
            yield BadRow(line, f"{len(fields)} columns; the header has {len(header)}{_spread(line, reader.line_num)}")
            continue
        values: dict[str, Value] = {name: fields[place].strip() for name, place in places.items()}
        yield _checked(line, values)


def _spread(line: int, last: int) -> str:
    """How far a bad row reaches: a quote that is not closed takes many lines with it."""
    return f"; it reaches to line {last}, is a quote not closed?" if last > line else ""


def _places(header: list[str], columns: ColumnMap) -> dict[str, int]:
    """Where each column of the map stands in the header."""
    header = [name.strip() for name in header]
    if NOT_TEXT.search("".join(header)):
        raise InvalidValues((Violation("/encoding", columns.encoding, "an encoding in which the header is text"),))
    times = Counter(header)
    found = []
    for at, name in columns.used().items():
        if not times[name]:
            found.append(Violation(at, name, "a column of the header: " + ", ".join(dict.fromkeys(header))))
        elif times[name] > 1:
            numbers = " and ".join(str(place) for place, each in enumerate(header, 1) if each == name)
            found.append(Violation(at, name, f"a column that stands in the header once; this name is on columns {numbers}"))
    if found:
        raise InvalidValues(tuple(found))
    return {name: header.index(name) for name in columns.used().values()}


def _from_json(lines: Iterable[str], columns: ColumnMap) -> Iterator[Row | BadRow]:
    names = tuple(dict.fromkeys(columns.used().values()))
    for line, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            plain = json.loads(text)
            if not isinstance(plain, dict):
                raise Malformed("not a JSON object")
            yield _checked(line, {name: _plain(name, plain.get(name)) for name in names})
        except Malformed as why:
            yield BadRow(line, str(why))
        except (ValueError, RecursionError) as error:
            yield BadRow(line, f"not JSON: {error}")


def _plain(name: str, value: object) -> Value:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value).strip()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [each.strip() for each in value]
    raise Malformed(f"{name!r} holds neither text nor a number")


def _checked(line: int, values: dict[str, Value]) -> Row | BadRow:
    for name, value in values.items():
        text = value if isinstance(value, str) else "".join(value)
        if not text.isascii() and NOT_TEXT.search(text):
            return BadRow(line, f"{name!r} holds bytes that are no text in this encoding")
    return Row(line, values)
