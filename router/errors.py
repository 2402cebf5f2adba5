"""What the core refuses, drawn as a tree.

RouterError
├── AssignmentError    a cost table that can't be solved in exact integers
└── Refused            an event that may not enter the log; names the field and the bound
    ├── Unknown        it names a ticket, agent or account that the team does not have
    └── Conflict       the same id came before with other content, or the state does not allow it now
"""

from __future__ import annotations


class RouterError(Exception):
    """Base of all errors of the core."""


class AssignmentError(RouterError, ValueError):
    """A cost table that cannot be solved in exact integers."""


class Refused(RouterError):
    """An event that may not enter the log."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(f"{pointer}: {detail}")
        self.pointer = pointer
        self.detail = detail


class Unknown(Refused):
    """An event that names something the team does not have."""


class Conflict(Refused):
    """An event at odds with what is already so."""
