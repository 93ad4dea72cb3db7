"""The report: one self-contained HTML file that opens offline and prints well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
import numpy as np

from experiments.analysis.intervals import share_interval
from experiments.assumptions import Assumptions
from experiments.comparison import Comparison
from experiments.config import Job
from experiments.outcome import advantage
from experiments.report.conclusions import Conclusion, moved_by, table
from experiments.report.headline import CLAIM, amount, at_equal_size, best_of, digits_for, headline, in_points
from experiments.report.tables import Table
from experiments.words import share, signed, within
from sim.parameters import Parameters
from sim.payoffs import MEASURES, RETURNS
from sim.quantity import GRADES, quantities
from sim.settings import Settings


@dataclass(frozen=True)
class Picture:
    """A figure as the report shows it."""

    title: str
    question: str
    caption: str
    alt: str
    svg: Path


def template(name: str) -> jinja2.Template:
    """A page of this folder; undefined names are errors."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["data_uri"] = _data_uri
    return environment.get_template(name)


def render(job: Job, comparison: Comparison, assumptions: Assumptions | None, pictures: Sequence[Picture], command: str, settings_hash: str) -> str:
    """The report as HTML."""
    settings = job.settings
    return template("report.html.jinja").render(
        title=f"{settings.world.states[settings.focal].label or settings.focal} between China and the United States",
        settings=settings, run=job.run, comparison=comparison, findings=headline(comparison, assumptions), pictures=pictures,
        returns={name: MEASURES[name] for name in RETURNS}, levels=level_rows(comparison), differences=difference_rows(comparison),
        dominance=dominance_rows(comparison), strategies=settings.strategies.values(),
        behaviour={(row.strategy, row.measure): row["mean"] for _, row in comparison.summary.iterrows() if row.measure in ("hedging_index", "lean")},
        policies={"China": settings.policies.china, "United States": settings.policies.us},
        assumed=assumed_rows(settings), grades=GRADES, assumptions=assumptions, resting=resting_rows(comparison, assumptions),
        conclusions=conclusions_of(comparison, assumptions),
        command=command, settings_hash=settings_hash,
    )


def level_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Each strategy with its returns, their risk and its share of weights, best consumption first."""
    share = comparison.dominance[comparison.dominance.kind == "strategy"].set_index("name")["share"]
    summary = comparison.summary.set_index(["strategy", "measure"])
    rows = [
        {"strategy": name, "family": comparison.families[name], "share": share[name],
         "returns": {m: (summary.loc[(name, m), "mean"], summary.loc[(name, m), "cvar"]) for m in RETURNS}}
        for name in comparison.strategies
    ]
    return sorted(rows, key=lambda row: -row["returns"]["economic"][0])


def difference_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Each strategy with its paired differences to the reference, best consumption first."""
    paired = comparison.paired.set_index(["strategy", "measure"])
    rows = [
        {"strategy": name, "family": comparison.families[name], "returns": {m: _cell(m, paired.loc[(name, m)]) for m in RETURNS},
         "order": paired.loc[(name, "economic"), "difference"]}
        for name in comparison.strategies
    ]
    return sorted(rows, key=lambda row: -row["order"])


def _cell(measure: str, row: Any) -> dict[str, str]:
    """One paired difference in words: economic in percent of consumption, the rest in hundredths."""
    mean, low, high = (in_points(measure, row[key]) for key in ("difference", "low", "high"))
    digits = digits_for(low, high)
    verdict = "better" if low > 0 else "worse" if high < 0 else "tie"
    interval = f"{signed(low, digits)}, {signed(high, digits)}" if np.isfinite(row["low"]) else "no interval"
    return {"mean": signed(mean, digits), "interval": interval, "better": share(row["better"]), "verdict": verdict}


def dominance_rows(comparison: Comparison) -> Mapping[str, list[dict[str, Any]]]:
    """Shares of weights by kind, largest first, without those that are never best."""
    table = comparison.dominance.sort_values("share", ascending=False)
    return {
        kind: [dict(row) | {"interval": _shares(row)} for _, row in table[(table.kind == kind) & (table.share > 0)].iterrows()]
        for kind in ("strategy", "family")
    }


def _shares(row: Any) -> str:
    return f"{row['low']:.1%}, {row['high']:.1%}" if np.isfinite(row["low"]) else "no interval"


def assumed_rows(settings: Settings) -> list[dict[str, Any]]:
    """The structural parameters that are assumptions, with the value used."""
    known = quantities(Parameters)
    return [
        {"name": name, "quantity": q, "value": "varies" if isinstance(value := getattr(settings.parameters, name), np.ndarray) else f"{value:g}"}
        for name, q in known.items() if q.grade == "C"
    ]


def resting_rows(comparison: Comparison, assumptions: Assumptions | None) -> list[dict[str, Any]]:
    """Each difference that the comparison tells apart: how often its sign survives other assumptions, the frailest first."""
    if assumptions is None:
        return []
    paired = comparison.paired.set_index(["strategy", "measure"])
    rows = []
    for _, row in assumptions.table.iterrows():
        at_defaults = _cell(row.measure, paired.loc[(row.strategy, row.measure)])
        if at_defaults["verdict"] != "tie":
            survives = row.better if at_defaults["verdict"] == "better" else row.worse
            interval = share_interval(round(survives * assumptions.n_draws), assumptions.n_draws)
            rows.append({"strategy": row.strategy, "measure": MEASURES[row.measure].label, "verdict": at_defaults["verdict"], "survives": survives,
                         "told": share(survives, interval.low, interval.high), "mover": row.mover, "correlation": signed(row.correlation, 2)})
    return sorted(rows, key=lambda row: row["survives"])


def conclusions_of(comparison: Comparison, assumptions: Assumptions | None) -> Table | None:
    """What is concluded of the best strategies, of hedging against alignment and of the essay's advice, in each return that tells them apart."""
    if assumptions is None:
        return None
    labels = [within(quantities(Parameters)[name].meaning.split(":")[0]) for name in assumptions.names]
    rows = []
    for measure in RETURNS:
        for text, one, other in _compared(comparison, measure):
            d = at_equal_size(comparison, one, other, measure)
            if d.verdict:
                side, against = ([comparison.strategies.index(name) for name in names] for names in (one, other))
                in_draws = advantage(assumptions.results.payoffs[measure][..., None], side, against)[:, 0]
                survives = share_interval(int((d.verdict * in_draws > 0).sum()), len(in_draws))
                rows.append(Conclusion(f"{text}: {amount(measure, d)}", moved_by(in_draws, assumptions.points, labels), survives))
    return table(rows, f"{assumptions.n_draws} draws of the {len(assumptions.names)} structural parameters that are assumptions") if rows else None


def _compared(comparison: Comparison, measure: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Whom the conclusions on a return are about: what is said of them, and both sides."""
    reference, families, label = comparison.reference, comparison.families, MEASURES[measure].label
    best = best_of(comparison, comparison.strategies, measure)[0]
    hedging, aligned = (tuple(name for name in comparison.strategies if families[name] == family) for family in ("hedging", "alignment"))
    found: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
    if best != reference:
        found.append((f"{label}: {best}, which brings most, against {reference}", (best,), (reference,)))
    if hedging and aligned:
        found.append((f"{label}: hedging against alignment at equal size", hedging, aligned))
    if CLAIM in comparison.strategies and CLAIM not in (best, reference):
        found.append((f"{label}: no prominence to one power ({CLAIM}) against {reference}", (CLAIM,), (reference,)))
    return found


def _data_uri(file: Path) -> str:
    # Percent-encoding only what must be is a quarter smaller than base64.
    return "data:image/svg+xml," + quote(file.read_text(encoding="utf-8"), safe=" !$&'()*+,-./:;=?@[]_~")
