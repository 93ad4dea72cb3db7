"""How the cost of a run grows with its size: one size at a time, all others as they are. A part of `make bench`."""

import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from experiments.cells.compute import compute
from experiments.cells.job_cells import job_cells_of
from experiments.cells.store import Store
from experiments.configuration.design import Design
from experiments.configuration.load import load
from experiments.executors.serial import Serial
from experiments.figures.style import styled
from sim.settings import Settings
from tests import pages
from tests.given import rebuilt

#: Sizes measured; the others are 1,024 worlds, 60 quarters, ten states, one strategy, one point.
SIZES: Mapping[str, Sequence[int]] = {
    "worlds": (1, 10, 100, 1_000, 10_000, 100_000),
    "quarters": (20, 60, 120, 400),
    "states": (2, 5, 10, 20, 40),
    "strategies": (1, 10, 50, 200),
    "points": (10, 100, 1_000, 10_000, 100_000),
}
WORLDS, WORLDS_OF_STRATEGY, WORLDS_OF_POINT = 1024, 64, 2
PAGE, FIGURE = pages.ROOT / "tests" / "BENCH.md", pages.ROOT / "tests" / "growth.svg"


@dataclass(frozen=True)
class Cost:
    """What one size costs, with one process: seconds from cells to stored results, and the worlds simulated."""

    seconds: float
    n_worlds: int

    @property
    def of_a_world(self) -> float:
        """Milliseconds a world."""
        return 1000 * self.seconds / self.n_worlds


def measured(report: Callable[[str], None]) -> None:
    """Measure every size, print a line for each kind, and write the table and the figure."""
    costs = {kind: {n: _cost(kind, n) for n in sizes} for kind, sizes in SIZES.items()}
    for kind, of_kind in costs.items():
        first, last = min(of_kind), max(of_kind)
        report(f"{kind:<11}{first:>7,} to {last:>7,}  {of_kind[first].seconds:8.2f} to {of_kind[last].seconds:7.1f} s, "
               f"as {kind} to the power {_power(of_kind):.2f} over the last step")
    rows = [[kind, f"{n:,}", f"{cost.seconds:.2f}", f"{cost.n_worlds:,}", f"{cost.of_a_world:.3f}"]
            for kind, of_kind in costs.items() for n, cost in of_kind.items()]
    table = pages.table(["what grows", "to", "seconds", "worlds simulated", "ms a world"], rows)
    FIGURE.write_text(_drawn(costs), encoding="utf-8")
    picture = f"![Seconds over size for worlds, quarters, states, strategies and points]({FIGURE.name})"
    pages.replace(PAGE, "table of growth", f"{table}\n\n{picture}\n\n{pages.header('make bench')}")


def _cost(kind: str, n: int) -> Cost:
    settings = load([f"n_worlds={n if kind == 'worlds' else WORLDS}", "strategies=[equidistance]"]).settings
    points = None
    if kind == "quarters":
        settings = settings.replace(horizon=n)
    elif kind == "states":
        settings = _with_states(settings, n)
    elif kind == "strategies":
        one = settings.strategies["equidistance"]
        many = {f"s{i}": rebuilt(one, name=f"s{i}", anchor=-1 + 2 * i / n) for i in range(n)}
        settings = settings.replace(strategies=many, n_worlds=WORLDS_OF_STRATEGY)
    elif kind == "points":
        settings = settings.replace(n_worlds=WORLDS_OF_POINT)
        points = Design(kind="lhs", over=["parameters.rivalry_mean", "parameters.crisis_hazard"], points=n).points_for(settings)
    job_cells = job_cells_of(settings) if points is None else job_cells_of(settings, points)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        assert not compute(job_cells.cells(), Store(Path(folder)), Serial(), 1)
        seconds = time.perf_counter() - start
    return Cost(seconds, settings.n_worlds * len(settings.strategies) * (1 if points is None else len(points)))


def _with_states(settings: Settings, n: int) -> Settings:
    """The settings with so many states: the focal one and copies of the others under other names."""
    names = list(settings.world.states)
    others = [name for name in names if name != settings.focal]
    chosen = {settings.focal: settings.focal} | {f"{others[i % len(others)]}_{i}": others[i % len(others)] for i in range(n - 1)}
    states = {name: rebuilt(settings.world.states[of], label=name) for name, of in chosen.items()}
    peers = {name: settings.peers[of] for name, of in chosen.items() if name != settings.focal}
    return settings.replace(world=rebuilt(settings.world, states=states), peers=peers)


def _power(of_kind: Mapping[int, Cost]) -> float:
    """How seconds grow over the last step: 1 means as fast as the size."""
    (n, before), (m, after) = sorted(of_kind.items())[-2:]
    return math.log(after.seconds / before.seconds) / math.log(m / n)


def _drawn(costs: Mapping[str, Mapping[int, Cost]]) -> str:
    from io import BytesIO

    plain = FuncFormatter(lambda value, _: f"{value:,g}")
    with styled():
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.add_subplot()
        for kind, of_kind in costs.items():
            axes.loglog(list(of_kind), [cost.seconds for cost in of_kind.values()], marker="o", markersize=3, label=kind)
        axes.xaxis.set_major_formatter(plain)
        axes.yaxis.set_major_formatter(plain)
        axes.set_title("How time grows with the size of a run")
        axes.set_xlabel("Worlds, quarters, states, strategies or points")
        axes.set_ylabel("Seconds, one process")
        axes.legend(frameon=False)
        written = BytesIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue().decode()
