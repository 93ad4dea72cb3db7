"""Cells without a terminal: kept in memory unless a folder is named, computed in this process unless workers are wanted, printed nowhere."""

import logging
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from os import PathLike
from pathlib import Path
from threading import Lock
from typing import Any

from experiments.cells.archive import MissingCell
from experiments.cells.cell import AnyCell
from experiments.cells.plan import Plan, check_room
from experiments.cells.session import Session
from experiments.cells.stopwatch import Stopwatch
from experiments.cells.store import Store
from experiments.configuration.effect import split
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import own_dir, own_files, read_again
from experiments.configuration.job import ExecutorChoice, Job, Run
from experiments.executors.choose import cores, executor
from experiments.messages import shortened
from experiments.names import naming
from experiments.words import plural

#: What the caller had, once for each call under way: how processes start, and the level of Mesa's logger.
_kept: list[tuple[str | None, int]] = []
_one_at_a_time = Lock()


class CellsFailed(RuntimeWarning):
    """Some cells could not be computed; the strategies that they belong to are not compared."""


@dataclass(frozen=True)
class Memory(Store):
    """A store that writes no file: each cell is kept as the bytes that its file would have.

    Attributes:
        files: Those bytes, by key.
    """

    folder: Path = Path(os.devnull)
    files: dict[str, bytes] = field(default_factory=dict)

    def _bytes(self, key: str) -> bytes:
        if key not in self.files:
            raise MissingCell(f"there is no cell {key}")
        return self.files[key]

    def write(self, key: str, data: bytes) -> None:
        """Keep a cell."""
        self.files[key] = data

    def sweep(self) -> None:
        """Nothing: killed runs leave nothing behind."""

    @contextmanager
    def marked(self) -> Iterator[str]:
        """The name of a file that is nowhere, so that workers send back what they compute."""
        yield "nowhere"

    def __reduce__(self) -> tuple[type[Store], tuple[Path]]:
        return Store, (self.folder,)  # workers need no cells


@dataclass
class Quiet(Session):
    """A session that prints nothing; with `bar` it shows how far it is."""

    bar: bool = False

    @contextmanager
    def _progress(self, missing: Sequence[AnyCell], what: str) -> Iterator[Callable[[int], None]]:
        total = sum(cell.size for cell in missing)
        if not (self.bar and total):
            yield lambda n: None
            return
        place, done = _place(), 0

        def advance(n: int) -> None:
            nonlocal done
            done += n
            place(f"{done:,} of {total:,} worlds simulated", done == total)

        yield advance

    def show(self, text: str) -> None:
        """Nothing is printed."""

    def warn_of_failures(self) -> None:
        """Warn of cells that failed; all others are kept."""
        if self.failures:
            warnings.warn(f"{plural(len(self.failures), 'cell')} failed, the first: {self.failures[0]}", CellsFailed, stacklevel=4)


@contextmanager
def session(jobs: Sequence[Job], store: Store, bar: bool) -> Iterator[Quiet]:
    """Open the executor and put the labels of the jobs in force."""
    run = jobs[0].run
    workers = 1 if run.executor.kind == "serial" else run.workers or cores()
    with callers_state(), naming(job.settings for job in jobs), executor(run.executor, workers) as pool:
        if not isinstance(store, Memory):
            check_room(store.folder.parent, 0)
        yield Quiet(Plan({}, frozenset(), frozenset(), workers), store, pool, Stopwatch(), bar=bar)


def store_of(jobs: Sequence[Job]) -> Store:
    """The store of jobs: that of their results where an override names a folder, else memory."""
    return Store(Path(jobs[0].run.results) / "cells") if _given(jobs, "results") else Memory()


def here(jobs: Sequence[Job]) -> list[Job]:
    """The same jobs in this process, where no override wants workers: worker processes would run the caller's script once more."""
    if _given(jobs, "executor") or _given(jobs, "workers"):
        return list(jobs)
    return [_with(job, executor=ExecutorChoice(kind="serial")) for job in jobs]


def within(jobs: Sequence[Job], folder: Path) -> list[Job]:
    """The same jobs with their results in another folder."""
    return [_with(job, results=str(folder)) for job in jobs]


def _with(job: Job, **changes: Any) -> Job:
    return replace(job, run=Run.model_validate({**dict(job.run), **changes}))


def _given(jobs: Sequence[Job], key: str) -> bool:
    return any(split(text)[0].split(".")[0] == key for text in jobs[0].overrides)


def copied(source: Store, target: Store, keys: Iterable[str]) -> None:
    """Write those cells of a memory that another store does not hold.

    Raises:
        OSError: One cannot be written.
    """
    if isinstance(source, Memory):
        for key in keys:
            if key in source.files and not target.holds(key):
                target.write(key, source.files[key])


@contextmanager
def files(conf: str | PathLike[str] | None) -> Iterator[None]:
    """Read the user's own files again, which may have changed since the last call, and import what simulates and draws.

    Args:
        conf: Folder of own files, as `--conf` names it; None: as the environment or the current folder have it.

    Raises:
        ConfigError: It is neither, or there is no such folder.
    """
    if conf is not None and not isinstance(conf, str | PathLike):
        raise ConfigError([f"conf: expected a folder, got {shortened(conf)}"])
    _imported()
    with nullcontext() if conf is None else own_files(conf):
        if own_dir():
            read_again()
        yield


@cache
def _imported() -> None:
    """Import libraries that add filters of warnings: the caller's are back afterwards."""
    with callers_state(), warnings.catch_warnings():
        for name in ("experiments.analyses.outcome", "sim.simulation"):
            import_module(name)


@contextmanager
def callers_state() -> Iterator[None]:
    """Let what libraries set for the whole program be afterwards what it was: how its processes start; Mesa logs nothing of its steps.

    Of calls at once, in several threads, the first keeps it and the last puts it back.
    """
    logger = logging.getLogger("MESA")
    with _one_at_a_time:
        if not _kept:
            _kept.append((multiprocessing.get_start_method(allow_none=True), logger.level))
            logger.setLevel(logging.WARNING)
        else:
            _kept.append(_kept[-1])
    try:
        yield
    finally:
        with _one_at_a_time:
            method, level = _kept.pop()
            if not _kept:
                logger.setLevel(level)
                multiprocessing.set_start_method(method, force=True)


def _place() -> Callable[[str, bool], None]:
    """A place in which a text takes that of the one before, until the last one: a notebook's cell, or a line of standard error."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and hasattr(shell, "kernel"):
        from IPython.display import display

        handle: Any = display({"text/plain": ""}, raw=True, display_id=True)
        return lambda text, last: handle.update({"text/plain": text}, raw=True)
    return lambda text, last: print(f"\r{text}", end="\n" if last else "", file=sys.stderr, flush=True)
