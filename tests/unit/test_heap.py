"""Threads of the service take memory from one heap."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

HEAPS = """
import ctypes, threading
from api.heap import share_one_heap
if {shared}:
    share_one_heap()
done = threading.Event()
threads = [threading.Thread(target=lambda: (bytearray(2000), done.wait())) for _ in range(4)]
[each.start() for each in threads]
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
done.set()
"""


def heaps(shared: bool) -> int:
    found = subprocess.run([sys.executable, "-c", HEAPS.format(shared=shared)], capture_output=True, check=True, text=True)
    return found.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that gives threads heaps of their own")
def test_threads_share_one_heap() -> None:
    assert heaps(shared=False) > 1
    assert heaps(shared=True) == 1
