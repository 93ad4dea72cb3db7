"""Whether the mix that survives depends on where one starts and how members revise: shares of families, a bar for each variant."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import layout, style, telling
from experiments.figures.analysis import rows
from sim.axes import Array

ROW = 0.24


def draw(figure: Figure, variants: Sequence[str], families: Sequence[str], shares: Array) -> list[Axes]:
    """One bar for each variant, in the order given, cut into families.

    Args:
        figure: Empty; gets its height.
        variants: What each is called.
        families: Names.
        shares: Mean share of each family in the last quarter of the generations, shape (variants, families).
    """
    (ax,) = rows.panels(figure, variants, 1, ROW, [layout.family_handles(families)], top=0.1)
    ends = 100 * np.cumsum(shares, axis=1)
    for i, family in enumerate(families):
        ax.barh(range(len(variants)), 100 * shares[:, i], left=ends[:, i] - 100 * shares[:, i], height=0.7, color=style.colour_of(family), alpha=0.8,
                edgecolor="white", linewidth=0.5)
    ax.set_xlim(0, 100)
    ax.set_xlabel("% of members in the last quarter of the generations, mean over populations")
    layout.few_ticks(ax, x=6, gap=2 * layout.MARGIN)
    return [ax]


def alt(variants: Sequence[str], families: Sequence[str], shares: Array) -> str:
    """The largest family of each variant."""
    return f"Shares of {len(families)} families in {len(variants)} variants; the largest: " + telling.sentence(
        f"{name}, {style.family_label(families[int(row.argmax())])} {telling.number(100 * row.max())} %" for name, row in zip(variants, shares, strict=True))
