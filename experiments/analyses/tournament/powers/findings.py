"""From the solution of the game of the powers to words."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from experiments import words
from experiments.analyses.tournament.options import Options
from experiments.analyses.tournament.powers.answers import Against
from experiments.analyses.tournament.powers.phrases import NAMED, Names, at, negative, resamples, some, stretches
from experiments.analyses.tournament.powers.result import Equilibrium, Rung
from experiments.analyses.tournament.powers.solve import OTHERS, STRENGTH, SURVIVES, Solution
from experiments.figures import scales
from experiments.figures.style import family_label, labels
from experiments.methods.intervals import Estimate
from experiments.names import plain, powers, short_powers
from experiments.report import phrases
from experiments.report.parts import Conclusion, Finding
from experiments.report.phrases import exact_ties
from experiments.words import capital, share
from sim.axes import Array
from sim.payoffs import COMPOSITE, weights_of

#: Strategies, equilibria and mixed equilibria named at a price.
STRATEGIES, PROFILES, MIXED = 4, 4, 2


def lead(options: Options, result: Solution) -> list[str]:
    """What is played, on how many worlds, and what everybody wants."""
    game, settings = result.game, options.job.settings
    n = len(game.policies)
    priced = [rung.name for rung in _priced(result)]
    ratio = " The ratio is (100 + influence) / 200 over outlay." if result.rungs[-1].price is None else ""
    return [
        "What happens when the powers choose their policies as the small state chooses its strategy? Which policies does no power want to leave, which survive "
        "in the long run, and what does the small state then play?",
        f"{len(game.strategies)} strategies × {n} policies of {powers()[0]} × {n} of {powers()[1]}, all on the same {game.n_worlds:,} worlds. World "
        f"{plain(settings.world.name).capitalize()}, scenario {plain(settings.scenario.name)}, small state {settings.focal}, "
        f"{words.plural(settings.horizon, 'quarter')}, seed {settings.seed}. A policy holds to the end. Pairs are written {' / '.join(short_powers())}.",
        f"The small state wants {_wanted(options)}. It is reported as the difference to the mean of {labels([game.reference])[game.reference]} over all pairs "
        "of policies in the same worlds. A power wants influence at little outlay. Influence is how aligned it sees the region, weighted by output, from −100 "
        "to 100 points. Outlay is its investment and aid in the region as a share of its own GDP.",
        "Influence and outlay have no common currency, so the game is solved at several prices. At price x a power gives up x points of influence to save 0.01 "
        f"% of its GDP. At price 0 influence is all that counts. The prices are {', '.join(priced)}.{ratio}",
        "Families are size-adjusted: each counts with the best of as many members as the smallest family compared has, on average over all ways to draw them."]


def _priced(solution: Solution) -> list[Rung]:
    return [rung for rung in solution.rungs if rung.price is not None]


def _wanted(options: Options) -> str:
    measure, payoff = options.measure, options.job.run.payoff
    if measure != COMPOSITE:
        return f"the {scales.scale_of(measure).label.lower()} return"
    weights = ", ".join(f"{name} {weight:.2g}" for name, weight in weights_of(payoff).items())
    whose = "" if payoff.weights else "; all alike by default"
    economic, (low, high) = weights_of(payoff).get("economic", 0.0), payoff.anchors["economic"]
    size = f", in which 0.01 is worth as much as {words.number(100 * np.expm1(0.01 * (high - low) / economic))} % of consumption" if economic else ""
    return f"a weighted score of its returns, on the anchors of conf/payoff (weights: {weights}{whose}){size}"


def findings(options: Options, result: Solution) -> list[Finding]:
    """The findings, each a headline with its numbers."""
    return [_survivors(result), _played(result), _at_once(result), _led(result), _answer(result), _rivals(result), _cost(result),
            *([_ratio(result)] if result.rungs[-1].price is None else []), _other_ways(result)]


def _survivors(solution: Solution) -> Finding:
    kept = {tuple(_kept(rung, power) for power in range(2)) for rung in _priced(solution)}
    return Finding(
        "Which policies survive depends on what influence is worth" if len(kept) > 1 else "The same policies survive at every price",
        f"Shares of the long run (alpha-rank) with 95 % intervals over {resamples(solution)} resamples of the worlds. Policies with at least {share(SURVIVES)} "
        "are named:", (*(_survivors_of(solution, power) for power in range(2)), _never(solution)))


def _kept(rung: Rung, power: int) -> tuple[int, ...]:
    shares = rung.policies[power].value
    return tuple(i for i in np.argsort(-shares, kind="stable").tolist() if shares[i] >= SURVIVES)


def _survivors_of(solution: Solution, power: int) -> str:
    names = Names(solution).policies

    def in_words(rungs: Sequence[Rung], kept: tuple[int, ...]) -> str:
        first, last = rungs[0].policies[power], rungs[-1].policies[power]
        parts = [f"{names[i]} {phrases.share(first[i])}"
                 + (f" to {phrases.share(last[i])}" if share(first.value[i]) != share(last.value[i]) else "") for i in kept]
        return words.listed(parts)

    groups = [(kept, list(group)) for kept, group in groupby(solution.rungs, key=lambda rung: _kept(rung, power))]
    return f"{capital(powers()[power])}: {'; '.join(f'{at(group)} {in_words(group, kept)}' for kept, group in groups)}."


def _never(solution: Solution) -> str:
    """Policies that die out at every price."""
    names, rare = Names(solution).policies, []
    for power in range(2):
        highest = np.max([rung.policies[power].high for rung in solution.rungs], axis=0)
        rare.append([names[i] for i in np.flatnonzero(highest < SURVIVES)])
    if not any(rare):
        return f"No policy stays below {share(SURVIVES)} at every price."
    listed = "; ".join(f"{powers()[power]}: {words.listed(rare[power])}" for power in range(2))
    return f"At every price these stay below {share(SURVIVES)}, including the interval: {listed}."


def _played(solution: Solution) -> Finding:
    names = Names(solution).strategies
    first = [rung.leading[-1] for rung in solution.shown]
    every = [names[i] for i in dict.fromkeys(i for each in first for i in each)]
    about = (f"The small state plays {every[0]} most, at every price shown" if len(every) == 1 else
             f"Which strategy the small state plays most cannot be distinguished: {some(every)}" if set.intersection(*map(set, first)) else
             f"What the small state plays depends on the price: most often {words.listed(every, 'or')}")
    return Finding(about, "Shares of its strategies in the long run, and the best strategy against the policies that survive:", tuple(
        f"{capital(at([rung]))}: {_shares(solution, rung)}. {_best_against(solution, solution.against[solution.rungs.index(rung)])}"
        for rung in solution.shown))


def _shares(solution: Solution, rung: Rung) -> str:
    names, shares = Names(solution).strategies, rung.strategies
    order = [i for i in np.argsort(-shares.value, kind="stable").tolist() if shares.value[i] >= SURVIVES][:STRATEGIES]
    return words.listed([f"{names[i]} {phrases.share(shares[i])}" for i in order]) if order else f"no strategy has {share(SURVIVES)}"


def _behind(part: Estimate, measure: str) -> str:
    """How far something is behind the best, and whether it can be distinguished from it."""
    amount = phrases.text(measure, negative(part))
    return f"cannot be distinguished from it (behind by {amount})" if part.high >= 0 else f"is behind by {amount}"


def _best_against(solution: Solution, result: Against) -> str:
    game, names = solution.game, Names(solution).strategies
    order = np.argsort(-result.values.value, kind="stable").tolist()
    text = f"The best of {len(order)} strategies is {names[order[0]]} with {phrases.text(game.measure, result.values[order[0]])}."
    if len(order) > 1:
        tied = [i for i in order[1:] if result.behind.high[i] >= 0]
        text += (f" It cannot be distinguished from {some([names[i] for i in tied])}." if tied else
                 f" The next, {names[order[1]]}, is behind by {phrases.text(game.measure, negative(result.behind[order[1]]))}.")
        if order[-1] not in tied:
            text += f" The worst, {names[order[-1]]}, is behind by {phrases.text(game.measure, negative(result.behind[order[-1]]))}."
    if result.families:
        first = int(result.by_family.value.argmax())
        others = [i for i in np.argsort(-result.by_family.value, kind="stable").tolist() if i != first]
        behind = [f"{family_label(result.families[i])} {_behind(result.by_family[i], game.measure)}" for i in others]
        text += f" Of the families, with {result.size} members of each, {family_label(result.families[first])} is best; {'; '.join(behind)}."
    return text


def _in_pure(solution: Solution, led: bool) -> str:
    """At how many prices there is an equilibrium in the mean payoffs."""
    rungs = _priced(solution)
    n = sum(any(each.in_mean_payoffs for each in (rung.led if led else rung.at_once)) for rung in rungs)
    return f"there is an equilibrium in pure actions at {f'all {n}' if n == len(rungs) else f'{n} of {len(rungs)}'} prices"


def _profiles(solution: Solution, some_of: Sequence[Equilibrium], led: bool = False) -> list[str]:
    names = Names(solution)
    shown = [each for each in some_of if each.in_mean_payoffs or float(each.share.value) >= NAMED]
    return [f"{words.listed([names.strategies[i] for i in (_as_good(solution, each) if led else each.profile[:1])], 'or')}, {names.pair(*each.profile[1:])} "
            f"in {phrases.share(each.share)}" for each in shown[:PROFILES]]


def _as_good(solution: Solution, each: Equilibrium) -> list[int]:
    """The small state's answer to a pair of policies, then every other with the same mean."""
    answer, *pair = each.profile
    return exact_ties(solution.means.state[0][:, *pair], answer)


def _at_once(solution: Solution) -> Finding:
    def text(rung: Rung) -> str:
        none = [f"no equilibrium in pure actions in {phrases.share(rung.none_at_once)}"] if float(rung.none_at_once.value) >= NAMED else []
        return words.listed([*_profiles(solution, rung.at_once), *none])

    return Finding(f"If all three choose at once, {_in_pure(solution, led=False)}",
                   f"In an equilibrium nobody gains by changing alone (written: small state, {' / '.join(short_powers())}). Each is shown with the share of "
                   "the resamples in which it is one:", tuple(f"{capital(each)}." for each in stretches(solution.rungs, text)))


def _led(solution: Solution) -> Finding:
    several = any(len(_as_good(solution, each)) > 1 for rung in solution.rungs for each in rung.led)
    equal = "; where several answers are worth the same, the powers reckon with the first" if several else ""
    return Finding(f"If the powers choose first and the small state answers, {_in_pure(solution, led=True)}",
                   "Each power takes into account what its policy makes the small state do. Pairs that neither power wants to leave, after the answer of the "
                   f"small state, with the share of the resamples{equal}:",
                   tuple(f"{capital(each)}." for each in stretches(solution.rungs, lambda rung: _led_at(solution, rung))))


def _led_at(solution: Solution, rung: Rung) -> str:
    names, parts = Names(solution), _profiles(solution, rung.led, led=True)
    if float(rung.none_led.value) >= NAMED:
        parts.append(f"no equilibrium in pure policies in {phrases.share(rung.none_led)}")
    mixed = [(pair, part) for pair, part in zip(rung.mixed.pairs, rung.mixed.shares, strict=True) if max(pair[0].max(), pair[1].max()) < 1 - 1e-9]
    for pair, part in mixed[:MIXED]:
        first, second = (words.listed([f"{names.policies[i]} {share(mix[i])}" for i in np.argsort(-mix, kind="stable") if mix[i] >= 0.005]) for mix in pair)
        parts.append(f"a mixed equilibrium with {powers()[0]} {first} and {powers()[1]} {second} (with these policies in {phrases.share(part)})")
    if len(mixed) > MIXED:
        parts.append(f"{len(mixed) - MIXED} more mixed equilibria")
    cycles = [len(cycle) for cycle in rung.cycles if len(cycle) > 1]
    if cycles:
        parts.append(f"best answers of the powers go round in {words.listed([f'a cycle of {n} pairs' for n in cycles])}")
    if not rung.mixed.complete:
        parts.append("the game is too large to look for all mixed equilibria")
    return "; ".join(parts) or "none"


def _answer(solution: Solution) -> Finding:
    answer, names = solution.answer, Names(solution).strategies
    n = answer.best.size
    order = [i for i in np.argsort(-answer.counts, kind="stable").tolist() if answer.counts[i]]
    listed = some([f"{names[i]} at {answer.counts[i]} (clearly ahead of all others at {answer.alone[i]})" for i in order])
    families = words.listed([f"{family_label(name)} {count}" for name, count in answer.families.items()])
    never_behind = [names[i] for i in np.flatnonzero(answer.tied.all(axis=(1, 2)))]
    return Finding(
        "No strategy is the best answer to all policies" if not never_behind else
        f"{capital(never_behind[0])} is the best answer to all policies" if answer.alone.max() == n else
        f"{capital(some(never_behind))} {'is' if len(never_behind) == 1 else 'are'} never clearly behind the best answer",
        f"The strategy with the highest mean of {len(names)}, by how many of {n} pairs of policies: {listed}. At "
        f"{words.plural(int(answer.undecided.sum()), 'pair')} another strategy cannot be distinguished from the best: the paired 95 % interval contains 0. "
        f"By family of the best strategy: {families}; this is not size-adjusted.")


def _rivals(solution: Solution) -> Finding:
    game, ends, names = solution.game, solution.extremes, Names(solution)
    n, scale = len(game.policies), scales.scale_of(game.measure)
    safest, most, least = int(ends.worst.value.argmax()), int(ends.swing.argmax()), int(ends.swing.argmin())

    def with_equals(i: int, values: Array) -> str:
        others = [names.strategies[j] for j in exact_ties(values, i)[1:]]
        return f"{names.strategies[i]}{f' (as {some(others)})' if others else ''}"

    def ends_of(i: int) -> str:
        return (f"{with_equals(i, ends.swing)}, from {phrases.text(game.measure, ends.worst[i])} at {names.pair(*divmod(int(ends.worst_pair[i]), n))} to "
                f"{phrases.text(game.measure, ends.best[i])} at {names.pair(*divmod(int(ends.best_pair[i]), n))}")

    about = ("The policies of the powers change the return of the small state more than its own choice does" if ends.typical_swing >= ends.typical_choice else
             "The small state's own choice changes its return more than the policies of the powers do")
    swing, choice = (words.number(float(scale.difference(size))) for size in (ends.typical_swing, ends.typical_choice))
    return Finding(
        about,
        f"The typical strategy moves by {swing} {scale.unit} between its worst and its best pair of policies. At the typical pair, the best and the worst of "
        f"{len(ends.swing)} strategies differ by {choice}. The policies move this strategy most: {ends_of(most)}. They move this one "
        f"least: {ends_of(least)}. {capital(with_equals(safest, ends.worst.value))} has the highest worst case, "
        f"{phrases.text(game.measure, ends.worst[safest])}. Best and worst are selected on the same worlds, which flatters them a little. The table has every "
        "strategy.")


def _cost(solution: Solution) -> Finding:
    moved = [words.number(cost.moved) for cost in solution.costs]
    about = (f"Above a price of {solution.top:.2g}, least effort is best for both powers" if solution.top else
             "At every price, least effort is best for both powers")
    return Finding(
        about, "Averages over the rival's policies, where the small state gives its best answer. What the small state plays changes influence by at most "
               f"{moved[0]} points ({powers()[0]}) and {moved[1]} points ({powers()[1]}), because it is a small part of the region. "
               "Below its break-even price a "
               "policy pays better than the policy of least effort:", tuple(_cost_of(solution, power) for power in range(2)))


def _cost_of(solution: Solution, power: int) -> str:
    names, cost = Names(solution).policies, solution.costs[power]
    others = [i for i in np.argsort(-np.nan_to_num(cost.breaks_even.value, nan=-np.inf), kind="stable").tolist() if i != cost.least]
    paying = [f"{names[i]} {phrases.cell(cost.breaks_even[i])}" for i in others if cost.breaks_even.low[i] > 0]
    losing = [names[i] for i in others if cost.breaks_even.high[i] < 0]
    outlay, influence = cost.outlay[cost.least], cost.influence[cost.least]
    percent = words.interval(*(float(end) / 100 for end in (outlay.low, outlay.value, outlay.high)))
    text = (f"{capital(powers()[power])}: the policy of least effort is {names[cost.least]}, with an outlay of {percent} % of GDP and an influence of "
            f"{words.interval(float(influence.low), float(influence.value), float(influence.high))} points.")
    if paying:
        text += f" The highest break-even {'price is' if len(paying) == 1 else 'prices are'} {words.listed(paying[:3])}."
    if losing:
        text += f" At any price {words.listed(losing)} {'costs' if len(losing) == 1 else 'cost'} more for less influence."
    return text


def _ratio(solution: Solution) -> Finding:
    names, parts = Names(solution).policies, []
    for power, cost in enumerate(solution.costs):
        highest, (most, *equal) = [names[i] for i in cost.highest_ratio], [names[i] for i in cost.most_influence]
        parts.append(f"{capital(powers()[power])}: {words.some(highest)} {'has' if len(highest) == 1 else 'have'} the highest ratio on average. "
                     f"{capital(names[cost.least])}, the policy of least effort, has {share(cost.numerator)} of the numerator of {most}, "
                     f"{f'with most influence, as {words.some(equal)},' if equal else 'the policy with most influence,'} at "
                     f"{share(cost.outlay_share)} of its outlay.")
    return Finding("The ratio of influence to outlay favours least effort by its definition",
                   "Effort changes the outlay far more than the influence. So a high ratio does not recommend a policy; the prices are the better guide:",
                   tuple(parts))


def _other_ways(solution: Solution) -> Finding:
    rungs = solution.rungs
    counts = [sum(all(int(rung.other_ways.strengths[strength][power].argmax()) in rung.leading[power] for power in range(2))
                  for rung in rungs) for strength in OTHERS]
    counts.append(sum(all(int(rung.other_ways.replicated[1 + power].argmax()) in rung.leading[power] for power in range(2)) for rung in rungs))
    strengths = words.listed([f"at strength {strength:g} {words.plural(count, 'time')}" for strength, count in zip(OTHERS, counts, strict=False)])
    same = f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    return Finding(
        f"Other ways to compute the long run lead to the same policies in {same} of {len(rungs)} cases",
        f"The cases are the prices{' and the ratio' if rungs[-1].price is None else ''}. "
        f"Both powers have the same policy on top as at strength {STRENGTH:g} of selection: {strengths}, and with "
        f"replicator dynamics from even shares (mean of the second half) {words.plural(counts[-1], 'time')}. The tables have the shares.")


def conclusions(options: Options, result: Solution) -> list[Conclusion]:
    """Who leads in the long run where influence is all that counts, and at how many of the prices."""
    names, at_first, rows = Names(result), _priced(result)[0], []
    for who, shares, leading, called, holds in zip((*powers(), "The small state"), (*at_first.policies, at_first.strategies), at_first.leading,
                                                   (names.policies, names.policies, names.strategies), result.survival, strict=True):
        first, *tied = leading
        ties = f", and cannot be distinguished from {some([called[i] for i in tied])}" if tied else ""
        most = f"{called[first]} most often in the long run, {phrases.share(shares[first])} at price {at_first.name}"
        rows.append(Conclusion(f"{capital(who)} plays {most}{ties}", "the price of outlay in influence", holds))
    return rows


def tried(options: Options, result: Solution) -> str:
    """Of what the shares of the conclusions are."""
    return "the prices of influence (game of the powers)"


def caveats(options: Options, result: Solution) -> list[str]:
    """What the reader must know to read the findings."""
    failed = sorted({*options.job.settings.strategies} - {*result.game.strategies})
    return [
        "All intervals and shares of resamples are over worlds, the same ones for all profiles. So they are narrow, and they do not cover the assumptions: set "
        "other parameters, scenarios or worlds to see those. They are not corrected for how many strategies and pairs are compared, so the best of many is "
        "flattered. Both powers have the same price of outlay, as a share of their own GDP. Where one power values influence more than the other, no column "
        "holds for both.",
        "Outlay is investment and aid. Pressure and visits cost a power nothing here, and a state under pressure gets less, which saves outlay. So a policy of "
        "pressure can do well at a high price. A power does not value the small state's welfare, its trade or its own security. The game has the policies of "
        "conf/policy with their budgets and no others; a policy file of yours takes part.",
        "In alpha-rank each player's payoffs are scaled from 0 to 1 over all profiles, and a population of 50 stands behind each player, with selection at "
        f"strength {STRENGTH:g}. Shares are of time in an endless process of trial and takeover, and not probabilities of what the powers will do. Gains of a "
        "few thousandths of a player's range hardly count in it; in equilibria any gain counts.",
        *([f"Missing, because some of their cells failed: {', '.join(labels(failed).values())}."] if failed else [])]
