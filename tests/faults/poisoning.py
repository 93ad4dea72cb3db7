"""Cells that cannot be computed, and every other way in which a run can die: never exit 0 with a cell missing."""

import random
import re

from tests.faults.running import SWEEP, Row, Run, Tally, a_folder, cells, completes, digest, expected, failed

#: 33 cells: eleven strategies in three blocks.
MANY = ("strategies=[status_quo,adaptive,ambiguity_hedge,auction,bandwagon_second,binding_engagement,domain_split,dominance_denial,economic_pragmatism,"
        "isolation,opportunist]", "n_worlds=2100", "horizon=2", "assumption_draws=0")
POISONED = [["isolation", 2], ["auction", 0]]


def poison(hows: tuple[str, ...] = ("exit", "kill", "terminate", "raise", "disk", "leave", "untransportable")) -> Row:
    """Two of 33 cells kill their worker or raise: these two are reported, the others stored."""
    tally = Tally()
    for how in hows:
        with a_folder() as folder:
            run = Run([*MANY, "workers=2"], folder, fault={"how": how, "cells": POISONED})
            code, told, result = run.wait(), run.told, cells(folder)
            reported = set(re.findall(r"^  (\w+), block (\d+): ", told, re.M))
            tally.add(how, f"exit {code}: {told}" if code != 1 else "", "" if reported == {(name, str(block)) for name, block in POISONED} else f"told {told}",
                      "" if told.count("to try again: counterpoise ") == 2 else "no command to try again", f"{len(result)} cells" if len(result) != 31 else "",
                      "a traceback" if "Traceback" in told else "", failed(folder, MANY), completes(folder, MANY, "executor=serial"))
    return Row("2 of 33 cells kill their worker or raise: exit 1, these two reported with the command to try again, 31 stored", tally.tried, tally.failed)


def not_finite(n: int = 2) -> Row:
    """A strategy that returns nan in world 17."""
    tally = Tally()
    for where in ("executor=serial", "workers=2")[:n]:
        with a_folder() as folder:
            run = Run([*MANY, where], folder, fault={"how": "nan", "cells": [["isolation", None]]})
            code, told = run.wait(), run.told
            named = re.search(r"isolation, block 0: tilt is not a finite number in world 17, .*seed 2020", told)
            tally.add(where, f"exit {code}" if code != 1 else "", "" if named else told, "" if len(cells(folder)) == 30 else "other cells lost")
    return Row("a strategy returns nan in world 17: exit 1, world and seed named", tally.tried, tally.failed)


#: Ways of dying, with what the cell does, or the disk; the exit code where cells are computed in the command itself; cells stored elsewhere
#: (with nan those of the other strategy).
WAYS: dict[str, tuple[str | None, int, int]] = {
    "killed": ("kill", -9, 6), "os._exit(0)": ("exit", 0, 6), "exception": ("raise", 1, 6), "nan": ("nan", 1, 4), "SIGTERM": ("terminate", 130, 6),
    "disk full": (None, 74, 0)}


def ways_of_dying(wheres: tuple[str, ...] = ("executor=serial", "workers=2", "executor=dask"), ways: tuple[str, ...] = tuple(WAYS), seed: int = 3) -> Row:
    """Exit 0 means complete, wherever cells are computed; only a process that ends itself with 0 can say what it likes."""
    rng, tally = random.Random(seed), Tally()
    for where in wheres:
        for way in ways:
            how, itself, stored = WAYS[way]
            with a_folder() as folder:
                if how is None:
                    run = Run([*SWEEP, where], folder, largest_file=rng.randrange(1, 60_000))
                else:
                    run = Run([*SWEEP, where], folder, fault={"how": how, "cells": [["equidistance", 1 if way != "nan" else None]]})
                code, result = run.wait(), cells(folder)
                wanted = itself if where == "executor=serial" else 74 if how is None else 1
                tally.add(f"{where}: {way}", f"exit {code}, not {wanted}: {run.told}" if code != wanted else "",
                          f"{len(result)} cells, not {stored}" if wanted == 1 and len(result) != stored else "", failed(folder, SWEEP),
                          completes(folder, SWEEP, "executor=serial"))
    return Row("six ways of dying: the exit code says so, no other cell is lost, and running again completes", tally.tried, tally.failed,
               "killed, `os._exit(0)`, exception, nan, SIGTERM, disk full × serial, workers, dask; in serial `os._exit(0)` is the command's own exit: only "
               "that running again completes")


def orders(n: int = 24, seed: int = 4) -> Row:
    """Number of workers, order of cells, history of interruptions: the same bits."""
    rng, tally = random.Random(seed), Tally()
    for i in range(n):
        with a_folder() as folder:
            code = Run([*SWEEP, f"workers={i % 3 + 1}"], folder, figures=(), shuffle=rng.randrange(10**6)).wait()
            first = digest(cells(folder))
            for file in rng.sample(sorted((folder / "results" / "cells").glob("*/*.npz")), 4):
                file.unlink()
            again = completes(folder, SWEEP, f"workers={rng.randint(1, 3)}")
            tally.add(f"order {i}", f"exit {code}" if code else "", "" if first == digest(expected(SWEEP)) else "other bits", again)
    return Row("1, 2, 3 workers × shuffled order × half of the cells deleted and run again: one digest", tally.tried, tally.failed)
