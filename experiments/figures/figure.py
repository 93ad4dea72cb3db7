"""A figure: what is said and drawn, and how it is framed, saved and shown."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Generic, TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as Words

from experiments.figures import layout, style
from experiments.figures.style import styled
from experiments.figures.svg import explain, tidied
from experiments.names import filled

DPI = 150

_png: ContextVar[bool] = ContextVar("png", default=False)

Subject = TypeVar("Subject")
Text = str | Callable[[Subject], str]


@dataclass(frozen=True)
class Picture:
    """A figure as the report shows it."""

    title: str
    question: str
    caption: str
    alt: str
    svg: Path


def always(subject: object) -> bool:
    """Every subject has what the figure shows."""
    return True


@dataclass(frozen=True)
class FigureSpec(Generic[Subject]):
    """A figure of some kind of subject, such as a comparison; it stands beside its `draw`, in a file of its own.

    A text that depends on the subject is a function of it. Functions have a name, for worker processes draw as well.

    Attributes:
        name: Name of its files.
        title: Headline, part of the picture: the finding or the thing.
        question: What a reader asks.
        caption: What is drawn, and how to read it.
        draw: Draws into an empty figure, gives it its height and returns its axes; it computes no statistics.
        alt: Says in a sentence with numbers what is to be seen, for those who cannot see it.
        applies: Whether a subject has what the figure shows.
    """

    name: Text[Subject]
    title: Text[Subject]
    question: Text[Subject]
    caption: Text[Subject]
    draw: Callable[[Figure, Subject], list[Axes]]
    alt: Callable[[Subject], str]
    applies: Callable[[Subject], bool] = always


def text_of(text: Text[Subject], subject: Subject) -> str:
    """A text of a figure, of this subject."""
    return filled(text if isinstance(text, str) else text(subject))


def drawn(spec: FigureSpec[Subject], subject: Subject, foot: str) -> Figure:
    """The figure with its headline and the line at its foot.

    Args:
        spec: Which figure.
        subject: Of what.
        foot: World, points, worlds, seed.
    """
    with styled():
        figure = Figure()
        spec.draw(figure, subject)
        layout.frame(figure, text_of(spec.title, subject), foot)
        for text in figure.findobj(Words):
            cut = " ".join(text.get_text().split())
            if (whole := style.whole(cut)) != cut:
                explain(text, whole)
    return figure


@contextmanager
def with_png(wanted: bool) -> Iterator[None]:
    """Save figures as PNG too, where that is wanted."""
    token = _png.set(wanted)
    try:
        yield
    finally:
        _png.reset(token)


def png_wanted() -> bool:
    """Whether figures are saved as PNG too."""
    return _png.get()


def save(figure: Figure, folder: Path, name: str) -> Path:
    """Write a figure as SVG, and as PNG where that is wanted; the same figure gives the same bytes.

    Returns:
        The SVG.
    """
    svg, written = folder / f"{name}.svg", BytesIO()
    with styled():
        figure.savefig(written, format="svg", metadata={"Date": None})
        if png_wanted():
            figure.savefig(folder / f"{name}.png", dpi=DPI)
    svg.write_text(tidied(written.getvalue().decode(), name), encoding="utf-8", newline="\n")
    return svg


def picture(spec: FigureSpec[Subject], subject: Subject, foot: str, folder: Path) -> Picture:
    """Draw a figure, frame it and save it in `folder/figures`.

    Args:
        spec: Which figure.
        subject: Of what.
        foot: World, points, worlds, seed.
        folder: The run folder.

    Raises:
        OSError: It cannot be written.
    """
    svg = save(drawn(spec, subject, foot), folder / "figures", text_of(spec.name, subject))
    return Picture(text_of(spec.title, subject), text_of(spec.question, subject), text_of(spec.caption, subject), spec.alt(subject), svg)


def draw_all(specs: Iterable[FigureSpec[Subject]], subject: Subject, foot: str, folder: Path) -> list[Picture]:
    """Every figure that applies to a subject, drawn and saved in this order; see `picture`."""
    return [picture(spec, subject, foot, folder) for spec in specs if spec.applies(subject)]
