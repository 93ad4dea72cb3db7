"""The report of an analysis: one self-contained HTML file of findings, figures and tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from experiments.report.conclusions import Conclusion
from experiments.report.headline import Finding
from experiments.report.page import Picture, template
from experiments.report.tables import Table


@dataclass(frozen=True)
class Part:
    """What an analysis, or a part of one, has to say.

    Attributes:
        lead: Paragraphs: what was asked, at how many points and worlds.
        findings: In plain words, made from the numbers.
        caveats: What the reader must know to read them.
        pictures: Figures in the order a reader asks.
        conclusions: What is concluded, what it rests on, how far it survives.
        tables: What the figures show, in numbers.
        frames: For spreadsheets, by name of the file.
    """

    lead: Sequence[str]
    findings: Sequence[Finding]
    caveats: Sequence[str]
    pictures: Sequence[Picture]
    conclusions: Sequence[Conclusion]
    tables: Sequence[Table]
    frames: Mapping[str, pd.DataFrame]


def render_analysis(*, title: str, lead: Sequence[str], findings: Sequence[Finding], caveats: Sequence[str], pictures: Sequence[Picture],
                    conclusions: Table, tables: Sequence[Table], command: str, hashes: Mapping[str, str] | None = None) -> str:
    """The report as HTML.

    Args:
        title: Headline.
        lead: Paragraphs below it: what was asked, of which world, at how many points and worlds.
        findings: In plain words, made from the numbers.
        caveats: What the reader must know to read them.
        pictures: Figures in the order a reader asks.
        conclusions: What is concluded, what it rests on, how far it survives; see `experiments.report.conclusions`.
        tables: What the figures show, in numbers.
        command: What makes it again.
        hashes: sha256 of the settings, by what they are of.
    """
    context: dict[str, Any] = {"title": title, "lead": lead, "findings": findings, "caveats": caveats, "pictures": pictures, "conclusions": conclusions,
                               "tables": tables, "command": command, "hashes": hashes or {}}
    return template("analysis.html.jinja").render(**context)


def picture(folder: Path, foot: str, name: str, title: str, question: str, caption: str, alt: str, plot: Callable[[Figure], object]) -> Picture:
    """Draw a figure of an analysis, frame it, save it.

    Args:
        folder: The run folder.
        foot: Line at its foot: world, points, worlds, seed.
        name: Name of its files.
        title: Headline.
        question: What it answers.
        caption: How to read it.
        alt: What it shows, for those who cannot see it.
        plot: Draws into the empty figure and gives it its height.
    """
    from experiments.figures import layout, save
    from experiments.figures.style import styled

    with styled():
        figure = Figure()
        plot(figure)
        layout.frame(figure, title, foot)
    save(figure, folder / "figures", name)
    return Picture(title, question, caption, alt, folder / "figures" / f"{name}.svg")
