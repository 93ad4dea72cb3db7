"""How high a search came after so many candidates, against as many random ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.optimize.phrases import objective_in_words
from experiments.analyses.optimize.result import Options, Result
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.methods.search import Trace
from sim.axes import Array

#: Inches of the panel; room left of it.
HIGH, LEFT = 2.7, 0.75
SEARCH, RANDOM = style.THINGS
ACROSS: tuple[Literal[":", "-."], ...] = (":", "-.")


@dataclass(frozen=True)
class Search:
    """What was tried.

    Attributes:
        trace: Candidates of the search.
        random: Random candidates.
        lines: The same of other strategies, by name, as lines across.
        objective: What is searched for.
    """

    trace: Trace
    random: Trace
    lines: Mapping[str, float]
    objective: str


def search_of(options: Options, result: Result) -> Search:
    """The search, with the best of the library and the reference as lines across."""
    shown, reference, in_sample = style.labels(result.names), options.job.run.reference, result.comparison.in_sample
    lines = {f"{shown[result.names[result.best_of_library]]}, the best of the library": float(in_sample.value[result.best_of_library]),
             f"{shown[reference]}, the reference": float(in_sample.value[result.names.index(reference)])}
    return Search(result.candidates.search, result.candidates.random, lines, f"{scales.scale_of(options.measure).label}, {objective_in_words(options)}")


def draw(figure: Figure, search: Search) -> list[Axes]:
    """One panel: the best candidate so far, and each candidate."""
    trace, random, lines = search.trace, search.random, search.lines
    keys = [[Line2D([], [], color=SEARCH, linewidth=1.6, label="CMA-ES, the best so far"),
             Line2D([], [], color=RANDOM, linewidth=1.6, linestyle="--", label="random candidates, the best so far"),
             Line2D([], [], color=SEARCH, linestyle="none", marker=".", markersize=3, label="each candidate of CMA-ES")],
            [Line2D([], [], color=style.INK, linewidth=0.9, linestyle=shape, label=layout.fitted(name, 4.2))
             for name, shape in zip(lines, ACROSS, strict=False)]]
    layout.resize(figure, 0.1 + HIGH + 0.5 + layout.key_height(*keys))
    layout.draw_keys(figure, 0.1 + HIGH + 0.5, *keys)
    ax = layout.axes_at(figure, LEFT, 0.1, layout.WIDTH - LEFT - layout.MARGIN, HIGH)
    shown = trace.values[np.argsort(-trace.values, kind="stable")[: max(2, 9 * len(trace.values) // 10)]]
    ax.plot(1 + np.arange(len(trace.values)), trace.values, color=SEARCH, linestyle="none", marker=".", markersize=1.5, alpha=0.4, rasterized=True)
    ax.step(1 + np.arange(len(trace.values)), trace.so_far, where="post", color=SEARCH, linewidth=1.6)
    ax.step(1 + np.arange(len(random.values)), random.so_far, where="post", color=RANDOM, linewidth=1.6, linestyle="--")
    for value, shape in zip(lines.values(), ACROSS, strict=False):
        ax.axhline(value, color=style.INK, linewidth=0.9, linestyle=shape)
    _limits(ax, np.concatenate([shown, trace.so_far, random.so_far]), min(lines.values()))
    ax.set_xlim(1, max(len(trace.values), len(random.values)))
    ax.set_xlabel("candidates evaluated")
    ax.set_ylabel("\n".join(layout.wrapped(search.objective.split(), HIGH)))
    layout.few_ticks(ax, x=8, y=6)
    return [ax]


def _limits(ax: Axes, values: Array, least: float) -> None:
    """Room for what counts, down to a line at least: the worst candidates would press everything else together."""
    # Layout: the few worst candidates lie outside of the panel.
    low, high = min(float(np.quantile(values, 0.01)), least), float(values.max())
    ax.set_ylim(low - 0.03 * (high - low), high + 0.06 * (high - low))


def alt(search: Search) -> str:
    """Where both ended."""
    trace, random = search.trace, search.random
    ends = [words.number(float(each.values.max()), 4) for each in (trace, random)]
    return f"{search.objective}, best so far over {len(trace.values):,} candidates: CMA-ES ends at {ends[0]}, random candidates at {ends[1]}."


def title(search: Search) -> str:
    """After how many candidates the search exceeds the best random one."""
    at_random, n = search.random.values.max(), words.plural(len(search.random.values), "random candidate")
    above = np.flatnonzero(search.trace.so_far > at_random)
    if len(above):
        return f"After {words.plural(int(above[0]) + 1, 'candidate')} the search exceeds the best of {n}, in sample"
    return f"The search ends {'level with' if search.trace.values.max() == at_random else 'below'} the best of {n}, in sample"


FIGURE: FigureSpec[Search] = FigureSpec(
    name="search",
    title=title,
    question="Does the search do better than as many candidates at random?",
    caption=("The best candidate so far, in sample: on the futures of the search, which favour the strategy found. The higher a line, the better its best "
             "candidate; the tenth of the candidates that did worst may lie below the frame."),
    draw=draw,
    alt=alt,
)
