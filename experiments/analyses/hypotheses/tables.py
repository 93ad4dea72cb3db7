"""Tables of hypotheses and their verdicts."""

from collections.abc import Mapping, Sequence

import pandas as pd

from experiments.analyses.hypotheses.phrases import KINDS, effect, effect_text, unit_of
from experiments.analyses.hypotheses.verdict import Verdict
from experiments.report.parts import Table
from experiments.words import share


def scoreboard(verdicts: Sequence[Verdict], failing: Mapping[str, str]) -> pd.DataFrame:
    """The rows of scoreboard.csv, one per hypothesis; `failing` says in words where each fails."""
    return pd.DataFrame([{
        "hypothesis": v.name, "statement": v.hypothesis.statement, "source": v.hypothesis.source, "kind": v.hypothesis.kind, "expected": v.hypothesis.expected,
        "effect": v.effect.value, "low": v.effect.low, "high": v.effect.high, "unit": unit_of(v), "holds": v.holds, "holds_low": v.low, "holds_high": v.high,
        "draws": len(v.draws), "verdict": v.word, "fails_where": failing[v.name]} for v in verdicts])


def also(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """The rows of also.csv, one for each hypothesis and other measurement of it."""
    return pd.DataFrame([
        {"hypothesis": v.name, "measured": called, "effect": other.effect.value, "low": other.effect.low, "high": other.effect.high, "unit": unit_of(other),
         "holds": other.holds, "holds_low": other.low, "holds_high": other.high, "verdict": other.word}
        for v in verdicts for called, other in v.also.items()],
        columns=["hypothesis", "measured", "effect", "low", "high", "unit", "holds", "holds_low", "holds_high", "verdict"])


def table_of(verdicts: Sequence[Verdict], failing: Mapping[str, str]) -> Table:
    """The scoreboard of the report."""
    rows = [[v.name, v.hypothesis.statement, v.hypothesis.source, KINDS[v.hypothesis.kind], v.hypothesis.expected.replace("-", "−"), effect(v), unit_of(v),
             share(v.holds, v.low, v.high), v.word, failing[v.name]] for v in verdicts]
    heads = ["name", "statement", "source", "kind", "expected sign", "effect at the defaults", "unit", "holds in", "verdict", "fails where"]
    note = ("Holds in: share of draws with the expected sign. In brackets: 95 % intervals. "
            "Economic effects are in log points: 0.01 is 1 % of consumption.")
    return Table("The scoreboard", note, heads, rows, frozenset({1, 2, 3, 6, 8, 9}))


def otherwise(verdicts: Sequence[Verdict]) -> list[Table]:
    """The same statements with another strategy or return, next to the verdict."""
    rows = [[v.name, called, effect(other), unit_of(other), share(other.holds, other.low, other.high), other.word, v.word]
            for v in verdicts for called, other in v.also.items()]
    heads = ["name", "measured", "effect at the defaults", "unit", "holds in", "verdict so measured", "verdict"]
    note = "With another strategy in place of the one on which the verdict rests, or in the composite of all returns with equal weights."
    return [Table("The same statements measured otherwise", note, heads, rows, frozenset({1, 3, 5, 6}))] if rows else []


def printed(verdicts: Sequence[Verdict]) -> str:
    """The scoreboard as the terminal shows it."""
    lines = [f"{v.name:<6}{v.word:<13}{share(v.holds):>9}  {effect_text(v):<44}{v.hypothesis.statement}" for v in verdicts]
    return "\n".join([f"{'name':<6}{'verdict':<13}{'holds in':>9}  {'effect at the defaults [95 % interval]':<44}statement", *lines])
