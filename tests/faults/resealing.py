"""Cells that somebody changed and sealed again: whole, and wrong. None is believed; each is set aside and computed again."""

import hashlib
import os
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from experiments.cells.archive import MOST_BYTES, SEAL, TRAJECTORIES, packed
from experiments.cells.cell import Cell
from experiments.cells.compute import compute
from experiments.cells.job_cells import job_cells_of
from experiments.cells.plan import plan_of_cells
from experiments.cells.simulate import simulated
from experiments.cells.store import Store
from experiments.configuration.load import load
from experiments.executors.serial import Serial
from tests.faults.running import Row, Tally, a_folder

Arrays = dict[str, Any]


def resealed(members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A file with these members and a right seal."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.comment = b"0" * SEAL
    return sealed(buffer.getvalue()[:-SEAL])


def sealed(data: bytes) -> bytes:
    return data + hashlib.sha256(data).hexdigest().encode()


def saved(array: Any) -> bytes:
    buffer = BytesIO()
    np.save(buffer, array)  # objects too: what a stranger may have saved
    return buffer.getvalue()


def header(shape: str, kind: str = "<f8", data: bytes = b"") -> bytes:
    """A member whose header says what it likes."""
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def with_number(name: str, value: float, at: tuple[int, ...]) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        arrays[name] = arrays[name].copy()
        arrays[name][at] = value
    return change


def with_array(name: str, change: Callable[[Any], Any]) -> Callable[[Arrays], None]:
    return lambda arrays: arrays.update({name: change(arrays[name])})


#: Changes of the arrays of a cell of 31 measures or so, one point and eight worlds.
CHANGES: dict[str, Callable[[Arrays], object]] = {
    "nan": with_number("payoffs", np.nan, (0, 0, 3)),
    "inf": with_number("payoffs", np.inf, (1, 0, 0)),
    "-inf in the last": with_number("payoffs", -np.inf, (-1, -1, -1)),
    "all nan": with_array("payoffs", lambda array: array * np.nan),
    "nan over time": with_number("trajectory/trust", np.nan, (0, 0, 0)),
    "one world for eight": with_array("payoffs", lambda array: array[:, :, :1]),
    "seven worlds": with_array("payoffs", lambda array: array[:, :, :7]),
    "nine worlds": with_array("payoffs", lambda array: np.concatenate([array, array[:, :, :1]], axis=2)),
    "no worlds": with_array("payoffs", lambda array: array[:, :, :0]),
    "no points": with_array("payoffs", lambda array: array[:, :0]),
    "two points": with_array("payoffs", lambda array: np.repeat(array, 2, axis=1)),
    "without the axis of points": with_array("payoffs", lambda array: array[:, 0]),
    "one more axis": with_array("payoffs", lambda array: array[None]),
    "axes exchanged": with_array("payoffs", lambda array: array.swapaxes(1, 2)),
    "a number": with_array("payoffs", lambda array: np.float64(0.5)),
    "single precision": with_array("payoffs", lambda array: array.astype(np.float32)),
    "whole numbers": with_array("payoffs", lambda array: array.astype(np.int64)),
    "complex": with_array("payoffs", lambda array: array.astype(complex)),
    "texts": with_array("payoffs", lambda array: array.astype(str)),
    "true and false": with_array("payoffs", lambda array: array > 0),
    "the other byte order": with_array("payoffs", lambda array: array.astype(">f8")),
    "objects": with_array("payoffs", lambda array: array.astype(object)),
    "no measures": lambda arrays: arrays.pop("measures"),
    "no payoffs": lambda arrays: arrays.pop("payoffs"),
    "no description": lambda arrays: arrays.pop("description"),
    "a measure fewer": lambda arrays: arrays.update(measures=arrays["measures"][1:], payoffs=arrays["payoffs"][1:]),
    "a measure fewer in the names": with_array("measures", lambda array: array[:-1]),
    "a measure twice": with_array("measures", lambda array: np.concatenate([array[:1], array[:1], array[2:]])),
    "measures in another order": with_array("measures", lambda array: array[::-1]),
    "an unknown measure": with_array("measures", lambda array: np.array(["wealth", *array[1:]])),
    "measures as numbers": with_array("measures", lambda array: np.arange(len(array))),
    "measures as bytes": with_array("measures", lambda array: array.astype(bytes)),
    "an array more": lambda arrays: arrays.update(wealth=np.ones(3)),
    "a trajectory more": lambda arrays: arrays.update({"trajectory/wealth": arrays["trajectory/output"]}),
    "a trajectory fewer": lambda arrays: arrays.pop(f"trajectory/{TRAJECTORIES[-1]}"),
    "a trajectory cut": with_array("trajectory/output", lambda array: array[:-1]),
    "a trajectory without its mean": with_array("trajectory/output", lambda array: array[..., :-1]),
    "another description": with_array("description", lambda array: array[::-1]),
    "a description of two axes": with_array("description", lambda array: array[None]),
}


def forged(data: bytes, other: bytes) -> Iterator[tuple[str, bytes]]:
    """What was done to a cell, and its bytes."""
    with np.load(BytesIO(data)) as archive:
        arrays = {name: archive[name] for name in archive.files}
    plain = {f"{name}.npy": saved(array) for name, array in arrays.items()}
    for what, change in CHANGES.items():
        changed = dict(arrays)
        change(changed)
        yield what, resealed({f"{name}.npy": saved(array) for name, array in changed.items()})
    n_measures = len(arrays["measures"])
    for what, member in {
        "more in the header than there is": header(f"({n_measures}, 1, 8)", data=b"\0" * 8), "a terabyte in the header": header("(137438953472,)"),
        "a negative size": header(f"({n_measures}, -1, -8)", data=b"\0" * 8 * 8 * n_measures), "more than its shape": plain["payoffs.npy"] + b"\0",
        "a header nested deeply": header("(" * 4000 + ")" * 4000), "a pickle": b"\x80\x04N.", "nothing": b"", "another version": b"\x93NUMPY\x09\x00",
    }.items():
        yield what, resealed({**plain, "payoffs.npy": member})
    yield "compressed", resealed(plain, zipfile.ZIP_DEFLATED)
    yield "30 KB that unpack to 30 MB", _bomb(plain)
    yield "no archive", sealed(b"nothing")
    yield "an empty archive", resealed({})
    yield "another cell", other


def _bomb(members: Mapping[str, bytes]) -> bytes:
    """Payoffs that unpack to a thousand times the file."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            if name != "payoffs.npy":
                archive.writestr(name, data)
        with archive.open("payoffs.npy", "w", force_zip64=True) as member:
            member.write(header(f"({30 * 2**17},)") + b"\0" * 30 * 2**20)
        archive.comment = b"0" * SEAL
    return sealed(buffer.getvalue()[:-SEAL])


def no_files(file: Path, data: bytes) -> Iterator[tuple[str, Callable[[], object]]]:
    """What lies in place of a cell and is not a file of its size."""
    yield "a folder", file.mkdir
    yield "a pipe", lambda: os.mkfifo(file)
    yield "a device", lambda: file.symlink_to("/dev/zero")
    yield "a link to itself", lambda: file.symlink_to(file)
    yield "a terabyte of nothing", lambda: (file.touch(), os.truncate(file, 2**40))
    yield "a cell and a gigabyte of nothing", lambda: (file.write_bytes(data), os.truncate(file, max(2**30, MOST_BYTES + 1)))


def resealings() -> Row:
    """Cells changed and sealed again, in their place in a store: none is read, each is planned again, set aside and replaced."""
    tally = Tally()
    cell, other = _cell(1), _cell(2)
    data = packed(cell, simulated(cell))
    with a_folder() as folder:
        store = Store(folder)
        for what, copy in forged(data, packed(other, simulated(other))):
            store.write(cell.key, copy)
            tally.add(what, *_wrong(store, cell, data))
            store.path(cell.key).unlink()
    return Row("cells changed and sealed again (nan, inf, other shapes, types, measures, sizes): none believed, each kept aside and computed again",
               tally.tried, tally.failed)


def not_files() -> Row:
    """What is no file in place of a cell."""
    tally = Tally()
    cell = _cell(1)
    data = packed(cell, simulated(cell))
    with a_folder() as folder:
        store = Store(folder)
        store.path(cell.key).parent.mkdir(parents=True)
        for what, make in no_files(store.path(cell.key), data):
            make()
            tally.add(what, *_wrong(store, cell, data))
            store.path(cell.key).unlink()
    return Row("a folder, a pipe, a device, a terabyte without content in place of a cell: not read, moved aside, computed again", tally.tried, tally.failed)


def _cell(seed: int) -> Cell:
    return job_cells_of(load(["strategies=[status_quo]", "horizon=2", "n_worlds=8", f"seed={seed}"]).settings).cells()[0]


def _wrong(store: Store, cell: Cell, data: bytes) -> Iterator[str]:
    """What went wrong with a store in which that cell is not as it was written."""
    plan = plan_of_cells({cell.key: cell}, store, 1)
    if plan.damaged != {cell.key} or plan.done:
        yield "believed"
        return
    before = len(list((store.folder / "damaged").iterdir())) if (store.folder / "damaged").exists() else 0
    store.set_aside(cell.key)
    if len(list((store.folder / "damaged").iterdir())) != before + 1:
        yield "not set aside"
    if failures := compute(plan.missing, store, Serial(), 1):
        yield f"not computed again: {failures[0]}"
    elif store.path(cell.key).read_bytes() != data:
        yield "computed again, it is another"
