"""Which strategies and families are played over the generations, and what members gain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from experiments import words
from experiments.analyses.tournament.imitation.result import Result
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.methods.intervals import Estimate
from experiments.names import names

#: Inches: height of a row of panels, what lies below it, between panels, left of them.
HEIGHT, BELOW, APART, LEFT = 2.4, 0.45, 0.85, 0.8
#: Markers along a curve; the second is so many generations later than the first, so that they do not hide one another.
MARKS, SHIFT = 6, 2
BAND = 0.22


@dataclass(frozen=True)
class Adoption:
    """What is played and gained over the generations; every estimate has the shape (generations,).

    Attributes:
        strategies: Share of members that play it, by strategy, the largest in the end first.
        rest: Of all other strategies together; None where there is none.
        looks: How each strategy looks.
        families: Share by family, all of them.
        even: Share of a strategy in the even mix.
        gain: Mean over members of what they gain, in units of the measure.
        cohesion: Cohesion of the region.
        reference_cohesion: The same where everybody plays the reference.
        measure: The return, for its unit.
        reference: The reference, as shown.
    """

    strategies: Mapping[str, Estimate]
    rest: Estimate | None
    looks: Mapping[str, style.Look]
    families: Mapping[str, Estimate]
    even: float
    gain: Estimate
    cohesion: Estimate
    reference_cohesion: Estimate
    measure: str
    reference: str


def adoption_of(result: Result) -> Adoption:
    """That of the main variant."""
    options, statistics, reference = result.options, result.statistics, result.options.job.run.reference
    gain, cohesion, reference_cohesion = (statistics.along[name].mean for name in ("gain", "cohesion", "reference_cohesion"))
    return Adoption(
        strategies={options.strategies[i]: statistics.strategies.mean[:, i] for i in statistics.followed}, rest=statistics.others,
        looks=style.looks(options.families), even=1 / len(options.strategies),
        families={family.name: statistics.by_family.mean[:, statistics.family_names.index(family.name)] for family in statistics.families},
        gain=gain, cohesion=cohesion, reference_cohesion=reference_cohesion, measure=options.measure, reference=style.labels([reference])[reference])


def draw(figure: Figure, adoption: Adoption) -> list[Axes]:
    """Four panels over generations: strategies, families, mean gain of all members, cohesion of the region."""
    keys = _keys(adoption)
    layout.resize(figure, layout.TITLE + 2 * (HEIGHT + BELOW) + layout.TITLE + layout.key_height(*keys))
    layout.draw_keys(figure, 2 * (layout.TITLE + HEIGHT + BELOW), *keys)
    width = (layout.WIDTH - layout.MARGIN - LEFT - APART) / 2
    axes = [layout.axes_at(figure, LEFT + column * (width + APART), layout.TITLE + row * (layout.TITLE + HEIGHT + BELOW), width, HEIGHT)
            for row in range(2) for column in range(2)]
    n, scale = len(adoption.gain.value), scales.scale_of(adoption.measure)
    generations = np.arange(1, n + 1)
    for i, (name, share) in enumerate(adoption.strategies.items()):
        every: Any = (SHIFT * i % max(1, n // 2), max(1, n // MARKS))
        look = adoption.looks[name]
        _curve(axes[0], generations, share, _percent, color=look.colour, linestyle=look.line, markevery=every, **look.marker(4))
    if adoption.rest is not None:
        _curve(axes[0], generations, adoption.rest, _percent, color=style.QUIET, linestyle=(0, (1, 1)))
    axes[0].axhline(100 * adoption.even, color=style.PALE, linewidth=0.8, zorder=0)
    for name, share in adoption.families.items():
        _curve(axes[1], generations, share, _percent, color=style.colour_of(name), linewidth=1.6)
    _curve(axes[2], generations, adoption.gain, lambda value: np.asarray(scale.difference(value)), color=style.INK)
    axes[2].axhline(0, color=style.QUIET, linewidth=0.8, linestyle="--")
    _curve(axes[3], generations, adoption.cohesion, np.asarray, color=style.INK)
    _curve(axes[3], generations, adoption.reference_cohesion, np.asarray, color=style.QUIET, linestyle="--")
    heads = (("Strategies", "% of members"), ("Families", "% of members"), (f"Mean gain of all members, {scale.label.lower()}", scale.unit),
             (f"Cohesion of {names().region}", "0 to 1"))
    for ax, (title, unit) in zip(axes, heads, strict=True):
        ax.set_title(layout.fitted(title, width, style.NORMAL, "bold"), fontweight="bold", loc="left")
        ax.set_ylabel(layout.fitted(unit, HEIGHT))
        ax.yaxis.set_label_coords(-(LEFT - 0.22) / width, 0.5)
        ax.set_xlim(1, n)
        if ax in axes[:2]:
            ax.set_ylim(bottom=0)
        if ax in axes[2:]:
            ax.set_xlabel("generation")
        layout.few_ticks(ax, x=6, y=5, gap=APART)
    return axes


def _keys(adoption: Adoption) -> list[list[Line2D]]:
    shown = style.short_labels(adoption.strategies)
    return [[*(_handle(adoption.looks[name], shown[name]) for name in adoption.strategies),
             *([Line2D([], [], color=style.QUIET, linestyle=(0, (1, 1)), label="all others")] if adoption.rest is not None else []),
             Line2D([], [], color=style.PALE, linewidth=0.8, label="share in the even mix")],
            [*(Line2D([], [], color=style.colour_of(name), linewidth=1.6, label=style.shortened(style.family_label(name))) for name in adoption.families)],
            [layout.patch(style.QUIET, "95 % interval of the mean over populations", BAND),
             Line2D([], [], color=style.QUIET, linestyle="--", label=f"everybody plays {adoption.reference}")]]


def _percent(share: NDArray[np.float64]) -> NDArray[np.float64]:
    return 100 * share


def _handle(look: style.Look, label: str) -> Line2D:
    return Line2D([], [], color=look.colour, linestyle=look.line, label=label, **look.marker(4.5))


def _curve(ax: Axes, generations: NDArray[np.intp], part: Estimate, shown: Callable[[NDArray[np.float64]], NDArray[np.float64]], **more: Any) -> None:
    low, value, high = (shown(ends) for ends in (part.low, part.value, part.high))
    if np.isfinite(low).all() and np.isfinite(high).all():
        ax.fill_between(generations, low, high, color=more["color"], alpha=BAND, linewidth=0)
    ax.plot(generations, value, **more)


def alt(adoption: Adoption) -> str:
    """Shares at the start and at the end, gain and cohesion."""
    shown, scale, gain, cohesion = style.labels(adoption.strategies), scales.scale_of(adoption.measure), adoption.gain, adoption.cohesion
    shares = [f"{label} from {words.number(100 * share.value[0])} to {words.number(100 * share.value[-1])} %"
              for label, share in (*((shown[name], share) for name, share in adoption.strategies.items()),
                                   *((f"family {style.family_label(name)}", share) for name, share in adoption.families.items()))]
    gains = [words.number(float(scale.difference(gain.value[i]))) for i in (0, -1)]
    return f"Share of members over {len(gain.value)} generations: " + words.sentence([
        *shares, f"mean gain from {gains[0]} to {gains[1]} {scale.unit}",
        f"cohesion from {words.number(cohesion.value[0])} to {words.number(cohesion.value[-1])}"])


def title(adoption: Adoption) -> str:
    """Which strategy of those shown spreads most, for certain, and from where to where."""
    rises = {name: float(share.value[-1] - share.value[0]) for name, share in adoption.strategies.items() if share.low[-1] > share.high[0]}
    if not rises:
        return "No strategy surely spreads when members copy what paid"
    shown, most = style.labels(adoption.strategies), max(rises, key=lambda name: rises[name])
    start, *_, end = adoption.strategies[most].value
    return f"{words.capital(shown[most])} spreads from {words.number(100 * float(start))} to {words.number(100 * float(end))} % of members"


def caption(adoption: Adoption) -> str:
    """How to read it."""
    return (f"Share of members over generations, mean over populations, of the {len(adoption.strategies)} strategies with the largest share in the end, of the "
            "others together and of families; below it the mean gain, against everybody playing the reference in the same worlds, and cohesion. A rising line "
            "spreads; bands are 95 % intervals of the mean.")


FIGURE: FigureSpec[Adoption] = FigureSpec(
    name="adoption",
    title=title,
    question="Which strategies spread when members copy what paid, and what do members gain?",
    caption=caption,
    draw=draw,
    alt=alt,
)
