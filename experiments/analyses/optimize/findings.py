"""From the result of a search to words: how good the best strategy found is, where, and how sure that is."""

from collections import Counter

import numpy as np

from experiments import words
from experiments.analyses.optimize.phrases import pairs_like
from experiments.analyses.optimize.result import OBJECTIVE_LABELS, RIVAL_WORLDS, Options, Result
from experiments.configuration.design import Points
from experiments.configuration.varied import label, varied
from experiments.figures import scales
from experiments.figures.style import labels
from experiments.methods.intervals import Estimate
from experiments.names import plain
from experiments.report import phrases
from experiments.report.conclusions import moved_by
from experiments.report.differences import standing
from experiments.report.parts import Conclusion, Finding
from experiments.words import capital
from sim.payoffs import COMPOSITE, weights_of


def _objective(options: Options) -> str:
    return f"the {scales.scale_of(options.measure).label.lower()} return, {OBJECTIVE_LABELS[options.objective]}"


def lead(options: Options, result: Result) -> list[str]:
    """What was searched, in how many futures and worlds."""
    settings, reference = options.job.settings, options.job.run.reference
    return [
        "Is there a better strategy than those of the library, and is it still better in futures that the search did not use? The search varies "
        f"{len(options.space.known)} numbers of a strategy and maximises this objective: {_objective(options)}.",
        f"CMA-ES tries {options.candidates:,} candidates, each in the same {options.futures} futures with {options.worlds} worlds in each. A future is a draw "
        "of the structural parameters and of the policies of both powers over their plausible ranges. The result that counts is the out-of-sample comparison: "
        f"{options.out_of_sample} other futures with other worlds, drawn in the same way. World {plain(settings.world.name).capitalize()}, scenario "
        f"{plain(settings.scenario.name)}, state {settings.focal}, {words.plural(settings.horizon, 'quarter')}, reference "
        f"{labels([reference])[reference]}."]


def findings(options: Options, result: Result) -> list[Finding]:
    """The findings, each a headline with its numbers."""
    return [_comparison(options, result), _optimism(options, result), _random(options, result), _under_policies(options, result),
            _behaviour(options, result), *([_front(options, result)] if result.front is not None else [])]


def _standing(options: Options, part: Estimate, other: str) -> str:
    """How the best strategy found compares with another, with the difference."""
    amount, ended = phrases.text(options.measure, part), other.removesuffix(",")
    return {"better": f"it is ahead of {other} by {amount}", "worse": f"it is behind {ended}: the difference is {amount}",
            "same": f"there is no practical difference to {ended}: it is {amount}",
            "open": f"it cannot be distinguished from {ended}: the difference is {amount}"}[standing(part, options.smallest)]


def _comparison(options: Options, result: Result) -> Finding:
    shown, n, ahead = labels(result.names), len(options.library), result.comparison.ahead
    reference = options.job.run.reference
    standings = [standing(ahead[i], options.smallest) for i in range(n)]
    above, behind, same, open_ones = ([shown[result.names[i]] for i, each in enumerate(standings) if each == word]
                                      for word in ("better", "worse", "same", "open"))
    rest = f" It is behind {words.listed(behind)}." if behind else ""
    rest += f" There is no practical difference to {words.listed(same)}." if same and len(same) <= n / 2 else ""
    rest += f" It cannot be distinguished from {words.listed(open_ones)}." if open_ones and len(open_ones) <= n / 2 else ""
    best = shown[result.names[result.best_of_library]]
    of_library = f"all {n}" if len(above) == n else f"{len(above)} of {n}" if above else "none of the"
    return Finding(
        f"The best strategy found is ahead of {of_library} strategies of the library",
        f"The objective is {_objective(options)}. In {options.out_of_sample} futures that the search did not use, "
        f"{_standing(options, ahead[result.best_of_library], f'{best}, the best of the library in the futures of the search,')} (95 % interval over futures "
        f"and worlds). {capital(_standing(options, ahead[result.names.index(reference)], f'the reference, {shown[reference]},'))}.{rest} This holds for these "
        "futures and these weights, and for powers that do not respond to it.")


def _optimism(options: Options, result: Result) -> Finding:
    of_found, of_library, excess = (phrases.text(options.measure, part) for part in (
        result.comparison.optimism[result.best_found], result.comparison.optimism[result.best_of_library], result.comparison.excess_optimism))
    about = {1: "The search overfitted: the best strategy found loses more out-of-sample than the library does", -1: "The search did not overfit",
             0: "No sign that the search overfitted"}[int(result.comparison.excess_optimism.counts(options.smallest))]
    return Finding(about, "Optimism is the objective in the futures of the search (in-sample) less the objective in other futures (out-of-sample). It is "
                          f"{of_found} for the best strategy found and {of_library} for the best of the library, which the choice of futures can flatter "
                          f"too. The difference between the two is {excess}.")


def _random(options: Options, result: Result) -> Finding:
    part, lead = result.comparison.ahead[result.names.index(f"{options.name}_random")], result.lead_in_sample
    scale = scales.scale_of(options.measure)
    about = {"better": "The search is better than as many random candidates", "worse": "The search is worse than as many random candidates",
             "same": "No practical difference between the search and as many random candidates",
             "open": "The search cannot be distinguished from as many random candidates"}[standing(part, options.smallest)]
    size = f"{words.number(float(scale.difference(abs(lead))))} {scale.unit}"
    return Finding(about, f"Out-of-sample, {_standing(options, part, f'the best of {options.candidates:,} random candidates')}. In-sample, it is {size} "
                          f"{'ahead of' if lead >= 0 else 'behind'} that candidate; both were selected in these futures, so no interval is given. This is one "
                          "search and one draw of candidates: another seed gives others, and no interval here covers that.")


def _under_policies(options: Options, result: Result) -> Finding:
    under = result.under_policies
    part, n = under.best_of_library, under.best_of_library.value.size
    standings, of_reference = (Counter(standing(each[at], options.smallest) for at in np.ndindex(each.value.shape)) for each in (part, under.reference))
    above, below, same = (standings[word] for word in ("better", "worse", "same"))
    other = labels(result.names)[result.names[result.best_of_library]]

    def pairs(at: int) -> str:
        return f"{pairs_like(under.policies, part.value, at)} ({phrases.text(options.measure, part[np.unravel_index(at, part.value.shape)])})"

    return Finding(
        f"The best strategy found is ahead of {other} under {above} of {n} pairs of policies, and behind under {below}",
        f"All else is at the defaults, with {RIVAL_WORLDS} worlds under each pair. Under {same} pairs there is no practical difference; under the other "
        f"{standings['open']} the two cannot be distinguished. "
        f"Worst for the best strategy found: {pairs(int(part.value.argmin()))}. Best: {pairs(int(part.value.argmax()))}. It is ahead of the reference under "
        f"{of_reference['better']} pairs and behind it under {of_reference['worse']}.")


def _behaviour(options: Options, result: Result) -> Finding:
    lean, index = (float(result.comparison.behaviour[measure][result.best_found]) for measure in ("lean", "hedging_index"))
    values = options.space.values(result.candidates.units[0])
    numbers = ", ".join(f"{name} {words.number(float(value))}" for name, value in zip(options.space.known, values, strict=True))
    loose = (f" The objective hardly determines {words.listed(result.undetermined)}: among the best {len(result.good)} of "
             f"{len(result.candidates.random.points):,} random candidates the middle half spans more than 40 % of the range." if result.undetermined else "")
    return Finding(
        f"The best strategy found has a lean of {lean:.2f} and a hedging index of {index:.2f}",
        "Lean runs from 0 (to neither power) to 1 (wholly to one power). The hedging index runs from 0 (one partner only) to 1 (both alike). Both are means "
        f"over the out-of-sample futures, and no payoff rewards either. The numbers of the strategy are: {numbers}.{loose}")


def _front(options: Options, result: Result) -> Finding:
    assert options.front is not None
    assert result.front is not None
    front, shown = result.front, labels(result.names)
    one, other = (scales.scale_of(measure).label.lower() for measure in options.front)
    first, last = (f"{one} {phrases.text(options.front[0], front.values[row, 0])} and {other} {phrases.text(options.front[1], front.values[row, 1])}"
                   for row in (front.rows[0], front.rows[-1]))
    exceeded = words.listed([shown[result.names[i]] for i in front.improved_on])
    reference = options.job.run.reference
    return Finding(
        f"{front.undominated} of {len(front.rows)} strategies on the front between {one} and {other} stay undominated out-of-sample",
        f"The strategies were selected along the front in-sample. Values are {OBJECTIVE_LABELS[options.objective]}, less that of the reference "
        f"({shown[reference]}). At one end of the front they are {first}; at the other end {last}. Strategies of the library that one of them clearly "
        f"exceeds in both returns: {exceeded}.")


def conclusions(options: Options, result: Result, out_of_sample: Points) -> list[Conclusion]:
    """Which strategies the best one found is ahead of or behind, in how many of the futures and under how many pairs of policies."""
    shown, rows, known, comparison = labels(result.names), [], varied(options.job), result.comparison
    called = [words.within(label(name, known[name])) for name in out_of_sample.names]
    others = (result.names[result.best_of_library], options.job.run.reference, f"{options.name}_random")
    for other in dict.fromkeys(others):
        i = result.names.index(other)
        if sign := int(comparison.ahead[i].counts(options.smallest)):
            text = (f"The best strategy found is {'ahead of' if sign > 0 else 'behind'} {shown[other]}; the difference is "
                    f"{phrases.text(options.measure, comparison.ahead[i])}")
            rows.append(Conclusion(text, moved_by(comparison.survival[i].movers, called), comparison.survival[i].share))
    for share, word in ((result.under_policies.ahead, "ahead of"), (result.under_policies.behind, "behind")):
        rows.append(Conclusion(f"With all else at the defaults the best strategy found is clearly {word} {shown[others[0]]}", "the policies of the powers",
                               share))
    return rows


def tried(options: Options, result: Result) -> str:
    """Of what the shares of the conclusions are."""
    return (f"{result.comparison.by_future.shape[1]} out-of-sample futures (of the last two rows: {result.under_policies.best_of_library.value.size} pairs of "
            "policies)")


def caveats(options: Options, result: Result) -> list[str]:
    """What the reader must know to read the findings."""
    weights = ", ".join(f"{name} {weight:.2g}" for name, weight in weights_of(options.job.run.payoff).items())
    composite = (f" The composite has these weights: {weights}; its anchors are in conf/payoff. Other weights lead to another strategy." if
                 COMPOSITE in options.measures else "")
    regret = (" A shortfall is counted from the best of the library in the same future. Its interval is over worlds alone, because other futures may hold a "
              "larger shortfall." if options.objective == "regret" else "")
    return [
        "A search finds what pays in this model, its weaknesses included. Where a number lies at the end of its range, the model puts no price on going "
        "further. Futures are drawn evenly and independently over plausible ranges; they are not probabilities." + composite + regret,
        "The powers follow the policies drawn and do not respond to the best strategy found; in `counterpoise tournament` they do. The other states "
        "keep their strategies too."]
