"""Two returns that cannot both be had: candidates, library, and strategies on the front with their intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.analysis.intervals import Estimate
from experiments.figures import layout, style, telling
from experiments.figures.scatter import label
from sim.axes import Array

HIGH, LEFT = 4.2, 0.8
ON_FRONT, CLOUD = style.INK, "#BDBDBD"


def draw(figure: Figure, cloud: Array, names: Sequence[str], families: Mapping[str, str], known: Estimate, on_front: Estimate, measures: tuple[str, str],
         what: str) -> list[Axes]:
    """One panel.

    Args:
        figure: Empty; gets its height.
        cloud: Candidates as the search saw them, shape (candidates, 2), in units of the measures.
        names: Strategies of the library.
        families: Family of each.
        known: Theirs on unseen futures, shape (names, 2).
        on_front: Those found on the front, on unseen futures, shape (n, 2).
        measures: The two returns.
        what: What the axes show of them.
    """
    keys = [[Line2D([], [], color=CLOUD, linestyle="none", marker=".", markersize=4, label="candidates, on the futures the search saw"),
             Line2D([], [], color=ON_FRONT, linestyle="-", linewidth=1.2, marker="o", markersize=6, markerfacecolor="white",
                    label="chosen along the front, on futures it did not see, 95 % intervals")],
            layout.family_handles(families[name] for name in names)]
    layout.resize(figure, 0.1 + HIGH + 0.5 + layout.key_height(*keys))
    layout.draw_keys(figure, 0.1 + HIGH + 0.5, *keys)
    ax = layout.axes_at(figure, LEFT, 0.1, layout.WIDTH - LEFT - layout.MARGIN, HIGH)
    scales = [telling.scale_of(measure) for measure in measures]

    def shown(values: Array) -> Array:
        return np.stack([np.asarray(scale.difference(values[..., i])) for i, scale in enumerate(scales)], axis=-1)

    seen, own, found = shown(cloud), shown(known.value), shown(on_front.value)
    ax.plot(*seen.T, linestyle="none", marker=".", markersize=1.6, color=CLOUD, zorder=1, rasterized=True)
    look, shorts = style.looks(dict(families)), style.labels(names)
    lines = []
    for i, name in enumerate(names):
        ax.plot(*own[i], linestyle="none", zorder=3, **look[name].marker(5.5))
    ends = shown(on_front.low), shown(on_front.high)
    for i in range(len(found)):
        (left, low), (right, high), (x, y) = ends[0][i], ends[1][i], found[i]
        for bar in (np.array([[left, y], [right, y]]), np.array([[x, low], [x, high]])):
            if np.isfinite(bar).all():
                ax.plot(*bar.T, color=ON_FRONT, linewidth=1.2, zorder=4)
                lines.append((bar[0], bar[1]))
    ax.plot(*found.T, color=ON_FRONT, linestyle="-", linewidth=0.8, marker="o", markersize=6, markerfacecolor="white", zorder=5)
    inside = np.concatenate([own, *ends, np.quantile(seen, (0.02, 1.0), axis=0)])
    inside = inside[np.isfinite(inside).all(axis=1)]
    for axis, column in ((ax.set_xlim, 0), (ax.set_ylim, 1)):
        low, high = float(inside[:, column].min()), float(inside[:, column].max())
        axis(low - 0.04 * (high - low), high + 0.08 * (high - low))
    ax.axhline(0, color=style.QUIET, linewidth=0.6, zorder=0.5)
    ax.axvline(0, color=style.QUIET, linewidth=0.6, zorder=0.5)
    ax.set_xlabel(f"{scales[0].label}, {what}, {scales[0].unit}")
    ax.set_ylabel(f"{scales[1].label}, {what}, {scales[1].unit}")
    layout.few_ticks(ax, x=8, y=7)
    every = np.concatenate([own, found])
    texts = [*((shorts[name],) for name in names), *((str(i + 1),) for i in range(len(found)))]
    label(ax, every, texts, lines)
    return [ax]


def alt(names: Sequence[str], on_front: Estimate, measures: tuple[str, str]) -> str:
    """The chosen strategies along the front."""
    scales = [telling.scale_of(measure) for measure in measures]
    told = (f"{i + 1}: {' and '.join(telling.number(float(scale.difference(value))) for scale, value in zip(scales, row, strict=True))}"
            for i, row in enumerate(on_front.value))
    return (f"{scales[0].label} ({scales[0].unit}) and {scales[1].label.lower()} ({scales[1].unit}) of {len(on_front.value)} strategies along the front, "
            f"beside {len(names)} of the library. " + telling.sentence(told))
