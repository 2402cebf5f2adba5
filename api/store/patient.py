"""A connection to PostgreSQL that does not wait for ever: where what lies between goes on but hands nothing over, nothing ever breaks."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

LOOKED_FOR_S = 0.1  # how often psycopg looks for a signal while it waits


class Patient(psycopg.Connection[Any]):
    """Raises `psycopg.OperationalError`, closed, where a statement has brought nothing `patience_s` seconds after it was sent; without a
    number it waits. The server itself says of a statement that takes too long, and after less; this is for a server that says nothing."""

    patience_s: float | None = None

    def wait(self, gen: PQGen[Any], interval: float = LOOKED_FOR_S, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, self.patience_s if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if timeout is not None or self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.close()  # what it would say next is the answer to something else
            raise psycopg.OperationalError(f"the server has said nothing for {self.patience_s} s") from error
