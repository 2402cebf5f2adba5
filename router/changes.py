"""What has changed of a state since it was last written down: the rest was written then, and is as it was."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Changes:
    """Ids of tickets and accounts that may have changed after revision `since`, also of those that are gone, and days of agents' ledgers
    as (agent, day), see `person.Entry.utc_day`. `whole`: anything may have."""

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
