"""At which rivalry each strategy breaks even with another, at several settings of the lens."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.figures import layout, style, telling
from experiments.figures.sweeps import cells
from experiments.sweep import Axis

#: Inches: a row, between marks of a row, room at the right for words, ticks and label below.
ROW, APART, WORDS, BELOW = 0.36, 0.1, 2.1, 0.45
#: The mark of each setting, from the lowest.
SHAPES = ("v", "o", "^", "s", "D")


def order(table: pd.DataFrame) -> list[str]:
    """Strategies from the highest mean break-even value to the lowest, then those without one in the order given."""
    mean = table.groupby("strategy", sort=False).rivalry.mean()
    return [*mean.dropna().sort_values(ascending=False, kind="stable").index, *mean[mean.isna()].index]


def draw(figure: Figure, table: pd.DataFrame, shown: Mapping[str, str], axis: Axis, lens: str, sure: float) -> list[Axes]:
    """A row for each strategy with a mark for each setting of the lens, and words at the right.

    Args:
        figure: Empty; gets its height.
        table: One row per crossing: `strategy`, `family`, `lens`, `rivalry` with `low` and `high`, `rises`, `share` of resamples that cross, `crosses`;
            where nothing crosses one row with the word in `told`.
        shown: What strategies are called.
        axis: Along which they break even.
        lens: What the settings are called.
        sure: Share of resamples below which a mark is open.
    """
    names, levels = order(table), sorted(table.lens.unique())
    family = dict(zip(table.strategy, table.family, strict=True))
    marks = [Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker=shape, markersize=5, label=f"{lens} {level:g}, 95 % interval")
             for level, shape in zip(levels, SHAPES, strict=False)]
    open_ = Line2D([], [], color=style.INK, linestyle="none", marker="o", markersize=5, markerfacecolor="white", label="may not break even at all")
    keys = [[*layout.family_handles(family[name] for name in names)], [*marks, open_]]
    labels = {name: layout.fitted(shown[name], 2.0) for name in names}
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
                        markerfacecolor=colour if each["share"] >= sure else "white", zorder=3, clip_on=False)
        ax.text(1 + 0.1 / (ax.get_position().width * layout.WIDTH), row, layout.fitted(_word(table[table.strategy == name]), WORDS - 0.2),
                transform=ax.get_yaxis_transform(), va="center", fontsize=style.SMALL, color=style.QUIET)
    ax.set_xlabel(cells.axis_label(axis, 5.0, 1))
    layout.few_ticks(ax, x=7)
    return [ax]


def _word(rows: pd.DataFrame) -> str:
    """On which side of its break-even values a strategy is better, or who stays ahead, at the settings from the lowest."""
    words = [_side(each) for _, each in rows.sort_values("lens", kind="stable").groupby("lens")]
    return words[0] if len(set(words)) == 1 else "; ".join(words)


def _side(rows: pd.DataFrame) -> str:
    if not rows.crosses.any():
        return str(rows.told.iloc[0])
    return "better " + " and ".join(dict.fromkeys("above" if rises else "below" for rises in rows.rises))


def alt(table: pd.DataFrame, shown: Mapping[str, str], levels: Sequence[float]) -> str:
    """Every break-even value with its interval, or who stays ahead."""
    parts = []
    for name in order(table):
        own = table[table.strategy == name]
        told = [f"{'; '.join(own[own.lens == level].told)} at {level:g}" for level in levels]
        parts.append(f"{shown[name]} {', '.join(told)}")
    return f"Break-even values of {table.strategy.nunique()} strategies at {len(levels)} settings. " + telling.sentence(parts)
