"""Standard Webhooks (standardwebhooks.com): secrets, signatures, and checking them against a given instant."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32  # of the 24 to 64 that the specification allows
ID = re.compile(r"[\x21-\x7e]{1,255}")
WHOLE_SECONDS = re.compile(r"[0-9]{1,12}")
SIGNATURES_MAX = 20


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed(letter_id: str, body: str, keys: Sequence[str], life_s: float) -> dict[str, str]:
    """The headers of a letter that goes out now; a signature for each of the secrets, so that a receiver may have either."""
    at = datetime.fromtimestamp(int(life_s), UTC)
    return {
        "webhook-id": letter_id,
        "webhook-timestamp": str(int(life_s)),
        "webhook-signature": " ".join(Webhook(each).sign(letter_id, at, body) for each in keys),
    }


def problem_with(headers: Mapping[str, str], body: bytes, keys: Sequence[str], life_s: float, tolerance_s: float) -> str | None:
    """Why a letter that came in is not to be believed; None where it is.

    Every signature is compared with that of every secret, whatever was found before, so that the time it takes tells nothing.
    """
    letter_id, sent, given = (headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature"))
    if not (ID.fullmatch(letter_id) and WHOLE_SECONDS.fullmatch(sent) and given):
        return "the headers webhook-id, webhook-timestamp (whole seconds) and webhook-signature are needed"
    at = datetime.fromtimestamp(min(int(sent), 250_000_000_000), UTC)
    text = body.decode(errors="replace")  # what is no UTF-8 becomes another text, which nobody has signed
    expected = [Webhook(each).sign(letter_id, at, text).encode() for each in keys]
    matches = [hmac.compare_digest(ours, theirs.encode()) for theirs in given.split(" ")[:SIGNATURES_MAX] for ours in expected]
    if not any(matches):
        return "no signature in webhook-signature is right"
    if abs(life_s - int(sent)) > tolerance_s:
        return f"webhook-timestamp is more than {tolerance_s:g} s from the clock of the service"
    return None
