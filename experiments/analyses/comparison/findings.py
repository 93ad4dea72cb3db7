"""Findings of a comparison in sentences: no claim without an interval, nobody ahead where two cannot be distinguished."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.checks import AS_IT_IS, STRUCTURES
from experiments.analyses.comparison.comparison import Comparison, returns_in
from experiments.analyses.comparison.contrasts import CLAIM, ahead_of, alike, best_of, difference, hedging_index, members, size_adjusted, some_differ
from experiments.analyses.comparison.structures import where
from experiments.figures.scales import scale_of
from experiments.figures.style import family_label, labels
from experiments.methods.overlap import ONE
from experiments.methods.survival import ROBUST
from experiments.names import filled, powers
from experiments.report.differences import gains, gains_and_costs, noun, size
from experiments.report.parts import Finding
from experiments.words import capital, fixed, in_ten, listed, number, plural, share, signed, within
from sim.behaviour import LABELS
from sim.parameters import Parameters
from sim.payoffs import RETURNS
from sim.quantity import quantities

#: A strategy whose hedging index is below this engages one power only, whatever its family says.
ALIGNED_IN_EFFECT = 0.1
#: Where the class of a strategy holds in at most this share of the worlds, the share is shown.
HALF = 0.5
#: Returns that the essay says its advice maximises.
CLAIMED = ("economic", "autonomy", "legitimacy", "trust")


def title(comparison: Comparison, state: str, assumptions: Assumptions | None = None) -> str:
    """The headline: what hedging gains and costs against alignment, size-adjusted, and what of it rests on the structure of the model."""
    between = f"{state} between {listed(powers())}"
    hedging, aligned = members(comparison, "hedging"), members(comparison, "alignment")
    if not (hedging and aligned):
        return f"{between}: {plural(len(comparison.strategies), 'strategy')} compared"
    differences = {measure: size_adjusted(comparison, hedging, aligned, measure) for measure in returns_in(comparison.payoffs)}
    large = {sign: [noun(m) for m, d in differences.items() if d.counts == sign] for sign in (1, -1)}
    turning = [] if assumptions is None else [
        noun(m) for sign in (1, -1) for m, d in differences.items()
        if d.counts == sign and assumptions.structures.turning(m, hedging, aligned, sign)]
    rests = f"; with the model built otherwise {listed(turning)} {_turn(len(turning))} round" if turning else ""
    nothing = f"makes no {'practical' if all(d.small for d in differences.values()) else 'certain'} difference"
    return f"{between}: hedging {gains_and_costs(large) or nothing}, compared with alignment{rests}"


def headline(comparison: Comparison, assumptions: Assumptions | None) -> list[Finding]:
    """The findings in plain words, in the order in which a reader asks."""
    return [
        *(Finding(scale_of(measure).label, _return(comparison, assumptions, measure)) for measure in returns_in(comparison.payoffs)),
        *_essay(comparison),
        Finding("What the strategies do", *_behaviour(comparison)),
        Finding("What one values", _weights(comparison)),
        *([Finding("Which returns are one", _overlap(comparison))] if len(comparison.correlation) else []),
        *([Finding("What rests on assumptions", _rests_on(comparison, assumptions)), Finding("What rests on the structure", *_rests_on_structure(assumptions)),
           Finding("What rests on the facts", _rests_on_facts(comparison, assumptions))] if assumptions else []),
        Finding("How sure", _pairing(comparison)),
    ]


def labels_of(comparison: Comparison) -> Mapping[str, str]:
    """What each strategy is called in a sentence."""
    return labels(comparison.strategies)


def parameter_labels() -> dict[str, str]:
    """What each structural parameter is called within a sentence."""
    return {name: within(quantity.meaning.split(":")[0]) for name, quantity in quantities(Parameters).items()}


def _return(comparison: Comparison, assumptions: Assumptions | None, measure: str) -> str:
    """Which strategy gains most of one return, and whether hedging or alignment is ahead."""
    shown, reference = labels_of(comparison), comparison.reference
    if alike(comparison, measure):
        return "No strategy differs from any other in any world."
    best, ties = best_of(comparison, comparison.strategies, measure)
    if len(ties) == len(comparison.strategies) - 1 and not some_differ(comparison, measure):
        return f"No strategy gains more than any other for certain and in practice, in {_worlds(comparison)}."
    if best == reference:
        first = f"No strategy gains more than the reference, {shown[reference]}."
    elif reference in ties:
        none = "" if ahead_of(comparison, reference, measure) else f"No strategy gains more than {shown[reference]} for certain and in practice. "
        first = (f"{none}{capital(shown[best])} has the highest mean; against {shown[reference]} it "
                 f"{gains(measure, difference(comparison, best, reference, measure))}.")
    else:
        d = difference(comparison, best, reference, measure)
        where = f"in {in_ten(d.better, 'worlds', comparison.n_worlds)}"
        if assumptions is not None:
            where += f" and in {in_ten(assumptions.share_better(best, reference, measure), 'draws of the assumptions', assumptions.n_draws)}"
        first = (f"{capital(shown[best])} gains most. It is ahead of {shown[reference]} {where}, by {size(measure, d)} on average."
                 f"{_turns(assumptions, measure, (best,), (reference,), d.counts)}")
    tied = _tied(comparison, measure, best, [name for name in ties if name != reference])
    return f"{first}{tied} {_families(comparison, assumptions, measure)}".strip()


def _tied(comparison: Comparison, measure: str, best: str, ties: Sequence[str]) -> str:
    """Sentences on those that gain as much as the best but for what matters, and on those that it is not certainly ahead of."""
    shown, whom = labels_of(comparison), "the reference" if best == comparison.reference else "it"
    near = [shown[name] for name in ties if difference(comparison, best, name, measure).small]
    unsure = [shown[name] for name in ties if not difference(comparison, best, name, measure).small]
    return ((f" {capital(listed(near))} {'gains' if len(near) == 1 else 'gain'} as much, or nearly, as {whom}." if near else "")
            + (f" {capital(listed(unsure))} cannot be distinguished from {whom}." if unsure else ""))


def _worlds(comparison: Comparison) -> str:
    return "one world" if comparison.n_worlds == 1 else f"{comparison.n_worlds:,} worlds"


def _families(comparison: Comparison, assumptions: Assumptions | None, measure: str) -> str:
    """The best hedging strategy against the best aligned one, then both families size-adjusted."""
    hedging, alignment = members(comparison, "hedging"), members(comparison, "alignment")
    if not (hedging and alignment):
        return ""
    shown = labels_of(comparison)
    hedger, aligned = (best_of(comparison, side, measure)[0] for side in (hedging, alignment))
    d = difference(comparison, hedger, aligned, measure)
    even = size_adjusted(comparison, hedging, alignment, measure)
    of_one_size = len(hedging) == len(alignment)
    ahead, behind = (hedger, aligned) if d.sign > 0 else (aligned, hedger)
    held = 1.0 if assumptions is None else assumptions.share_better(ahead, behind, measure)
    side = "Hedging" if d.sign > 0 else "Alignment"
    if d.small:
        verdict = "Hedging or alignment makes no practical difference"
    elif d.sign == 0:
        verdict = "Hedging and alignment cannot be distinguished"
    elif even.counts != d.sign:
        verdict = f"{side} is ahead with all its members, but not size-adjusted"
    elif held < ROBUST:
        verdict = f"{side} is ahead at the defaults, but only in {in_ten(held, 'draws of the assumptions', assumptions.n_draws if assumptions else 1)}"
    else:
        verdict = f"{side} is ahead"
    index = hedging_index(comparison, hedger)
    note = f" {capital(shown[hedger])} hedges in name only here: its hedging index is {fixed(index, 2)}." if index < ALIGNED_IN_EFFECT else ""
    adjusted = "" if of_one_size else f" Size-adjusted, hedging {gains(measure, even)}."
    advantage = f"the best hedging strategy, {shown[hedger]}, {gains(measure, d)} against the best aligned one, {shown[aligned]}."
    return f"{verdict}: {advantage}{note}{adjusted}{_turns(assumptions, measure, hedging, alignment, even.counts)}"


def _turns(assumptions: Assumptions | None, measure: str, one: Sequence[str], other: Sequence[str], sign: int) -> str:
    """A sentence where a certain difference turns round under some structure; else nothing."""
    turning = [] if assumptions is None or not sign else assumptions.structures.turning(measure, one, other, sign)
    return f" This turns round where {where(turning)}." if turning else ""


def _essay(comparison: Comparison) -> list[Finding]:
    """The essay's advice: no prominence to one power maximises political, economic and diplomatic returns."""
    others = [name for name in ("status_quo", "bandwagon_first") if name in comparison.strategies]
    if CLAIM not in comparison.strategies or not others:
        return []
    shown = labels_of(comparison)
    differences = {other: {m: difference(comparison, CLAIM, other, m) for m in RETURNS} for other in others}
    by_sign = {sign: [noun(m) for m in CLAIMED if all(each[m].counts == sign for each in differences.values())] for sign in (1, -1)}
    verdict = (f"No prominence to one power ({shown[CLAIM]}) {gains_and_costs(by_sign) or 'neither gains nor costs any return for certain and in practice'}, "
               f"compared with {' and with '.join(shown[name] for name in others)}.")
    parts = [f"Against {shown[other]} it {listed([gains(m, each[m]) for m in CLAIMED])}." for other, each in differences.items()]
    unnamed = [gains(m, differences[others[0]][m]) for m in RETURNS if m not in CLAIMED]
    return [Finding("Even distance", verdict, (*parts, f"In the other returns, against {shown[others[0]]}, it {listed(unnamed)}."))]


def behaviour_of(comparison: Comparison) -> dict[str, str]:
    """The class that each strategy falls into most often, in words."""
    first = comparison.behaviour.drop_duplicates("strategy")
    return {str(row.strategy): filled(LABELS[str(row.behaviour)]) for _, row in first.iterrows()}


def _behaviour(comparison: Comparison) -> tuple[str, tuple[str, ...]]:
    """Which strategies do what, by what was measured and not by their labels."""
    shown, measured = labels_of(comparison), behaviour_of(comparison)
    groups = {label: [name for name in comparison.strategies if measured[name] == label] for label in dict.fromkeys(measured.values())}
    hedgers = members(comparison, "hedging")
    really = [name for name in hedgers if measured[name] == LABELS["hedging"]]
    verdict = (f"Of {plural(len(hedgers), 'strategy')} labelled hedging, {len(really) or 'none'} {'hedge' if len(really) > 1 else 'hedges'} by what is "
               "measured." if hedgers else "Families are labels; what each strategy does is measured.")
    most = comparison.behaviour.groupby("strategy").share.max()
    named = {name: f"{label} (in {share(most[name])} of worlds)" if most[name] <= HALF else label for name, label in shown.items()}
    return verdict, tuple(f"{capital(label)}: {listed([named[name] for name in group])}." for label, group in groups.items())


def _overlap(comparison: Comparison) -> str:
    """Returns that say the same of all strategies, and those that trade off."""
    def pairs(rows: Any) -> str:
        return listed([f"{noun(row.measure)} with {noun(row.other)} ({fixed(row.correlation, 2)})" for _, row in rows.iterrows()])

    table = comparison.correlation
    one, against = table[table.correlation > ONE], table[table.correlation < -ONE]
    first = (f"Over the strategies these returns are one: {pairs(one)}. They share one weight in what one values." if len(one) else
             "No two returns are one over the strategies.")
    return first + (f" These are a trade-off: {pairs(against)}." if len(against) else "")


def _weights(comparison: Comparison) -> str:
    """Which strategy and which family is best for how many weightings of the returns."""
    table = comparison.dominance.sort_values("share", ascending=False, kind="stable")
    of = {kind: table[(table.kind == kind) & (table.share > 0)].head(3) for kind in ("strategy", "family")}
    shown = {"strategy": labels_of(comparison), "family": {name: family_label(name) for name in comparison.families.values()}}
    named = {kind: listed([f"{shown[kind][str(r['name'])]} ({share(r['share'], r['low'], r['high'])})" for _, r in rows.iterrows()])
             for kind, rows in of.items()}
    first: Any = of["strategy"].iloc[0]
    verdict = f"{capital(shown['strategy'][str(first['name'])])} is best for most" if first["low"] > 0.5 else "No strategy is surely best for most"
    return (f"{verdict} weightings of the returns. The largest shares: {named['strategy']}. "
            f"The largest shares of families, size-adjusted to {_size_of_teams(comparison)} each: {named['family']}.")


def _size_of_teams(comparison: Comparison) -> str:
    size = min(Counter(comparison.families[name] for name in comparison.strategies).values())
    return "one member" if size == 1 else f"{size} members"


def _rests_on(comparison: Comparison, assumptions: Assumptions) -> str:
    """How often some strategies have more consumption than the reference when the assumptions are drawn again, and what that depends on."""
    rivals = [name for name in comparison.strategies if name != comparison.reference]
    if not rivals:
        return "Only one strategy was compared."
    shown, parameters = labels_of(comparison), parameter_labels()
    table = assumptions.table[assumptions.table.measure == "economic"].set_index("strategy")
    sentences = []
    for name in dict.fromkeys([best_of(comparison, rivals, "economic")[0], *(n for n in (CLAIM, "bandwagon_first") if n in rivals)]):
        row: Any = table.loc[name]
        moved = f" What moves this most is {parameters[row.mover]} (rank correlation {signed(row.correlation, 2)})." if row.mover else ""
        more, less = (in_ten(part, "draws", assumptions.n_draws) for part in (row.better, row.worse))
        sentences.append(f"{capital(shown[name])} has more consumption than {shown[comparison.reference]} in {more}, and less in {less}.{moved}")
    return (f"{' '.join(sentences)} All {len(assumptions.names)} structural parameters of grade C were drawn over their plausible "
            f"ranges, {plural(assumptions.n_draws, 'time')}.")


def _rests_on_structure(assumptions: Assumptions) -> tuple[str, tuple[str, ...]]:
    """How many certain differences to the reference turn round when one part of the model is built otherwise."""
    structures = assumptions.structures
    certain = {(strategy, measure): sign for measure in RETURNS for strategy in structures.strategies if strategy != structures.reference
               if (sign := structures.signs(measure, (strategy,), (structures.reference,))[AS_IT_IS])}
    turned: dict[str, int] = dict.fromkeys(STRUCTURES, 0)
    some = 0
    for (strategy, measure), sign in certain.items():
        turning = structures.turning(measure, (strategy,), (structures.reference,), sign)
        some += bool(turning)
        for name in turning:
            turned[name] += 1
    verdict = (f"{some} of {len(certain)} certain differences to the reference {_turn(some)} round when one part of the model is built otherwise." if certain
               else "No difference to the reference is certain here.")
    return verdict, tuple(f"{capital(STRUCTURES[name].where)}: {count} {_turn(count)} round." for name, count in turned.items() if count)


def _turn(count: int) -> str:
    return "turns" if count == 1 else "turn"


def _rests_on_facts(comparison: Comparison, assumptions: Assumptions) -> str:
    """How often the best strategy in consumption stays ahead when the figures of the world are drawn again."""
    rivals = [name for name in comparison.strategies if name != comparison.reference]
    if not rivals:
        return "Only one strategy was compared."
    shown, best = labels_of(comparison), best_of(comparison, rivals, "economic")[0]
    ahead, draws = assumptions.share_better(best, comparison.reference, "economic", facts=True), assumptions.facts.payoffs["economic"].shape[1]
    return (f"{capital(shown[best])} has more consumption than {shown[comparison.reference]} in {in_ten(ahead, 'draws of the facts', draws)}. Every figure of "
            f"the world was drawn again {plural(draws, 'time')}: measured ones within 5 %, inferred ones within 20 %, assumed ones within 50 %.")


def _pairing(comparison: Comparison) -> str:
    ratio = comparison.variance_reduction
    if not np.isfinite(ratio):
        return "All strategies are compared on the same worlds."
    return (f"All strategies are compared on the same worlds. Independent worlds would have to be {number(ratio)} times as many for intervals as narrow "
            "(consumption, median over strategies).")
