"""The figures of a comparison, in the order a reader asks.

A new figure is one file, with its `FIGURE` beside `draw` and `alt`, and one name here; the inherited contract test covers it.
"""

from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.figures import actions, change, convergence, dependence, dominance, fans, forest, paired, tradeoff
from experiments.figures.figure import FigureSpec

#: By the name of their files.
FIGURES: dict[str, FigureSpec[Comparison]] = {
    str(module.FIGURE.name): module.FIGURE for module in (change, paired, dominance, tradeoff, dependence, fans, actions, forest, convergence)}
