"""From decisions to words: which strategy is good in most futures, where one side fails, and how sure that is."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments import words
from experiments.analyses.robustness.phrases import families, limit, margin_in_words, members, named, small, team
from experiments.analyses.robustness.result import RIVALRY, SURE, WORTH, Options, Result, Weights
from experiments.analyses.sweep.figures.panels import level_label
from experiments.figures import scales
from experiments.figures.style import family_label, labels
from experiments.methods.decisions import NEAR, Dominance
from experiments.methods.survival import Survival
from experiments.names import plain
from experiments.report import phrases
from experiments.report.conclusions import moved_by
from experiments.report.differences import standing
from experiments.report.parts import Conclusion, Finding
from experiments.words import capital, share
from sim.payoffs import weights_of

#: Fewer strategies are named in a headline.
FEW = 4


def lead(options: Options, result: Result) -> list[str]:
    """What was analysed, in how many futures and worlds."""
    settings = options.job.settings
    one, _ = _sides(options)
    n_futures, n_worlds = result.failures.margin.shape
    policies = sum(name.startswith("policy.") for name in result.points.names)
    return [
        f"Which strategy leaves little to regret when nobody knows how the world works and what the powers will do, and where does {one} fail?",
        f"{n_futures:,} futures, {n_worlds} worlds in each, {len(result.strategies)} strategies on the same worlds. The futures are a Latin hypercube over the "
        f"plausible ranges of {len(result.points.names) - policies} numbers of the model and the state, rivalry among them, and {policies} of the policies of "
        f"both powers. World {plain(settings.world.name).capitalize()}, scenario {plain(settings.scenario.name)}, {settings.horizon} "
        f"quarters, reference {_reference(result)}.",
        "Where families are compared, they are size-adjusted: each counts with the best of as many members as the smaller one has, on average over all ways to "
        "draw so many of its members."]


def findings(options: Options, result: Result) -> list[Finding]:
    """The findings, each a headline with its numbers."""
    return [
        _three_ways(options, result), _fails(options, result), _regrets(result), _good_enough(options, result), _tails(options, result),
        _dominance(options, result), _front(result), _weights(result), _duplicates(result),
        *([_break_even(options, result)] if result.grid is not None else [])]


def _sides(options: Options) -> tuple[str, str]:
    return plain(options.one.name), plain(options.other.name)


def _reference(result: Result) -> str:
    return labels(result.strategies)[result.reference]


def _label(measure: str) -> str:
    return scales.scale_of(measure).label.lower()


def _three_ways(options: Options, result: Result) -> Finding:
    failures, scale, (one, other) = result.failures, scales.scale_of(options.measure), _sides(options)
    futures, inside = (np.asarray(scale.difference(ends)) for ends in (failures.between_futures, failures.within_future))
    about = {"better": f"{one} is ahead of {other}", "worse": f"{one} is behind {other}", "same": f"{one} or {other} makes no practical difference",
             "open": f"{one} cannot be distinguished from {other}"}[standing(failures.average, result.measured[options.measure].smallest)]
    return Finding(
        f"On average over futures {about} in the {scale.label.lower()} return",
        f"The advantage is {one} less {other}, size-adjusted: {phrases.text(options.measure, failures.average)} on average (95 % interval of that mean, over "
        f"futures). Assumptions differ: nine in ten futures lie between {words.number(futures[0])} and {words.number(futures[1])}. Worlds differ: within the "
        f"typical future nine in ten worlds lie between {words.number(inside[0])} and {words.number(inside[1])} from its mean. With the best of all members of "
        f"either side, whatever their number, the average is {phrases.text(options.measure, failures.unadjusted)}.")


def _fails(options: Options, result: Result) -> Finding:
    failures, (one, _) = result.failures, _sides(options)
    text = f"A future is a failure where {margin_in_words(options)}. The share of failures is {phrases.share(failures.share)}."
    parts = [f"Where {box.in_words(small(result))}." for box in failures.boxes]
    if parts:
        text += (" Boxes hold most of them; they were found on half of the futures and tested on the other half:" if options.box is None else
                 f" Box {options.box} of the peels, chosen with --box, was found on half of the futures and tested on the other half:")
    elif 0 < failures.fails.sum() < len(failures.fails):
        text += " No condition separates these futures from the others more than chance would."
    if len(failures.leaves) > 1:
        parts.append(f"By a shallow tree, most often where {failures.leaves[0].in_words(small(result))}.")
    return Finding(f"{capital(one)} fails in {share(failures.share.value)} of futures", text, tuple(parts))


def _regrets(result: Result) -> Finding:
    first: dict[str, list[str]] = {}
    parts = []
    for measure in result.measures:
        regret = result.measured[measure].regret
        order = np.argsort(regret.mean.value, kind="stable").tolist()
        tied = [i for i in order[1:] if result.measured[measure].tied(i)]
        safest = int(regret.largest.value.argmin())
        best = named(result, order[:1])
        first.setdefault(f"{best} {'is among those with' if tied else 'has'} the least regret", []).append(_label(measure))
        ties = (f" {capital(named(result, tied))} {'has' if len(tied) == 1 else 'have'} as little, or nearly." if tied else
                f" That is less than any other; {named(result, order[1:2])} is next." if len(order) > 1 else "")
        parts.append(f"{scales.scale_of(measure).label}: {best} has a mean regret of {phrases.text(measure, regret.mean[order[0]])}.{ties} "
                     f"{capital(named(result, order[-1:]))} has the most, {phrases.text(measure, regret.mean[order[-1]])}. "
                     f"In its worst future {named(result, [safest])} misses least of all, {phrases.text(measure, regret.largest[safest])} (interval over "
                     "worlds).")
    about = "; ".join(f"{text} in the {words.listed(names)} return" for text, names in first.items())
    return Finding(capital(about), "Regret is how far the mean of a strategy falls short of that of the best one in the same future:",
                   tuple(parts))


def _good_enough(options: Options, result: Result) -> Finding:
    good, order, tied, hardest = result.good_enough.statistics, result.good_enough.order, result.good_enough.tied, result.good_enough.hardest
    if not order:
        return Finding("No strategy is compared with the reference", "There is no other strategy.")
    above = [_label(name) for name, value in options.thresholds.items() if value > 0]
    itself = f"which itself never is, for {words.listed(above)} must be above it" if above else "which is good enough by definition"
    what = "" if options.absolute else f", compared with {_reference(result)} in the same future ({itself})"
    limits = ", ".join(f"{_label(name)} {_threshold(name, value, options.absolute)}" for name, value in options.thresholds.items())
    ties = f" It cannot be distinguished from {named(result, tied)}." if tied else ""
    missed = f"The threshold missed most often is {_label(hardest)}." if hardest else "No threshold is missed in any future."
    shares, best, worst = good.jointly.value[list(order)], named(result, order[:1]), named(result, order[-1:])
    about, often = f"is good enough in {share(shares[0])} of futures", f"does so in {phrases.share(good.jointly[order[0]])} of futures"
    if not shares.any():
        who, does = "No strategy is good enough in any future", "No strategy does so in any future."
    elif len(order) > 1 and (shares == shares[0]).all():
        who, does = f"Each strategy {about}", f"Each strategy {often}: all have the same share."
    else:
        most = f", the largest share.{ties} {capital(worst)} has the smallest share, {phrases.share(good.jointly[order[-1]])}." if len(order) > 1 else "."
        who, does = f"{capital(best)} {about}", f"{capital(best)} {often}{most}"
    return Finding(who, f"A strategy is good enough if it meets all thresholds at once{what}: {limits}. {does} {missed}")


def _threshold(name: str, value: float, absolute: bool) -> str:
    if absolute:
        return f"at least {words.exact(value)}"
    scale = scales.scale_of(name)
    size = float(scale.difference(value))
    if size < 0:
        return f"no more than {limit(-size, scale)} below"
    return f"at least {limit(size, scale)} above" if size else "no lower"


def _tails(options: Options, result: Result) -> Finding:
    parts = []
    rows = [i for i, name in enumerate(result.strategies) if name != result.reference]
    if not rows:
        return Finding("No strategy is compared with the reference in the worst futures", "There is no other strategy.")
    for measure in result.measures:
        part = result.measured[measure].tail_difference
        order = sorted(rows, key=lambda i, part=part: -float(part.value[i]))  # type: ignore[misc]
        standings = Counter(standing(part[i], result.measured[measure].smallest) for i in rows)
        parts.append(f"{scales.scale_of(measure).label}: {named(result, order[:1])} has the highest, {phrases.text(measure, part[order[0]])}, and "
                     f"{named(result, order[-1:])} the lowest, {phrases.text(measure, part[order[-1]])}. Of {len(rows)} strategies {standings['better']} "
                     f"{'is' if standings['better'] == 1 else 'are'} above {_reference(result)}, {standings['worse']} below it, {standings['same']} "
                     f"{'makes' if standings['same'] == 1 else 'make'} no practical difference, and {standings['open']} cannot be distinguished from it.")
    of_measure = result.measured[options.measure]
    above = int((of_measure.tail_difference[rows].counts(of_measure.smallest) > 0).sum())
    about = f"{above} of {len(rows)} strategies {'is' if above == 1 else 'are'} clearly" if above else "no strategy is clearly"
    return Finding(f"In the worst tenth of futures {about} above {_reference(result)} in the {_label(options.measure)} return",
                   f"The mean of the worst tenth of futures (CVaR), less that of {_reference(result)}:", tuple(parts))


def _dominance(options: Options, result: Result) -> Finding:
    n = len(result.strategies)

    def beaten(dominance: Dominance) -> list[int]:
        return [i for i in range(n) if (dominance.dominates[:, i] & (dominance.share[:, i] >= SURE)).any()]

    def sentence(order: str, rows: Sequence[int]) -> str:
        return f"{order} order, {len(rows)} of {n}{f' ({named(result, rows)})' if rows else ''}"

    parts = [f"{scales.scale_of(measure).label}: {sentence('first', beaten(each.first))}; {sentence('second', beaten(each.second))}."
             for measure, each in result.measured.items()]
    return Finding(
        f"Whoever avoids risk can rule out {len(beaten(result.measured[options.measure].second))} of {n} strategies in the {_label(options.measure)} return",
        f"Strategies that another one dominates stochastically over futures, in at least {share(SURE)} of the resamples. First order: everybody who wants more "
        "of the return prefers the other one. Second order: everybody who also avoids risk does:", tuple(parts))


def _front(result: Result) -> Finding:
    n = len(result.strategies)
    inside = np.flatnonzero(result.pareto.inside).tolist()
    sure = sum(bool(result.pareto.share.value[i] >= SURE) for i in inside)
    outside = [i for i in range(n) if i not in inside]
    margins = ", ".join(f"{_label(name)} {limit(float(scale.difference(value)), scale)}"
                        for name, value in WORTH.items() for scale in [scales.scale_of(name)])
    kept = result.duplicates.kept
    return Finding(
        f"{len(inside)} of {n} strategies are in the Pareto set",
        f"These are the strategies that no other one dominates in mean returns over futures; {sure} of them are in the set in at least {share(SURE)} of the "
        f"resamples of futures. Dominated: {named(result, outside)}. Without near-duplicates {int(result.duplicates.inside.sum())} of {len(kept)} are in the "
        f"set. A strategy dominates another one if it is as good in all returns and better in one of them by more than a small amount: {margins}.")


def _weights(result: Result) -> Finding:
    shares, shown = result.weights.every.strategies, labels(result.weights.strategies)
    best = result.weights.leading
    name = capital(words.listed([shown[result.weights.strategies[i]] for i in best], "or")) if len(best) < FEW else f"One of {len(best)} strategies"
    ties = ", which cannot be distinguished" if len(best) > 1 else ""
    return Finding(f"{name} is best for the most weightings of the returns, {share(shares.value[best[0]])} of them{ties}", _weights_text(result.weights))


def _weights_text(weights: Weights) -> str:
    shares, shown = weights.every.strategies, labels(weights.strategies)
    best = [f"{shown[weights.strategies[i]]} in {phrases.share(shares[i])}" for i in np.argsort(-shares.value, kind="stable")[:3] if shares.value[i] > 0]
    text = f"Over all weightings and all futures, these strategies are best most often: {words.listed(best)}."
    if weights.large is not None:
        text += f" Families with {weights.size} members of each drawn at random: {families(weights.large.families, weights.large.by_family)}."
    return f"{text} Families with {members(weights.smallest)} of each: {families(weights.every.families, weights.every.by_family)}."


def _duplicates(result: Result) -> Finding:
    alike = [group for group in result.duplicates.groups if len(group) > 1]
    near = f"nearer to each other in all returns, over all futures, than {share(NEAR)} of the usual distance between two strategies"
    if not alike:
        return Finding("No two strategies are near-duplicates",
                       f"No two strategies are {near}. So what holds without near-duplicates holds with all strategies.")
    kept = named(result, [i for group in alike for i in group if i in result.duplicates.kept])
    return Finding(f"{sum(map(len, alike))} strategies are near-duplicates, in {len(alike)} {'group' if len(alike) == 1 else 'groups'}",
                   f"These are {near}: {'; '.join(named(result, group) for group in alike)}. With one strategy of each group ({kept}) "
                   f"{len(result.duplicates.kept)} strategies remain. {_weights_text(result.duplicates.weights)}")


def _break_even(options: Options, result: Result) -> Finding:
    assert result.grid is not None
    axis, parts, even, crosses = result.grid.axis(RIVALRY), [], result.break_even, False
    for key, rows in even.groupby(["measure", "against"], sort=False):
        measure, against = map(str, key)
        if against == result.reference and len(even.against.unique()) > 2:
            continue  # in the tables
        crosses |= bool(rows.crosses.any())
        of_sides = against == options.other.name
        by_lens = {f"{lens:g}": "; ".join(at.stays_ahead) if of_sides else _counts(at) for lens, at in rows.groupby("lens")}
        texts = [f"{text} (economy lens {words.listed([lens for lens, own in by_lens.items() if own == text])})" for text in dict.fromkeys(by_lens.values())]
        who = f"{team(options, result)}, " if of_sides else "each strategy "
        parts.append(f"{scales.scale_of(measure).label}, {who}against {labels([against])[against]}: {'. '.join([*texts[:1], *map(capital, texts[1:])])}.")
    about = "Rivalry changes who is ahead for some strategies" if crosses else "Rivalry does not change who is ahead"
    return Finding(
        about,
        f"Break-even rivalry is the mean rivalry at which two have the same return. All else is at the defaults. {axis.label} runs from "
        f"{level_label(axis, axis.levels[0])} to {level_label(axis, axis.levels[-1])} logit (at 0 rivalry is 0.5, at 3 it is 0.95), and the economy lens at "
        f"full rivalry (securitisation of trade) takes three values. 95 % intervals are over {result.grid.n_worlds} worlds. The two sides come first, "
        f"size-adjusted, then each strategy against the best of {_sides(options)[1]} over all points. The tables compare with {_reference(result)} too.",
        tuple(parts))


def _counts(at: pd.DataFrame) -> str:
    """How many strategies change sides, and where the others stay."""
    change = at[at.crosses].strategy.nunique()
    turned = "no strategy changes sides" if not change else "1 strategy changes sides" if change == 1 else f"{change} strategies change sides"
    return "; ".join([turned, *(f"{word}: {n}" for word, n in at[~at.crosses].stays_ahead.value_counts().items())])


def conclusions(options: Options, result: Result) -> list[Conclusion]:
    """Who is ahead on average, how far one side stays behind, which strategy has the least regret, is good enough most often, and is best for most weights."""
    rows, (one, other) = [], _sides(options)
    called = [small(result)[name] for name in result.points.names]

    def add(text: str, survival: Survival) -> None:
        rows.append(Conclusion(text, moved_by(survival.movers, called), survival.share))

    for measure, each in result.measured.items():
        mean = each.advantage
        if sign := int(mean.counts(each.smallest)):
            ahead, behind = (one, other)[::sign]
            add(f"{scales.scale_of(measure).label}, size-adjusted: {ahead} is ahead of {behind}; {one} less {other} is {phrases.text(measure, mean)} on "
                "average over futures", each.survival)
    scale, near = scales.scale_of(options.measure), abs(options.fails_below)
    size = limit(float(scale.difference(near)), scale)
    if options.fails_below < 0:
        add(f"{scale.label}: {one} does not fall behind {other} by more than {size}", result.failures.survival)
    regret = result.measured[options.measure].regret
    if near:
        least = int(regret.mean.value.argmin())
        add(f"{scale.label}: {named(result, [least])}, with the least mean regret, misses no more than {size}", result.small_regret)
    if (survival := result.good_enough.survival) is not None and result.good_enough.statistics.jointly.value[result.good_enough.order[0]]:
        add(f"{capital(named(result, result.good_enough.order[:1]))} meets all thresholds at once", survival)
    if (large := result.weights.large) is not None:
        first = int(large.by_family.value.argmax())
        rows.append(Conclusion(f"{capital(family_label(large.families[first]))} is the best family for most weightings of the returns, {result.weights.size} "
                               "members of each drawn", "the weights of the returns", large.by_family[first]))
    return rows


def tried(options: Options, result: Result) -> str:
    """Of what the shares of the conclusions are."""
    return f"{len(result.points):,} futures{' (of the last row: of weightings and futures)' if result.weights.large is not None else ''}"


def caveats(options: Options, result: Result) -> list[str]:
    """What the reader must know to read the findings."""
    failed = sorted({*options.job.settings.strategies} - {*result.strategies})
    sizes = [len(side.among(result.strategies)) for side in (options.one, options.other)]
    sides = " and ".join(f"{name} has {n} member{'s' * (n > 1)}" for name, n in zip(_sides(options), sizes, strict=True))
    weights = ", ".join(f"{name} {weight:.2g}" for name, weight in weights_of(options.job.run.payoff).items())
    return [
        f"The best of many is flattered against the best of few: {sides}. So the two sides are size-adjusted, each with the best of {min(sizes)}. Regret is "
        f"not: it is against the best of all {len(result.strategies)} strategies.",
        f"The defaults are those of this world, scenario and these policies. Futures draw the {len(result.points.names)} numbers over their ranges whatever "
        "the defaults are. A number set on the command line by its dotted name is not drawn.",
        "Futures are drawn evenly and independently over plausible ranges. So shares of futures are shares of this space and not probabilities. A future "
        "counts with its mean over worlds; how much worlds differ is reported separately. A policy that both powers follow is the same for both.",
        "Intervals resample futures and worlds unless another is named. Those of the largest regret resample worlds alone, because other futures may hold a "
        f"larger one. Weights of the composite: {weights}; its anchors are in conf/payoff. Its economic part is the difference to {_reference(result)} in the "
        "same future.",
        *([f"Missing, because some of their cells failed: {', '.join(labels(failed).values())}."] if failed else [])]
