"""Figures in Python: those of the report, drawn when they are called, and one panel in axes of the caller."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from os import PathLike
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.rank.figures.league import Standing
from experiments.analyses.sweep.sweep import Sweep, along, reference_label
from experiments.configuration.errors import ConfigError
from experiments.figures import figure as figures
from experiments.figures import layout, scales, style
from experiments.figures.figure import FigureSpec
from experiments.messages import unknown
from experiments.names import plain

#: Dots per inch in a notebook.
DPI = 100


@dataclass(frozen=True)
class Drawing:
    """A figure that notebooks show.

    Attributes:
        figure: The figure, of Matplotlib.
        alt: What is to be seen, in words.
    """

    figure: Figure
    alt: str

    def savefig(self, file: str | PathLike[str] | BytesIO, **options: Any) -> None:
        """As `Figure.savefig`, in the style of the figure."""
        with style.styled():
            self.figure.savefig(file, **options)

    def _repr_png_(self) -> bytes:
        written = BytesIO()
        self.savefig(written, format="png", dpi=DPI)
        return written.getvalue()

    def __repr__(self) -> str:
        return self.alt


class Plots:
    """The figures of some numbers, each a method by its name; `dir` lists those that apply."""

    def __init__(self, specs: Mapping[str, FigureSpec[Any]], subject: Any, foot: str, naming: Callable[[], AbstractContextManager[None]],
                 panel: Callable[[Axes, Any, str], None]) -> None:
        self._specs, self._subject, self._foot, self._naming, self._panel = specs, subject, foot, naming, panel

    def __getattr__(self, name: str) -> Callable[[], Drawing]:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._names():
            raise AttributeError(unknown(name, dir(self), "figure"))
        return partial(self._draw, name)

    def __dir__(self) -> list[str]:
        return sorted({"paired", *self._names()})

    def _names(self) -> list[str]:
        with self._naming():
            return [name for name, spec in self._specs.items() if spec.applies(self._subject)]

    def _draw(self, name: str) -> Drawing:
        with self._naming():
            spec = self._specs[name]
            return Drawing(figures.drawn(spec, self._subject, self._foot), spec.alt(self._subject))

    def paired(self, ax: Axes | None = None, measure: str = "economic") -> Any:
        """Paired differences to the reference with their 95 % intervals.

        Args:
            ax: Axes of yours, which keep their style; None: axes of a new figure, or the figure of the report where there is one of that name.
            measure: A return, drawn into the axes.

        Returns:
            The axes; without `ax`, what notebooks show.

        Raises:
            ConfigError: There is no such measure.
        """
        if ax is None and "paired" in self._specs and measure == "economic":
            return self._draw("paired")
        with self._naming():
            if ax is not None:
                self._panel(ax, self._subject, measure)
                return ax
            with style.styled():
                figure = Figure(figsize=(7, 4), layout="constrained")
                self._panel(figure.add_subplot(), self._subject, measure)
            return Drawing(figure, f"Paired differences, {measure}.")


def paired(ax: Axes, comparison: Comparison, measure: str) -> None:
    """A row for each strategy, from the highest economic return to the lowest."""
    names = selection.order_by(comparison)
    scale = scales.scale_of(_checked(measure, comparison.payoffs))
    low, mean, high = scale.difference(selection.rows_of(comparison, "paired", measure, names)[["low", "difference", "high"]].to_numpy(float)).T
    look, shown = style.looks(comparison.families), style.short_labels(names)
    _rows(ax, [shown[name] for name in names], (low, mean, high), [look[name].colour for name in names])
    ax.set_title(scale.label)
    ax.set_xlabel(f"{scale.unit}, less {shown[comparison.reference]}")


def paired_along(ax: Axes, sweep: Sweep, measure: str) -> None:
    """A line for each strategy along the first axis, averaged over the others."""
    axis, scale = sweep.axes[0], scales.scale_of(_checked(measure, sweep.returns))
    look, shown = style.looks(sweep.families), style.short_labels(sweep.strategies)
    for name in sweep.strategies:
        if name == sweep.reference:
            continue
        levels = along(sweep, axis, name, sweep.reference, measure)
        at = levels.level.to_numpy(float) if axis.numeric else np.arange(len(levels))
        ax.fill_between(at, scale.difference(levels.low), scale.difference(levels.high), color=look[name].colour, alpha=style.SPREAD, linewidth=0)
        ax.plot(at, scale.difference(levels.difference), color=look[name].colour, linestyle=look[name].line, label=shown[name], **look[name].marker())
    if not axis.numeric:
        ax.set_xticks(range(len(axis.levels)), [plain(str(level)) for level in axis.levels])
    ax.axhline(0, color=style.QUIET, linewidth=0.8)
    ax.set_xlabel(axis.label if axis.unit == "-" else f"{axis.label} ({axis.unit})")
    ax.set_ylabel(f"{scale.unit}, less {reference_label(sweep)}")
    ax.set_title(scale.label)
    ax.legend(fontsize="small")


def scores(ax: Axes, standing: Standing, measure: str) -> None:
    """A row for each entrant; a score is the composite, whatever the measure."""
    colours = [style.colour_of(family) for family in standing.families]
    _rows(ax, list(standing.labels), (standing.score.low, standing.score.value, standing.score.high), colours)
    ax.set_xlabel(f"Score: weighted composite less that of {standing.reference}")


def _rows(ax: Axes, names: list[str], interval: tuple[Any, Any, Any], colours: list[str]) -> None:
    low, mean, high = interval
    ax.axvline(0, color=style.QUIET, linewidth=0.8)
    layout.draw_interval(ax, low, high, colours)
    ax.scatter(mean, range(len(names)), color=colours, zorder=3)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)


def _checked(measure: str, known: Any) -> str:
    if measure not in known:
        raise ConfigError([unknown(str(measure), known, "measure")])
    return measure
