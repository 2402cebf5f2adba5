"""A secret that signs webhooks, out or in, and those before it, which are good as well for a while."""

from __future__ import annotations

PREFIX = "whsec_"  # of a secret, as Standard Webhooks has it
BESIDE = 2  # so many go on beside a new one: also where the answer to a rotation is lost, and it is asked for again, the one in use does


class Rotating:
    """What has such a secret. `previous` are those before, one behind the other, good until `previous_until_s`, in life."""

    __slots__ = ()
    secret: str
    previous: str | None
    previous_until_s: float | None

    def secrets_at(self, life_s: float) -> tuple[str, ...]:
        """What is good now, the newest first."""
        if self.previous is None or self.previous_until_s is None or life_s >= self.previous_until_s:
            return (self.secret,)
        return (self.secret, *(PREFIX + each for each in self.previous.split(PREFIX)[1:]))

    def beside(self, life_s: float) -> str:
        """The `previous` of a new secret."""
        return "".join(self.secrets_at(life_s)[:BESIDE])
