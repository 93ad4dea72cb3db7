"""A table as the reports show it; tables.html.jinja writes it."""

from collections.abc import Sequence
from dataclasses import dataclass


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
