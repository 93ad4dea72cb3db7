"""The report: one self-contained HTML file that opens offline and prints well."""

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

import numpy as np
import pandas as pd

from experiments.analyses.comparison.assumptions import Assumptions, survival
from experiments.analyses.comparison.brief import Brief
from experiments.analyses.comparison.checks import AS_IT_IS, STRUCTURES, WORLDS
from experiments.analyses.comparison.comparison import Comparison, differing, returns_in
from experiments.analyses.comparison.contrasts import Contrast, contrasts
from experiments.analyses.comparison.findings import behaviour_of, headline, labels_of, parameter_labels, title
from experiments.analyses.comparison.selection import order_by, sort_key
from experiments.configuration.job import Job
from experiments.figures.figure import Picture
from experiments.figures.scales import scale_of
from experiments.figures.style import family_label, policy_labels
from experiments.names import filled, plain, powers
from experiments.report import differences
from experiments.report.conclusions import moved_by, table
from experiments.report.parts import Conclusion, Table
from experiments.report.phrases import cautions
from experiments.report.template import page
from experiments.runs.folder import settings_hash
from experiments.words import capital, listed, plural, share, signed
from sim.parameters import Parameters
from sim.payoffs import MEASURES, RETURNS
from sim.quantity import quantities
from sim.settings import Settings


def render(job: Job, comparison: Comparison, assumptions: Assumptions | None, brief: Brief, pictures: Sequence[Picture], command: str) -> str:
    """The report as HTML."""
    settings = job.settings
    states = settings.world.states
    policies = policy_labels(policy.name for policy in settings.policies.values())
    return page(
        "report.html.jinja", question=brief.question, brief=brief, scenario=plain(settings.scenario.name), described=filled(settings.scenario.description),
        title=title(comparison, job.state, assumptions) if comparison.change is None else brief.answer,
        change=change_table(comparison), reference=labels_of(comparison)[comparison.reference],
        settings=settings, run=job.run, comparison=comparison, findings=headline(comparison, assumptions), pictures=pictures,
        smallest=differences.smallest_text({measure: comparison.payoff.smallest(measure) for measure in RETURNS}),
        returns={name: scale_of(name) for name in differing(comparison)}, unmoved=_unmoved(comparison),
        anchors=[(MEASURES[name].label.lower(), *ends) for name, ends in job.run.payoff.anchors.items()], resting_on_size=_resting_on_size(comparison),
        levels=level_rows(comparison), differences=difference_rows(comparison),
        dominance=dominance_rows(comparison), strategies=strategy_rows(job, comparison),
        policies=[(power, policies[policy.name], policy)
                  for power, policy in zip(map(capital, powers()), settings.policies.values(), strict=True)],
        peers=[(states[state].label or state, plain(peer.name)) for state, peer in settings.peers.items() if state != settings.focal],
        assumed=assumed_rows(settings), assumptions=assumptions, resting=resting_rows(comparison, assumptions),
        conclusions=conclusions_of(comparison, assumptions), cautions=cautions(comparison.n_different),
        command=command, settings_hash=settings_hash(settings),
    )


def change_table(comparison: Comparison) -> Table | None:
    """What the change does to each strategy in each return that it changes, and how far it moves the difference to the reference."""
    change = comparison.change
    if change is None:
        return None
    shown, table = labels_of(comparison), by_strategy_and_measure(change.table)
    measures = [measure for measure in change.effects if change.effects[measure].any()]
    heads = ["strategy", *(part for measure in measures for part in (scale_of(measure).label, "against the reference"))]
    rows = []
    for name in sorted(comparison.strategies, key=lambda name: -table[name, "economic"]["effect"]):
        cells = []
        for measure in measures:
            row = table[name, measure]
            cells += [differences.interval(measure, row["effect"], row["low"], row["high"]),
                      differences.interval(measure, row["moved"], row["moved_low"], row["moved_high"]) if name != comparison.reference else "0"]
        rows.append([shown[name], *cells])
    note = (f"{capital(change.what)}. Each strategy under the change less the same strategy in the baseline, on the same worlds, with its 95 % interval. "
            f"Beside it: how far the change moves the difference to {shown[comparison.reference]}. Economic in % of consumption, the others in points.")
    return Table("What the change does", note, heads, rows)


def strategy_rows(job: Job, comparison: Comparison) -> list[dict[str, Any]]:
    """Each strategy with its key, description, source and measured behaviour, in the order of the settings."""
    shown, behaviour, mean = labels_of(comparison), behaviour_of(comparison), comparison.summary.set_index(["strategy", "measure"])["mean"]
    return [
        {"strategy": shown[each.name], "key": each.name, "family": family_label(each.family), "description": filled(each.description), "source": each.source,
         "behaviour": behaviour[each.name], "hedging_index": mean[(each.name, "hedging_index")],
         "across": mean[(each.name, "cross_domain_index")], "lean": mean[(each.name, "lean")]}
        for each in job.settings.strategies.values()
    ]


def by_strategy_and_measure(table: pd.DataFrame) -> dict[tuple[str, str], dict[Any, Any]]:
    """The rows of a table; pandas takes a millisecond to look one up, and pages need hundreds."""
    return {(row["strategy"], row["measure"]): row for row in table.to_dict("records")}


def level_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Each strategy with its returns, their risk and its share of weightings, the best first."""
    share = comparison.dominance[comparison.dominance.kind == "strategy"].set_index("name")["share"]
    summary, shown = by_strategy_and_measure(comparison.summary), labels_of(comparison)
    rows = [
        {"strategy": shown[name], "key": name, "family": family_label(comparison.families[name]), "share": share[name],
         "returns": {m: (summary[name, m]["mean"], summary[name, m]["cvar"]) for m in differing(comparison)}}
        for name in order_by(comparison, sort_key(comparison))
    ]
    return rows


def difference_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Each strategy with its paired differences to the reference, the best first."""
    paired, shown = by_strategy_and_measure(comparison.paired), labels_of(comparison)
    rows = [
        {"strategy": shown[name], "key": name, "family": family_label(comparison.families[name]),
         "returns": {m: _cell(m, paired[name, m]) for m in differing(comparison)}}
        for name in order_by(comparison, sort_key(comparison))
    ]
    return rows


def _cell(measure: str, row: Any) -> dict[str, str]:
    """One paired difference as text: economic in % of consumption, the rest in points."""
    mean, _, ends = differences.interval(measure, row["difference"], row["low"], row["high"]).partition(" ")
    mark = {"same": " ≈", "open": " ?"}.get(row["verdict"], "")
    return {"mean": mean + mark, "interval": ends, "better": share(row["better"]), "verdict": row["verdict"]}


def _unmoved(comparison: Comparison) -> str:
    """The returns in which no strategy differs from another in any world, in a phrase."""
    return listed([differences.noun(measure) for measure in returns_in(comparison.payoffs) if measure not in differing(comparison)])


def _resting_on_size(comparison: Comparison) -> str:
    """How many differences are certain, and how many of them are too small to matter."""
    rows = comparison.paired[comparison.paired.strategy != comparison.reference]
    certain = rows[(rows.low > 0) | (rows.high < 0)]
    return f"{int((certain.verdict == 'same').sum())} of {len(certain)}"


def dominance_rows(comparison: Comparison) -> Mapping[str, list[dict[str, str]]]:
    """Shares of weightings by kind, largest first, without those that are never best."""
    table = comparison.dominance.sort_values("share", ascending=False)
    shown = {**{name: family_label(name) for name in comparison.families.values()}, **labels_of(comparison)}
    return {
        kind: [{"name": shown[row["name"]], "share": _share(row)} for _, row in table[(table.kind == kind) & (table.share > 0)].iterrows()]
        for kind in ("strategy", "family")
    }


def _share(row: Any) -> str:
    return share(row["share"], row["low"], row["high"])


def assumed_rows(settings: Settings) -> list[dict[str, Any]]:
    """The structural parameters that are assumptions, with the value used; None where it differs between worlds."""
    values = {name: getattr(settings.parameters, name) for name in quantities(Parameters)}
    return [{"name": name, "quantity": quantity, "value": None if isinstance(values[name], np.ndarray) else values[name]}
            for name, quantity in quantities(Parameters).items() if quantity.grade == "C"]


def resting_rows(comparison: Comparison, assumptions: Assumptions | None) -> list[dict[str, Any]]:
    """Each difference distinguishable from zero: how often its sign survives other assumptions, those that survive least first."""
    if assumptions is None:
        return []
    shown, parameters = labels_of(comparison), parameter_labels()
    return [
        {"strategy": shown[row.strategy], "measure": filled(scale_of(row.measure).label), "verdict": "better" if row.sign > 0 else "worse",
         "survives": share(row.survives, row.survives_low, row.survives_high), "mover": parameters.get(row.mover, ""),
         "correlation": signed(row.correlation, 2)}
        for _, row in survival(assumptions, comparison.paired).iterrows()
    ]


def conclusions_of(comparison: Comparison, assumptions: Assumptions | None) -> list[Table]:
    """What is concluded of the best strategies, of hedging against alignment and of the essay's advice, in each return that distinguishes them."""
    each_contrast = [] if assumptions is None else contrasts(comparison, assumptions)
    if assumptions is None or not each_contrast:
        return []
    parameters = parameter_labels()
    labels = [parameters[name] for name in assumptions.names]
    rows = [Conclusion(_sentence(comparison, each), moved_by(each.survival.movers, labels), each.survival.share) for each in each_contrast]
    return [table(rows, f"{plural(assumptions.n_draws, 'draw')} of the {len(assumptions.names)} structural parameters that are assumptions"),
            _under_structures(comparison, assumptions, each_contrast)]


def _under_structures(comparison: Comparison, assumptions: Assumptions, compared: Sequence[Contrast]) -> Table:
    """How each conclusion fares under each structure, and over draws of the facts."""
    changed = [name for name in STRUCTURES if name != AS_IT_IS]
    key = "; ".join(f"{letter}: {STRUCTURES[name].where}" for letter, name in zip(ascii_uppercase, changed, strict=False))
    note = (f"One part of the model is built otherwise in each column, on the same {plural(min(comparison.n_worlds, WORLDS), 'world')}. {capital(key)}. "
            "Holds: the same sign for certain. Turns: the other sign for certain. None: no practical difference. Open: none of these. Facts: the share of "
            f"{plural(assumptions.facts.payoffs['economic'].shape[1], 'draw')} of the world's figures in which the sign holds, with its 95 % interval.")
    rows = []
    for each in compared:
        cells = [each.fates[name] for name in changed]
        facts = share(each.in_facts.value, each.in_facts.low, each.in_facts.high).replace(" ", "\N{NO-BREAK SPACE}")
        rows.append([_sentence(comparison, each), *cells, facts])
    heads = ["conclusion", *ascii_uppercase[:len(changed)], "facts"]
    return Table("What rests on the structure of the model, and on its facts", note, heads, rows, frozenset(range(len(heads) - 1)))


def _sentence(comparison: Comparison, each: Contrast) -> str:
    """A contrast as a sentence without its full stop."""
    gains, shown = differences.gains(each.measure, each.difference), labels_of(comparison)
    if each.about == "families":
        return f"Hedging, size-adjusted, {gains} against alignment"
    one, other = shown[each.one[0]], shown[each.other[0]]
    return f"{capital(one)}, the best, {gains} against {other}" if each.about == "best" else f"No prominence to one power ({one}) {gains} against {other}"
