"""From indices to words: which assumptions decide, how far, and how sure that is."""

from collections.abc import Sequence

import numpy as np

from experiments import words
from experiments.analyses.sensitivity.analyse import SMALL
from experiments.analyses.sensitivity.phrases import input_labels, outcome
from experiments.analyses.sensitivity.result import Options, Result
from experiments.figures import scales
from experiments.figures.style import labels
from experiments.methods.sensitivity import NARROW
from experiments.names import plain
from experiments.report import phrases
from experiments.report.parts import Conclusion, Finding
from experiments.words import capital, share, within

#: Inputs and indices named in a sentence.
NAMED, LISTED = 3, 6
#: Where inputs explain at least this share of the variance alone, they are said to act mostly alone.
ALONE = 0.8


def lead(options: Options, result: Result) -> list[str]:
    """What was analysed, at how many points and worlds."""
    settings, shown = options.job.settings, labels(result.strategies)
    returns = words.listed([_label(measure) for measure in options.measures])
    sides = "; ".join(f"{capital(name)}: {', '.join(shown[member] for member in side.members if member in result.strategies)}"
                      for name, side in zip(_sides(options), (options.one, options.other), strict=True))
    return [
        f"Which of {len(result.inputs.names)} numbers decide whether {' or '.join(_sides(options))} is ahead in the {returns} return, and "
        "which hardly matter?",
        f"World {plain(settings.world.name).capitalize()}, scenario {plain(settings.scenario.name)}, "
        f"{words.plural(settings.horizon, 'quarter')}. "
        f"{sides}. At each point a side counts with its best member, the one with the highest mean over worlds. Sides are size-adjusted: the larger side "
        f"counts with as many members as the smaller one has, on average over all ways to draw them. Screening: {options.trajectories} trajectories. Sobol "
        f"indices: {result.indices.rows[-1]:,} rows of {len(result.chosen) + 2} points. Both: {words.plural(options.worlds, 'world')} at each point. "
        f"Ends of ranges: "
        f"{words.plural(result.ends.shape[-1], 'world')}. All points use the same worlds."]


def findings(options: Options, result: Result) -> list[Finding]:
    """The findings, each a headline with its numbers."""
    return [_three_ways(options, result), _decides(options, result), _together(options, result), _signs(options, result), _excluded(options, result),
            _converged(options, result)]


def _label(measure: str) -> str:
    return scales.scale_of(measure).label.lower()


def _sides(options: Options) -> tuple[str, str]:
    return plain(options.one.name), plain(options.other.name)


def _three_ways(options: Options, result: Result) -> Finding:
    one, other = _sides(options)
    verbs = {"better": f"{one} is ahead of {other}", "worse": f"{one} is behind {other}",
             "same": f"{one} or {other} makes no practical difference", "open": f"{one} cannot be distinguished from {other}"}
    returns = {verb: [_label(measure) for measure, each in zip(options.measures, result.advantages, strict=True) if each.standing == word]
               for word, verb in verbs.items()}
    about = capital("; ".join(f"{verb} in the {words.listed(names)} return" for verb, names in returns.items() if names))
    parts = []
    for measure, each in zip(options.measures, result.advantages, strict=True):
        scale = scales.scale_of(measure)
        worlds, points = (np.asarray(scale.difference(ends)) for ends in (each.quantiles[:, 0], each.between_points))
        parts.append(f"{scale.label}: {verbs[each.standing]} at the defaults; the difference is {phrases.text(measure, each.at_defaults)} (95 % interval of "
                     f"the mean). Worlds differ: nine in ten lie between {words.number(worlds[0])} and {words.number(worlds[1])}. Assumptions differ: with all "
                     f"{len(result.inputs.names)} numbers drawn over their ranges, nine in ten means lie between {words.number(points[0])} and "
                     f"{words.number(points[1])}, and {one} has more in {phrases.share(each.ahead)} of them.")
    return Finding(about, f"The advantage is {outcome(options)}, size-adjusted:", tuple(parts))


def _decides(options: Options, result: Result) -> Finding:
    names, parts = input_labels(result, result.chosen), []
    first: dict[str, list[str]] = {}
    for m, measure in enumerate(options.measures):
        total, sure, title = result.indices.indices.total[m], result.indices.total[m], scales.scale_of(measure).label
        if result.indices.indices.constant[m]:
            parts.append(f"{title}: the advantage is the same at every point; nothing decides.")
            continue
        order = np.argsort(-total.value, kind="stable")[:NAMED].tolist()
        first.setdefault(within(names[order[0]]), []).append(_label(measure))
        shown = [f"{within(names[i])} {phrases.cell(total[i])}{'' if sure[i] else ' (not converged)'}" for i in order]
        nothing = int((total.high < 0.05).sum())
        parts.append(f"{title}: {'; '.join(shown)}. Of the {len(names)} inputs, {nothing} {'has' if nothing == 1 else 'have'} a total index below 0.05, "
                     "including the interval.")
    about = "; ".join(f"{name} decides most in the {words.listed(returns)} return" for name, returns in first.items()) or "nothing decides"
    return Finding(capital(about), "A total Sobol index is the share of the variance that would remain if all other inputs were known:", tuple(parts))


def _together(options: Options, result: Result) -> Finding:
    alone = [each.sum_of_first for each in result.advantages]
    about = ("The rows are too few to separate single inputs from inputs that act together" if max(alone) > 1 else
             "Inputs act mostly alone" if min(alone) >= ALONE else "Inputs act partly together")
    parts = [f"{scales.scale_of(measure).label}: they add up to {value:.2f}. " + (
        f"The other {1 - value:.2f} comes from inputs that act together." if value <= 1 else "A share of the variance cannot exceed 1: the rows are too few.")
        for measure, value in zip(options.measures, alone, strict=True)]
    return Finding(about, "First-order indices add up to the share of the variance that inputs explain one by one (an estimate without interval):",
                   tuple(parts))


def _signs(options: Options, result: Result) -> Finding:
    names, parts = [within(name) for name in input_labels(result, result.chosen)], []
    turning = dict.fromkeys(names[i] for each in result.advantages for i, _, _ in each.turning)
    about = (f"{capital(words.listed(list(turning)))} alone can change who is ahead" if turning else
             "No single input changes who is ahead" if any(each.sign for each in result.advantages) else "Neither side is ahead at the defaults")
    for measure, each in zip(options.measures, result.advantages, strict=True):
        title = scales.scale_of(measure).label
        if not each.sign:
            why = "there is no practical difference" if each.standing == "same" else "the interval contains 0"
            parts.append(f"{title}: at the defaults {why}, so no side is ahead that could fall behind.")
            continue
        ends = [f"{names[i]} at its {side} end ({phrases.text(measure, part)})" for i, side, part in each.turning]
        parts.append(f"{title}: " + (f"the other side is ahead with {'; '.join(ends)}." if ends else "no single input puts the other side ahead."))
    return Finding(about, "One input goes to an end of its range, and all others stay at their defaults:", tuple(parts))


def _excluded(options: Options, result: Result) -> Finding:
    n, k = len(result.inputs.names), len(result.chosen)
    if n == k:
        return Finding(f"All {n} numbers were selected", "Sobol indices are estimated for each of them.")

    def by_return(shares: Sequence[str]) -> str:
        return words.listed([f"{each} ({_label(measure)})" for each, measure in zip(shares, options.measures, strict=True)])

    return Finding(
        f"The {k} selected numbers make up {by_return([share(each.of_effects) for each in result.advantages])} of all effects in the screening",
        f"The screening ranked {n} numbers by their mean elementary effect (mu*). The other {n - k} stay at their defaults, so the indices are shares of a "
        f"variance without them. That variance is {by_return([phrases.share(each.of_variance) for each in result.advantages])} of the variance when all {n} "
        f"vary together. {result.as_weak} of the numbers that were not selected cannot be distinguished from the weakest selected one. {result.small} of "
        f"all {n} have effects below {share(SMALL)} of the largest in every return, including the interval.")


def _converged(options: Options, result: Result) -> Finding:
    names, n = input_labels(result, result.chosen), 2 * len(options.measures) * len(result.chosen)
    open_ones = [f"{within(names[i])} ({kind}, {_label(options.measures[m])})"
                 for kind, sure in (("first", result.indices.first), ("total", result.indices.total)) for m, i in zip(*np.nonzero(~sure), strict=True)]
    halves = f"Total indices from the two halves of the worlds differ by {result.halves_apart:.2f} at most."
    if not open_ones:
        return Finding(f"All {n} indices have converged", f"Their intervals reach less than {NARROW:g} to either side, and the intervals from half of the rows "
                                                          f"contain the indices from all rows. {halves}")
    more = f" and {len(open_ones) - LISTED} more" if len(open_ones) > LISTED else ""
    return Finding(f"{len(open_ones)} of {n} indices {'has' if len(open_ones) == 1 else 'have'} not converged",
                   f"They are marked so: {', '.join(open_ones[:LISTED])}{more}. More rows (--rows) narrow them. {halves}")


def conclusions(options: Options, result: Result) -> list[Conclusion]:
    """Who is ahead in each return, and how often that holds where all parameters vary."""
    rows, names = [], [within(name) for name in input_labels(result, result.chosen)]
    for m, (measure, each) in enumerate(zip(options.measures, result.advantages, strict=True)):
        total = result.indices.indices.total[m]
        often = each.sign or (1 if each.ahead.value > 0.5 else -1)
        one, other = _sides(options)[::often]
        sides = " or ".join(_sides(options)) + " makes no practical difference" if each.standing == "same" else (
            " and ".join(_sides(options)) + " cannot be distinguished")
        text = f"{one} is ahead of {other}" if each.sign else f"{sides} at the defaults, and elsewhere {one} has more of it more often"
        decides = [f"{names[i]}, total index {phrases.cell(total[i])}" for i in np.argsort(-total.value, kind="stable")[:2].tolist()]
        turned = [f"{names[i]} at its {side} end puts the other side ahead" for i, side, _ in each.turning]
        rows.append(Conclusion(f"{scales.scale_of(measure).label}, size-adjusted: {text}; {outcome(options)} is {phrases.text(measure, each.at_defaults)} at "
                               "the defaults", "; ".join([*decides, *turned]), each.ahead if often > 0 else each.behind))
    return rows


def tried(options: Options, result: Result) -> str:
    """Of what the shares of the conclusions are."""
    return f"{result.n_everywhere} draws of all {len(result.inputs.names)} numbers"


def caveats(options: Options, result: Result) -> list[str]:
    """What the reader must know to read the findings."""
    failed = sorted({*options.job.settings.strategies} - {*result.strategies})
    return [
        "Parameters are drawn evenly and independently over their plausible ranges. An index says what decides within these ranges; wider ranges give other "
        "indices. Of the data of the world only growth of the focal state varies. The numbers of strategies and policies do not vary. The "
        "defaults are those of this world, scenario and these policies.",
        "Intervals of elementary effects are over trajectories and those of indices over rows, both for the worlds used. Intervals at the ends of ranges are "
        "over worlds. Pale bands of the response curves hold nine in ten points; more worlds do not narrow them.",
        "A side counts with its best member at each point, selected on the same worlds on which it is compared. That flatters both sides a little.",
        *([f"Missing, because some of their cells failed: {', '.join(labels(failed).values())}."] if failed else [])]
