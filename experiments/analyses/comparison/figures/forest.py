"""Levels and tails: where each strategy ends up in each return, and how bad its bad worlds are."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison, differing, returns_in
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.figures.svg import explain


def draw(figure: Figure, comparison: Comparison) -> list[Axes]:
    """A column per return, a row per strategy, grouped by family: mean, worst tenth of worlds, spread across worlds."""
    ranked, measures = selection.order_by(comparison), differing(comparison)
    families = list(dict.fromkeys(comparison.families[name] for name in ranked))
    names = sorted(ranked, key=lambda name: families.index(comparison.families[name]))
    marks = (
        selection.mean_handle(comparison),
        layout.patch(style.QUIET, "5–95 % of worlds: how much worlds differ", style.SPREAD),
        Line2D([], [], color=style.INK, marker="|", markersize=layout.PATCH, markeredgewidth=1.6, linestyle="none",
               label="mean of the worst tenth of worlds (CVaR)"),
        Line2D([], [], color=style.INK, linewidth=0.8, linestyle=":", label="mean of the reference"),
    )
    axes = layout.strategy_table(figure, names, comparison.reference, [1.0] * len(measures), 0.62, (marks, layout.family_handles(families)))
    for ax, measure in zip(axes, measures, strict=True):
        _column(ax, comparison, measure, names)
        ax.set_title(scales.scale_of(measure).label, fontsize=style.NORMAL, fontweight="bold", pad=5)
        ax.set_xlabel(scales.scale_of(measure).level_unit)
    return axes


def _column(ax: Axes, comparison: Comparison, measure: str, names: list[str]) -> None:
    look, shown, result = style.looks(comparison.families), style.labels(names), selection.rows_of(comparison, "summary", measure, names)
    low, high, mean, tail, q05, q95 = scales.scale_of(measure).level(result[["low", "high", "mean", "cvar", "q05", "q95"]].to_numpy(float)).T
    colours = [look[name].colour for name in names]
    ax.axvline(mean[names.index(comparison.reference)], color=style.INK, linewidth=0.8, linestyle=":")
    ax.hlines(range(len(names)), q05, q95, colors=colours, linewidth=layout.PATCH, alpha=style.SPREAD)
    layout.draw_interval(ax, low, high, colours)
    ax.scatter(tail, range(len(names)), marker="|", s=layout.PATCH**2, linewidths=1.6, color=colours)
    for row, name in enumerate(names):
        (point,) = ax.plot(mean[row], row, linestyle="none", **look[name].marker(4.5))
        explain(point, f"{shown[name]}: {words.interval(low[row], mean[row], high[row])}, in the worst tenth {words.number(tail[row], 4)}")
        if row and comparison.families[name] != comparison.families[names[row - 1]]:
            ax.axhline(row - 0.5, color=style.QUIET, linewidth=0.5)
    if q05.min() == q95.max() == mean[0]:
        ax.set_xticks(mean[:1])
    else:
        layout.few_ticks(ax, x=4, least=1e-2, gap=layout.GAP)


def alt(comparison: Comparison) -> str:
    """Best and worst mean and worst tenth of each return, in words."""
    names, parts = comparison.strategies, []
    shown = style.labels(names)
    for measure in returns_in(comparison.payoffs):
        scale = scales.scale_of(measure)
        rows = scale.level(selection.rows_of(comparison, "summary", measure, names)[["low", "mean", "high", "cvar"]].to_numpy(float))
        lead = f"{scale.label} ({scale.level_unit.replace(chr(10), ' ')})"
        best, worst = int(rows[:, 1].argmax()), int(rows[:, 1].argmin())
        if rows[best, 1] == rows[worst, 1]:
            parts.append(f"{lead}: {words.number(rows[best, 1], 4)} for all")
            continue
        extremes = (f"{word} {shown[names[i]]} {words.interval(*rows[i, :3])}, in the worst tenth {words.number(rows[i, 3], 4)}"
                for word, i in (("highest", best), ("lowest", worst)))
        parts.append(f"{lead}: " + ", ".join(extremes))
    return f"Mean level of each return with 95 % intervals, {len(shown)} strategies. " + words.sentence(parts)


def title(comparison: Comparison) -> str:
    """Who has most consumption on average and in the worst tenth of worlds; the topic where nothing differs."""
    shown, rows = style.labels(comparison.strategies), selection.rows_of(comparison, "summary", "economic", comparison.strategies)
    mean, tail = str(rows["mean"].idxmax()), str(rows.cvar.idxmax())
    if not selection.several(comparison) or rows["mean"].min() == rows["mean"].max():
        return "The level of each return, and its worst worlds"
    last = "and in the worst tenth of worlds" if tail == mean else f"{shown[tail]} in the worst tenth of worlds"
    return f"{words.capital(shown[mean])} has most consumption on average{' ' if tail == mean else ', '}{last}"


FIGURE: FigureSpec[Comparison] = FigureSpec(
    name="forest",
    title=title,
    question="What is the level of each return, and what in the worst tenth of worlds?",
    caption=("Levels, not differences, of each return: mean with its 95 % interval, 5 to 95 % of the worlds as a broad pale bar, and the mean of the worst "
             "tenth of worlds (CVaR) as a tick. Right is better, the dotted line is the mean of the reference; the economic level is the steady consumption "
             "worth as much as the trajectory."),
    draw=draw,
    alt=alt,
)
