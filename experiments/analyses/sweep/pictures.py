"""Figures of a sweep."""

from collections.abc import Sequence
from pathlib import Path

from experiments.analyses.sweep.figures.catalogue import SWEEP_FIGURES
from experiments.analyses.sweep.sweep import OF_THE_POINT, Sweep, reference_label
from experiments.figures.context import Context
from experiments.figures.figure import Picture, draw_all
from experiments.names import plain
from experiments.words import capital, plural


def pictures(sweep: Sweep, contexts: Sequence[Context], folder: Path) -> list[Picture]:
    """Draw every figure that applies into `folder/figures`.

    Raises:
        OSError: One cannot be written.
    """
    return draw_all(SWEEP_FIGURES.values(), sweep, foot(sweep, contexts), folder)


def foot(sweep: Sweep, contexts: Sequence[Context]) -> str:
    """The line under a figure of a sweep; that in which its jobs, of which each has a context, differ is counted instead of named."""
    first = contexts[0]

    def named(field: str, text: str, several: str) -> str:
        n = len({getattr(context, field) for context in contexts})
        return text if n == 1 else f"{n:,} {several}"

    world = named("world", plain(first.world), "worlds of agents")
    focal, scenario = named("focal", first.focal, "states"), named("scenario", plain(first.scenario), "scenarios")
    reference = "references differ" if sweep.reference == OF_THE_POINT else f"reference {reference_label(sweep)}"
    quarters = named("horizon", plural(first.horizon, "quarter"), "horizons")
    points, worlds = (plural(count, what) for count, what in ((sweep.n_points, "point"), (sweep.n_worlds, "world")))
    return " · ".join((f"{capital(world)} ({focal})", scenario, reference, f"{points} × {worlds} × {quarters}", named("seed", f"seed {first.seed}", "seeds")))
