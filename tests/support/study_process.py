"""Replications in a process of their own, to be killed or interrupted: `python study_process.py DIRECTORY COUNT BACKEND`.

Prints a line for every finished replication, and how many are whole when it was interrupted.
"""

import signal
import sys
from pathlib import Path

from api.jobs.parallel import Cancelled, replicate
from api.kept import KeptReplications
from support.scenarios import plain_queue

SCENARIOS = {"three": plain_queue(3, 2.0, 1800.0), "four": plain_queue(4, 2.0, 1800.0)}


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests in the background of a shell has it ignored
    directory, count, backend = sys.argv[1:]
    kept = KeptReplications(Path(directory))
    try:
        replicate(SCENARIOS, range(int(count)), backend, told=lambda done, _: print(done, flush=True), kept=kept)
    except Cancelled as stop:
        print("interrupted", len(stop.finished["three"]), flush=True)


if __name__ == "__main__":
    main()
