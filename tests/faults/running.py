"""What all trials share: the command started in a folder of its own, what is left of it, and its cells compared."""

import hashlib
import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from experiments.cells.archive import DamagedCell, unpacked

ROOT = Path(__file__).resolve().parents[2]
POISON = Path(__file__).parent / "poison"
#: As it is installed. `python -m` would end by the signal and not with 130 where Ctrl-C comes while something is imported.
COMMAND = Path(sys.executable).with_name("counterpoise")
#: A sweep of eight cells in two blocks: enough work for worker processes, little enough for hundreds of trials.
SWEEP = ("-m", "scenario=calm,cold_war", "strategies=[status_quo,equidistance]", "n_worlds=1280", "horizon=4", "assumption_draws=0", "against=null")
#: A comparison: tables and arrays too.
COMPARISON = ("strategies=[status_quo,equidistance]", "n_worlds=8", "horizon=4", "assumption_draws=8")
#: One figure of each, the quickest to draw, where figures are not what is tried.
A_FIGURE = ("regret", "dominance")
TALKING = threading.Lock()


class Row(NamedTuple):
    """What was tried, how often, how often it went wrong, and what else there is to say.

    Attributes:
        counted: How often something came about, by what it was.
        slowest: Seconds of the slowest trial, where they count.
    """

    what: str
    tried: int
    failed: int
    note: str = ""
    counted: Mapping[str, int] = {}
    slowest: float | None = None

    def with_more(self, more: "Row") -> "Row":
        """Both parts of the same trials."""
        counted = {name: count + more.counted[name] for name, count in self.counted.items()}
        slowest = None if self.slowest is None or more.slowest is None else max(self.slowest, more.slowest)
        return Row(self.what, self.tried + more.tried, self.failed + more.failed, self.note, counted, slowest)

    def __str__(self) -> str:
        slowest = "" if self.slowest is None else f"the slowest {self.slowest:.2g} s"
        notes = [self.note, *(f"{count:,} {name}" for name, count in self.counted.items()), slowest]
        return f"| {self.what} | {self.tried:,} | {self.failed:,} | {', '.join(note for note in notes if note)} |"


class Run:
    """A command that was started.

    Args:
        words: Its words.
        folder: The folder it runs in; its cells lie under results/.
        real: Start a new interpreter, and let it start its workers; otherwise both are forked, see `tests.faults.server`.
        figures: Names of those that are drawn, in what is forked; None: all.
        fault: What happens in some cells, see `tests.faults.poison.sitecustomize`.
        disk: The call that fails and whether all after it fail too, see `tests.faults.disk`; in what is forked.
        shuffle: Seed of the order of the cells, in what is forked.
        largest_file: Bytes after which writing a file fails.
        environment: Besides our own, of a new interpreter.

    Attributes:
        pid: Its process, the head of a session of its own.
    """

    def __init__(self, words: Sequence[str], folder: Path, *, real: bool = False, figures: Sequence[str] | None = A_FIGURE,
                 fault: Mapping[str, Any] | None = None, disk: tuple[int, bool] | None = None, shuffle: int | None = None,
                 largest_file: int | None = None, environment: Mapping[str, str] | None = None) -> None:
        self.folder, self.real, self.started = folder, real, time.monotonic()
        self.output = Path(f"{folder}-{os.urandom(8).hex()}")
        self._code: int | None = None

        def prepare() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored where a shell started all of this in the background
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored where nohup did
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        with open(f"{self.output}.out", "w") as out, open(f"{self.output}.err", "w") as err:
            if real:
                own = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [POISON, ROOT] if fault else [ROOT])), **(environment or {}),
                       **({"COUNTERPOISE_FAULT": json.dumps(fault)} if fault else {})}
                self._process = subprocess.Popen([str(COMMAND), *words], cwd=folder, env=own, stdout=out, stderr=err,
                                                 stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=prepare)
        if real:
            self.pid, self._poll = self._process.pid, self._process.poll
        else:
            self.pid = ask({"start": list(words), "folder": str(folder), "output": str(self.output), "figures": figures, "fault": fault, "disk": disk,
                            "shuffle": shuffle, "largest_file": largest_file})
            self._poll = lambda: ask({"poll": self.pid})

    def wait(self, seconds: float = 120) -> int:
        """Its exit code; minus the signal that ended it, as of one that takes longer and is killed."""
        end = time.monotonic() + seconds
        while not self.ended:
            if time.monotonic() > end:
                print(f"still running after {seconds} s and killed: {self.printed} {self.told}", flush=True)
                self.kill(group=True)
                end = math.inf
            time.sleep(0.02)
        assert self._code is not None
        return self._code

    def kill(self, group: bool = False, number: int = signal.SIGKILL) -> None:
        (os.killpg if group else os.kill)(self.pid, number)

    @property
    def ended(self) -> bool:
        """Whether it is over; `wait` gives its exit code then too."""
        if self._code is None:
            self._code = self._poll()
        return self._code is not None

    def workers(self) -> list[int]:
        """Its worker processes."""
        # What forks workers, see `tests.faults.server`, is a child of the command, and the workers are its children.
        return [pid for pid, parent in self._descendants().items() if self.real or parent != self.pid]

    def orphans(self, seconds: float = 5) -> list[int]:
        """What of it is still there after so long."""
        end = time.monotonic() + seconds
        while (left := list(self._descendants())) and time.monotonic() < end:
            time.sleep(0.05)
        return left

    def _descendants(self) -> dict[int, int]:
        """Every other process of its session with its parent, but those that have ended and the one by which `multiprocessing` cleans up."""
        result = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != self.pid:
                with suppress(OSError):  # it ended while we looked
                    state, parent, _, session = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:4]
                    if int(session) == self.pid and state != "Z" and b"resource_tracker" not in (entry / "cmdline").read_bytes():
                        result[int(entry.name)] = int(parent)
        return result

    @property
    def told(self) -> str:
        """What it said on standard error."""
        return Path(f"{self.output}.err").read_text()

    @property
    def printed(self) -> str:
        """What it said on standard output."""
        return Path(f"{self.output}.out").read_text()

    @property
    def calls(self) -> int:
        """How often it called the disk."""
        return int(Path(f"{self.output}.calls").read_text())


@cache
def server() -> subprocess.Popen[str]:
    """See `tests.faults.server`; ends with this process, when its input is closed."""
    return subprocess.Popen([sys.executable, "-P", str(Path(__file__).with_name("server.py"))], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)


def ask(question: Mapping[str, Any]) -> Any:
    """A line to the server and its answer."""
    with TALKING:
        talking = server()
        assert talking.stdin is not None
        assert talking.stdout is not None
        talking.stdin.write(json.dumps(question) + "\n")
        talking.stdin.flush()
        return json.loads(talking.stdout.readline())


def stop_server() -> None:
    """End the server, where it was started."""
    if server.cache_info().currsize:
        running = server()
        for pipe in (running.stdin, running.stdout):
            assert pipe is not None
            pipe.close()
        running.wait()
        server.cache_clear()


@contextmanager
def a_folder() -> Iterator[Path]:
    """An empty folder; whatever is written beside it goes with it."""
    with tempfile.TemporaryDirectory(prefix="counterpoise-") as around:
        folder = Path(around) / "work"
        folder.mkdir()
        yield folder


def cells(folder: Path) -> dict[str, bytes]:
    """Every cell under a folder, by name."""
    return {file.name: file.read_bytes() for file in sorted((folder / "results" / "cells").glob("[0-9a-f][0-9a-f]/*.npz"))}


def digest(result: Mapping[str, bytes]) -> str:
    """One sum over all cells."""
    total = hashlib.sha256()
    for name in sorted(result):
        total.update(name.encode() + b"\0" + result[name] + b"\0")
    return total.hexdigest()


def damaged(result: Mapping[str, bytes]) -> list[str]:
    """Names of files that are no valid cells."""
    wrong = []
    for name, data in result.items():
        try:
            unpacked(data, name.removesuffix(".npz"))
        except DamagedCell:
            wrong.append(name)
    return wrong


@cache
def expected(words: tuple[str, ...]) -> dict[str, bytes]:
    """The cells of an undisturbed run."""
    with a_folder() as folder:
        run = Run([*words, "executor=serial"], folder, figures=())
        assert run.wait() == 0, run.told
        result = cells(folder)
        assert result
        assert not damaged(result)
        return result


def failed(folder: Path, words: tuple[str, ...]) -> str:
    """What is wrong with the cells that a run left; empty where every one of them is as it should be."""
    result, whole = cells(folder), expected(words)
    wrong = damaged(result) + [name for name, data in result.items() if whole.get(name) != data]
    return f"{len(wrong)} cells are wrong" if wrong else ""


def completes(folder: Path, words: tuple[str, ...], *more: str, real: bool = False) -> str:
    """Run the same command again; what is wrong with that, empty where it completes to bit-identical cells."""
    run = Run([*words, *more], folder, real=real, figures=())
    code = run.wait()
    if code:
        return f"running again ended with {code}: {run.told}"
    return "" if digest(cells(folder)) == digest(expected(words)) else "running again gave other cells"


class Tally:
    """Counts trials and tells of each that went wrong."""

    def __init__(self) -> None:
        self.tried = self.failed = 0

    def add(self, trial: str, *wrong: str) -> None:
        self.tried += 1
        said = [text for text in wrong if text]
        if said:
            self.failed += 1
            print(f"{trial}: {'; '.join(said)}", flush=True)
