"""M/M/50 at λ 45 in cimba, as its own documentation would write it: compiled processes for arrivals and for each server."""

from time import perf_counter, process_time

import cimba as cb  # at the top, and without postponed annotations: cimba reads those of the class
from cimba import inputs

RATE, SERVERS = 45.0, 50


class Queue(cb.Model):
    interarrival: cb.Input[float] = inputs.dist.exponential(mean=1 / RATE)
    service_time: cb.Input[float] = inputs.dist.exponential(mean=1)
    queue: cb.Container
    mean_queue: cb.Output[float]

    @cb.process
    def arrivals(self):
        while True:
            cb.hold(self.interarrival.next())
            self.queue.put(1)

    @cb.process(copies=SERVERS)
    def server(self):
        while True:
            self.queue.get(1)
            cb.hold(self.service_time.next())

    @cb.on_end
    def measure(self):
        self.mean_queue = self.queue.mean_level()


MODEL = Queue()


def queue_length(seconds: float, seed: int) -> float:
    """The mean number who wait over so many seconds, after a hundredth of them to warm up."""
    window = cb.Window(warmup=seconds / 100, duration=seconds)
    results = cb.Experiment(MODEL, replications=1, window=window, seed=seed).run()
    return float(results[MODEL].mean_queue.values.mean())


def timed(seconds: float, rounds: int) -> tuple[float, float, float]:
    """Seconds to compile, CPU seconds a customer (the best of some rounds), and the queue length found."""
    began = perf_counter()
    queue_length(10.0, 1)
    compiled_s, best, found = perf_counter() - began, float("inf"), 0.0
    for _ in range(rounds):
        began = process_time()
        found = queue_length(seconds, 2)
        best = min(best, process_time() - began)
    return compiled_s, best / RATE / seconds, found
