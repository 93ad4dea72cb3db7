"""The effect of a change: what a scenario, policies or parameters do to each strategy, and to the comparison, against the baseline on the same worlds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd

from experiments.cells.job_cells import Results
from experiments.configuration.job import Job
from experiments.figures.style import labels
from experiments.methods.intervals import mean_interval
from experiments.methods.sides import advantage
from experiments.names import filled, names, plain, powers
from experiments.report import differences
from experiments.report.differences import Difference, of_worlds, verdict
from experiments.words import capital, listed, number, quarter, within
from sim.axes import WORLD, Array
from sim.parameters import Parameters
from sim.payoffs import COMPOSITE, RETURNS, Payoff, composite
from sim.policies.policy import Policy
from sim.quantity import quantities
from sim.scenario import IMPULSES, KINDS, quarter_index
from sim.settings import Settings

#: So many things are not named one by one.
MANY = 3
#: How a value acts, before it.
SIGNS = MappingProxyType({"set": "", "floor": "at least ", "factor": "× ", "add": "+"})


@dataclass(frozen=True)
class Change:
    """What a job changes, and its effect.

    Attributes:
        what: What is changed, within a sentence, such as "scenario slowdown first".
        baseline: Each return in the baseline in each world, shape (strategies, worlds).
        effects: The return less that in the baseline, shape (strategies, worlds).
        strategies: Names.
        payoff: Its smallest differences that matter.
        table: A row for each strategy and return, columns as in results/README.md.
    """

    what: str
    baseline: Mapping[str, Array]
    effects: Mapping[str, Array]
    strategies: tuple[str, ...]
    payoff: Payoff
    table: pd.DataFrame

    @cached_property
    def moved(self) -> list[str]:
        """The returns that it changes for certain and in practice: the composite, consumption where it changes for half of the strategies, then by how many."""
        counts = self.table[self.table.verdict.isin(differences.COUNTED)].measure.value_counts()
        first = {COMPOSITE: 2, "economic": int(2 * counts.get("economic", 0) >= len(self.strategies))}
        return sorted((measure for measure in self.effects if measure in counts.index), key=lambda measure: (-first.get(measure, 0), -int(counts[measure])))

    def effect(self, measure: str, strategy: str) -> Difference:
        """What the change does to one return of one strategy."""
        return of_worlds(self.effects[measure][self.strategies.index(strategy)], self.payoff.smallest(measure))

    def ends(self, measure: str) -> tuple[str, str]:
        """The strategies to which the change does least and most good."""
        means = self.effects[measure].mean(axis=WORLD)
        return self.strategies[int(means.argmin())], self.strategies[int(means.argmax())]


def change_of(what: str, under: Results, baseline: Results, reference: str, payoff: Payoff) -> Change:
    """The effect of a change.

    Args:
        what: What is changed, within a sentence.
        under: Payoffs under the change.
        baseline: Payoffs of the same strategies in the baseline, on the same worlds.
        reference: Strategy all others are compared with.
        payoff: Weights, scales, and the smallest differences that matter.
    """
    names, base = under.strategies, under.strategies.index(reference)
    measured = [{measure: results.payoffs[measure] for measure in RETURNS} for results in (under, baseline)]
    if payoff.weights is not None:  # consumption counts from that of the reference under the change in both
        measured = [{**each, COMPOSITE: composite(each, payoff, measured[0]["economic"][base])} for each in measured]
    now, before = measured
    effects = {measure: now[measure] - before[measure] for measure in now}
    return Change(what, before, effects, names, payoff, _table(effects, before, names, base, payoff))


def _table(effects: Mapping[str, Array], baseline: Mapping[str, Array], names: Sequence[str], base: int, payoff: Payoff) -> pd.DataFrame:
    rows = []
    for measure, values in effects.items():
        smallest = payoff.smallest(measure)
        effect, moved = mean_interval(values), mean_interval(values - values[base])
        for i, name in enumerate(names):
            rows.append({
                "strategy": name, "measure": measure, "baseline": baseline[measure][i].mean(),
                "effect": effect[0][i], "low": effect[1][i], "high": effect[2][i], "verdict": verdict(effect[1][i], effect[2][i], smallest),
                "moved": moved[0][i], "moved_low": moved[1][i], "moved_high": moved[2][i], "moved_verdict": verdict(moved[1][i], moved[2][i], smallest),
            })
    return pd.DataFrame(rows)


def what_changes(job: Job) -> str:
    """What sets a job apart from its baseline, in a phrase; empty where it has none."""
    now, before = job.settings, job.baseline
    if before is None:
        return ""
    parts = _happening(now, before) if now.scenario.name.startswith(f"{before.scenario.name}_") else []
    if not parts and now.scenario.name != before.scenario.name:
        parts = [f"scenario {plain(now.scenario.name)}"]
    for place, power in zip(powers(), now.policies, strict=True):
        policy, usual = now.policies[power], before.policies[power]
        if policy.name != usual.name:
            parts.append(f"{place} with policy {plain(policy.name)}")
        elif changed := [f"{within(filled(known.meaning.split(':')[0]))} {number(getattr(policy, name))}" for name, known in quantities(Policy).items()
                         if getattr(policy, name) != getattr(usual, name)]:
            parts.append(f"{place} with {listed(changed)}" if len(changed) <= MANY else f"{place} with {len(changed)} numbers of its policy changed")
        elif policy != usual:
            parts.append(f"{place} with policy {plain(policy.name)} changed")
    others = [state for state in now.peers if state != now.focal and now.peers[state] != before.peers[state]]
    played = list(dict.fromkeys(plain(now.peers[state].name) for state in others))
    if others:
        who = listed([now.world.states[state].label or state for state in others]) if len(others) < MANY else f"{len(others)} neighbours"
        parts.append(f"{who} with {listed(played) if len(played) < MANY else 'other strategies'}")
    differ = [name for name in type(now.parameters).model_fields if not np.array_equal(getattr(now.parameters, name), getattr(before.parameters, name))]
    parts += [f"{within(quantities(Parameters)[name].meaning.split(':')[0])} {number(getattr(now.parameters, name), 3)}" for name in differ[:MANY]]
    parts += [f"{len(differ) - MANY} more parameters"] if len(differ) > MANY else []
    return listed(parts)


def _happening(now: Settings, before: Settings) -> list[str]:
    """The events that a command adds to a scenario, such as "budget of the US × 2 from 2020Q1"; nothing where it changes anything else of it."""
    known, added = list(before.scenario.events), []
    for event in now.scenario.events:
        if event in known:
            known.remove(event)
        else:
            added.append(event)
    if known or now.scenario.series != before.scenario.series or len(added) > MANY:
        return []
    start, called = now.world.start, dict(zip(now.world.powers, powers(), strict=True))
    result = []
    for event in added:
        sign = "" if event.acts == "add" and not isinstance(event.value, str) and event.value < 0 else SIGNS[event.acts]
        value = "" if event.kind in IMPULSES else plain(event.value) if isinstance(event.value, str) else f"{sign}{number(event.value)}"
        whose = f"of {called.get(event.actor) or plain(event.actor)}" if event.actor else ""
        whom = "" if event.target == "focal" else "for all states" if event.target == "all" else f"for {names().states.get(event.target, event.target)}"
        when = f"{'from' if KINDS[event.kind].lasts else 'in'} {quarter(start, quarter_index(event.start, start))}"
        result.append(" ".join(part for part in (event.kind, whose, value, whom, when) if part))
    return result


def sentence(change: Change, measure: str) -> str:
    """What a change does to one return of all strategies; empty where it does nothing."""
    values = change.effects[measure]
    if not values.any():
        return ""
    noun, called = capital(differences.noun(measure)), labels(change.strategies)
    worst, best = change.ends(measure)
    low, high = change.effect(measure, worst), change.effect(measure, best)
    by_most, by_least = (f"{called[name]}, by {differences.short(measure, d.mean)}" for name, d in ((best, high), (worst, low)))
    signs = {of_worlds(row, change.payoff.smallest(measure)).counts for row in values}
    if signs == {0}:
        return f"{noun} does not change {_in_practice(change, measure, change.strategies)}."
    if len(values) == 1:
        return f"{noun} {'rises' if high.counts > 0 else 'falls'} with {by_most}."
    if signs in ({1}, {-1}) and differences.short(measure, high.mean) == differences.short(measure, low.mean):
        return f"{noun} {'rises' if high.counts > 0 else 'falls'} with every strategy by {differences.short(measure, high.mean)}."
    if signs == {-1}:
        return f"{noun} falls with every strategy: most with {by_least}; least with {by_most}."
    if signs == {1}:
        return f"{noun} rises with every strategy: most with {by_most}; least with {by_least}."
    still = [name for name in change.strategies if not change.effect(measure, name).counts]
    rest = f"; with {_some([called[name] for name in still])} it does not change {_in_practice(change, measure, still)}"
    rises = f"rises most with {by_most}" if 1 in signs else ""
    falls = f"falls most with {by_least}" if -1 in signs else ""
    return f"{noun} {rises}{', and ' if rises and falls else ''}{falls}{'' if rises and falls else rest}."


def of_one(change: Change, strategy: str) -> list[str]:
    """What a change does to one of several strategies in every return that it moves; nothing where it moves none."""
    each = {measure: d for measure in change.moved if (d := change.effect(measure, strategy)).counts}
    said = [f"{differences.noun(measure)} {'rises' if d.counts > 0 else 'falls'} by {differences.short(measure, d.mean)}" for measure, d in each.items()]
    return [f"With {labels(change.strategies)[strategy]}, {listed(said)}."] * (bool(said) and len(change.strategies) > 1)


def highest(change: Change, measure: str) -> list[str]:
    """With which of several strategies a return is highest under the change, and whether it was in the baseline; nothing where none leads the others."""
    before = change.baseline[measure]
    leads = [_leader(values, change.payoff.smallest(measure)) for values in (before, before + change.effects[measure])]
    called = ["" if lead is None else labels(change.strategies)[change.strategies[lead]] for lead in leads]
    was, now = called
    if not now or len(change.strategies) == 1:
        return []
    rest = f", no longer with {was}" if was and was != now else ""
    return [f"{capital(differences.noun(measure))} is {'still' if now == was else 'now'} highest with {now}{rest}."]


def _leader(values: Array, smallest: float) -> int | None:
    """The row that is ahead of every other for certain and in practice, if there is one; shape (strategies, worlds)."""
    first = int(values.mean(axis=WORLD).argmax())
    others = np.delete(values, first, axis=0)
    return first if all(of_worlds(values[first] - row, smallest).counts for row in others) else None


def unmoved(change: Change) -> list[str]:
    """What is said of the returns that a change does not move: that it makes no practical difference to them, or that its effect is open."""
    if not any(values.any() for values in change.effects.values()):
        return ["Nothing changes."]
    rest = [measure for measure in change.effects if measure not in change.moved]
    same = [measure for measure in rest if all(change.effect(measure, name).small for name in change.strategies)]
    left = [measure for measure in rest if measure not in same]
    nouns, open_ = (listed([differences.noun(measure) for measure in named]) for named in (same, left))
    said = [f"{capital(nouns)} {'does' if len(same) == 1 else 'do'} not change in practice."] * bool(same)
    return [*said, *[f"It is not certain whether {open_} {'changes' if len(left) == 1 else 'change'}."] * bool(left)]


def _in_practice(change: Change, measure: str, names: Sequence[str]) -> str:
    """How far a return of some strategies does not change: a change that is not certain may still be a large one."""
    return "in practice" if all(change.effect(measure, name).small for name in names) else "for certain"


def _some(names: Sequence[str]) -> str:
    return listed(names) if len(names) < MANY else f"{len(names)} strategies"


def against_alignment(change: Change, families: Mapping[str, str], measure: str) -> Difference | None:
    """How far the change moves hedging against alignment, size-adjusted; None where one of them was not compared."""
    sides = [[i for i, name in enumerate(change.strategies) if families[name] == family] for family in ("hedging", "alignment")]
    if not all(sides):
        return None
    now, before = (advantage(values[:, None], *sides)[0] for values in (change.baseline[measure] + change.effects[measure], change.baseline[measure]))
    return of_worlds(now - before, change.payoff.smallest(measure))
