"""The figures of a sweep, in the order a reader asks; as those of a comparison, for many points instead of one.

A new figure is a `FigureSpec` beside its `draw` and `alt`, and one name here; the inherited contract test covers it.
"""

from experiments.analyses.sweep.figures import along, phase, plane, regret, scatter
from experiments.analyses.sweep.sweep import Sweep
from experiments.figures.figure import FigureSpec

#: By the name of their files.
SWEEP_FIGURES: dict[str, FigureSpec[Sweep]] = {
    str(spec.name): spec
    for spec in (phase.PHASE, phase.BY_LEVEL, plane.PLANE, along.RIVALS, along.BEST_TWO, along.ALONG, regret.REGRET, scatter.SCATTER)}
