"""Keys: made once and shown once, kept as a hash, with a role, an end and a way to revoke them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.store.tables import keys

ROLES = ("admin", "helpdesk", "manager", "agent")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: a key's role in a team, and the agent it is bound to."""

    key_id: str
    team: str
    role: str
    agent_id: str | None


def _hash(secret: str) -> str:
    """SHA-256 is enough for 192 random bits; there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create(
    connection: sa.Connection, team: str, role: str, agent_id: str | None, now_s: float, expires_s: float | None = None
) -> tuple[str, str]:
    """A new key: its id, and the secret that is never shown again."""
    if role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}")
    if (role == "agent") != (agent_id is not None):
        raise ValueError("a key of role agent names its agent, and no other key does")
    key_id, secret = secrets.token_hex(6), f"rsp_{role}_{secrets.token_urlsafe(24)}"
    row = {"id": key_id, "team": team, "role": role, "agent_id": agent_id, "hash": _hash(secret)}
    connection.execute(sa.insert(keys).values(**row, created_s=now_s, expires_s=expires_s))
    return key_id, secret


def find(connection: sa.Connection, secret: str, now_s: float) -> Principal | None:
    """The key's principal, unless it is unknown, revoked or past its end."""
    row = connection.execute(sa.select(keys).where(keys.c.hash == _hash(secret))).mappings().one_or_none()
    if row is None or row["revoked_s"] is not None or (row["expires_s"] is not None and now_s >= row["expires_s"]):
        return None
    return Principal(row["id"], row["team"], row["role"], row["agent_id"])


def revoke(connection: sa.Connection, key_id: str, now_s: float) -> bool:
    """True where the key was there and not revoked before."""
    change = sa.update(keys).where(keys.c.id == key_id, keys.c.revoked_s.is_(None)).values(revoked_s=now_s)
    return connection.execute(change).rowcount == 1


def ended(connection: sa.Connection, now_s: float) -> frozenset[str]:
    """The ids of the keys that have been revoked or are past their end."""
    over = keys.c.revoked_s.is_not(None) | (keys.c.expires_s <= now_s)
    return frozenset(connection.execute(sa.select(keys.c.id).where(over)).scalars())


def listed(connection: sa.Connection) -> list[dict[str, Any]]:
    """Every key without its hash."""
    shown = [column for column in keys.columns if column.name != "hash"]
    return [dict(row) for row in connection.execute(sa.select(*shown).order_by(keys.c.created_s)).mappings()]
