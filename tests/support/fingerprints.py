"""What tells two runs apart, in a module that another process can import."""

from fatigue_model.bounds import digest
from router.events import encode
from simulations.engine import simulate
from simulations.metrics import measure
from support.scenarios import everything


def fingerprint(replication: int) -> str:
    """Of a whole run: its log, event by event, and all its numbers to the last bit."""
    run = simulate(everything(run={"days": 1}), replication)
    measured = {name: repr(each) for name, each in measure(run).items()}
    return digest({"log": [list(encode(event)) for event in run.log], "measured": measured})
