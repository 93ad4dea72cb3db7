"""Disks that fail, and several runs on one store."""

import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.faults.running import COMPARISON, SWEEP, Row, Run, Tally, a_folder, cells, completes, digest, expected, failed


def plain_failure(run: Run, code: int) -> list[str]:
    """What is wrong with how a run says that it cannot write."""
    told = run.told
    return [f"exit {code}: {told}" if code != 74 else "", f"not one line: {told}" if told.count("\n") != 1 or "Traceback" in told else ""]


def io_failures(n: int = 0, part: int = 0, parts: int = 1, seed: int = 5) -> Row:
    """Fail each call that opens, reads, writes, syncs, renames or makes a folder: once, or from then on.

    Args:
        n: So many of them in a sweep and in a comparison, drawn at random; 0: all.
        part: Which part of them, from 0.
        parts: Of so many.
        seed: Of the draw.
    """
    rng, tally, counted, harmless = random.Random(seed), Tally(), {}, 0
    for kind, words in (("sweep", SWEEP), ("comparison", COMPARISON)):
        def start(folder: Path, call: int, for_good: bool, words: tuple[str, ...] = words) -> Run:
            for name, data in list(expected(words).items())[::2]:  # every second cell is there: calls that read
                file = folder / "results" / "cells" / name[:2] / name
                file.parent.mkdir(parents=True)
                file.write_bytes(data)
            return Run([*words, "executor=serial"], folder, disk=(call, for_good))

        with a_folder() as folder:
            run = start(folder, 0, False)
            assert run.wait() == 0, run.told
            calls = run.calls
        drawn = sorted(rng.sample(range(1, calls + 1), n)) if n else range(1, calls + 1)
        counted[f"calls in a {kind}"] = len(drawn[part::parts])
        for call in drawn[part::parts]:
            with a_folder() as folder:
                run = start(folder, call, call % 2 == 0)
                code = run.wait()
                complete = code == 0 and digest(cells(folder)) == digest(expected(words))  # `tempfile` opens in another way where the first one fails
                harmless += complete
                tally.add(f"{kind}: call {call} of {calls}", *([] if complete else plain_failure(run, code)), failed(folder, words),
                          completes(folder, words, "executor=serial"))
    return Row("the N-th of all calls that open, read, write, sync, rename or make a folder fails: exit 74, one line, cells valid, the next run completes",
               tally.tried, tally.failed, counted={**counted, "did no harm": harmless})


def small_files(n: int = 8, seed: int = 6) -> Row:
    """RLIMIT_FSIZE in the real command, with workers."""
    rng, tally = random.Random(seed), Tally()
    for i in range(n):
        with a_folder() as folder:
            run = Run([*SWEEP, "workers=2" if i % 2 else "executor=serial"], folder, real=i % 4 < 2, largest_file=rng.randrange(100, 20_000))
            tally.add(f"limit {i}", *plain_failure(run, run.wait()), failed(folder, SWEEP), completes(folder, SWEEP, "executor=serial"))
    return Row("files limited to 0.1 to 20 kB (`RLIMIT_FSIZE`): exit 74, one line, the next run completes", tally.tried, tally.failed)


def nowhere_to_write(n: int = 3) -> Row:
    """A file where the folder should be, a folder of the kernel, a full disk where tmpfs may be mounted."""
    tally, note = Tally(), ""
    with a_folder() as folder:
        (folder / "file").write_text("")
        for results in ("file", "/proc/counterpoise", "/dev/null/x")[:n]:
            run = Run([*SWEEP, f"results={results}"], folder, real=True)
            tally.add(results, *plain_failure(run, run.wait()))
    with a_folder() as folder:
        (folder / "results").mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(folder / "results")], capture_output=True, check=False).returncode == 0
        try:
            if mounted:
                run = Run([*SWEEP, "workers=2"], folder, real=True)
                tally.add("tmpfs", *plain_failure(run, run.wait()))
                subprocess.run(["mount", "-o", "remount,size=9m", str(folder / "results")], check=True)
                tally.add("tmpfs, room made", failed(folder, SWEEP), completes(folder, SWEEP, "executor=serial"))
            else:
                note = "no tmpfs may be mounted here"
        finally:
            if mounted:
                subprocess.run(["umount", str(folder / "results")], check=True)
    return Row("a file in place of the folder, read-only, a full tmpfs: exit 74, one line", tally.tried, tally.failed, note)


def at_once(n: int = 10, seed: int = 7) -> Row:
    """Three runs of the same sweep on one store, one of them killed."""
    rng, tally = random.Random(seed), Tally()
    for i in range(n):
        with a_folder() as folder:
            runs = [Run([*SWEEP, "executor=serial" if i % 2 else "workers=2"], folder) for _ in range(3)]
            victim = runs.pop(rng.randrange(3))
            time.sleep(rng.uniform(0, 2))
            with suppress(ProcessLookupError):
                victim.kill(group=True)
            victim.wait()
            tally.add(f"three {i}", *(f"exit {code}: {run.told}" for run in runs if (code := run.wait())), failed(folder, SWEEP),
                      "" if digest(cells(folder)) == digest(expected(SWEEP)) else "other cells")
    return Row("the same sweep three times at once on one store, one killed: the others finish with the same bits", tally.tried, tally.failed)


def double_starts(n: int = 20, seed: int = 8) -> Row:
    """The same sweep twice in the same instant, a damaged cell among what is there."""
    rng, tally = random.Random(seed), Tally()
    whole = expected(SWEEP)
    for i in range(n):
        with a_folder() as folder:
            name = rng.choice(sorted(whole))
            bad = folder / "results" / "cells" / name[:2] / name
            bad.parent.mkdir(parents=True)
            bad.write_bytes(whole[name][:-1])
            runs = [Run([*SWEEP, "executor=serial"], folder) for _ in range(2)]
            codes = [run.wait() for run in runs]
            folders = {Path(run.printed.splitlines()[-1]).parent for run in runs}
            tally.add(f"double {i}", *(f"exit {code}: {run.told}" for code, run in zip(codes, runs, strict=True) if code),
                      "" if len(folders) == 2 and all((folder / one / "manifest.json").exists() for one in folders) else f"folders {folders}",
                      "" if digest(cells(folder)) == digest(whole) else "other cells",
                      "" if len(list((folder / "results" / "cells" / "damaged").glob(f"{name[:64]}.*"))) == 1 else "not set aside once")
    return Row("twice in the same instant, with a damaged cell there: two run folders, nothing lost", tally.tried, tally.failed)


def outputs(n: int = 2) -> Row:
    """Whoever reads goes away, or what is printed goes to a full disk: never exit 0 with a cell missing."""
    tally = Tally()
    command = f"{sys.executable} -m experiments.cli {' '.join(repr(word) for word in SWEEP)} executor=serial"
    for ending, code in (("| true; exit ${PIPESTATUS[0]}", 141), ("> /dev/full", 74))[:n]:
        with a_folder() as folder:
            done = subprocess.run(["bash", "-c", f"{command} {ending}"], cwd=folder, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
                                  capture_output=True, text=True, check=False)
            tally.add(ending, f"exit {done.returncode}: {done.stderr}" if done.returncode != code else "", "a traceback" if "Traceback" in done.stderr else "",
                      completes(folder, SWEEP, "executor=serial"))
    return Row("output to a closed pipe or a full disk: exit 141 or 74, running again completes", tally.tried, tally.failed)
