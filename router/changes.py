"""What has changed of a state since it was last written down: the rest was written then, and is as it was."""

from __future__ import annotations

from dataclasses import dataclass, field

CHANGED_AT_LEAST = 1000  # tickets beyond those that are kept, before each is told apart no more


@dataclass(slots=True)
class Changes:
    """Ids of tickets and accounts that may have changed after revision `since`, also of those that are gone, and days of agents' ledgers
    as (agent, day), see `person.Entry.utc_day`. `whole`: anything may have."""

    since: int
    tickets: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    days: set[tuple[str, int]] = field(default_factory=set)
    whole: bool = False

    def touch(self, account_id: str, ticket_id: str | None, kept: int) -> None:
        """Something of an account may have changed, or of a ticket of its. Where more tickets did than are `kept`, because others write
        the state down, all counts as changed."""
        if self.whole:
            return
        self.accounts.add(account_id)
        if ticket_id is not None:
            self.tickets.add(ticket_id)
            if len(self.tickets) > kept + CHANGED_AT_LEAST:
                self.all_of_it()

    def touch_day(self, agent_id: str, day: int) -> None:
        """An entry of that day of an agent's ledger came, changed or went."""
        if not self.whole:
            self.days.add((agent_id, day))

    def all_of_it(self) -> None:
        """Anything may have changed: what did is not told apart from here on."""
        self.whole = True
        for each in (self.tickets, self.accounts, self.days):
            each.clear()
