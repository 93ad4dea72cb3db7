"""How far a run is and how long it will take: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from experiments.cells.plan import duration

#: Lines where there is no terminal: at every quarter of the way, and otherwise at most one in so many seconds.
SECONDS_BETWEEN = 30


@contextmanager
def progress(total: int, what: str = "worlds simulated") -> Iterator[Callable[[int], None]]:
    """Show progress up to `total`; yields a function to call with how many more are done."""
    if total and sys.stdout.isatty():
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn(what), BarColumn(), TextColumn("{task.percentage:.0f} %"), TimeRemainingColumn())
        with Progress(*columns, transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda n: bar.advance(task, n)
        return
    start = last = time.monotonic()
    done, quarter = 0, 0

    def advance(n: int) -> None:
        nonlocal done, quarter, last
        done += n
        now = time.monotonic()
        if 4 * done // total > quarter or now - last > SECONDS_BETWEEN:
            quarter, last = 4 * done // total, now
            left = f", {duration((now - start) / done * (total - done))} left" if done < total else ""
            print(f"{done:,} of {total:,} {what}{left}", flush=True)

    yield advance
