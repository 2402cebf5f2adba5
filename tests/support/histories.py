"""Small exports of made-up helpdesks, in both shapes, and the maps that read them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from simulations.columns import ColumnMap, column_map
from simulations.history import History, read

EVENTS_MAP = """
time_format = "%Y-%m-%d %H:%M"
time_zone = "UTC"

[columns]
case = "case"
account = "customer"
agent = "who"
activity = "what"
time = "when"
priority = "level"
category = "product"

[activities]
"take" = "reassigned"
"answer" = "contact"
"note" = "message"
"escalate" = "escalated"
"solve" = "resolved"
"archive" = "ignored"

[priorities]
"P1" = "urgent"

[escalated]
flag = ["yes", "ja"]

[work]
start = 09:00:00
end = 17:00:00
"""
TICKETS_MAP = """
shape = "tickets"
format = "jsonl"

[columns]
case = "id"
account = "organization"
agent = "assignee"
created = "created_at"
resolved = "solved_at"
skills = "tags"
"""
HEADER = ("case", "customer", "who", "what", "when", "level", "product", "flag")


def events_map(**changes: str) -> ColumnMap:
    """The map of the event export, with lines put before its tables."""
    lines = "".join(f"{name} = {value}\n" for name, value in changes.items())
    return column_map(lines + EVENTS_MAP)


def csv_lines(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> list[str]:
    """An export as CSV; short rows are filled up with empty fields."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([*row, *[""] * (len(header) - len(row))] for row in rows)
    return text.getvalue().splitlines(keepends=True)


def json_lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [json.dumps(row) + "\n" for row in rows]


def read_events(rows: Sequence[Sequence[str]], **changes: str) -> History:
    return read(csv_lines(rows), events_map(**changes))


def hard_account(tickets: int, helpers: Sequence[str] = ("ben",)) -> list[tuple[str, ...]]:
    """One escalation of one account every Monday, all answered by ann, while the helpers are at work on other accounts."""
    rows: list[tuple[str, ...]] = []
    for number in range(tickets):
        day = f"2024-{1 + number // 4:02d}-{1 + 7 * (number % 4):02d}"
        for index, helper in enumerate(helpers):
            calm = f"calm-{helper}-{number}"
            rows.append((calm, f"quiet-{helper}-{number}", helper, "take", f"{day} 09:0{index}"))
            rows.append((calm, f"quiet-{helper}-{number}", helper, "solve", f"{day} 16:00"))
        hard = f"hard-{number}"
        rows.append((hard, "angry", "ann", "note", f"{day} 10:00", "", "", "yes"))
        rows.append((hard, "angry", "ann", "take", f"{day} 10:05", "", "", "yes"))
        rows.append((hard, "angry", "ann", "solve", f"{day} 11:00", "", "", "yes"))
    return rows
