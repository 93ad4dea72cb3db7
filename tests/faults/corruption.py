"""Files of cells damaged in any way: none is believed."""

from collections.abc import Iterator

import numpy as np

from experiments.cells.archive import DamagedCell, packed, unpacked
from experiments.cells.job_cells import job_cells_of
from experiments.cells.simulate import simulated
from experiments.configuration.load import load
from tests.faults.running import Row, Tally

KINDS = ("flip", "truncate", "zero", "append", "overwrite", "insert")


def damaged(data: bytes, kind: str, rng: np.random.Generator) -> bytes:
    """A copy with one thing done to it."""
    at, copy = int(rng.integers(len(data))), bytearray(data)
    if kind == "flip":
        copy[at] ^= 1 << int(rng.integers(8))
    elif kind == "truncate":
        copy = copy[:at]
    elif kind == "zero":
        copy[at : at + 64] = bytes(len(copy[at : at + 64]))
    elif kind == "append":
        copy += rng.bytes(1 + at % 100)
    elif kind == "overwrite":
        copy[at : at + 8] = rng.bytes(len(copy[at : at + 8]))
    else:
        copy[at:at] = rng.bytes(1)
    return bytes(copy)


def trials(data: bytes, other: bytes, n: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """What was done and what came of it; the last one is another valid cell under this name."""
    rng = np.random.Generator(np.random.SFC64(seed))
    for i in range(n - 1):
        while (copy := damaged(data, KINDS[i % len(KINDS)], rng)) == data:  # zeros where there were zeros
            pass
        yield KINDS[i % len(KINDS)], copy
    yield "swap", other


def corruptions(n: int = 2000, seed: int = 9) -> Row:
    """Truncated, flipped, zeroed, overwritten, prolonged and exchanged cells."""
    tally = Tally()
    words = ["strategies=[status_quo]", "horizon=4", "n_worlds=24"]
    cell, other = (job_cells_of(load([*words, f"seed={number}"]).settings).cells()[0] for number in (1, 2))
    for kind, copy in trials(packed(cell, simulated(cell)), packed(other, simulated(other)), n, seed):
        try:
            unpacked(copy, cell.key)
            tally.add(kind, "believed")
        except DamagedCell:
            tally.add(kind)
    return Row("cells flipped, truncated, zeroed, prolonged, overwritten, exchanged: none believed", tally.tried, tally.failed)
