"""Figures of patterns."""

from collections.abc import Sequence
from pathlib import Path

from experiments.analyses.patterns.figures import expected
from experiments.analyses.patterns.result import Shown
from experiments.figures.figure import Picture, picture
from experiments.words import plural


def pictures(result: Sequence[Shown], folder: Path) -> list[Picture]:
    """Draw every figure into `folder/figures`.

    Raises:
        OSError: One cannot be written.
    """
    return [picture(expected.FIGURE, result, f"{plural(len(result), 'pattern')}, each in runs of its own", folder)]
