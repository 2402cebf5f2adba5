"""SQL as text, made once: every engine of a test compiles the same statements anew, which is a third of the work of a short test."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


class Compiled(dict[Any, Any]):
    """What SQLAlchemy looks up by engine, shared by all engines of a kind: the first of them compiles a statement for the others."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_a_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_a_kind(key), compiled)


def _of_a_kind(key: Any) -> Any:
    dialect, *rest = key
    return dialect.name, dialect.driver, *rest


_compiled = Compiled()


def share_statements() -> None:
    """From the second connection of each engine on, in this process."""

    @sa.event.listens_for(sa.Engine, "engine_connect")
    def on_connect(connection: sa.Connection) -> None:
        if "compiled_cache" not in connection.engine.get_execution_options():
            connection.engine.update_execution_options(compiled_cache=_compiled)
