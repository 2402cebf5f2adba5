"""What has changed of a state since it was last written down: the rest was written then, and is as it was."""

from __future__ import annotations

from dataclasses import dataclass, field

from fatigue_model.dynamics import DAY_S


@dataclass(slots=True)
class Changes:
    """Ids of tickets and accounts that may have changed after revision `since`, also of those that are gone, and days of agents' ledgers
    as (agent, day), see `ledger_day`. `whole`: anything may have."""

    since: int
    tickets: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    days: set[tuple[str, int]] = field(default_factory=set)
    whole: bool = False

    def all_of_it(self) -> None:
        """Anything may have changed: what did is not told apart from here on."""
        self.whole = True
        for each in (self.tickets, self.accounts, self.days):
            each.clear()


def ledger_day(ended_s: float) -> int:
    """The day, in UTC, under which a ledger's entry is written down."""
    return int(ended_s // DAY_S)
