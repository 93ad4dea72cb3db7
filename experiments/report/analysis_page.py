"""The report of an analysis: one self-contained HTML file of findings, figures and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.report.headline import Finding
from experiments.report.page import Picture, template


@dataclass(frozen=True)
class Table:
    """A table as the report shows it.

    Attributes:
        title: Its headline.
        note: How to read it.
        heads: One per column; the first is a name, those in `texts` are words, the rest numbers.
        rows: Cells as text.
        texts: Columns that hold words, from 0.
    """

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: frozenset[int] = frozenset()


def render_analysis(*, title: str, lead: Sequence[str], findings: Sequence[Finding], caveats: Sequence[str], pictures: Sequence[Picture],
                    tables: Sequence[Table], command: str, hashes: Mapping[str, str] | None = None) -> str:
    """The report as HTML.

    Args:
        title: Headline.
        lead: Paragraphs below it: what was asked, of which world, at how many points and worlds.
        findings: In plain words, made from the numbers.
        caveats: What the reader must know to read them.
        pictures: Figures in the order a reader asks.
        tables: What the figures show, in numbers.
        command: What makes it again.
        hashes: sha256 of the settings, by what they are of.
    """
    context: dict[str, Any] = {"title": title, "lead": lead, "findings": findings, "caveats": caveats, "pictures": pictures, "tables": tables,
                               "command": command, "hashes": hashes or {}}
    return template("analysis.html.jinja").render(**context)
