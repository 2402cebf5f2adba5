"""Keys: made once and shown once, kept as a hash, with a role, an end and a way to revoke them; and the sessions that they begin."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.store.tables import keys

ROLES = ("admin", "helpdesk", "manager", "agent")


SELECTOR = 16  # hexadecimal digits
SESSION = "rsp_session_"  # how the secret of a session begins
KEPT_S = 86_400.0  # how long a session that is over stays, so that its open streams see that it is


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: a key's role in a team, and the agent it is bound to. `session_id`: through a browser's session of that key."""

    key_id: str
    team: str
    role: str
    agent_id: str | None
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A key, or a session (`parent` is its key, without which it is good for nothing), as the store has it."""

    id: str
    team: str
    role: str
    agent_id: str | None
    hash: str
    expires_s: float | None
    revoked_s: float | None
    parent: str | None
    parent_hash: str | None = None
    parent_expires_s: float | None = None
    parent_revoked_s: float | None = None

    def principal(self, now_s: float) -> Principal | None:
        """Who that is, unless it is revoked or past its end, or its key is."""
        if self.revoked_s is not None or self.parent_revoked_s is not None:
            return None
        if any(end_s is not None and now_s >= end_s for end_s in (self.expires_s, self.parent_expires_s)):
            return None
        if self.parent is None:
            return Principal(self.id, self.team, self.role, self.agent_id)
        return Principal(self.parent, self.team, self.role, self.agent_id, self.id)


OF_PARENT = ("hash", "expires_s", "revoked_s")
SHOWN = tuple(Stored.__dataclass_fields__)[: -len(OF_PARENT)]


def hashed(secret: str) -> str:
    """SHA-256 is enough for 192 random bits; there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def the_one(found: Iterable[Stored], digest: str) -> Stored | None:
    """The key of a digest among those that its selector found, compared in constant time."""
    return next((each for each in found if hmac.compare_digest(each.hash, digest)), None)


def create(
    connection: sa.Connection, team: str, role: str, agent_id: str | None, now_s: float, expires_s: float | None = None
) -> tuple[str, str]:
    """A new key: its id, and the secret that is never shown again."""
    if role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}")
    if (role == "agent") != (agent_id is not None):
        raise ValueError("a key of role agent names its agent, and no other key does")
    return _add(connection, Principal("", team, role, agent_id), f"rsp_{role}_", now_s, expires_s)


def begin_session(connection: sa.Connection, who: Principal, now_s: float, expires_s: float) -> tuple[str, str]:
    """A browser's session of the key of `who`, which ends with that key: its id and secret. Sessions long over are forgotten."""
    over = sa.or_(keys.c.expires_s < now_s - KEPT_S, keys.c.revoked_s < now_s - KEPT_S)
    connection.execute(sa.delete(keys).where(keys.c.team == who.team, keys.c.parent.is_not(None), over))
    key = sa.select(keys.c.expires_s).where(keys.c.team == who.team, keys.c.id == who.key_id)
    ends_s = connection.execute(key).scalar_one()
    return _add(connection, who, SESSION, now_s, expires_s if ends_s is None else min(expires_s, ends_s), who.key_id)


def _add(
    connection: sa.Connection, who: Principal, begins: str, now_s: float, expires_s: float | None, parent: str | None = None
) -> tuple[str, str]:
    key_id, secret = secrets.token_hex(6), begins + secrets.token_urlsafe(24)
    digest = hashed(secret)
    row = {"id": key_id, "team": who.team, "role": who.role, "agent_id": who.agent_id, "hash": digest, "selector": digest[:SELECTOR]}
    connection.execute(sa.insert(keys).values(**row, created_s=now_s, expires_s=expires_s, parent=parent))
    return key_id, secret


def session_of(connection: sa.Connection, secret: str) -> str | None:
    """The id of the session of a secret."""
    digest = hashed(secret)
    query = sa.select(keys.c.id).where(keys.c.selector == digest[:SELECTOR], keys.c.hash == digest, keys.c.parent.is_not(None))
    return connection.execute(query).scalar_one_or_none()


def revoke(connection: sa.Connection, key_id: str, now_s: float) -> bool:
    """End a key, or a session, and with a key its sessions. True where it was there and not revoked before."""
    valid = keys.c.revoked_s.is_(None)
    ended = connection.execute(sa.update(keys).where(keys.c.id == key_id, valid).values(revoked_s=now_s)).rowcount == 1
    connection.execute(sa.update(keys).where(keys.c.parent == key_id, valid).values(revoked_s=now_s))
    return ended


def rotate(connection: sa.Connection, key_id: str, now_s: float, overlap_s: float) -> tuple[str, str] | None:
    """Another key for the same caller, and as long-lived; the old one ends when `overlap_s` are over, or when it would have. None where
    there is no such key that is still good."""
    query = sa.select(*(keys.c[name] for name in SHOWN), keys.c.created_s).where(keys.c.id == key_id, keys.c.parent.is_(None))
    row = connection.execute(query).one_or_none()
    who = None if row is None else Stored(*row[:-1]).principal(now_s)
    if row is None or who is None:
        return None
    lasts_s = None if row.expires_s is None else row.expires_s - row.created_s
    until_s = now_s + overlap_s if row.expires_s is None else min(row.expires_s, now_s + overlap_s)
    connection.execute(sa.update(keys).where(keys.c.team == who.team, keys.c.id == key_id).values(expires_s=until_s))
    return create(connection, who.team, who.role, who.agent_id, now_s, None if lasts_s is None else now_s + lasts_s)


def ended(connection: sa.Connection, now_s: float) -> frozenset[str]:
    """The ids of the keys and sessions that have been revoked or are past their end."""
    over = keys.c.revoked_s.is_not(None) | (keys.c.expires_s <= now_s)
    return frozenset(connection.execute(sa.select(keys.c.id).where(over)).scalars())


def listed(connection: sa.Connection) -> list[dict[str, Any]]:
    """Every key without its hash; no sessions."""
    hidden = ("hash", "selector", "parent")
    shown = [column for column in keys.columns if column.name not in hidden]
    return [dict(row) for row in connection.execute(sa.select(*shown).where(keys.c.parent.is_(None)).order_by(keys.c.created_s)).mappings()]
