"""What a report consists of: findings, tables, pictures, conclusions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.figures.figure import Picture
from experiments.methods.intervals import Estimate
from experiments.methods.survival import FAILED, ROBUST


@dataclass(frozen=True)
class Finding:
    """A finding.

    Attributes:
        about: What it is about, in a few words.
        text: The finding in sentences.
        parts: Sentences that read better one below the other.
    """

    about: str
    text: str
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n  - ".join([f"{self.about}. {self.text}", *self.parts])


@dataclass(frozen=True)
class Conclusion:
    """One row of the table of conclusions.

    Attributes:
        text: What is concluded, a sentence without its full stop, with its interval.
        rests_on: What moves it most, in words; empty where nothing stands out.
        survives: The share of draws or futures in which it holds, with its 95 % interval.
    """

    text: str
    rests_on: str
    survives: Estimate

    @property
    def word(self) -> str:
        """How far it survives: survives, in part, does not survive."""
        return "survives" if self.survives.value >= ROBUST else "does not survive" if self.survives.value <= FAILED else "in part"


@dataclass(frozen=True)
class Table:
    """A table as the report shows it.

    Attributes:
        title: Its headline.
        note: How to read it.
        heads: One per column; the first column holds names, those in `texts` hold words, the rest numbers.
        rows: Cells as text.
        texts: Numbers of the columns that hold words, from 0.
    """

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Part:
    """The report of an analysis, or of a part of one.

    Attributes:
        lead: Paragraphs: the question, and on how many points and worlds it was tried.
        findings: Findings in plain words, made from the numbers.
        caveats: What the reader must know to read the findings.
        pictures: Figures in the order in which a reader asks.
        tables: What the figures show, in numbers.
        frames: CSV tables by name of the file.
        printed: What the terminal shows instead of the findings.
    """

    lead: Sequence[str]
    findings: Sequence[Finding]
    caveats: Sequence[str]
    pictures: Sequence[Picture]
    tables: Sequence[Table]
    frames: Mapping[str, pd.DataFrame]
    printed: str = ""
