"""A transaction on the store beside routing, for what no turn reads before it writes: it waits for no decision."""

from __future__ import annotations

from contextlib import AbstractContextManager

import sqlalchemy as sa

from api.dispatcher import Dispatcher


def writing(dispatcher: Dispatcher) -> AbstractContextManager[sa.Connection]:
    return dispatcher.pen.writing()
