"""The league: the score of each entrant with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.rank.result import Options, Result
from experiments.figures import layout, rows, style
from experiments.figures.figure import FigureSpec
from experiments.methods.intervals import Estimate

#: Most entrants shown, and inches of a row.
MOST, ROW = 40, 0.24


@dataclass(frozen=True)
class Standing:
    """Scores, the first first.

    Attributes:
        labels: Names of the entrants.
        ranks: Their places.
        families: Their families.
        score: Their scores.
        reference: What the strategy is called from which scores count.
    """

    labels: Sequence[str]
    ranks: Sequence[int]
    families: Sequence[str]
    score: Estimate
    reference: str


def standing_of(options: Options, result: Result) -> Standing:
    """That of a league."""
    shown = style.labels(result.names)
    return Standing([shown[name] for name in result.names], result.rank.tolist(), [entry.strategy.family for entry in result.entries], result.score,
                    style.labels([options.reference])[options.reference])


def draw(figure: Figure, standing: Standing) -> list[Axes]:
    """A point and an interval in each row."""
    n = min(MOST, len(standing.labels))
    colours = [style.colour_of(family) for family in standing.families[:n]]
    keys = [layout.family_handles(standing.families[:n]),
            [Line2D([], [], color=style.INK, linewidth=style.INTERVAL, label="95 % interval"),
             Line2D([], [], color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), label=layout.fitted(standing.reference, 3.0))]]
    names = [f"{place}  {label}" for place, label in zip(standing.ranks, standing.labels, strict=True)][:n]
    (ax,) = rows.panels(figure, names, 1, ROW, keys, top=0.05)
    ax.scatter(standing.score.value[:n], range(n), color=colours, s=30, zorder=4, linewidths=0)
    layout.draw_interval(ax, standing.score.low[:n], standing.score.high[:n], colours)
    ax.axvline(0, color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), zorder=0)
    ax.set_xlabel(f"Score: weighted composite less that of {layout.fitted(standing.reference, 3.0)}")
    layout.few_ticks(ax, x=7, least=1e-6)
    return [ax]


def alt(standing: Standing) -> str:
    """The places in words."""
    parts = (f"{place}: {label}, {words.number(float(standing.score.value[i]))}"
             for i, (place, label) in enumerate(zip(standing.ranks[:MOST], standing.labels[:MOST], strict=True)))
    return "Place, name and score of each entrant. " + words.sentence(parts)


def title(standing: Standing) -> str:
    """Who is first."""
    n, first = len(standing.labels), list(standing.ranks).count(1)
    return f"{words.capital(layout.in_title(standing.labels[0]))} is first of {n}" if first == 1 else f"{first} of {n} share the first place"


FIGURE: FigureSpec[Standing] = FigureSpec(
    name="league",
    title=title,
    question="Who is first, and who cannot be distinguished?",
    caption=("Score of each entrant, mean over scenarios and worlds, with its 95 % interval; the number before a name is its place. Places rest on paired "
             "differences, whose intervals are narrower than those shown: two intervals may overlap and yet differ."),
    draw=draw,
    alt=alt,
)
