"""The state of one team: a fold over its log. It is owned by whoever folds it and changed in place by `evolve` alone."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from dataclasses import dataclass, field, replace

import numpy as np

from fatigue_model.dynamics import DAY_S
from fatigue_model.exposure import ContactFacts, points
from fatigue_model.params import DEFAULTS, FatigueParams
from router.agents import Agents, FloatArray, IntArray
from router.bots import Book
from router.changes import Changes
from router.domain import Account, Contact, Debrief, Ticket
from router.person import Entry
from router.plan.published import Plan
from router.policy import Policy
from router.queue import Queue

RENEWAL_NEAR_S = 30 * DAY_S
REPEAT_WINDOW_S = 7 * DAY_S
KEEP_S = 30 * DAY_S
ACCOUNTS_FOR_DECILE = 10


@dataclass(slots=True)
class TeamState:
    """Everything that a decision may look at. `revision` counts the events of the log, `now_s` is the newest instant in it.

    `held` has the ids of the tickets that each agent has in hand; an entry is replaced whenever one comes or goes. Of those that `ended`
    the first is looked at with every event: a plain dict would go past all that have left it to get there.
    """

    revision: int = 0
    now_s: float = float("-inf")
    policy: Policy = field(default_factory=Policy)
    policy_version: int = 0
    fatigue_digest: str = DEFAULTS.digest()
    agents: Agents = field(default_factory=Agents)
    accounts: dict[str, Account] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    waiting: dict[str, None] = field(default_factory=dict)
    automated: dict[str, None] = field(default_factory=dict)
    ended: OrderedDict[str, None] = field(default_factory=OrderedDict)
    offered: dict[str, None] = field(default_factory=dict)
    held: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exclusions: dict[tuple[str, str], tuple[str, float | None]] = field(default_factory=dict)
    arrs_usd: list[float] = field(default_factory=list)  # of all accounts that have one, in ascending order
    debriefs: dict[str, Debrief] = field(default_factory=dict)
    bots: Book = field(default_factory=Book)
    plan: Plan | None = None
    queue: Queue = field(default_factory=Queue, compare=False)  # derived from the rest
    changes: Changes | None = field(default=None, compare=False)  # kept for whoever writes the state down (`watch`)

    @property
    def params(self) -> FatigueParams:
        return self.policy.fatigue

    @property
    def top_arr_usd(self) -> float | None:
        """From where on an account is in the top tenth of those that are known; None where these are too few to say.

        One that was let go is of those no more: where facts come with tickets alone, the tenth is of who wrote lately.
        """
        known = self.arrs_usd
        return known[-(len(known) // 10)] if len(known) >= ACCOUNTS_FOR_DECILE else None

    def watch(self) -> None:
        """Keep what changes from now on."""
        self.changes = self.agents.changes = Changes(self.revision)

    def touch(self, account_id: str, ticket_id: str | None = None) -> None:
        """Something of an account may have changed, or of a ticket of its."""
        if self.changes is not None:
            self.changes.touch(account_id, ticket_id, len(self.tickets))

    def set_arr(self, account: Account, arr_usd: float | None) -> None:
        """The account's ARR, which counts among those of all."""
        if account.arr_usd is not None:
            del self.arrs_usd[bisect_left(self.arrs_usd, account.arr_usd)]
        if arr_usd is not None:
            insort(self.arrs_usd, arr_usd)
        account.arr_usd = arr_usd

    def account(self, account_id: str) -> Account:
        """The account, made when it is seen first."""
        if account_id not in self.accounts:
            self.accounts[account_id] = Account(account_id)
        return self.accounts[account_id]


def repeat_contacts(account: Account, created_s: float) -> int:
    """How many other tickets the account opened within the 7 days before `created_s`."""
    return bisect_left(account.created_s, created_s) - bisect_left(account.created_s, created_s - REPEAT_WINDOW_S)


def repeats(account: Account, created_s: FloatArray) -> IntArray:
    """The same for several instants at once, ndarray of shape (n,)."""
    known = np.array(account.created_s)
    found: IntArray = known.searchsorted(created_s) - known.searchsorted(created_s - REPEAT_WINDOW_S)
    return found


def weighty(state: TeamState, account: Account, now_s: float) -> bool:
    """Renewal within 30 days, or in the top tenth of the team's accounts by ARR."""
    if account.renewal_s is not None and 0 <= account.renewal_s + DAY_S - now_s <= RENEWAL_NEAR_S + DAY_S:
        return True
    return account.arr_usd is not None and (least_usd := state.top_arr_usd) is not None and account.arr_usd >= least_usd


def facts(state: TeamState, ticket: Ticket, now_s: float) -> ContactFacts:
    """What the model may count of a contact on `ticket` at `now_s`."""
    account = state.accounts[ticket.account_id]
    return ContactFacts(
        escalated=ticket.escalated,
        abuse=ticket.abuse,
        reopened_count=ticket.reopened_count,
        repeat_contacts_7d=repeat_contacts(account, ticket.created_s),
        past_target=ticket.target_s is not None and now_s > ticket.target_s,
        account_weighty=weighty(state, account, now_s),
        hostile_before=any(contact.hot or contact.facts.grave for contact in ticket.contacts),
        text_score=ticket.text_score,
        grave=ticket.grave,
    )


def facts_behind(state: TeamState, agent_id: str, entry: Entry) -> ContactFacts | None:
    """What an entry of an agent's ledger was counted with; None where its ticket is kept no more."""
    contact = contact_behind(state, agent_id, entry)
    return None if contact is None else contact.facts


def contact_behind(state: TeamState, agent_id: str, entry: Entry) -> Contact | None:
    """The contact that an entry of an agent's ledger counts; None where its ticket is kept no more."""
    ticket = state.tickets.get(entry.ticket_id)
    known = ticket.contacts if ticket is not None else ()
    return next((each for each in known if (each.agent_id, each.ended_s) == (agent_id, entry.ended_s)), None)


def exposure(state: TeamState, ticket: Ticket, now_s: float, on_time: bool = False) -> float:
    """Points of a contact on `ticket` at `now_s`, the one exposure function on every path; with `on_time`, as if within its target."""
    found = facts(state, ticket, now_s)
    return points(replace(found, past_target=False) if on_time and found.past_target else found, state.params)


def is_hard(state: TeamState, ticket: Ticket, exposure_points: float) -> bool:
    """Whether a contact on the ticket that counts so much would be a hard one."""
    return ticket.hot or exposure_points >= state.params.hard_contact_points
