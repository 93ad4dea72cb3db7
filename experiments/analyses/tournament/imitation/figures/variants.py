"""Whether the mix that survives depends on where one starts and how members revise: shares of families, a bar for each variant."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import words
from experiments.analyses.tournament.imitation.phrases import variant
from experiments.analyses.tournament.imitation.result import Result
from experiments.figures import layout, rows, style
from experiments.figures.figure import FigureSpec
from sim.axes import Array

ROW = 0.24


@dataclass(frozen=True)
class Variants:
    """Shares of families in each variant.

    Attributes:
        labels: What each variant is called.
        families: Names.
        shares: Mean share of each family in the last quarter of the generations, shape (variants, families).
    """

    labels: Sequence[str]
    families: Sequence[str]
    shares: Array


def variants_of(result: Result) -> Variants:
    """Every variant, the main one first."""
    statistics = result.statistics
    return Variants([variant(name) for name in statistics.endings], [family.name for family in statistics.families],
                    np.stack([ending.families.value for ending in statistics.endings.values()]))


def draw(figure: Figure, variants: Variants) -> list[Axes]:
    """One bar for each variant, in the order given, cut into families."""
    labels, families, shares = variants.labels, variants.families, variants.shares
    (ax,) = rows.panels(figure, labels, 1, ROW, [layout.family_handles(families)], top=0.1)
    ends = 100 * np.cumsum(shares, axis=1)
    for i, family in enumerate(families):
        ax.barh(range(len(labels)), 100 * shares[:, i], left=ends[:, i] - 100 * shares[:, i], height=0.7, color=style.colour_of(family), alpha=0.8,
                edgecolor="white", linewidth=0.5)
    ax.set_xlim(0, 100)
    ax.set_xlabel("% of members in the last quarter of the generations, mean over populations")
    layout.few_ticks(ax, x=6, gap=2 * layout.MARGIN)
    return [ax]


def alt(variants: Variants) -> str:
    """The largest family of each variant."""
    families = variants.families
    return f"Shares of {len(families)} families in {len(variants.labels)} variants; the largest: " + words.sentence(
        f"{label}, {style.family_label(families[int(row.argmax())])} {words.number(100 * row.max())} %"
        for label, row in zip(variants.labels, variants.shares, strict=True))


def title(variants: Variants) -> str:
    """Which family has the largest share in most variants; several where they tie."""
    leads = np.count_nonzero(variants.shares >= variants.shares.max(axis=1, keepdims=True), axis=0)
    first = [style.family_label(family) for family, count in zip(variants.families, leads, strict=True) if count == leads.max()]
    return words.capital(f"{words.some(first)} {'has' if len(first) == 1 else 'have'} the largest share in {leads.max()} of "
                         f"{words.plural(len(variants.labels), 'variant')}")


FIGURE: FigureSpec[Variants] = FigureSpec(
    name="variants",
    title=title,
    question="Does the mix depend on the start, on selection, on mutation, on the rule?",
    caption=("Share of each family in the last quarter of the generations, mean over populations, for each start, selection, mutation and rule in the same "
             "worlds. Bars that look alike: the mix does not depend on it; intervals are in the table."),
    draw=draw,
    alt=alt,
)
