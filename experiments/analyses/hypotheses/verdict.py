"""The verdict on a hypothesis, from its effect at the defaults and over draws of the assumptions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from experiments.analyses.hypotheses.effect import Effect, effect_at_defaults, effects
from experiments.analyses.hypotheses.outcomes import Part, Values, parts_of
from experiments.analyses.hypotheses.teams import Tools
from experiments.configuration.hypothesis import Hypothesis, Where
from experiments.methods.discovery import Box
from experiments.methods.intervals import Estimate, share_interval
from experiments.methods.survival import FAILED, ROBUST, Movers
from sim.axes import Array
from sim.payoffs import Payoff

#: An effect no larger than this, in the unit of its measure, counts as 0: sums of rounding errors have a sign too.
NOTHING = 1e-12

SUPPORTED, REFUTED, CONDITIONAL, UNDECIDED = "supported", "refuted", "conditional", "undecided"
SMALL, UNTESTED = "no practical difference", "untested"
#: The same verdicts on an implementation check.
OF_A_CHECK = {SUPPORTED: "holds", REFUTED: "fails"}


@dataclass(frozen=True)
class Side:
    """Who was compared at the defaults where strategies are chosen by what they do.

    Attributes:
        condition: The condition.
        where: What the members do.
        members: Strategies that do it and were compared.
        best: The one with most of the outcome.
        size: Members of a team, near-duplicates being one.
        tools: Association effort, diversification and defence, where all sides had to have the same.
    """

    condition: str
    where: Where
    members: tuple[str, ...]
    best: str
    size: int
    tools: Tools | None


@dataclass(frozen=True)
class Verdict:
    """The verdict on one hypothesis.

    Attributes:
        name: Name of the hypothesis.
        hypothesis: The hypothesis.
        effect: The effect at the defaults; NaN where no strategy behaves as it says.
        draws: Effect in each draw of the assumptions, shape (draws,); NaN likewise.
        holds: Share of draws in which the sign is as expected, of those that have an effect.
        low: Lower end of the 95 % interval of that share, over draws.
        high: Upper end.
        word: See `decided`; of an implementation check, which `holds` or `fails`, see `OF_A_CHECK`.
        also: The verdicts when it is measured otherwise, by the name of the measurement.
        movers: The parameters drawn, by number, that move the effect most.
        region: Where among the draws a conditional hypothesis fails; empty where there is no such region.
        sides: Who was compared where strategies are chosen by what they do.
    """

    name: str
    hypothesis: Hypothesis
    effect: Effect
    draws: Array
    holds: float
    low: float
    high: float
    word: str
    also: "Mapping[str, Verdict]" = field(default_factory=dict)
    movers: Movers = ()
    region: tuple[Box, ...] = ()
    sides: tuple[Side, ...] = ()

    @property
    def sign(self) -> int:
        """+1 or -1 where the interval at the defaults excludes 0, else 0."""
        return sign_of(self.effect)


def sign_of(effect: Effect) -> int:
    """+1 or -1 where the interval excludes 0, else 0."""
    return 1 if effect.low > NOTHING else -1 if effect.high < -NOTHING else 0


def decided(effect: Effect, expected: int, draws: Array, share: Estimate, smallest: float) -> str:
    """The verdict. This is the one place where it is decided; the first line that fits counts.

    untested: nothing that is varied affects the effect, at the defaults or in any draw; or no strategy behaves as the statement says.
    no practical difference: the whole 95 % interval of the effect at the defaults lies within the smallest difference that matters,
        whatever its sign.
    supported: the effect at the defaults has the expected sign for certain, and the lower end of the interval of the share is at least `ROBUST`.
    refuted: the upper end of the interval of the share is at most `FAILED`.
    undecided: the interval at the defaults contains 0, or there are too few draws: the interval of the share contains both `FAILED` and `ROBUST`.
    conditional: in all other cases; the sign is certain at the defaults, and it depends on the assumptions whether it is the expected one.

    Args:
        effect: The effect at the defaults with its 95 % interval, paired over worlds.
        expected: The expected sign, +1 or -1.
        draws: The effect in each draw that has one.
        share: Share of these draws whose effect has the expected sign, with its 95 % interval (Wilson).
        smallest: The smallest difference in the measure that matters; 0 for a measure without one, and for an implementation check, which is
            about a sign.
    """
    ends = (effect.value, effect.low, effect.high)
    if not (len(draws) and np.isfinite(effect.value)) or not (draws.any() or any(ends)):
        return UNTESTED
    if -smallest < effect.low and effect.high < smallest:
        return SMALL
    if sign_of(effect) == expected and share.low >= ROBUST:
        return SUPPORTED
    if share.high <= FAILED:
        return REFUTED
    if sign_of(effect) == 0 or (share.low <= FAILED and share.high >= ROBUST):
        return UNDECIDED
    return CONDITIONAL


def verdict(name: str, hypothesis: Hypothesis, default: Mapping[str, Values], drawn: Mapping[str, Values], payoff: Payoff, seed: int,
            library: Mapping[str, Values] | None = None) -> Verdict:
    """The verdict on a hypothesis.

    Args:
        name: Its name.
        hypothesis: What is claimed.
        default: For each condition, the values at the defaults, one point.
        drawn: The same at many draws of the assumptions, one point each.
        payoff: Anchors of the composite, and the smallest differences that matter.
        seed: Entropy of the bootstrap.
        library: As `drawn`, for other measurements that need the whole library; None: `drawn` has it.
    """
    also = {called: verdict(name, other, default, library if other.by_behaviour and library else drawn, payoff, seed)
            for called, other in hypothesis.otherwise.items()}
    at_defaults, in_draws = (parts_of(hypothesis, each, payoff) for each in (default, drawn))
    return verdict_on(name, hypothesis, effect_at_defaults(hypothesis, at_defaults, seed), effects(hypothesis, in_draws), payoff,
                      also=also, sides=tuple(side for condition, parts in at_defaults.items() for side in _sides(condition, parts, hypothesis, default)))


def verdict_on(name: str, hypothesis: Hypothesis, effect: Effect, draws: Array, payoff: Payoff, *, also: Mapping[str, Verdict] | None = None,
               sides: tuple[Side, ...] = ()) -> Verdict:
    """The verdict on an effect and its draws."""
    with_effect = draws[np.isfinite(draws)]
    share = share_interval(int((hypothesis.sign * with_effect > NOTHING).sum()), len(with_effect))
    word = decided(effect, hypothesis.sign, with_effect, share, smallest_of(hypothesis, payoff))
    shown = OF_A_CHECK.get(word, word) if hypothesis.kind == "implementation_check" else word
    return Verdict(name, hypothesis, effect, draws, float(share.value), float(share.low), float(share.high), shown, also or {}, sides=sides)


def smallest_of(hypothesis: Hypothesis, payoff: Payoff) -> float:
    """The smallest effect that matters; 0 where the outcome is not in one return, and for an implementation check."""
    measures = {(term.measure, term.per) for term in hypothesis.outcome}
    if hypothesis.kind == "implementation_check" or len(measures) > 1 or any(per for _, per in measures):
        return 0.0
    return payoff.smallest(hypothesis.outcome[0].measure)


def _sides(condition: str, parts: list[Part], hypothesis: Hypothesis, default: Mapping[str, Values]) -> list[Side]:
    """Who was compared under a condition at the defaults."""
    result = []
    for part in parts:
        where, team = part.term.best_where, part.team
        if where is not None and team is not None and team.sizes[0]:
            members = tuple(name for name, is_member in zip(part.strategies, team.members[:, 0], strict=True) if is_member)
            tools = default[condition].tools[members[0]] if where.tools == "equal" else None
            result.append(Side(condition, where, members, part.best(hypothesis.statistic), int(team.sizes[0]), tools))
    return result
