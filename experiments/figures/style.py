"""How all figures look: colours, a mark per strategy, names, the line at the foot."""

import warnings
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib

from experiments.names import names, plain

#: Sizes of text in points.
SMALL, NORMAL, LARGE = 8.0, 9.0, 12.0
INK, QUIET, PALE = "#222222", "#666666", "#CCCCCC"
#: Opacity of the spread across worlds, wherever it is drawn.
SPREAD = 0.35
#: Width of the line of a 95 % interval, wherever it is drawn, in points.
INTERVAL = 2.4
#: Names are cut to this many characters, in the middle: "siding with the second power", as it is called where several worlds are compared, is whole.
LONGEST = 28

# Families: Okabe & Ito (2008). Their yellow is too pale for a line on white; the grey that goes with the set takes its place.
BLACK, ORANGE, SKY, GREEN, BLUE, VERMILLION, PURPLE, GREY = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#8C8C8C")
FAMILIES = {
    "status_quo": BLACK, "alignment": ORANGE, "hedging": GREEN, "balancing": PURPLE, "neutrality": SKY,
    "contingent": VERMILLION, "reciprocity": BLUE, "learning": GREY, "optimised": "#4D4D4D",
}
# Powers and domains: two of each that no family has, apart for the colour-blind too; their lines are solid and dashed.
POWER_COLOURS, DOMAIN_COLOURS = ("#7A3E06", "#0930A5"), ("#610561", "#577538")
#: Better and worse, in figures as in the tables of a report.
BETTER, WORSE = "#005A8C", "#A33B00"
#: Two things that are none of these, such as a model and what it is compared with, and what belongs to the first.
THINGS, OF_FIRST = ("#00777F", "#B0125B"), "#80BBBF"
#: Colours of families that do not come with the model.
OWN_COLOURS = ("#0D0DF2", "#A85AF6", "#B9AD6E", "#610505", "#AB2B81", "#0B2BCB", "#CB0BAB", "#214521")
#: Those of them that nobody takes for one another.
APART = (*OWN_COLOURS[:5], OWN_COLOURS[7])

Shape = str | tuple[int, int, int]
SHAPES: tuple[Shape, ...] = (
    "o", "s", "D", "^", "v", "<", ">", "p", "P", "X", "*", "h", "d", "8",
    (4, 1, 0), (6, 1, 0), (3, 1, 0), (3, 1, 180), (8, 1, 0), (4, 1, 45))
#: What makes some shapes look as large as the others.
LARGER: dict[Shape, float] = {"D": 0.85, "s": 0.92, "*": 1.45, "P": 1.1, "X": 1.1} | {shape: 1.4 for shape in SHAPES if isinstance(shape, tuple)}
LINES: tuple[Literal["-", "--", "-.", ":"], ...] = ("-", "--", "-.", ":")
#: The shape of each strategy that comes with the model.
SHIPPED: dict[str, Shape] = {
    "status_quo": "o",
    "bandwagon_first": "^", "bandwagon_second": "v", "bandwagon_stronger": "s", "opportunist": "D",
    "equidistance": "o", "omni_enmeshment": "s", "binding_engagement": "D", "economic_pragmatism": "^", "dominance_denial": "v",
    "indirect_balancing": "<", "limited_bandwagon_first": ">", "limited_bandwagon_second": "p", "ambiguity_hedge": "P", "domain_split": "X",
    "auction": "*",
    "soft_balancing": "o", "external_balancing": "s", "internal_balancing": "D", "balance_of_power": "^",
    "isolation": "o", "neutral_open": "s", "omnibalancing": "s", "shrinking_room": "o", "tit_for_tat": "o", "adaptive": "o",
}
#: At most as many of a family are distinct as there are shapes, filled and open; those shipped share the filled ones.
MARKS: tuple[tuple[Shape, bool], ...] = tuple((shape, filled) for filled in (True, False) for shape in SHAPES)
OWN_MARKS = tuple(mark for mark in MARKS if mark not in {(shape, True) for shape in SHIPPED.values()})


#: What was cut in the figure that is drawn, with the whole of it.
_cuts: ContextVar[dict[str, str] | None] = ContextVar("cuts", default=None)


@dataclass(frozen=True)
class Look:
    """How a strategy looks in every figure: colour of its family, own marker and line style."""

    colour: str
    shape: Shape
    filled: bool
    line: Literal["-", "--", "-.", ":"]

    def marker(self, size: float = 5.0) -> dict[str, Any]:
        """Keywords of a line's markers of some size in points."""
        face = self.colour if self.filled else "white"
        return {"marker": self.shape, "markersize": size * LARGER.get(self.shape, 1.0), "markerfacecolor": face, "markeredgecolor": self.colour,
                "markeredgewidth": 0.8}


def colour_of(family: str) -> str:
    """Colour of a family. One that does not come with the model takes a colour by its name, the next free one where another family of the run has it."""
    if family in FAMILIES:
        return FAMILIES[family]
    taken: dict[str, str] = {}
    for own in sorted({*names().families, family} - FAMILIES.keys()):
        first = zlib.crc32(own.encode()) % len(OWN_COLOURS)
        wanted = (*OWN_COLOURS[first:], *OWN_COLOURS[:first])
        taken[own] = next((colour for colour in wanted if colour not in taken.values()), wanted[0])
    return taken[family]


def looks(families: Mapping[str, str]) -> dict[str, Look]:
    """The look of each strategy, the same whatever others are present.

    A strategy that does not come with the model takes its mark by its name; only where two of these would look
    alike does the second in the alphabet move to the next free mark.
    """
    taken: set[tuple[str, tuple[Shape, bool]]] = set()
    result = {}
    for name in sorted(families, key=lambda name: (name not in SHIPPED, name)):
        colour, first = colour_of(families[name]), zlib.crc32(name.encode()) % len(OWN_MARKS)
        own = (*OWN_MARKS[first:], *OWN_MARKS[:first], *MARKS)
        wanted = ((SHIPPED[name], True), *MARKS) if name in SHIPPED else own
        mark = next((mark for mark in wanted if (colour, mark) not in taken), wanted[0])
        taken.add((colour, mark))
        result[name] = Look(colour, *mark, LINES[MARKS.index(mark) % len(LINES)])
    return {name: result[name] for name in families}


def shortened(name: str, longest: int = LONGEST) -> str:
    """A name cut in the middle where it is too long."""
    return name if len(name) <= longest else _remembered(next(_ways(name, longest)), name)


def _remembered(cut: str, name: str) -> str:
    if (cuts := _cuts.get()) is not None:
        cuts[cut] = name
    return cut


def _ways(name: str, longest: int) -> Iterator[str]:
    """All ways to cut a long name: in the middle, then nearer to its ends, then before and after some part of it."""
    half = (longest - 1) // 2
    for head in sorted(range(2, 2 * half - 1), key=lambda head: abs(head - half)):
        yield f"{name[:head]}…{name[head - 2 * half:]}"
    for start in range(1, len(name) - longest + 2):
        yield f"…{name[start : start + longest - 2]}…"


def whole(text: str) -> str:
    """A text of the figure that is drawn with what was cut in it, as it was."""
    cuts = sorted((_cuts.get() or {}).items(), key=lambda cut: -len(cut[0]))
    while (longer := next((text.replace(cut, name) for cut, name in cuts if cut in text), text)) != text:
        text = longer
    return text


def labels(strategies: Iterable[str]) -> dict[str, str]:
    """What each strategy is called: spaces in the names that come with the model, others as they are."""
    return {name: plain(name) if name in SHIPPED or name in names().called else name for name in strategies}


def short_labels(strategies: Iterable[str], longest: int = LONGEST) -> dict[str, str]:
    """What each strategy is called where there is little room."""
    shown = labels(strategies)
    return dict(zip(shown, apart(shown.values(), longest), strict=True))


def apart(texts: Iterable[str], longest: int = LONGEST) -> list[str]:
    """Names cut where they are too long; those that differ are cut where they still do, also from the labels in force that are not among them."""
    each = list(texts)
    cuts = Counter(cut for text in {*each, *map(plain, names().called)} for cut in _ways(text, longest))
    return [text if len(text) <= longest else _remembered(next((cut for cut in _ways(text, longest) if cuts[cut] == 1), text), text) for text in each]


def policy_labels(policies: Iterable[str]) -> dict[str, str]:
    """What each policy is called."""
    return {name: plain(name) for name in policies}


def family_label(family: str) -> str:
    """What a family is called."""
    return plain(family) if family in FAMILIES else family


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's defaults with ours on top, whatever the user's own are; no text is read as mathematics, and a sign without a glyph is a box."""
    token = _cuts.set({})
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({
            "font.size": NORMAL, "text.parse_math": False, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": QUIET,
            "axes.titlesize": NORMAL, "axes.labelsize": SMALL, "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "legend.fontsize": SMALL,
            "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelcolor": INK, "ytick.labelcolor": INK, "axes.spines.top": False,
            "axes.spines.right": False, "axes.linewidth": 0.6, "xtick.major.width": 0.6, "ytick.major.width": 0.6, "xtick.major.size": 3,
            "ytick.major.size": 3, "lines.linewidth": 1.2, "legend.frameon": False,
            "axes.formatter.useoffset": False, "axes.formatter.limits": (-5, 9), "svg.hashsalt": "counterpoise", "svg.fonttype": "none",
            "savefig.facecolor": "white",
        })
        try:
            yield
        finally:
            _cuts.reset(token)
