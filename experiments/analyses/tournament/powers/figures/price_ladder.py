"""What survives along the ladder of prices: shares of the long run as shades, policies and strategies below one another, prices side by side."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments import words
from experiments.analyses.tournament.powers.figures.stationary_mix import Ladder, names_of, players, rows_of
from experiments.analyses.tournament.powers.solve import SURVIVES
from experiments.figures import layout, style
from experiments.figures.figure import FigureSpec
from experiments.methods.intervals import Estimate
from experiments.names import short_powers
from sim.axes import Array

#: Inches of a row, above a panel, between panels above each other, below the last one; at most for the name of a row.
ROW, TITLE, BETWEEN, BELOW, NAME = 0.19, 0.28, 0.62, 0.5, 1.75
#: Shares below this are left blank.
BLANK = 0.005
WHERE = "price: points of influence that 0.01 % of GDP is worth"


def draw(figure: Figure, ladder: Ladder) -> list[Axes]:
    """The powers side by side above, the small state below."""
    policies, strategies, families, rungs = ladder.policies, ladder.strategies, ladder.families, ladder.rungs
    kept = rows_of(rungs)
    names, left = names_of(policies, strategies, kept, NAME)
    width = (layout.WIDTH - layout.MARGIN - left - layout.GAP) / 2
    high = [ROW * len(group) for group in names]
    total = TITLE + high[0] + BETWEEN + high[1] + BELOW
    layout.resize(figure, total)
    places = ((left, TITLE, high[0]), (left + width + layout.GAP, TITLE, high[0]), (left, TITLE + high[0] + BETWEEN, high[1]))
    axes = []
    for panel, (player, (x, top, height)) in enumerate(zip(players(), places, strict=True)):
        ax = layout.axes_at(figure, x, top, width, height)
        rows = len(policies) if panel < 2 else len(kept)
        colours = [style.POWER_COLOURS[panel]] * rows if panel < 2 else [style.colour_of(families[strategies[i]]) for i in kept]
        _shades(ax, [rung.policies[panel] if panel < 2 else rung.strategies[kept] for rung in rungs], colours)
        ax.set_title(layout.fitted(player, width, style.NORMAL, "bold"), loc="left", fontweight="bold", pad=4)
        if panel != 1:
            ax.set_yticks(np.arange(rows) + 0.5, names[panel // 2])
        ax.set_xticks(np.arange(len(rungs)) + 0.5, [rung.name for rung in rungs], fontsize=7)
        ax.tick_params(length=0)
        axes.append(ax)
    axes[2].set_xlabel(layout.fitted(WHERE, width), loc="left")
    text = (f"Share of the long run in %; {WHERE}. Bold: survives, the 95 % interval over resamples of worlds lies above {100 * SURVIVES:.0f} %. "
             "In brackets: it reaches below. Blank: less than half a percent. Ratio: influence, counted from the rival's, over outlay.")
    lines = layout.wrapped(text.split(), width - 0.15)
    layout.text_at(figure, left + width + layout.GAP, TITLE + high[0] + BETWEEN, "\n".join(lines), linespacing=1.3, color=style.QUIET)
    return axes


def _shades(ax: Axes, shares: Sequence[Estimate], colours: Sequence[str]) -> None:
    cells = [(row, column) for row in range(len(colours)) for column in range(len(shares))]
    ax.add_collection(PatchCollection([Rectangle((column, row), 1, 1) for row, column in cells], edgecolors="white", linewidths=0.8,
                                      facecolors=[_shade(colours[row], float(shares[column].value[row])) for row, column in cells]))
    for row, column in cells:
        value, low = float(shares[column].value[row]), float(shares[column].low[row])
        if value >= BLANK:
            sure = low >= SURVIVES
            text = f"{100 * value:.0f}" if sure else f"({100 * value:.0f})"
            ax.text(column + 0.5, row + 0.5, text, fontsize=7, ha="center", va="center_baseline", fontweight="bold" if sure else "normal",
                    color="white" if _shade(colours[row], value) @ (0.2126, 0.7152, 0.0722) < 0.5 else style.INK)
    ax.set(xlim=(0, len(shares)), ylim=(len(colours), 0))
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)


def _shade(colour: str, share: float) -> Array:
    result: Array = 1 - (0.04 + 0.66 * share) * (1 - np.array(to_rgb(colour)))
    return result


def alt(ladder: Ladder) -> str:
    """Who survives at each price."""
    shown, names = list(style.policy_labels(ladder.policies).values()), list(style.labels(ladder.strategies).values())
    prices = []
    for rung in ladder.rungs:
        parts = ((short_powers()[0], shown, rung.policies[0]), (short_powers()[1], shown, rung.policies[1]), ("small state", names, rung.strategies))
        some = ["; ".join([f"{player}: " + (", ".join(f"{labels[i]} {100 * float(part.value[i]):.0f} %" for i in np.argsort(-part.value, kind="stable")[:3]
                                                      if part.value[i] >= SURVIVES) or "nothing above 5 %")]) for player, labels, part in parts]
        prices.append(f"at {'the ratio' if rung.price is None else f'price {rung.price:g}'} {', '.join(some)}")
    return f"Shares of the long run above {words.number(100 * SURVIVES)} %: " + words.sentence(prices)


FIGURE: FigureSpec[Ladder] = FigureSpec(
    name="price_ladder",
    title="What survives depends on what influence is worth",
    question="Which policies are left in the long run, and what does the small state then play?",
    caption=("Share of the long run by alpha-rank, at each price of outlay in influence. From left to right effort becomes dearer: at 0 influence is all, at "
             "the last price least effort is always best."),
    draw=draw,
    alt=alt,
)
