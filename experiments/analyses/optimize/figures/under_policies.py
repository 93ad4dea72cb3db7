"""One strategy less another under every pair of policies of the two powers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments import words
from experiments.analyses.optimize.phrases import pairs_like
from experiments.analyses.optimize.result import Options, Result
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.methods.intervals import Estimate
from experiments.names import plain, powers

#: Inches of a cell's height, and at most of the name of a policy.
CELL, NAME = 0.29, 1.5


@dataclass(frozen=True)
class UnderPolicies:
    """The best strategy found less another under every pair of policies.

    Attributes:
        policies: Names.
        ahead: Shape (policies of the first power, of the second), in units of the measure.
        default: The policies that the powers follow by default; framed where the pair is among them.
        measure: The return, for its unit.
        other: The other strategy, as shown.
        smallest: Smallest difference that matters.
    """

    policies: Sequence[str]
    ahead: Estimate
    default: tuple[str, str]
    measure: str
    other: str
    smallest: float = 0.0


def under_policies_of(options: Options, result: Result) -> UnderPolicies:
    """Less the best of the library in sample."""
    first, second = (policy.name for policy in options.job.settings.policies.values())
    pair = (first, second)
    other = style.labels(result.names)[result.names[result.best_of_library]]
    return UnderPolicies(result.under_policies.policies, result.under_policies.best_of_library, pair, options.measure, other, options.smallest)


def draw(figure: Figure, under: UnderPolicies) -> list[Axes]:
    """A grid, policies of the first power down, of the second across."""
    policies, ahead = list(under.policies), under.ahead
    framed = [policies.index(name) for name in under.default] if set(under.default) <= set(policies) else None
    scale, shown = scales.scale_of(under.measure), [layout.fitted(name, NAME) for name in style.apart(map(plain, policies))]
    widest = max(layout.width_of(name) for name in shown) + 0.12
    first, second = powers()
    frame = "; framed: those of the world" if framed else ""
    note = layout.wrapped(f"{scale.unit}; policies of {first} down, of {second} across{frame}".split(), layout.WIDTH - 2 * layout.MARGIN)
    left, top, height = layout.MARGIN + widest, layout.LINE * len(note) + widest, CELL * len(policies)
    keys = [[layout.patch(style.BETTER, "ahead", 0.75), layout.patch(style.WORSE, "behind; the darker, the more", 0.75),
             layout.patch("#F2F2F2", "not certain, or too small to matter")]]
    layout.resize(figure, top + height + 0.15 + layout.key_height(*keys))
    layout.draw_keys(figure, top + height + 0.15, *keys)
    ax = layout.axes_at(figure, left, top, layout.WIDTH - layout.MARGIN - left, height)
    value, known = np.asarray(scale.difference(ahead.value), dtype=float), ahead.counts(under.smallest) != 0
    most = float(np.abs(value).max()) or 1.0
    shades = np.array([[_shade(value[i, j] / most) if known[i, j] else to_rgb("#F2F2F2") for j in range(value.shape[1])] for i in range(value.shape[0])])
    ax.imshow(shades, aspect="auto", interpolation="nearest")
    for (i, j), one in np.ndenumerate(value):
        dark = known[i, j] and abs(one) / most > 0.6
        ax.text(j, i, words.number(float(one)), ha="center", va="center_baseline", fontsize=style.SMALL - 1, color="white" if dark else style.INK)
    if framed:
        ax.add_patch(Rectangle((framed[1] - 0.5, framed[0] - 0.5), 1, 1, fill=False, edgecolor=style.INK, linewidth=1.6))
    ax.set_yticks(range(len(shown)), shown)
    ax.set_xticks(range(len(shown)), shown, rotation=90)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    layout.text_at(figure, layout.MARGIN, 0.0, "\n".join(note), color=style.QUIET)
    return [ax]


def _shade(share: float) -> tuple[float, float, float]:
    """White at 0, the full colour at the ends."""
    colour = np.array(to_rgb(style.BETTER if share > 0 else style.WORSE))
    strength = 0.15 + 0.75 * abs(share)
    red, green, blue = 1 - strength * (1 - colour)
    return float(red), float(green), float(blue)


def alt(under: UnderPolicies) -> str:
    """The best and the worst pair, and how many are ahead."""
    ahead, scale = under.ahead, scales.scale_of(under.measure)
    ends = [f"{word} {words.number(float(scale.difference(ahead.value.flat[at])))} with {pairs_like(under.policies, ahead.value, int(at))}"
            for word, at in (("least", ahead.value.argmin()), ("most", ahead.value.argmax()))]
    counts = ahead.counts(under.smallest)
    return (f"Ahead under {int((counts > 0).sum())} of {counts.size} pairs of policies, behind under {int((counts < 0).sum())}, {scale.unit}: "
            + words.sentence(ends))


def title(under: UnderPolicies) -> str:
    """Under how many pairs it is ahead, for certain and in practice."""
    counts = under.ahead.counts(under.smallest)
    return f"The best strategy found is clearly ahead of {under.other} under {int((counts > 0).sum())} of {words.plural(counts.size, 'pair')} of policies"


def caption(under: UnderPolicies) -> str:
    """How to read it."""
    return (f"The best strategy found less {under.other}, the best of the library in sample, under each pair of policies, in "
            f"{scales.scale_of(under.measure).unit}; all else at the defaults. Blue is ahead, red behind. Grey: the 95 % interval of the paired mean contains "
            "0 or lies within the smallest difference that matters.")


FIGURE: FigureSpec[UnderPolicies] = FigureSpec(
    name="under_policies",
    title=title,
    question="What would a rival policy do to the strategy found?",
    caption=caption,
    draw=draw,
    alt=alt,
)
