"""Processes that are killed or interrupted, at random moments: nothing finished is lost, and running again completes."""

import os
import random
import signal
import time
from contextlib import suppress
from functools import cache

from tests.faults.running import A_FIGURE, SWEEP, Row, Run, Tally, a_folder, cells, completes, digest, expected, failed

#: Enough work for half a minute.
LONG = ("strategies=[status_quo,equidistance,isolation,adaptive]", "n_worlds=50000", "assumption_draws=0", "workers=2")


def kills(n: int = 200, seed: int = 0) -> Row:
    """kill -9 of the whole command, alone or with its workers: half of them at any time, half around the moment when a cell is done."""
    rng, tally, early, late = random.Random(seed), Tally(), 0, 0
    whole = expected(SWEEP)
    for i in range(n):
        where, real, figures = ("executor=serial", "workers=2")[i % 2], i % 10 == 9, None if i % 3 == 2 else A_FIGURE
        lasts = 6 if real else _seconds(where, figures)
        with a_folder() as folder:
            run = Run([*SWEEP, where], folder, real=real, figures=figures)
            if rng.random() < 0.5:
                time.sleep(rng.uniform(0, lasts))
            else:
                wanted = rng.randrange(len(whole))
                while len(cells(folder)) < wanted and not run.ended:
                    time.sleep(0.002)
                time.sleep(rng.uniform(0, 0.1))
            with suppress(ProcessLookupError):
                run.kill(group=rng.random() < 0.5)
            code, result, left = run.wait(), cells(folder), run.orphans()
            early, late = early + (0 < len(result) < len(whole)), late + (len(result) == len(whole))
            tally.add(f"kill {i} ({code})", f"orphans {left}" if left else "", failed(folder, SWEEP),
                      completes(folder, SWEEP, "workers=2" if i % 10 == 0 else "executor=serial"))
    return Row("`kill -9` of the command at a random moment: cells valid, no orphans, running again gives the same bits", tally.tried, tally.failed,
               counted={"with some cells done": early, "with all": late})


@cache
def _seconds(where: str, figures: tuple[str, ...] | None) -> float:
    """How long the sweep takes where nobody disturbs it."""
    with a_folder() as folder:
        run = Run([*SWEEP, where], folder, figures=figures)
        assert run.wait() == 0, run.told
        return time.monotonic() - run.started


def worker_kills(n: int = 50, seed: int = 1) -> Row:
    """kill -9 of a worker: one attempt of one cell. Two in each run, which no cell can take for its three attempts."""
    rng, tally = random.Random(seed), Tally()
    for _ in range((n + 1) // 2):
        with a_folder() as folder:
            run, killed = Run([*SWEEP, "workers=2"], folder), 0
            while killed < 2 and not run.ended:
                if workers := run.workers():
                    time.sleep(rng.uniform(0, 0.2))
                    with suppress(ProcessLookupError):
                        os.kill(rng.choice(workers), signal.SIGKILL)
                        killed += 1
            code, left = run.wait(), run.orphans()
            for _ in range(killed):
                tally.add("worker", f"exit {code}: {run.told}" if code else "", "" if digest(cells(folder)) == digest(expected(SWEEP)) else "other cells",
                          f"orphans {left}" if left else "")
    return Row("`kill -9` of a worker: the run completes with the same bits", tally.tried, tally.failed)


#: Some seconds of cells, each of which takes much less than the patience with its worker.
STOPPING = ("strategies=[status_quo,equidistance]", "n_worlds=8192", "horizon=20", "assumption_draws=0")


def stopped_workers(n: int = 5, seed: int = 5) -> Row:
    """SIGSTOP of a worker in the middle of a run: it is said, the worker replaced, and the run completes."""
    rng, tally, slowest = random.Random(seed), Tally(), 0.0
    whole = digest(expected(STOPPING))
    for i in range(n):
        with a_folder() as folder:
            run, stopped = Run([*STOPPING, "workers=2", "executor.patience=3"], folder), 0
            while len(cells(folder)) < 4 and not run.ended:
                time.sleep(0.01)
            if workers := run.workers():
                stopped = rng.choice(workers)
                with suppress(ProcessLookupError):
                    os.kill(stopped, signal.SIGSTOP)
            start = time.monotonic()
            code, left = run.wait(), run.orphans()
            slowest = max(slowest, time.monotonic() - start)
            tally.add(f"stopped {i}", f"exit {code}: {run.told}" if code else "", "" if digest(cells(folder)) == whole else "other cells",
                      f"orphans {left}" if left else "", "" if f"{stopped} has not answered for" in run.told else f"not said: {run.told}")
    return Row("SIGSTOP of a worker: noticed, said, replaced, and the run completes with the same bits", tally.tried, tally.failed, slowest=slowest)


def interrupts(n: int = 40, seed: int = 2) -> Row:
    """Ctrl-C once or twice, which goes to the whole group, SIGTERM, which goes to the command, and SIGHUP of a closed terminal, in turn."""
    rng, tally, slowest = random.Random(seed), Tally(), 0.0
    for i in range(n):
        number, real = (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)[i % 4], i % 5 == 0
        again = None if i % 4 != 2 else (0.05, 0.5, 1.2)[i // 4 % 3]
        with a_folder() as folder:
            run = Run(LONG, folder, real=real)
            while "cells;" not in run.printed and not run.ended:
                time.sleep(0.02)
            time.sleep(rng.uniform(0, 4 if real else 1))
            start = time.monotonic()
            run.kill(group=number != signal.SIGTERM, number=number)
            if again:
                time.sleep(again)
                with suppress(ProcessLookupError):
                    run.kill(group=True, number=number)
            code = run.wait()
            left, seconds = run.orphans(), time.monotonic() - start
            slowest = max(slowest, seconds)
            what = f"interrupt {i} ({number.name}{f' and again after {again} s' if again else ''})"
            tally.add(what, f"exit {code}" if code != 130 else "", f"{seconds:.1f} s" if seconds > 5 else "",
                      f"orphans {left}" if left else "", "" if "run the same command again" in run.told else "does not say how to continue",
                      f"said more: {run.told}" if run.told.count("\n") != 1 else "")
    return Row("Ctrl-C, once or twice, SIGTERM and SIGHUP: exit 130, one line on how to continue, no orphans, all in less than 5 s", tally.tried,
               tally.failed, slowest=slowest)
