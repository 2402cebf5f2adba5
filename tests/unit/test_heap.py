"""Threads of the service take memory from one heap, and large blocks go back."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that is told what to keep")

# what glibc says of its heaps, after threads have taken memory and a large block was freed; one of half the size is there
HELD = """
import ctypes, threading
from api.heap import keep_little
if {little}:
    keep_little()
taken, done = threading.Barrier(5), threading.Event()
threads = [threading.Thread(target=lambda: (bytearray(2000), taken.wait(), done.wait())) for _ in range(4)]
[each.start() for each in threads]
taken.wait()
bytearray(8 << 20)
there = bytearray(4 << 20)
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
done.set()
"""


def held(little: bool) -> tuple[int, bool]:
    """How many heaps there are, and whether the block lies beside them."""
    untold = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}  # dask leaves some behind
    command = [sys.executable, "-c", HELD.format(little=little)]
    found = subprocess.run(command, env=untold, capture_output=True, check=True, text=True).stdout
    mapped = next(line for line in found.splitlines()[::-1] if 'type="mmap"' in line)
    return found.count("<heap nr="), int(mapped.split('size="')[1].split('"')[0]) >= 4 << 20


def test_threads_share_one_heap_and_large_blocks_lie_beside_it() -> None:
    otherwise = [held(little=False) for _ in range(3)]  # now and then something else of the process is in a heap's way
    assert any(heaps > 1 and not beside for heaps, beside in otherwise)
    assert held(little=True) == (1, True)
