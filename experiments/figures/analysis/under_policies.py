"""One strategy less another under every pair of policies of the two powers."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.analysis.intervals import Estimate
from experiments.figures import layout, style, telling

#: Inches of a cell's height, and at most of the name of a policy.
CELL, NAME = 0.29, 1.5
BETTER, WORSE = style.BLUE, style.VERMILLION


def draw(figure: Figure, policies: Sequence[str], ahead: Estimate, own: tuple[str, str], measure: str) -> list[Axes]:
    """A grid, China's policies down and those of the US across.

    Args:
        figure: Empty; gets its height.
        policies: Names.
        ahead: Shape (China's policies, US' policies), in units of the measure.
        own: The policies that the powers follow by default; framed.
        measure: The return, for its unit.
    """
    scale, shown = telling.scale_of(measure), [layout.fitted(name.replace("_", " "), NAME) for name in policies]
    widest = max(layout.width_of(name) for name in shown) + 0.12
    left, top, height = layout.MARGIN + widest, layout.LINE + widest, CELL * len(policies)
    keys = [[layout.patch(BETTER, "ahead", 0.75), layout.patch(WORSE, "behind; the darker, the more", 0.75), layout.patch("#F2F2F2", "tied: the 95 % "
        "interval holds 0")]]
    layout.resize(figure, top + height + 0.15 + layout.key_height(*keys))
    layout.draw_keys(figure, top + height + 0.15, *keys)
    ax = layout.axes_at(figure, left, top, layout.WIDTH - layout.MARGIN - left, height)
    value, low, high = (np.asarray(scale.difference(end), dtype=float) for end in (ahead.value, ahead.low, ahead.high))
    known = (low > 0) | (high < 0)
    most = float(np.abs(value).max()) or 1.0
    shades = np.array([[_shade(value[i, j] / most) if known[i, j] else to_rgb("#F2F2F2") for j in range(value.shape[1])] for i in range(value.shape[0])])
    ax.imshow(shades, aspect="auto", interpolation="nearest")
    for (i, j), one in np.ndenumerate(value):
        dark = known[i, j] and abs(one) / most > 0.6
        ax.text(j, i, telling.number(float(one)), ha="center", va="center_baseline", fontsize=style.SMALL - 1, color="white" if dark else style.INK)
    ax.add_patch(Rectangle((policies.index(own[1]) - 0.5, policies.index(own[0]) - 0.5), 1, 1, fill=False, edgecolor=style.INK, linewidth=1.6))
    ax.set_yticks(range(len(shown)), shown)
    ax.set_xticks(range(len(shown)), shown, rotation=90)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    layout.text_at(figure, layout.MARGIN, 0.0, f"{scale.unit}; policies of China down, of the United States across; framed: those of the "
                                               "world", color=style.QUIET)
    return [ax]


def _shade(share: float) -> tuple[float, float, float]:
    """White at 0, the full colour at the ends."""
    colour = np.array(to_rgb(BETTER if share > 0 else WORSE))
    strength = 0.15 + 0.75 * abs(share)
    red, green, blue = 1 - strength * (1 - colour)
    return float(red), float(green), float(blue)


def alt(policies: Sequence[str], ahead: Estimate, measure: str) -> str:
    """The best and the worst pair, and how many are ahead."""
    scale = telling.scale_of(measure)
    worst, best = (divmod(int(i), ahead.value.shape[1]) for i in (ahead.value.argmin(), ahead.value.argmax()))
    ends = [f"{word} {telling.number(float(scale.difference(ahead.value[at])))} with {policies[at[0]]} by China and {policies[at[1]]} by the US"
            for word, at in (("least", worst), ("most", best))]
    return (f"Ahead under {int((ahead.low > 0).sum())} of {ahead.value.size} pairs of policies, behind under {int((ahead.high < 0).sum())}, {scale.unit}: "
            + telling.sentence(ends))
