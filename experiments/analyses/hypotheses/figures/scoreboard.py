"""Hypotheses: the verdict on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.hypotheses.verdict import Verdict
from experiments.figures import layout, style
from experiments.figures.figure import FigureSpec
from experiments.methods.survival import FAILED, ROBUST

#: Inches: the name, a statement in at most four lines, the two columns of marks, the verdict, a line of text, between rows.
NAME, STATEMENT, MARK, WORD, TEXT, SPACE = 0.5, 3.45, 0.72, 1.15, 0.155, 0.11
COLOURS = {"supported": style.BETTER, "holds": style.BETTER, "conditional": style.THINGS[1], "undecided": style.INK, "refuted": style.WORSE,
           "fails": style.WORSE, "no practical difference": style.QUIET, "untested": style.QUIET}
SHAPES = {"supported": "o", "holds": "o", "conditional": "D", "undecided": "P", "refuted": "X", "fails": "X", "no practical difference": "_", "untested": "|"}


@dataclass(frozen=True)
class Row:
    """One hypothesis.

    Attributes:
        name: Short name, such as "H1".
        statement: What it says.
        expected: The sign expected, "+" or "−", or "?".
        share: Share of draws in which it holds.
        low: Lower end of the 95 % interval of that share.
        high: Upper end.
        default: At the defaults: the sign is as expected, the interval contains 0, or the sign is the opposite.
        word: The verdict.
    """

    name: str
    statement: str
    expected: str
    share: float
    low: float
    high: float
    default: Literal["as expected", "unclear", "opposite"]
    word: str


def rows_of(verdicts: Sequence[Verdict]) -> list[Row]:
    """A row for each verdict."""
    default: dict[int, Literal["as expected", "unclear", "opposite"]] = {1: "as expected", 0: "unclear", -1: "opposite"}
    return [Row(v.name, v.hypothesis.statement, "+" if v.hypothesis.sign > 0 else "−", v.holds, v.low, v.high, default[v.sign * v.hypothesis.sign], v.word)
            for v in verdicts]


def draw(figure: Figure, rows: Sequence[Row]) -> list[Axes]:
    """A row for each hypothesis: statement, sign expected, mark at the defaults, share of draws with its interval, verdict."""
    text = [layout.in_lines(row.statement, STATEMENT - 0.1, 4) for row in rows]
    said = [layout.in_lines(row.word, WORD - 0.25) for row in rows]
    heights = np.array([TEXT * max(1, len(lines), len(word)) + SPACE for lines, word in zip(text, said, strict=True)])
    tops = np.concatenate([[0], np.cumsum(heights)])
    top, total = 0.4, float(tops[-1])
    marks = [_default_mark("as expected", "at the defaults as expected"), _default_mark("unclear", "interval contains 0"),
             _default_mark("opposite", "the opposite")]
    keys = [marks,
            [Line2D([], [], color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), label=f"{100 * FAILED:.0f} % and {100 * ROBUST:.0f} % of draws"),
             Line2D([], [], color=style.INK, linewidth=style.INTERVAL, marker="o", markersize=5, label="share of draws with its 95 % interval")]]
    layout.resize(figure, top + total + 0.5 + layout.key_height(*keys))
    layout.draw_keys(figure, top + total + 0.5, *keys)
    at = layout.MARGIN + np.cumsum([0, NAME, STATEMENT + 0.1, MARK, MARK])
    width = layout.WIDTH - layout.MARGIN - WORD - at[4]
    ax = layout.axes_at(figure, at[4], top, width, total)
    ax.set(xlim=(-3, 103), ylim=(total, 0))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    for edge in (FAILED, ROBUST):
        ax.axvline(100 * edge, color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), zorder=1)
    ax.set_xlabel("% of draws in which it holds")
    ax.set_xticks(range(0, 101, 20))
    heads = ((at[0], "Hypothesis", "left"), (at[2] + MARK / 2, "Expected", "center"), (at[3] + MARK / 2, "Defaults", "center"),
             (at[4], "Draws of the assumptions", "left"), (layout.WIDTH - layout.MARGIN - WORD + 0.1, "Verdict", "left"))
    for left, head, side in heads:
        layout.text_at(figure, left, top - 0.12, head, va="baseline", ha=side, fontweight="bold")
    for y in tops[:-1]:
        height = 1 - (layout.HEAD + top + y) / figure.get_figheight()
        edge = layout.MARGIN / layout.WIDTH
        figure.add_artist(Line2D((edge, 1 - edge), (height, height), transform=figure.transFigure, color=style.PALE, linewidth=0.4))
    for row, lines, word, y in zip(rows, text, said, tops[:-1] + heights / 2, strict=True):
        colour = COLOURS.get(row.word, style.QUIET)
        layout.text_at(figure, at[0], top + y, layout.fitted(row.name, NAME - 0.05, weight="bold"), va="center", fontweight="bold")
        layout.text_at(figure, at[1], top + y, "\n".join(lines), va="center", linespacing=1.3)
        layout.text_at(figure, at[2] + MARK / 2, top + y, layout.fitted(row.expected, MARK - 0.15), va="center", ha="center")
        _place(figure, at[3] + MARK / 2, top + y, _default_mark(row.default, ""))
        ax.plot(100 * np.array((row.low, row.high)), (y, y), color=colour, linewidth=style.INTERVAL, zorder=3)
        ax.plot(100 * row.share, y, color=colour, marker="o", markersize=5, zorder=4, clip_on=False)
        left = layout.WIDTH - layout.MARGIN - WORD + 0.15
        _place(figure, left, top + y, Line2D([], [], linestyle="none", marker=SHAPES.get(row.word, "s"), markersize=5.5, color=colour))
        layout.text_at(figure, left + 0.12, top + y, "\n".join(word), va="center", linespacing=1.3)
    return [ax]


def _default_mark(default: str, label: str) -> Line2D:
    shape = "X" if default == "opposite" else "o"
    return Line2D([], [], linestyle="none", marker=shape, markersize=6, markeredgecolor=style.INK, markeredgewidth=0.9, label=label,
                  markerfacecolor="white" if default == "unclear" else style.INK)


def _place(figure: Figure, left: float, top: float, mark: Line2D) -> None:
    mark.set_data([left / layout.WIDTH], [1 - (layout.HEAD + top) / figure.get_figheight()])
    mark.set_transform(figure.transFigure)
    figure.add_artist(mark)


def alt(rows: Sequence[Row]) -> str:
    """The verdict on each, with its share of draws."""
    return f"{words.plural(len(rows), 'statement')}. " + words.sentence(
        f"{row.name} {row.word}: holds in {words.number(100 * row.share)} % of draws [{words.number(100 * row.low)} to {words.number(100 * row.high)}], "
        f"{row.default} at the defaults" for row in rows)


def title(rows: Sequence[Row]) -> str:
    """How many are supported."""
    return f"{sum(row.word == 'supported' for row in rows)} of {words.plural(len(rows), 'hypothesis')} {'is' if len(rows) == 1 else 'are'} supported"


def title_of_checks(rows: Sequence[Row]) -> str:
    """How many hold."""
    return f"{sum(row.word == 'holds' for row in rows)} of {words.plural(len(rows), 'implementation check')} hold{'s' * (len(rows) == 1)}"


CAPTION = ("A row for each statement: the sign it claims, whether the effect at the defaults has it by the 95 % interval over worlds, and the share of "
           "draws of the assumptions in which the effect has it, a mean over worlds. The further right, the less it depends on the assumptions; lines are "
           "95 % intervals of that share, over draws. Supported: all of the line lies right of the second dashed line. Refuted: left of the first.")

FIGURE: FigureSpec[Sequence[Row]] = FigureSpec(
    name="scoreboard",
    title=title,
    question="Which statements hold, at the defaults and under other assumptions?",
    caption=CAPTION,
    draw=draw,
    alt=alt,
)
CHECKS: FigureSpec[Sequence[Row]] = FigureSpec(
    name="checks",
    title=title_of_checks,
    question="Does the model do what its equations say?",
    caption=CAPTION,
    draw=draw,
    alt=alt,
)
