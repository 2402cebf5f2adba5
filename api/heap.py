"""The memory of the process: one heap for all threads."""

from __future__ import annotations

import contextlib
import ctypes

M_ARENA_MAX = -8  # malloc.h of glibc


def share_one_heap() -> None:
    """To be called before threads start. glibc gives each a heap of its own, for all of which it keeps what each once needed at most; under
    the interpreter's lock there is nothing to be won by it. After hours under load it was ten MiB and rising.

    Another C library has other ways, and keeps them.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
