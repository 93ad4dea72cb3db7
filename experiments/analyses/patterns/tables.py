"""Tables of patterns."""

from collections.abc import Mapping, Sequence

import pandas as pd

from experiments.analyses.patterns.findings import ROLES, expected_text, value_text
from experiments.analyses.patterns.result import Shown
from experiments.report.parts import Table


def tables(result: Sequence[Shown]) -> list[Table]:
    """Tables of the report."""
    rows = [[each.pattern.statement, value_text(each), expected_text(each), each.verdict, ROLES[each.pattern.role], each.pattern.source] for each in result]
    return [Table("Patterns", "The model's value with its 95 % interval over worlds, and the range in which the pattern is reproduced.",
                  ["pattern", "model", "expected", "verdict", "role", "source"], rows, frozenset({0, 3, 4, 5}))]


def frames(result: Sequence[Shown]) -> Mapping[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    return {"patterns": pd.DataFrame([{
        "pattern": each.name, "statement": each.pattern.statement, "source": each.pattern.source, "role": each.pattern.role,
        "statistic": each.pattern.statistic, "value": float(each.value.value), "low": float(each.value.low), "high": float(each.value.high),
        "expected_low": each.pattern.expected[0], "expected_high": each.pattern.expected[1], "tolerance": each.pattern.tolerance, "verdict": each.verdict,
        "worlds": each.n_worlds} for each in result])}
