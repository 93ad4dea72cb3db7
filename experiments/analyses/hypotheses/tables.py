"""Tables of hypotheses and their verdicts."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.analyses.hypotheses.phrases import (
    CHECK,
    CONDITIONS,
    KINDS,
    SHARE_OF_VARIANCE,
    counted,
    effect,
    effect_text,
    members_text,
    tools_text,
    unit_of,
    where_text,
)
from experiments.analyses.hypotheses.trial import FEWER_DRAWS
from experiments.analyses.hypotheses.variance import Variance
from experiments.analyses.hypotheses.verdict import Side, Verdict
from experiments.names import plain
from experiments.report.parts import Table
from experiments.words import capital, share

OF_SCOREBOARD = ("hypothesis", "statement", "source", "kind", "expected", "effect", "low", "high", "unit", "holds", "holds_low", "holds_high", "draws",
                 "verdict", "fails_where")


def claims_and_checks(verdicts: Sequence[Verdict]) -> tuple[list[Verdict], list[Verdict]]:
    """Hypotheses that can fail, and implementation checks, which are counted apart."""
    return [v for v in verdicts if v.hypothesis.kind != CHECK], [v for v in verdicts if v.hypothesis.kind == CHECK]


def scoreboard(verdicts: Sequence[Verdict], variances: Sequence[Variance], failing: Mapping[str, str]) -> pd.DataFrame:
    """The rows of scoreboard.csv, one per hypothesis; `failing` says in words where each fails."""
    rows = [{
        "hypothesis": v.name, "statement": v.hypothesis.statement, "source": v.hypothesis.source, "kind": v.hypothesis.kind, "expected": v.hypothesis.expected,
        "effect": v.effect.value, "low": v.effect.low, "high": v.effect.high, "unit": unit_of(v), "holds": v.holds, "holds_low": v.low, "holds_high": v.high,
        "draws": int(np.isfinite(v.draws).sum()), "verdict": v.word, "fails_where": failing[v.name]} for v in verdicts]
    rows += [{
        "hypothesis": v.name, "statement": v.hypothesis.statement, "source": v.hypothesis.source, "kind": v.hypothesis.kind, "expected": "",
        "effect": v.shares[0].value, "low": v.shares[0].low, "high": v.shares[0].high, "unit": f"share of variance: {v.groups[0]}",
        "draws": v.draws.shape[1], "verdict": SHARE_OF_VARIANCE, "fails_where": ""} for v in variances]
    return pd.DataFrame(rows, columns=list(OF_SCOREBOARD))


def also(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """The rows of also.csv, one for each hypothesis and other measurement of it."""
    return pd.DataFrame([
        {"hypothesis": v.name, "measured": called, "effect": other.effect.value, "low": other.effect.low, "high": other.effect.high, "unit": unit_of(other),
         "holds": other.holds, "holds_low": other.low, "holds_high": other.high, "draws": int(np.isfinite(other.draws).sum()), "verdict": other.word}
        for v in verdicts for called, other in v.also.items()],
        columns=["hypothesis", "measured", "effect", "low", "high", "unit", "holds", "holds_low", "holds_high", "draws", "verdict"])


def sides(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """The rows of sides.csv, one for each side of each comparison of strategies by what they do, at the defaults."""
    return pd.DataFrame([
        {"hypothesis": name, "measured": called, "condition": side.condition, "side": where_text(side.where), "strategies": " ".join(side.members),
         "best": side.best, "team": side.size, "tools": tools_text(side)} for name, called, side in _sides(verdicts)],
        columns=["hypothesis", "measured", "condition", "side", "strategies", "best", "team", "tools"])


def _sides(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, str, Side]]:
    for v in verdicts:
        yield from ((v.name, "", side) for side in v.sides)
        yield from ((v.name, called, side) for called, other in v.also.items() for side in other.sides)


def variance(variances: Sequence[Variance]) -> pd.DataFrame:
    """The rows of variance.csv, one for each group of numbers."""
    return pd.DataFrame([
        {"hypothesis": v.name, "group": group, "share": part.value, "low": part.low, "high": part.high,
         "draws_q05": spread.low, "draws_median": spread.value, "draws_q95": spread.high, "draws": v.draws.shape[-1]}
        for v in variances for group, part, spread in zip(v.groups, v.shares, v.spread, strict=True)],
        columns=["hypothesis", "group", "share", "low", "high", "draws_q05", "draws_median", "draws_q95", "draws"])


def tables_of(verdicts: Sequence[Verdict], variances: Sequence[Variance], failing: Mapping[str, str]) -> list[Table]:
    """The tables of the report: hypotheses, implementation checks, shares of variance, other measurements, who was compared."""
    claims, checks = claims_and_checks(verdicts)
    note = "An implementation check follows nearly from one equation: it tests the code more than the world and is counted apart."
    return [*([_scoreboard("The scoreboard", "", claims, failing)] if claims else []),
            *([_scoreboard(counted(checks), f"{note} ", checks, failing)] if checks else []),
            *_variance(variances), *_otherwise(verdicts), *_compared(verdicts)]


def _scoreboard(title: str, note: str, verdicts: Sequence[Verdict], failing: Mapping[str, str]) -> Table:
    rows = [[v.name, v.hypothesis.statement, v.hypothesis.source, KINDS[v.hypothesis.kind], "+" if v.hypothesis.sign > 0 else "−", effect(v), unit_of(v),
             share(v.holds, v.low, v.high), v.word, failing[v.name]] for v in verdicts]
    heads = ["name", "statement", "source", "kind", "expected sign", "effect at the defaults", "unit", "holds in", "verdict", "fails where"]
    note += ("Holds in: share of draws with the expected sign. In brackets: 95 % intervals. "
             "Economic effects are in log points: 0.01 is 1 % of consumption.")
    return Table(title, note, heads, rows, frozenset({1, 2, 3, 6, 8, 9}))


def _variance(variances: Sequence[Variance]) -> list[Table]:
    rows = [[v.name, v.hypothesis.statement, group, share(part.value, part.low, part.high), share(spread.value, spread.low, spread.high)]
            for v in variances for group, part, spread in zip(v.groups, v.shares, v.spread, strict=True)]
    heads = ["name", "statement", "whose choices", "share at the defaults", "share in draws"]
    note = ("The share of the variance that would remain if all other choices were known (total Sobol index). The shares of both sides add up to more than "
            "100 % where their choices act together. In brackets: 95 % intervals over the sample at the defaults, the middle nine tenths of draws of the "
            "assumptions around their median. A share is not a claim that holds or fails, so there is no verdict.")
    return [Table("Shares of variance", note, heads, rows, frozenset({1, 2}))] if rows else []


def _otherwise(verdicts: Sequence[Verdict]) -> list[Table]:
    """The same statements with another strategy or return, next to the verdict."""
    rows = [[v.name, called, effect(other), unit_of(other), share(other.holds, other.low, other.high), other.word, v.word]
            for v in verdicts for called, other in v.also.items()]
    heads = ["name", "measured", "effect at the defaults", "unit", "holds in", "verdict so measured", "verdict"]
    fewer = "" if not any(other.sides for v in verdicts for other in v.also.values()) else (
        f" Where that needs the whole library and the verdict does not, it is tried in one of {FEWER_DRAWS} draws, and intervals are wider.")
    note = ("With another strategy in place of the one on which the verdict rests, in the composite of all returns with equal weights, or between the "
            f"strategies that behave in one way and those that behave in another, measured under the same condition.{fewer}")
    return [Table("The same statements measured otherwise", note, heads, rows, frozenset({1, 3, 5, 6}))] if rows else []


def _compared(verdicts: Sequence[Verdict]) -> list[Table]:
    rows = [[name, called or "verdict", capital(CONDITIONS[side.condition]), where_text(side.where), plain(side.best), members_text(side), str(side.size),
             tools_text(side)] for name, called, side in _sides(verdicts)]
    heads = ["name", "measured", "condition", "side", "best", "members", "team", "tools"]
    note = ("Strategies are chosen by what they did under the condition, at the defaults; in each draw they are chosen again. A side counts with the average "
            "best of random teams as large as the smallest side. Near-duplicates count once.")
    return [Table("Who was compared where strategies are chosen by what they do", note, heads, rows, frozenset({1, 2, 3, 4, 5, 7}))] if rows else []


def printed(verdicts: Sequence[Verdict], variances: Sequence[Variance]) -> str:
    """The scoreboard as the terminal shows it."""
    claims, checks = claims_and_checks(verdicts)
    blocks = [_printed(claims)] if claims else []
    if checks:
        blocks.append(f"{counted(checks)}\n{_printed(checks)}")
    blocks += [f"{v.name}  {v.hypothesis.statement}\n" + "\n".join(
        f"      {share(part.value, part.low, part.high)} of the variance: {group}" for group, part in zip(v.groups, v.shares, strict=True)) for v in variances]
    return "\n\n".join(blocks)


def _printed(verdicts: Sequence[Verdict]) -> str:
    head = ("name", "verdict", "holds in", "effect at the defaults [95 % interval]", "statement")
    rows = [head, *((v.name, v.word, share(v.holds), effect_text(v), v.hypothesis.statement) for v in verdicts)]
    name, word, holds, effects = (2 + max(len(row[i]) for row in rows) for i in range(4))
    return "\n".join(f"{row[0]:<{name}}{row[1]:<{word}}{row[2]:>{holds - 2}}  {row[3]:<{effects}}{row[4]}" for row in rows)
