"""`make faults`: every trial with its large count; prints a table for the README and exits 1 if anything went wrong."""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.faults.corruption import corruptions
from tests.faults.fuzz import fuzz_files
from tests.faults.killing import interrupts, kills, worker_kills
from tests.faults.poisoning import not_finite, orders, poison, ways_of_dying
from tests.faults.processors import processors
from tests.faults.running import Row, server, stop_server
from tests.faults.writing import at_once, double_starts, io_failures, nowhere_to_write, outputs, small_files


def main(share: float) -> int:
    """Do all trials, or a share of them."""

    def n(count: int) -> int:
        return max(1, round(share * count))

    trials: list[Callable[[], Row]] = [
        lambda: kills(n(200)), lambda: io_failures(0 if share == 1 else n(100), figures=1), lambda: interrupts(n(20)), lambda: worker_kills(n(50)),
        poison, not_finite, ways_of_dying, lambda: ways_of_dying(("executor=dask",), ("os._exit(0)", "exception")), lambda: small_files(n(10)),
        nowhere_to_write, outputs, lambda: at_once(n(10)), lambda: double_starts(n(20)), lambda: orders(n(24)), processors, lambda: corruptions(n(2000)),
        lambda: Row(*fuzz_files(n(5000), 0)),
    ]
    start = time.monotonic()
    server()
    try:
        with ThreadPoolExecutor(2) as side_by_side:
            rows = list(side_by_side.map(lambda trial: trial(), trials))
    finally:
        stop_server()
    print("\n| what goes wrong, and what is promised | tried | failed | |\n|---|---|---|---|")
    for row in rows:
        print(f"| {row[0]} | {row[1]:,} | {row[2]:,} | {' '.join(map(str, row[3:]))} |")
    print(f"\n{sum(row[1] for row in rows):,} trials in {(time.monotonic() - start) / 60:.0f} minutes; `make faults` does them again.")
    return 1 if any(row[2] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1))
