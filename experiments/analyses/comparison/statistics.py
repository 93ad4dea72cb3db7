"""All numbers of a comparison together."""

from dataclasses import dataclass

from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.change import Change
from experiments.analyses.comparison.comparison import Comparison


@dataclass(frozen=True)
class Statistics:
    """All numbers of a comparison.

    Attributes:
        comparison: The strategies on the same worlds.
        assumptions: How they fare under other assumptions; None where that was not tried.
        change: What the job changes against its baseline; None where there is none.
    """

    comparison: Comparison
    assumptions: Assumptions | None
    change: Change | None
