"""Paired differences: what each strategy changes in each return, on the same worlds as the reference."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison, differing, returns_in
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.figures.svg import explain
from experiments.report.differences import noun
from sim.axes import Array

#: Opacity of the thin line.
SPREAD = style.SPREAD + 0.2


def draw(figure: Figure, comparison: Comparison) -> list[Axes]:
    """A panel per return, a row per strategy from the highest economic return to the lowest.

    The thick line is the 95 % interval of the mean difference, the thin pale one spans 5 to 95 % of the worlds.
    A return that no strategy changes in any world says so.
    """
    names, measures = selection.order_by(comparison), differing(comparison)
    apart = [_differences(comparison, measure, names) for measure in measures]
    marks = (selection.mean_handle(comparison, "mean difference"),
             Line2D([], [], color=style.QUIET, linewidth=1, alpha=SPREAD, label="5–95 % of the differences, world by world: how much worlds differ"))
    families = layout.family_handles(comparison.families[name] for name in names)
    shares = [1.0 if result.any() else 0.5 for result in apart]
    axes = layout.strategy_table(figure, names, comparison.reference, shares, 0.5, (marks, families))
    for ax, measure, result in zip(axes, measures, apart, strict=True):
        if result.any():
            _panel(ax, comparison, measure, names)
        else:
            _nothing(ax, len(names), "no difference\nin any world" if selection.several(comparison) else "no other\nstrategy")
        ax.set_title(scales.scale_of(measure).label, fontsize=style.NORMAL, fontweight="bold", pad=5)
        ax.set_xlabel(scales.scale_of(measure).unit)
    return axes


def _differences(comparison: Comparison, measure: str, names: list[str]) -> Array:
    """Difference to the reference in each world, as shown, shape (strategies, n_worlds) in the order of the names."""
    values, order = comparison.payoffs[measure], [comparison.strategies.index(name) for name in names]
    shown: Array = scales.scale_of(measure).difference(values[order] - values[comparison.strategies.index(comparison.reference)])
    return shown


def _panel(ax: Axes, comparison: Comparison, measure: str, names: list[str]) -> None:
    look, shown, scale = style.looks(comparison.families), style.labels(names), scales.scale_of(measure)
    table = selection.rows_of(comparison, "paired", measure, names)
    low, mean, high, q05, q95 = scale.difference(table[["low", "difference", "high", "q05", "q95"]].to_numpy(float)).T
    colours = [look[name].colour for name in names]
    ax.axvline(0, color=style.INK, linewidth=0.8)
    ax.hlines(range(len(names)), q05, q95, colors=colours, linewidth=1, alpha=SPREAD)
    layout.draw_interval(ax, low, high, colours)
    for row, name in enumerate(names):
        (point,) = ax.plot(mean[row], row, linestyle="none", **look[name].marker())
        explain(point, f"{shown[name]}: {words.interval(low[row], mean[row], high[row])} {scale.unit}")
    layout.few_ticks(ax, x=4, least=1e-3, gap=layout.GAP)


def _nothing(ax: Axes, n_rows: int, text: str) -> None:
    ax.set_xlim(-1, 1)
    ax.set_xticks([0])
    ax.axvline(0, color=style.PALE, linewidth=0.8)
    ax.text(0, (n_rows - 1) / 2, text, ha="center", va="center", fontsize=style.SMALL, color=style.QUIET, rotation=90,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2})


def alt(comparison: Comparison) -> str:
    """The economic differences of all strategies and the extremes of the other returns, in words."""
    shown, names = style.labels(comparison.strategies), [name for name in selection.order_by(comparison) if name != comparison.reference]
    if not names:
        return f"Only one strategy was run, {shown[comparison.reference]}, in {words.plural(comparison.n_worlds, 'world')}: nothing to compare it with."
    parts = []
    for measure in returns_in(comparison.payoffs):
        scale = scales.scale_of(measure)
        if not _differences(comparison, measure, names).any():
            parts.append(f"{scale.label}: 0, no difference in any world")
            continue
        rows = scale.difference(selection.rows_of(comparison, "paired", measure, names)[["low", "difference", "high"]].to_numpy(float))
        all_named = measure == "economic"
        named = range(len(names)) if all_named else dict.fromkeys((int(rows[:, 1].argmax()), int(rows[:, 1].argmin())))
        numbers = ", ".join(f"{shown[names[i]]} {words.interval(*rows[i])}" for i in named)
        parts.append(f"{scale.label} ({scale.unit}){'' if all_named else ', highest and lowest'}: {numbers}")
    return f"Mean differences to {shown[comparison.reference]} with 95 % intervals. " + words.sentence(parts)


def title(comparison: Comparison) -> str:
    """Which strategy gains most of some returns, for certain and in practice; the topic where none does."""
    shown = style.labels(comparison.strategies)
    gained: dict[str, list[str]] = {}
    for measure in ("economic", "autonomy", "trust"):
        rows = selection.rows_of(comparison, "paired", measure, comparison.strategies)
        best = str(rows.difference.idxmax())
        if rows.verdict[best] == "better":
            gained.setdefault(best, []).append(noun(measure))
    parts = [f"{shown[best]} {'most' if i else 'gains most'} {words.listed(nouns)}" for i, (best, nouns) in enumerate(gained.items())]
    return words.capital(words.listed(parts)) if parts else TOPIC


TOPIC = "What each strategy gains and costs"

FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="paired",
    title=title,
    question="Compared with the reference on the same worlds, what does each strategy gain and lose?",
    caption=("Differences to the reference strategy on the same worlds, sorted by economic return. Right of zero is better: the thick line is the 95 % "
             "interval of the mean, which shrinks with more worlds; the thin pale line spans 5 to 95 % of the worlds, which does not shrink."),
    draw=draw,
    alt=alt,
)
