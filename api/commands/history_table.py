"""How `respite replay-history` prints its result: of the team as a whole, no number of a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Table

from router.policy import Policy
from simulations.contrast import Outcome
from simulations.history import Case, History
from simulations.presence import ASSUMED
from simulations.rerouting import Rerouting

WAITS = (
    "the two waits are not of the same thing: in the history somebody has a ticket from the first that the log shows of them, which may be "
    "their reply; with Respite from its assignment, which no reply follows yet"
)
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def print_table(found: History, cases: Sequence[Case], result: Rerouting, policy: Policy) -> None:
    """The result on standard output."""
    first, last = (datetime.fromtimestamp(case.opened_s, UTC).date() for case in (cases[0], cases[-1]))
    people = {step.agent_id for case in cases for step in case.steps} - {None}
    accounts = {case.account_id for case in cases}
    typer.echo(f"{len(cases):,} tickets from {first} to {last}, {len(people)} agents, {len(accounts):,} accounts")
    typer.echo(f"{found.rows:,} rows read, {len(found.bad):,} malformed\n")
    console = Console(markup=False)
    console.print(_sides(result, policy))
    console.print(_totals(result))
    typer.echo(f"\nAssumed: {ASSUMED}. A ticket stays with our choice until the instant at which it was resolved in the history.")
    typer.echo(f"{WAITS[0].upper()}{WAITS[1:]}. {_begun_with_a_reply(cases)}")
    if result.to_automation:
        typer.echo("Automation is taken to resolve all it is given, but for what the history escalates or re-opens later.")


def _begun_with_a_reply(cases: Sequence[Case]) -> str:
    first = [next((step.kind for step in case.steps if step.agent_id is not None), None) for case in cases]
    had, given = sum(kind is not None for kind in first), first.count("reassigned")
    return f"Of {had:,} tickets that somebody had the log shows {given:,} given to them first, and {had - given:,} by what they did."


def _sides(result: Rerouting, policy: Policy) -> Table:
    table = Table("", "in the history", "with Respite", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    most, few = policy.rotation_after_escalations, f"under {policy.aggregate_min_group} people"

    def row(label: str, show: Callable[[Outcome], str]) -> None:
        table.add_row(label, show(result.before), show(result.after))

    row("until somebody has the ticket: half within", lambda side: _span(side.wait_median_s))
    row("  nine in ten within", lambda side: _span(side.wait_p90_s))
    row("escalations that were answered", lambda side: f"{side.escalations:,}")
    row("  by whoever answered most of the account's", lambda side: _share(side.same_agent_share))
    row("  most in a row of one account by one agent", lambda side: str(side.longest_run))
    row(f"  accounts with more than {most} in a row", lambda side: str(side.long_runs))
    row("unevenness of points between agents (Gini)", lambda side: _gini(side, "points_gini", few))
    row("  of points for each day at work", lambda side: _gini(side, "points_a_day_gini", few))
    return table


def _totals(result: Rerouting) -> Table:
    table = Table("", "", box=None, pad_edge=False, show_header=False)
    same = _share(result.same_agent / result.comparable if result.comparable else None)
    table.add_row("stay with the agent who had them", f"{result.same_agent:,} of {result.comparable:,} ({same})")
    table.add_row("kept from somebody by rotation alone", f"{result.rotations:,}")
    at_work = f"{result.breaks_at_work:,} in time at work, {result.break_s / 60:,.0f} min"
    table.add_row("recovery breaks", f"{result.breaks:,} ({at_work})")
    table.add_row("contacts while our choice was away", f"{result.contacts_away:,} of {result.contacts:,}")
    came_back = f", {result.came_back:,} of them came back" if result.came_back else ""
    table.add_row("to automation", f"{result.to_automation:,} for ${result.automation_usd:,.2f}{came_back}")
    table.add_row("over before anybody could take them", f"{result.unserved:,}")
    relaxed = ", ".join(f"{rule} {count:,}" for rule, count in sorted(result.relaxed.items()))
    table.add_row("rules relaxed", relaxed or "none")
    return table


def _gini(side: Outcome, name: str, few: str) -> str:
    value: float | None = getattr(side, name)
    return few if value is None else f"{value:.2f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _span(span_s: float | None) -> str:
    """A span in its two largest units."""
    if span_s is None:
        return "–"
    parts: list[str] = []
    left_s = round(span_s)
    for unit_s, name in UNITS:
        count, left_s = divmod(left_s, unit_s)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])
