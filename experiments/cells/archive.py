"""The file of a cell: a NumPy archive that ends with the sha256 of the rest. A seal proves that the bytes are whole, not that
they are right: what is read is compared with the description in it before any array is made.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from math import prod
from typing import Any, NamedTuple

import numpy as np

from experiments.cells.cell import AnyCell, code
from experiments.configuration.errors import CommandError
from sim.axes import DOMAINS, N_POWERS, Array
from sim.draws import BLOCK
from sim.history import VARIABLES
from sim.payoffs import MEASURES, OF_ALL
from sim.yearly import QUARTERS

#: Hexadecimal digits of a sha256, the last bytes of a file.
SEAL = 64
#: Bytes beyond which a file is not read: the largest cell, whose settings have a value for each world, has a tenth.
MOST_BYTES = 256 * 2**20
#: Variables whose trajectory over time is kept, as quantiles over the worlds of the first block.
TRAJECTORIES = ("output", "consumption", "tilt", "trust", "pressure", "leverage", "investment", "aid", "visits", "legitimacy", "rivalry")
#: The last row of a trajectory is the mean.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TRAJECTORY_ROWS = (*(f"q{round(100 * q):02d}" for q in QUANTILES), "mean")
TRAJECTORY = "trajectory/"


class CellError(CommandError):
    """A cell that was computed cannot be read."""

    def text(self, program: str) -> str:
        """All other cells are kept."""
        return f"{program}: the run cannot be reported: {self}; all other cells are kept: run the same command again"


class DamagedCell(CellError):
    """A file does not match its name or its seal."""


class MissingCell(CellError):
    """There is no file of that key."""


@dataclass(frozen=True)
class Outcome:
    """What a cell holds.

    Attributes:
        payoffs: Each measure of the cell, in its shape: (points, worlds) of a `Cell`, (years, worlds) of a `YearlyCell`, (states, worlds) of a `Society`.
        trajectories: Quantiles over worlds by variable, see `experiments.cells.job_cells`; of the first block without a design only.
    """

    payoffs: Mapping[str, Array]
    trajectories: Mapping[str, Array] = field(default_factory=dict)


def packed(cell: AnyCell, outcome: Outcome) -> bytes:
    """The bytes of a cell's file."""
    buffer = BytesIO()
    arrays: dict[str, Any] = {
        "description": np.frombuffer(cell.description, dtype=np.uint8), "measures": np.array(list(outcome.payoffs)),
        "payoffs": np.stack([outcome.payoffs[measure] for measure in outcome.payoffs]),
        **{f"trajectory/{name}": trajectory for name, trajectory in outcome.trajectories.items()},
    }
    np.savez(buffer, **arrays)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"0" * SEAL  # the comment ends the file: room for the seal
    sealed = buffer.getvalue()[:-SEAL]
    return sealed + hashlib.sha256(sealed).hexdigest().encode()


class _Layout(NamedTuple):
    """What a description says of the arrays beside it; names are None where another version of the model has its own."""

    shape: tuple[int, int]
    measures: tuple[str, ...] | None
    trajectories: Mapping[str, tuple[int, ...]] | None


#: What is known of keys that were read before, or are expected: a large description takes longer to parse than its cell to read.
_layouts: dict[str, _Layout] = {}


def expect(cell: AnyCell) -> None:
    """Know what a cell holds before its file is read; one that another version of the model made says it itself."""
    if cell.code == code():
        trajectories = {name: trajectory_shape(name, cell.settings.horizon) for name in TRAJECTORIES} if cell.with_trajectories else {}
        _layouts[cell.key] = _Layout(cell.shape, tuple(cell.measures), trajectories)


def unpacked(data: bytes, key: str) -> tuple[bytes, Outcome]:
    """The description and outcome in a cell's file.

    Raises:
        DamagedCell: The bytes are not those that were written under this name, or do not mean what the description says.
    """
    if hashlib.sha256(data[:-SEAL]).hexdigest().encode() != data[-SEAL:]:
        raise DamagedCell("its checksum is wrong")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = _parts(archive, len(data))
            description = _array(parts, "description", np.dtype(np.uint8)).tobytes()
            if hashlib.sha256(description).hexdigest() != key:
                raise DamagedCell("its content does not match its name")
            if key not in _layouts:
                _layouts[key] = _layout(description)
            return description, _outcome(parts, _layouts[key])
    except DamagedCell:
        raise
    except Exception:  # the seal is right, so someone made this file on purpose; a zip file can be wrong in any way
        raise DamagedCell("its arrays are not those of a cell") from None


def _parts(archive: zipfile.ZipFile, n_bytes: int) -> dict[str, bytes]:
    """The members of an archive, which are stored as they are and come to no more bytes than the file has."""
    members = archive.infolist()
    if any(member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size for member in members):
        raise ValueError("it is compressed")
    if sum(member.file_size for member in members) > n_bytes or len({member.filename for member in members}) < len(members):
        raise ValueError("parts of it overlap")
    return {member.filename.removesuffix(".npy"): archive.read(member) for member in members}


def _array(parts: dict[str, bytes], name: str, dtype: np.dtype[Any] | None, shape: tuple[int, ...] | None = None) -> Any:
    """Take out an array whose header says what is expected of it: of this type, shape (None: one axis) and size, and finite."""
    raw = parts.pop(name, None)
    if raw is None:
        raise ValueError(f"{name} is missing")
    stream = BytesIO(raw)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError(f"{name} is in another format")
    its_shape, _, its_dtype = np.lib.format.read_array_header_1_0(stream)
    if (its_dtype.kind != "U" if dtype is None else its_dtype != dtype) or (len(its_shape) != 1 if shape is None else its_shape != shape):
        raise ValueError(f"{name} is of type {its_dtype} and shape {its_shape}")
    if min(its_shape) < 0 or len(stream.read()) != prod(its_shape) * its_dtype.itemsize:
        raise ValueError(f"{name} has more or less than its shape says")
    array = np.lib.format.read_array(BytesIO(raw), allow_pickle=False)
    if its_dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name} holds what is not a finite number")
    return array


def _outcome(parts: dict[str, bytes], layout: _Layout) -> Outcome:
    number = np.dtype(np.float64)
    measures = tuple(_array(parts, "measures", None).tolist())
    if len(set(measures)) < len(measures) or (layout.measures is not None and measures != layout.measures):
        raise ValueError("its measures are others")
    payoffs = dict(zip(measures, _array(parts, "payoffs", number, (len(measures), *layout.shape)), strict=True))
    if layout.trajectories is None:
        return Outcome(payoffs)  # what another version keeps over time, this one does not read
    trajectories = {name: _array(parts, f"{TRAJECTORY}{name}", number, shape) for name, shape in layout.trajectories.items()}
    if parts:
        raise ValueError(f"nothing is known of {next(iter(parts))}")
    return Outcome(payoffs, trajectories)


def _layout(description: bytes) -> _Layout:
    """What a cell of this description holds."""
    said = json.loads(description)
    plays, points, yearly = said.get("plays"), said.get("points") or {}, said.get("yearly")
    if plays is not None:
        n_rows, n_worlds = len(plays), _same(map(len, plays))
    else:
        n_rows = said["horizon"] // QUARTERS if yearly is not None else _same(map(len, points.values())) if points else 1
        n_worlds = said["n_worlds"]
    if type(n_worlds) is not int or not 1 <= n_worlds <= BLOCK or type(n_rows) is not int or not 1 <= n_rows <= BLOCK:
        raise ValueError("it has no worlds or more than a block")
    named = said.get("measures") if yearly is None else yearly
    if any(said[name] != value for name, value in code().items()):
        return _Layout((n_rows, n_worlds), None if named is None else tuple(named), None)
    measures = tuple(named) if named is not None else MEASURES if plays is None else OF_ALL
    over_time = plays is None and not points and named is None and said["block"] == 0
    return _Layout((n_rows, n_worlds), tuple(measures), {name: trajectory_shape(name, said["horizon"]) for name in TRAJECTORIES} if over_time else {})


def trajectory_shape(variable: str, horizon: int) -> tuple[int, ...]:
    """Quarters, the axes of the variable but those of the state and the world, and `TRAJECTORY_ROWS`."""
    sizes = {"D": len(DOMAINS), "G": N_POWERS}
    return horizon, *(sizes[axis] for axis in VARIABLES[variable].axes if axis not in "SR"), len(TRAJECTORY_ROWS)


def _same(sizes: Iterable[int]) -> int:
    """The size that all have."""
    (size,) = set(sizes)
    return size
