"""A secret that signs webhooks, out or in, and the one before it, which is good as well for a while."""

from __future__ import annotations


class Rotating:
    """What has such a secret. `previous` is good until `previous_until_s`, in life."""

    __slots__ = ()
    secret: str
    previous: str | None
    previous_until_s: float | None

    def secrets_at(self, life_s: float) -> tuple[str, ...]:
        """What is good now, the newest first."""
        if self.previous is None or self.previous_until_s is None or life_s >= self.previous_until_s:
            return (self.secret,)
        return (self.secret, self.previous)
