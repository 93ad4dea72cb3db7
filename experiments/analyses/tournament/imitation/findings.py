"""From imitation to words: which mix survives, whether it is stable, which strategy could enter it, and how much the assumptions matter."""

import numpy as np

from experiments import words
from experiments.analyses.tournament.imitation.phrases import LISTED, QUARTER, highest, named, share, variant
from experiments.analyses.tournament.imitation.result import MAIN, Options, Result
from experiments.figures import scales
from experiments.figures.style import family_label, labels
from experiments.methods.decisions import NEAR
from experiments.names import names
from experiments.report import phrases
from experiments.report.parts import Conclusion, Finding
from experiments.report.phrases import exact_ties
from experiments.words import capital
from sim.payoffs import COMPOSITE, weights_of


def lead(options: Options, result: Result) -> list[str]:
    """What is played, and how much of it."""
    about = options.about.removeprefix("imitation: ").capitalize()
    return [f"And what happens among the states of {names().region}, when each of them chooses and copies? {about}."]


def findings(options: Options, result: Result) -> list[Finding]:
    """The findings, each a headline with its numbers; what cannot be distinguished is named so."""
    return [_mix(result), _stable(result), _invaders(result), _variants(result), _gains(result), _duplicates(result)]


def _mix(result: Result) -> Finding:
    options, mix, statistics = result.options, result.mix, result.statistics
    first, *tied = result.leaders
    others = named(result, tied) if len(tied) <= LISTED else f"{len(tied)} others"
    second = named(result, np.argsort(-mix.value, kind="stable")[1:2].tolist())
    rest = (f"It cannot be distinguished from {others}." if tied else f"That is clearly more than any other; {second} is next." if len(mix.value) > 1 else "")
    typical, low, high = (words.share(part) for part in statistics.largest)
    return Finding(
        f"Most members end with {named(result, [first])}, but {'another strategy' if len(tied) == 1 else f'{len(tied)} others'} may lead as well" if tied else
        f"Most members end with {named(result, [first])}",
        f"After {options.generations} generations of the {options.rule} rule, {named(result, [first])} has {share(mix[first])} of members (mean over "
        f"{options.populations:,} populations and {QUARTER}). {rest} In the even mix each strategy has {words.share(1 / len(options.strategies))}. Clearly "
        f"above that: {named(result, statistics.above)}. Clearly below: {named(result, statistics.below)}. Populations differ: in the typical one the most "
        f"frequent strategy has {typical} of members; in nine in ten populations it has between {low} and {high}.", _families(result))


def _families(result: Result) -> tuple[str, ...]:
    families, n = result.statistics.families, len(result.options.strategies)
    if len(families) < 2:
        return ()
    verbs = {1: "clearly more than", -1: "clearly less than", 0: "which cannot be distinguished from"}
    return tuple(f"{capital(family_label(family.name))}: {share(family.share)}, {verbs[family.sign]} its share in the even mix, "
                 f"{words.share(family.even)} ({family.members} of {n} strategies)." for family in families)


def _stable(result: Result) -> Finding:
    moved = result.statistics.drift
    order = np.argsort(-moved.value, kind="stable").tolist()
    rising, falling = [i for i in order if moved.low[i] > 0], [i for i in reversed(order) if moved.high[i] < 0]
    most = int(np.abs(moved.value).argmax())
    text = (f"Between the last two quarters of the generations the share of {named(result, [most])} changes most, by {share(moved[most], ' points')} "
            "(intervals hold for all strategies at once).")
    if rising or falling:
        return Finding("The mix still changes", f"{text} Clearly rising: {named(result, rising)}. Clearly falling: {named(result, falling)}.")
    return Finding("The mix shows no clear change any more", f"{text} No strategy clearly rises or falls on average, while each population goes on changing.")


def _invaders(result: Result) -> Finding:
    gain, ahead, measure = result.invasion.gain, result.invasion.lead, result.options.measure
    order = np.argsort(-gain.value, kind="stable").tolist()
    gaining, losing = [i for i in order if gain.low[i] > 0], [i for i in order if gain.high[i] < 0]
    leading = [i for i in np.argsort(-ahead.value, kind="stable").tolist() if ahead.low[i] > 0]
    most, n = highest(result, gain.value)
    return Finding(
        "A member can still gain by changing its strategy" if gaining else "No strategy can be shown to enter the final mix",
        "In each final population one member, drawn at random, plays every strategy in turn, in the same new worlds. Intervals hold for all strategies at "
        f"once. {capital(most)} {'has' if n == 1 else 'have'} the largest mean gain, {phrases.text(measure, gain[order[0]])}. Clearly better than what is "
        f"played on average: {named(result, gaining)}. Clearly worse: {named(result, losing)}. Members compare themselves with others, so imitation also "
        f"rewards what harms the others (Schaffer 1988). Clearly ahead of the others: {named(result, leading)}.")


def _variants(result: Result) -> Finding:
    parts, changing = [], 0
    endings = {name: ending for name, ending in result.statistics.endings.items() if name != MAIN}
    for name, ending in endings.items():
        apart, (first, *tied) = ending.difference, ending.leaders
        most, n = highest(result, ending.shares.value)
        tied = tied[n - 1:]
        changed = sorted((int(i) for i in np.flatnonzero((apart.low > 0) | (apart.high < 0))), key=lambda i, apart=apart: -abs(float(apart.value[i])))  # type: ignore[misc]
        changing += bool(changed)
        difference = (f"{len(changed)} of {len(apart.value)} shares differ from the main variant, most that of {named(result, changed[:1])}, by "
                      f"{share(apart[changed[0]], ' points')}" if changed else "no share clearly differs from the main variant")
        ties = f", which cannot be distinguished from {len(tied)} other{'s' * (len(tied) > 1)}" if tied else ""
        parts.append(f"{variant(name)}. {capital(most)} {'has' if n == 1 else 'have'} the largest share, {share(ending.shares[first])}{ties}; {difference}.")
    return Finding(f"The final mix clearly differs in {changing} of {len(endings)} variants of the assumptions",
                   "Mean shares in the same quarter, each variant against the main one; intervals hold for all strategies of a variant at once:", tuple(parts))


def _gains(result: Result) -> Finding:
    measure, gains = result.options.measure, result.statistics.gains
    change, apart = gains.change, gains.cohesion
    about = "better off" if change.low > 0 else "worse off" if change.high < 0 else "neither clearly better nor clearly worse off"
    word = "clearly higher than" if apart.low > 0 else "clearly lower than" if apart.high < 0 else "not clearly different from"
    reference = labels([result.options.job.run.reference])[result.options.job.run.reference]
    return Finding(
        f"Imitation leaves the members {about}",
        f"Their mean gain over everybody playing {reference} changes by {phrases.text(measure, change)}: from {phrases.text(measure, gains.first)} "
        f"in the even mix of the first generation to {phrases.text(measure, gains.last)} in {QUARTER}. Cohesion of {names().region} is {word} where everybody "
        f"plays {reference}; the difference is {words.interval(float(apart.low), float(apart.value), float(apart.high))}.")


def _duplicates(result: Result) -> Finding:
    alike = [group for group in result.duplicates if len(group) > 1]
    near = f"(nearer than {words.share(NEAR)} of the usual distance between two strategies)"
    if not alike:
        return Finding("No two strategies are near-duplicates", f"No two strategies give the invading member nearly the same returns {near}. So no "
                                                                "strategy shares its members with a twin.")
    return Finding(f"Near-duplicates share the members who play them, in {len(alike)} {'group' if len(alike) == 1 else 'groups'}",
                   f"These strategies give the invading member nearly the same returns {near}: {'; '.join(named(result, group) for group in alike)}. "
                   "Their shares are best added up.")


def conclusions(options: Options, result: Result) -> list[Conclusion]:
    """Which strategy and which family ends with the largest share, and in how many variants."""
    most, n = highest(result, result.mix.value)
    families = result.statistics.families
    largest = [family_label(families[i].name) for i in exact_ties(np.array([float(family.share.value) for family in families]), 0)]
    leader, family = result.statistics.survival
    others = len(result.leaders) - n
    tied = f", and cannot be distinguished from {words.plural(others, 'other')}" if others > 0 else ""
    what = "the start, selection, mutation and rule of imitation"
    return [
        Conclusion(f"{capital(most)} {'ends' if n == 1 else 'end'} with the largest share of members, {share(result.mix[result.leaders[0]])}{tied} (a variant "
                   "counts where no other share is clearly larger)", what, leader),
        Conclusion(f"Of the families, {words.some(largest)} {'has' if len(largest) == 1 else 'have'} the largest share of members (families are not "
                   "size-adjusted here)", what, family)]


def tried(options: Options, result: Result) -> str:
    """Of what the shares of the conclusions are."""
    return "the variants (imitation)"


def caveats(options: Options, result: Result) -> list[str]:
    """What the reader must know to read the findings."""
    scale = scales.scale_of(options.measure)
    weights = ", ".join(f"{name} {weight:.2g}" for name, weight in weights_of(options.job.run.payoff).items())
    composite = [f"Weights of the composite: {weights}; its anchors are in conf/payoff."] if options.measure == COMPOSITE else []
    return [
        "In a generation the whole horizon is played again in new worlds. Members know the returns of all others, copy whole strategies and revise all at the "
        "same time. These are assumptions, and so are selection and mutation, which is why they are varied. What a member gains is its return less what the "
        "same member has in the same worlds when everybody plays the reference. So a member is not copied for its size or place, but how strongly a strategy "
        "affects a member still depends on the member. Selection counts in standard deviations of gains in the first generation; one is "
        f"{words.number(float(scale.difference(result.scale)))} {scale.unit}.",
        "With few members chance changes the mix as much as gains do. Without selection every strategy would keep, on average, the share it began with, and "
        "mutation alone would lead to the even mix. A strategy survives that has more than that. A family with many strategies has more of the even mix, and "
        "near-duplicates share their members; so families are compared with their share of the library.",
        *composite]
