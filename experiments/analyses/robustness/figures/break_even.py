"""At which rivalry each strategy breaks even with another, at several settings of the lens."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.robustness.result import RIVALRY, SURE, Options, Result
from experiments.analyses.sweep.figures import panels as cells
from experiments.analyses.sweep.sweep import Axis
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.names import plain

#: Inches: a row, between marks of a row, room at the right for words, ticks and label below.
ROW, APART, WORDS, BELOW = 0.36, 0.1, 2.5, 0.45
#: The mark of each setting, from the lowest.
SHAPES = ("v", "o", "^", "s", "D")


def order(table: pd.DataFrame) -> list[str]:
    """Strategies from the highest mean break-even value to the lowest, then those without one in the order given."""
    # Layout: the order of the rows.
    mean = table.groupby("strategy", sort=False).rivalry.mean()
    return [*mean.dropna().sort_values(ascending=False, kind="stable").index, *mean[mean.isna()].index]


@dataclass(frozen=True)
class BreakEvens:
    """At which rivalry strategies break even with a champion, in one return.

    Attributes:
        table: One row per crossing: `strategy`, `family`, `lens`, `rivalry` with `low` and `high`, `rises`, `share` of resamples that cross, `crosses`;
            where nothing crosses one row with the word in `stays_ahead`.
        shown: What strategies are called.
        axis: Along which they break even.
        measure: The return.
        champion: The strategy they are compared with, as shown.
        side: Of which it is the best member.
        n_worlds: Worlds at each point.
    """

    table: pd.DataFrame
    shown: Mapping[str, str]
    axis: Axis
    measure: str
    champion: str
    side: str
    n_worlds: int


def break_evens_of(options: Options, result: Result, measure: str) -> BreakEvens | None:
    """Those with the champion of the other side, where there are any."""
    if result.grid is None:
        return None
    champion, shown = result.measured[measure].champion, style.labels(result.strategies)
    table = result.break_even
    part = table[(table.measure == measure) & (table.against == champion)]
    if not part.crosses.any():
        return None
    return BreakEvens(part, shown, result.grid.axis(RIVALRY), measure, shown[champion], plain(options.other.name), result.grid.n_worlds)


def draw(figure: Figure, evens: BreakEvens) -> list[Axes]:
    """A row for each strategy with a mark for each setting of the lens, and words at the right."""
    table, axis = evens.table, evens.axis
    names, levels = order(table), sorted(table.lens.unique())
    family = dict(zip(table.strategy, table.family, strict=True))
    marks = [Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker=shape, markersize=5, label=f"lens {level:g}, 95 % interval")
             for level, shape in zip(levels, SHAPES, strict=False)]
    open_ = Line2D([], [], color=style.INK, linestyle="none", marker="o", markersize=5, markerfacecolor="white", label="may not break even at all")
    keys = [[*layout.family_handles(family[name] for name in names)], [*marks, open_]]
    labels = {name: layout.fitted(label, 2.0) for name, label in zip(names, style.apart(evens.shown[name] for name in names), strict=True)}
    left = layout.MARGIN + max(layout.width_of(label) for label in labels.values()) + 0.12
    height = ROW * len(names)
    layout.resize(figure, 0.05 + height + BELOW + layout.key_height(*keys))
    layout.draw_keys(figure, 0.05 + height + BELOW, *keys)
    ax = layout.axes_at(figure, left, 0.05, layout.WIDTH - layout.MARGIN - WORDS - left, height)
    low, high = float(axis.levels[0]), float(axis.levels[-1])
    ax.set(xlim=(low, high), ylim=(len(names) - 0.5, -0.5))
    ax.set_yticks(range(len(names)), [labels[name] for name in names])
    ax.tick_params(axis="y", length=0)
    between = np.arange(len(names) - 1) + 0.5
    ax.plot([0, 1, np.nan] * len(between), np.repeat(between, 3), transform=ax.get_yaxis_transform(), color=style.PALE, linewidth=0.4, zorder=0)
    for row, name in enumerate(names):
        colour = style.colour_of(family[name])
        for i, (level, shape) in enumerate(zip(levels, SHAPES, strict=False)):
            y = row + (i - (len(levels) - 1) / 2) * APART / ROW
            for _, each in table[(table.strategy == name) & (table.lens == level) & table.crosses].iterrows():
                if np.isfinite(each["low"]) and np.isfinite(each["high"]):
                    ax.plot(np.clip((each["low"], each["high"]), low, high), (y, y), color=colour, linewidth=style.INTERVAL - 0.8, zorder=2)
                ax.plot(each["rivalry"], y, color=colour, marker=shape, markersize=5, linestyle="none", markeredgewidth=0.9,
                        markerfacecolor=colour if each["share"] >= SURE else "white", zorder=3, clip_on=False)
        ax.text(1 + 0.1 / (ax.get_position().width * layout.WIDTH), row, "\n".join(layout.in_lines(_word(table[table.strategy == name]), WORDS - 0.2)),
                linespacing=1.1, transform=ax.get_yaxis_transform(), va="center", fontsize=style.SMALL, color=style.QUIET)
    ax.set_xlabel(cells.axis_label(axis, 5.0, 1))
    layout.few_ticks(ax, x=7)
    return [ax]


def _word(rows: pd.DataFrame) -> str:
    """On which side of its break-even values a strategy is better, or who stays ahead, at the settings from the lowest."""
    text = [_side(each) for _, each in rows.sort_values("lens", kind="stable").groupby("lens")]
    return text[0] if len(set(text)) == 1 else "; ".join(text)


def _side(rows: pd.DataFrame) -> str:
    if not rows.crosses.any():
        return str(rows.stays_ahead.iloc[0])
    return "better " + " and ".join(dict.fromkeys("above" if rises else "below" for rises in rows.rises))


def alt(evens: BreakEvens) -> str:
    """Every break-even value with its interval, or who stays ahead."""
    table, levels, parts = evens.table, sorted(evens.table.lens.unique()), []
    for name in order(table):
        rows = table[table.strategy == name]
        values = [f"{'; '.join(rows[rows.lens == level].stays_ahead)} at {level:g}" for level in levels]
        parts.append(f"{evens.shown[name]} {', '.join(values)}")
    return f"Break-even values of {table.strategy.nunique()} strategies at {len(levels)} settings. " + words.sentence(parts)


def file_name(evens: BreakEvens) -> str:
    """A file for each return."""
    return f"break_even_{evens.measure}"


def title(evens: BreakEvens) -> str:
    """With whom, in which return."""
    return f"Break-even rivalry against {evens.champion}: {scales.scale_of(evens.measure).label.lower()}"


def question(evens: BreakEvens) -> str:
    """With whom, in which return."""
    return f"At which rivalry is each strategy worth as much as the best of {evens.side}? {scales.scale_of(evens.measure).label}"


def caption(evens: BreakEvens) -> str:
    """How to read it."""
    levels, settings = len(evens.axis.levels), evens.table.lens.nunique()
    return (f"Mean rivalry at which the mean difference to {evens.champion} is 0, on straight lines between {levels} levels, with the economy lens at full "
            f"rivalry at {settings} values and all else at the defaults. Lines are 95 % bootstrap intervals over {evens.n_worlds} worlds, marks are open where "
            f"fewer than {words.share(SURE)} of the resamples cross 0; at the right is on which side the strategy is better, or who stays ahead.")


FIGURE: FigureSpec[BreakEvens] = FigureSpec(
    name=file_name,
    title=title,
    question=question,
    caption=caption,
    draw=draw,
    alt=alt,
)
