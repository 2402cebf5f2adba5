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
OTHER_DELIMITERS = (";", "\t", "|", ",")
NOT_TEXT = re.compile("[\ud800-\udfff]")  # what undecodable bytes become, and half characters in JSON
NOT_A_HEADER = re.compile("[\x00-\x08\ud800-\udfff]")  # and what is in UTF-16, or in no text at all


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


class NoHeader(ValueError):
    """The first line of a CSV is blank."""


def rows(lines: Iterable[str], columns: ColumnMap) -> Iterator[Row | BadRow]:
    """The rows of an export, good and bad, in its order; blank lines are none.

    `lines` keep their line ends (a quoted field may hold some). Raises `InvalidValues` where the header of a CSV lacks
    columns of the map, or holds one of them twice; columns that the map does not name may stand there as often as they
    like. So it does where bytes are no text in the encoding of the map: what reads half of a file spoils it for a second
    reading. Raises `NoHeader`.
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
        _require_text("".join(values.values()), line, columns)  # type: ignore[arg-type]
        yield Row(line, values)


def _spread(line: int, last: int) -> str:
    """How far a bad row reaches: a quote that is not closed takes many lines with it."""
    return f"; it reaches to line {last}, is a quote not closed?" if last > line else ""


def _places(header: list[str], columns: ColumnMap) -> dict[str, int]:
    """Where each column of the map stands in the header."""
    header = [name.strip() for name in header]
    if not any(header):
        raise NoHeader
    if NOT_A_HEADER.search("".join(header)):
        raise InvalidValues((Violation("/encoding", columns.encoding, "an encoding in which the header is text"),))
    times = Counter(header)
    other = next((each for each in OTHER_DELIMITERS if len(header) == 1 and each in header[0]), None)
    if other is not None and not times.keys() & columns.used().values():
        raise InvalidValues(
            (Violation("/delimiter", columns.delimiter, f"what stands between the columns of the header, as {other!r} does"),)
        )
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
        _require_text(text, line, columns)
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


def _require_text(text: str, line: int, columns: ColumnMap) -> None:
    if not text.isascii() and NOT_TEXT.search(text):
        raise InvalidValues((Violation("/encoding", columns.encoding, f"one in which line {line} is text, perhaps cp1252 or latin-1"),))


def _checked(line: int, values: dict[str, Value]) -> Row | BadRow:
    """The row of a JSON object, which may spell half characters."""
    for name, value in values.items():
        text = value if isinstance(value, str) else "".join(value)
        if not text.isascii() and NOT_TEXT.search(text):
            return BadRow(line, f"{name!r} holds half a character")
    return Row(line, values)
