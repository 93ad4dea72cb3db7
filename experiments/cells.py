"""Cells: what strategies brought in one block of worlds, one file each. They are the only truth of a run.

A file is named by the hash of everything that determines its numbers, so any run finds the cells of any earlier
one; tables, figures and reports can be deleted and made again from them. A cell is a NumPy archive (.npz) that ends
with the sha256 of the rest; it also holds the description its name is the hash of, so that it can be simulated again
on its own.
"""

import hashlib
import json
import os
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

import sim
from experiments.design import Points
from sim.axes import WORLD, Array
from sim.draws import BLOCK
from sim.payoffs import MEASURES, OF_ALL
from sim.policies.policy import Policy
from sim.settings import Settings
from sim.strategies.strategy import Strategy

#: Texts for readers; they determine no number.
TEXTS = ("description", "source", "label")
#: Hexadecimal digits of a sha256, the last bytes of a file.
SEAL = 64
SUFFIX, FAILED_SUFFIX = ".npz", ".json"
#: End of the name of a file that is being written; start of the name of a file that says "a run is at work here".
PART, SIGN = ".part", ".run-"
#: Seconds after which a file that was not finished is one of a killed run: writing takes far less than a day, and a
#: long run does without its sign (see `experiments.runner.compute_cell`).
ABANDONED = 24 * 3600


class DamagedCell(Exception):
    """A file is not what its name and seal say."""


class MissingCell(LookupError):
    """There is no file of that key."""


@cache
def code() -> dict[str, Any]:
    """What the numbers depend on besides the settings: model version, source code of the model, NumPy."""
    source = hashlib.sha256()
    folder = Path(sim.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        source.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return {"model_version": sim.MODEL_VERSION, "code": source.hexdigest(), "numpy": np.__version__}


def plain(value: Any) -> Any:
    """Settings as plain data for JSON: models as mappings, values per world as lists."""
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def from_plain(value: Any) -> Any:
    """The opposite of `plain` for numbers: lists of numbers as arrays."""
    if isinstance(value, dict):
        return {key: from_plain(part) for key, part in value.items()}
    if isinstance(value, list) and value and all(isinstance(part, (int, float)) for part in value):
        return np.array(value, dtype=float)
    return [from_plain(part) for part in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Cell:
    """A unit of work: one strategy in one block of worlds, at one point or at several points of a design.

    Attributes:
        settings: What determines it besides the rest; values per world are those of the block. Its strategies and its
            number of worlds count for nothing.
        strategy: The strategy of the focal state.
        block: Number of the block of worlds.
        n_worlds: Worlds of the block, the first ones.
        points: Points of the design that run side by side; one without numbers where there is no design.
        measures: What is kept of `sim.payoffs.MEASURES`.
        code: What the numbers depend on besides the settings.
    """

    settings: Settings
    strategy: Strategy
    block: int
    n_worlds: int
    points: Points
    measures: tuple[str, ...] = tuple(MEASURES)
    code: Mapping[str, Any] = field(default_factory=lambda: code())

    @property
    def size(self) -> int:
        """Columns: worlds times points."""
        return self.n_worlds * len(self.points)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of each measure: points and worlds."""
        return len(self.points), self.n_worlds

    @property
    def with_courses(self) -> bool:
        """Whether courses are kept too."""
        return self.block == 0 and not self.points.names and self.measures == tuple(MEASURES)

    @property
    def description(self) -> bytes:
        """Everything that determines the numbers, as canonical JSON."""
        return _described(self, {
            "strategy": self.strategy, "block": self.block, "n_worlds": self.n_worlds,
            "points": {name: self.points.values[:, i] for i, name in enumerate(self.points.names)},
            **({} if self.measures == tuple(MEASURES) else {"measures": self.measures})})

    @cached_property
    def key(self) -> str:
        """The name of the file: sha256 of the description."""
        return hashlib.sha256(self.description).hexdigest()

    def __str__(self) -> str:
        return f"{self.strategy.name}, block {self.block}"


@dataclass(frozen=True)
class Society:
    """A unit of work: every state plays a strategy of its own in each world of a block.

    Attributes:
        settings: What determines it besides the rest; its peers and strategies count for nothing.
        strategies: Strategies that are played.
        plays: Which of them each state plays in each world, shape (states, n_worlds).
        block: Number of the block of worlds.
        code: What the numbers depend on besides the settings.
    """

    settings: Settings
    strategies: tuple[Strategy, ...]
    plays: NDArray[np.integer]
    block: int
    code: Mapping[str, Any] = field(default_factory=lambda: code())
    with_courses = False

    @property
    def n_worlds(self) -> int:
        """Worlds of the block, the first ones."""
        return self.plays.shape[WORLD]

    @property
    def size(self) -> int:
        """Columns: worlds."""
        return self.n_worlds

    @property
    def measures(self) -> tuple[str, ...]:
        """What is kept of each state in each world."""
        return OF_ALL

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of each measure: states and worlds."""
        return self.plays.shape[0], self.n_worlds

    @property
    def description(self) -> bytes:
        """Everything that determines the numbers, as canonical JSON."""
        return _described(self, {"strategies": self.strategies, "plays": self.plays, "block": self.block})

    @cached_property
    def key(self) -> str:
        """The name of the file: sha256 of the description."""
        return hashlib.sha256(self.description).hexdigest()

    def __str__(self) -> str:
        return f"all states of {self.settings.world.name}, seed {self.settings.seed}, block {self.block}"


AnyCell = Cell | Society


class Batch(Protocol):
    """What has cells to compute."""

    def cells(self) -> Sequence[AnyCell]:
        """Every cell."""

    def keys(self) -> dict[str, list[str]]:
        """Their keys by what they are of."""


def _described(cell: AnyCell, own: Mapping[str, Any]) -> bytes:
    return f"{_common(cell)[:-1]},{_canonical(own)[1:]}".encode()


_latest_common: tuple[Settings | None, Mapping[str, Any], str] = None, {}, ""


def _common(cell: AnyCell) -> str:
    """What a cell has in common with the others of its job, of which there may be thousands."""
    global _latest_common
    s, latest = cell.settings, _latest_common  # taken once: threads of a Dask worker may change it meanwhile
    if latest[0] is not s or latest[1] is not cell.code:
        common = {
            **cell.code, "world": s.world, "parameters": s.parameters, "focal": s.focal, "policies": s.policies,
            "peers": {name: s.peers[name] for name in s.world.states if name in s.peers and name != s.focal}, "events": s.scenario.events,
            "horizon": s.horizon, "seed": s.seed, "deterministic": s.deterministic}
        latest = _latest_common = s, cell.code, _canonical(common)
    return latest[2]


def _canonical(value: Any) -> str:
    # Keys are not sorted: the order of the states is part of the model, they draw and add up in it.
    return json.dumps(_without_texts(plain(value)), separators=(",", ":"), allow_nan=False)


def _without_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_texts(part) for key, part in value.items() if key not in TEXTS}
    return [_without_texts(part) for part in value] if isinstance(value, list) else value


def described(description: bytes) -> AnyCell:
    """The cell of a description, to simulate it again.

    Raises:
        ValueError: The description does not fit this version of the model.
    """
    data = json.loads(description)
    text = dict.fromkeys(("description", "source"), "-")
    plays = data.pop("plays", None)
    data = {name: from_plain(value) for name, value in data.items()}
    strategies = [Strategy.model_validate(text | value) for value in (data["strategies"] if plays is not None else [data["strategy"]])]
    events = [{key: part for key, part in event.items() if part is not None} for event in data["events"]]
    peers = {state: Strategy.model_validate(text | peer) for state, peer in data["peers"].items()}
    settings = Settings.model_validate({
        "world": {"description": "-", **data["world"]}, "parameters": data["parameters"], "focal": data["focal"],
        "policies": {power: Policy.model_validate(text | policy) for power, policy in data["policies"].items()},
        "peers": peers if plays is None else dict.fromkeys(data["world"]["states"], strategies[0]),
        "scenario": {"name": "described", "description": "-", "events": events},
        "n_worlds": data["n_worlds"] if plays is None else len(plays[0]), **{name: data[name] for name in ("horizon", "seed", "deterministic")},
    })
    made_by = {name: data[name] for name in code()}
    if plays is not None:
        index = np.array(plays)
        if index.dtype.kind != "i" or index.shape != (len(settings.world.states), settings.n_worlds) or not 0 <= index.min() <= index.max() < len(strategies):
            raise ValueError("plays: expected the number of a strategy for each state and world")
        return Society(settings.model_copy(update={"peers": {}}), tuple(strategies), index, data["block"], made_by)
    names = tuple(data["points"])
    points = np.array([data["points"][name] for name in names], dtype=float).T if names else np.empty((1, 0))
    measures = tuple(data.get("measures", MEASURES))
    if not set(measures) <= set(MEASURES):
        raise ValueError("measures: some are unknown")
    return Cell(settings, strategies[0], data["block"], data["n_worlds"], Points(names, points), measures, made_by)


@dataclass(frozen=True)
class Outcome:
    """What a cell holds.

    Attributes:
        payoffs: Each measure of the cell, in its shape: (points, worlds) of a `Cell`, (states, worlds) of a `Society`.
        courses: Quantiles over worlds by variable, see `experiments.runner`; of the first block without a design only.
    """

    payoffs: Mapping[str, Array]
    courses: Mapping[str, Array] = field(default_factory=dict)


def packed(cell: AnyCell, outcome: Outcome) -> bytes:
    """The bytes of a cell's file."""
    buffer = BytesIO()
    arrays: dict[str, Any] = {
        "description": np.frombuffer(cell.description, dtype=np.uint8), "measures": np.array(list(outcome.payoffs)),
        "payoffs": np.stack([outcome.payoffs[measure] for measure in outcome.payoffs]),
        **{f"course/{name}": course for name, course in outcome.courses.items()},
    }
    np.savez(buffer, **arrays)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"0" * SEAL  # the comment ends the file: room for the seal
    sealed = buffer.getvalue()[:-SEAL]
    return sealed + hashlib.sha256(sealed).hexdigest().encode()


def unpacked(data: bytes, key: str) -> tuple[bytes, Outcome]:
    """The description and outcome in a cell's file.

    Raises:
        DamagedCell: The bytes are not those that were written under this name.
    """
    if hashlib.sha256(data[:-SEAL]).hexdigest().encode() != data[-SEAL:]:
        raise DamagedCell("its checksum is wrong")
    try:
        with np.load(BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        description = arrays["description"].tobytes()
        payoffs = dict(zip(arrays["measures"].tolist(), arrays["payoffs"], strict=True))
    except Exception as error:  # the seal is right, so someone made it: a zip file can be wrong in any way
        raise DamagedCell(f"it is no cell: {error}") from None
    if hashlib.sha256(description).hexdigest() != key:
        raise DamagedCell("it belongs under another name")
    courses = {name.removeprefix("course/"): array for name, array in arrays.items() if name.startswith("course/")}
    return description, Outcome(payoffs, courses)


@dataclass(frozen=True)
class Store:
    """A folder of cells that any number of runs share, at once too.

    Attributes:
        folder: The folder; made when something is written.
    """

    folder: Path

    def path(self, key: str) -> Path:
        """Where the cell of that key is or will be."""
        return self.folder / key[:2] / f"{key}{SUFFIX}"

    def read(self, key: str) -> Outcome:
        """A cell, checked.

        Raises:
            MissingCell: There is none.
            DamagedCell: Its file is not what was written.
        """
        return self._unpacked(key)[1]

    def describe(self, key: str) -> bytes:
        """The description of a cell, checked; raises as `read`."""
        return self._unpacked(key)[0]

    def _unpacked(self, key: str) -> tuple[bytes, Outcome]:
        try:
            return unpacked(self._bytes(key), key)
        except DamagedCell as error:
            raise DamagedCell(f"{self.path(key)}: {error}") from None

    def _bytes(self, key: str) -> bytes:
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            raise MissingCell(f"there is no cell {key}") from None

    def holds(self, key: str) -> bool:
        """Whether there is a valid cell of that key."""
        try:
            self.read(key)
        except (MissingCell, DamagedCell):
            return False
        return True

    def set_aside(self, key: str) -> None:
        """Copy a damaged file to `damaged/`, for whoever wants to look at it.

        The file itself stays until a valid one is renamed over it: to move it away would now and then move the valid one
        of another run that was faster.

        Raises:
            OSError: It cannot be read or written.
        """
        with suppress(MissingCell):
            data = self._bytes(key)
            aside = self.folder / "damaged" / f"{key}.{hashlib.sha256(data).hexdigest()[:16]}"
            aside.parent.mkdir(exist_ok=True)
            write_whole(aside, data)

    def sweep(self) -> None:
        """Delete what killed runs left: temporary files and signs so old that no run can still be writing them."""
        old = time.time() - ABANDONED
        for pattern in ("*/*" + PART, SIGN + "*"):
            for file in self.folder.glob(pattern):
                with suppress(FileNotFoundError):  # another run was faster
                    if file.stat().st_mtime < old:
                        file.unlink()

    def write(self, key: str, data: bytes) -> None:
        """Write a cell's file whole or not at all: whoever looks sees either nothing or all of it.

        Raises:
            OSError: It cannot be written; nothing is left behind.
        """
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, data)

    def write_failed(self, cell: AnyCell) -> Path:
        """Keep the description of a cell that could not be computed, to look at it; returns its file.

        Raises:
            OSError: It cannot be written.
        """
        target = self.folder / "failed" / f"{cell.key}{FAILED_SUFFIX}"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, cell.description)
        return target

    def keys(self) -> Iterator[str]:
        """Keys of all files, sorted; none of them has been checked."""
        return (file.stem for file in sorted(self.folder.glob(f"[0-9a-f][0-9a-f]/*{SUFFIX}")))


def write_whole(target: Path, data: bytes) -> None:
    """Write a file under a temporary name, see that it is on the disk, rename it.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    temporary = target.with_name(f"{target.name}.{os.getpid()}-{os.urandom(4).hex()}{PART}")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            error.filename = error.filename or str(target)  # what cannot be written or synced has no name of its own
        raise


def blocks(n_worlds: int) -> Iterator[tuple[int, int]]:
    """Number and size of each block of so many worlds."""
    return ((first // BLOCK, min(BLOCK, n_worlds - first)) for first in range(0, n_worlds, BLOCK))
