"""The memory of the process: one heap for all threads, and large blocks given back at once."""

from __future__ import annotations

import contextlib
import ctypes

M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3  # malloc.h of glibc
LARGE_BYTES = 256 * 1024


def keep_little() -> None:
    """To be called before threads start.

    glibc gives each thread a heap of its own, for all of which it keeps what each once needed at most; under the interpreter's lock there
    is nothing to be won by it. And once a large block was freed it takes blocks of that size from the heap, where a small one
    behind it keeps them from going back: each checkpoint, larger than the one before, left its size behind.

    Another C library has other ways, and keeps them.
    """
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_ARENA_MAX, 1)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
