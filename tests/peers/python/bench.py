"""Times an operation: CPU time of the process."""

import time

BATCHES = 7


def batch(handle, iterations):
    start = time.process_time_ns()
    for _ in range(iterations):
        handle()
    return (time.process_time_ns() - start) / iterations


def run(handle, seconds):
    # The warm-up lasts as long as a batch, and says how many iterations one has.
    wanted = seconds / (BATCHES + 1)
    start = time.monotonic()
    iterations = 0
    while iterations == 0 or time.monotonic() - start < wanted:
        handle()
        iterations += 1
    return {"ns_per_op": [batch(handle, iterations) for _ in range(BATCHES)], "cpu": True}
