"""`make faults`: every trial with its large count; writes the table of tests/faults/README.md and exits 1 if anything went wrong."""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path

from experiments.cells.progress import progress
from experiments.executors.choose import cores
from tests import pages
from tests.faults.corruption import corruptions
from tests.faults.fuzz import fuzz_files
from tests.faults.killing import interrupts, kills, stopped_workers, worker_kills
from tests.faults.poisoning import not_finite, orders, poison, ways_of_dying
from tests.faults.processors import processors
from tests.faults.resealing import not_files, resealings
from tests.faults.running import Row, server, stop_server
from tests.faults.strangers import keys_of_others, reaching_outside, without_end
from tests.faults.writing import at_once, double_starts, io_failures, nowhere_to_write, outputs, small_files

#: Most trials of one piece: some seconds, so that no core is idle for long at the end.
PIECE = 10
PAGE = Path(__file__).with_name("README.md")


def pieces(share: float) -> Iterator[Callable[[], Row]]:
    """All trials, or a share of them, in pieces of some seconds."""
    def split(trials: Callable[..., Row], count: int, piece: int = PIECE) -> Iterator[Callable[[], Row]]:
        left = max(1, round(share * count))
        for seed in range(0, left, piece):
            yield partial(trials, min(piece, left - seed), seed=seed)

    yield from (partial(ways_of_dying, ("executor=dask",), ways) for ways in (("killed", "os._exit(0)"), ("exception", "nan"), ("SIGTERM", "disk full")))
    yield processors
    yield from split(interrupts, 40)
    yield from split(kills, 200)
    yield from (partial(io_failures, part=part, parts=12) for part in range(12)) if share == 1 else (partial(io_failures, max(1, round(share * 100))),)
    yield from split(worker_kills, 50)
    yield from split(stopped_workers, 5)
    yield from (partial(poison, (how,)) for how in ("exit", "kill", "terminate", "raise", "disk", "leave", "untransportable"))
    yield from (partial(ways_of_dying, (where,)) for where in ("executor=serial", "workers=2"))
    yield from split(double_starts, 20)
    yield from split(orders, 24)
    yield from split(small_files, 12)
    yield from split(at_once, 10)
    yield from (not_finite, nowhere_to_write, outputs, resealings, not_files)
    yield from split(corruptions, 2000, 500)
    yield from (keys_of_others, reaching_outside, without_end)
    yield from split(fuzz_files, 5000, 500)


def _with_server() -> None:
    """A server for each process that does trials, as long as it lives."""
    server()
    Finalize(None, stop_server, exitpriority=1)


def main(share: float) -> int:
    """Do all trials, or a share of them."""
    start = time.monotonic()
    with ProcessPoolExecutor(cores(), initializer=_with_server) as side_by_side:
        done = [side_by_side.submit(piece) for piece in pieces(share)]
        with progress(len(done), "pieces tried") as advance:
            for _ in as_completed(done):
                advance(1)
    rows: dict[str, Row] = {}
    for row in (future.result() for future in done):
        rows[row.what] = rows[row.what].with_more(row) if row.what in rows else row
    table = "\n".join(["| what goes wrong, and what is promised | tried | failed | |", "|---|---|---|---|", *map(str, rows.values())])
    tried, failed, minutes = sum(row.tried for row in rows.values()), sum(row.failed for row in rows.values()), (time.monotonic() - start) / 60
    total = f"{tried:,} trials in {minutes:.1f} minutes on {cores()} cores: {failed:,} of them failed."
    print(f"\n{table}\n\n{total}")
    pages.replace(PAGE, "trials", f"{total}\n\n{table}\n\n{pages.header('make faults', '' if share == 1 else f'{share:g} of the trials')}")
    return 1 if any(row.failed for row in rows.values()) else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1))
