"""Findings are made from the numbers: whoever is ahead is named, and ties are called ties."""

import re

import numpy as np
import pytest

from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.comparison import Comparison, compare
from experiments.analyses.comparison.contrasts import best_of, difference
from experiments.analyses.comparison.findings import headline, title
from experiments.analyses.comparison.structures import where
from experiments.cells.job_cells import Results
from experiments.names import Names, naming
from experiments.report.differences import Difference, amount, gains, size
from experiments.report.parts import Finding
from experiments.words import decimals_of
from sim.payoffs import MEASURES, Payoff
from tests.experiments.analyses.comparison.made_up import assumptions
from tests.experiments.analyses.comparison.test_comparison import ANCHORS
from tests.given import shipped

FAMILIES = {"status_quo": "status_quo", "equidistance": "hedging", "bandwagon_first": "alignment"}


def a_comparison(equidistance: float, bandwagon: float, n: int = 64) -> Comparison:
    """Three strategies whose economic return differs by given means from the reference, with a little noise."""
    rng = np.random.default_rng(0)
    weather = rng.normal(size=n)
    payoffs = {measure: np.tile(weather, (3, 1)) for measure in MEASURES}
    payoffs["economic"] = np.stack([weather, weather + equidistance, weather + bandwagon]) + 0.001 * rng.normal(size=(3, n))
    payoffs["hedging_index"] = np.full((3, n), 0.5)
    return compare(Results(tuple(FAMILIES), payoffs), FAMILIES, "status_quo", Payoff(anchors=ANCHORS), seed=1)


def of_measures(names: tuple[str, ...], **values) -> Comparison:
    """Strategies with one value of each measure in both of two worlds; measures that are not given differ at random."""
    rng = np.random.default_rng(0)
    payoffs = {measure: np.repeat(np.asarray(values.get(measure, rng.normal(size=len(names))), dtype=float)[:, None], 2, axis=1) for measure in MEASURES}
    families = {name: shipped("strategies")[name].family for name in names}
    return compare(Results(names, payoffs), families, names[0], Payoff(anchors=ANCHORS), seed=1)


def about(heading: str, comparison: Comparison, checks: Assumptions | None = None) -> Finding:
    return next(finding for finding in headline(comparison, checks) if finding.about == heading)


def economic(comparison: Comparison) -> str:
    return about("Economic", comparison).text


def test_hedging_is_ahead_when_it_is_ahead_and_alignment_when_it_is_ahead():
    assert "Hedging is ahead: " in economic(a_comparison(0.02, 0.01))
    assert "Alignment is ahead: " in economic(a_comparison(0.01, 0.02))
    assert title(a_comparison(0.02, 0.01), "Laos").endswith(": hedging gains consumption, compared with alignment")
    assert title(a_comparison(0.01, 0.02), "Laos").endswith(": hedging costs consumption, compared with alignment")
    assert title(a_comparison(0.02, 0.02), "Laos").endswith(": hedging makes no practical difference, compared with alignment")


def test_a_difference_too_small_to_matter_puts_nobody_ahead():
    # .2 % of consumption are certain but less than matters, .25; .3 % are more.
    text = economic(a_comparison(0.012, 0.01, n=4096))
    assert ("Hedging or alignment makes no practical difference: the best hedging strategy, equidistance, makes no practical difference to consumption (+0.20"
            in text)
    assert "is ahead:" not in text
    assert "Hedging is ahead: the best hedging strategy, equidistance, gains 0.3" in economic(a_comparison(0.013, 0.01, n=4096))
    best, ties = best_of(a_comparison(0.012, 0.01, n=4096), tuple(FAMILIES), "economic")
    assert (best, ties) == ("equidistance", ["bandwagon_first"])


def test_a_tie_is_called_a_tie():
    text = economic(a_comparison(0.0203, 0.02, n=2))
    assert "Hedging and alignment cannot be distinguished: " in text
    assert "is ahead:" not in text


def test_no_claim_of_size_stands_without_an_interval():
    claims = 0
    for finding in headline(a_comparison(0.02, 0.01), None):
        for sentence in (*re.split(r"(?<=\.) ", finding.text), *finding.parts):
            if re.search(r"is ahead|% of consumption|points of ", sentence):
                claims += 1
                assert "[" in sentence, sentence
    assert claims >= 4


def test_one_world_distinguishes_nothing():
    assert economic(a_comparison(0.02, 0.01, n=1)) == "No strategy gains more than any other for certain and in practice, in one world."
    assert amount("economic", Difference(0.01, -np.inf, np.inf, 1))== "+1.01 [no interval] % of consumption"


def test_amounts_are_percent_of_consumption_and_points():
    # exp(.01) - 1 = 1.005 %
    assert amount("economic", Difference(0.01, 0.0, 0.02, 1)) == "+1.0 [0.0, +2.0] % of consumption"
    assert amount("autonomy", Difference(0.031, 0.0305, 0.0315, 1)) == "+3.10 [+3.05, +3.15] points"


def test_a_gain_and_a_cost_are_positive_numbers_with_the_name_of_the_return():
    assert gains("trust", Difference(0.031, 0.0305, 0.0315, 1)) == "gains 3.10 [3.05, 3.15] points of trust"
    # 1 - exp(-.02) = 1.98 %, at the ends 1.00 and 2.96
    assert gains("economic", Difference(-0.02, -0.03, -0.01, 0)) == "costs 2.0 [1.0, 3.0] % of consumption"
    assert gains("security", Difference(0.0, -0.001, 0.001, 0.5)) == "makes no certain difference to security (0.0 [−0.1, +0.1] points)"
    assert gains("stability", Difference(0.0, 0.0, 0.0, 0)) == "leaves stability unchanged"
    assert size("autonomy", Difference(-0.031, -0.0315, -0.0305, 0)) == "3.10 [3.05, 3.15] points of autonomy"


def test_digits_follow_the_interval():
    assert [decimals_of(-half, half) for half in (20, 2, 0.5, 0.05, 0.005, 0.0000005, 0.0)] == [0, 1, 1, 2, 3, 5, 2]
    assert decimals_of(0.004, 0.6) == 3  # an end that is not 0 does not read as 0


def test_the_best_is_named_with_those_it_cannot_be_distinguished_from():
    best, ties = best_of(a_comparison(0.02, 0.02), tuple(FAMILIES), "economic")
    assert {best, *ties} == {"equidistance", "bandwagon_first"}


def test_a_difference_has_opposite_signs_both_ways():
    comparison = a_comparison(0.02, 0.01)
    one, other = (difference(comparison, *pair, "economic") for pair in (("equidistance", "bandwagon_first"), ("bandwagon_first", "equidistance")))
    assert one.mean == pytest.approx(-other.mean)
    assert one.sign == -other.sign == 1


def test_nobody_is_ahead_where_few_draws_of_the_assumptions_agree():
    comparison = a_comparison(0.02, 0.01)
    draws = np.zeros((3, 10))
    draws[1, :6] = 1  # equidistance ahead in six draws of ten
    text = about("Economic", comparison, assumptions(comparison, draws)).text
    assert "Hedging is ahead at the defaults, but only in 6 of 10 draws of the assumptions" in text
    assert "Hedging is ahead: " not in text


class TestBehaviour:
    def test_it_is_told_by_what_was_measured_and_counts_the_hedgers_that_hedge(self):
        engaged = {"mean_engagement": [0.5] * 5, "lean": [0.1, 0.1, 0.9, 0.9, 0.3], "hedging_index": [0.8, 0.8, 0.1, 0.1, 0.5], "tilt": [0, 0, 0.9, -0.9, 0.3]}
        comparison = of_measures(("status_quo", "equidistance", "bandwagon_first", "auction", "omni_enmeshment"), **engaged)
        finding = about("What the strategies do", comparison)
        assert finding.text == "Of 3 strategies labelled hedging, 1 hedges by what is measured."
        assert finding.parts == (
            "Hedging: status quo and equidistance.", "Aligned with the first power: bandwagon first power.", "Aligned with the second power: auction.",
            "In between: omni enmeshment.")

    def test_powers_are_called_as_in_the_world(self):
        comparison = of_measures(("status_quo", "bandwagon_second"), mean_engagement=[0.2, 0.5], lean=[0, 0.9], hedging_index=[0, 0], tilt=[0, -0.9])
        with naming(Names(powers=("China", "the US"))):
            finding = about("What the strategies do", comparison)
        assert finding.parts == ("Withdrawn: status quo.", "Aligned with the US: bandwagon US.")
        assert finding.text == "Families are labels; what each strategy does is measured."

    def test_what_a_strategy_does_in_half_of_the_worlds_or_fewer_is_told_with_their_share(self):
        # Withdrawn in two of four worlds, with the first power in one, in between in one.
        names, families = ("status_quo", "equidistance"), {"status_quo": "status_quo", "equidistance": "hedging"}
        payoffs = {measure: np.full((2, 4), 0.5) for measure in MEASURES} | {
            "mean_engagement": np.array([[0.5] * 4, [0.2, 0.2, 0.5, 0.5]]), "lean": np.array([[0.0] * 4, [0.3, 0.3, 0.9, 0.3]])}
        comparison = compare(Results(names, payoffs), families, "status_quo", Payoff(anchors=ANCHORS), seed=1)
        assert about("What the strategies do", comparison).parts == ("Hedging: status quo.", "Withdrawn: equidistance (in 50 % of worlds).")

    def test_none_of_the_hedgers_may_hedge(self):
        comparison = of_measures(("status_quo", "equidistance"), mean_engagement=[0.2, 0.2], lean=[0, 0], hedging_index=[0, 0], tilt=[0, 0])
        assert about("What the strategies do", comparison).text == "Of 1 strategy labelled hedging, none hedges by what is measured."


class TestOverlap:
    FIVE = ("status_quo", "equidistance", "bandwagon_first", "auction", "omni_enmeshment")

    def test_returns_that_are_one_and_those_that_trade_off_are_named(self):
        line, bend = np.arange(5.0), np.array([4.0, 1, 0, 1, 4])
        comparison = of_measures(self.FIVE, economic=line, autonomy=-line, legitimacy=line, stability=bend, trust=np.zeros(5), security=np.zeros(5))
        assert about("Which returns are one", comparison).text == (
            "Over the strategies these returns are one: consumption with legitimacy (1.00). They share one weight in what one values. "
            "These are a trade-off: consumption with autonomy (−1.00) and autonomy with legitimacy (−1.00).")

    def test_where_none_are_one_it_is_said(self):
        rows = np.array([[-2.0, -1, 0, 1, 2], [2, -1, -2, -1, 2], [-1, 2, 0, -2, 1], [1, -4, 6, -4, 1]])  # at right angles
        returns = dict(zip(("economic", "autonomy", "legitimacy", "trust"), rows, strict=True)) | dict.fromkeys(("stability", "security"), np.zeros(5))
        comparison = of_measures(self.FIVE, **returns)
        assert about("Which returns are one", comparison).text == "No two returns are one over the strategies."

    def test_nothing_is_said_of_few_strategies(self):
        assert "Which returns are one" not in [finding.about for finding in headline(a_comparison(0.02, 0.01), None)]


class TestStructure:
    """Equidistance gains .02 and bandwagon first power .01 at the defaults."""

    def test_what_turns_round_when_a_part_is_built_otherwise_is_counted_and_told(self):
        comparison = a_comparison(0.02, 0.01)
        checks = assumptions(comparison, np.ones((3, 4)), changed={"contest_off": -1.0, "claims_off": 0.5})
        finding = about("What rests on the structure", comparison, checks)
        # Under one structure both differences change their sign, under the other they are half as large; all other returns are alike.
        assert finding.text == "2 of 2 certain differences to the reference turn round when one part of the model is built otherwise."
        assert finding.parts == ("Powers court nobody more as they compete: 2 turn round.",)
        economic = about("Economic", comparison, checks).text
        assert economic.count(" This turns round where powers court nobody more as they compete.") == 2  # of the best strategy, and of hedging

    def test_where_nothing_turns_nothing_is_added(self):
        comparison = a_comparison(0.02, 0.01)
        checks = assumptions(comparison, np.ones((3, 4)))
        assert about("What rests on the structure", comparison, checks).text == (
            "0 of 2 certain differences to the reference turn round when one part of the model is built otherwise.")
        assert "turns round" not in about("Economic", comparison, checks).text
        assert title(comparison, "Laos", checks) == title(comparison, "Laos")

    def test_what_is_not_certain_cannot_turn(self):
        comparison = a_comparison(0.0, 0.0)
        finding = about("What rests on the structure", comparison, assumptions(comparison, np.ones((3, 4)), changed={"contest_off": -1.0}))
        assert (finding.text, finding.parts) == ("No difference to the reference is certain here.", ())

    def test_the_headline_names_the_returns_that_turn(self):
        comparison = a_comparison(0.02, 0.01)
        checks = assumptions(comparison, np.ones((3, 4)), changed={"size_off": -1.0})
        assert title(comparison, "Laos", checks).endswith(
            ": hedging gains consumption, compared with alignment; with the model built otherwise consumption turns round")

    def test_at_most_two_structures_are_named(self):
        assert where(["contest_off"]) == "powers court nobody more as they compete"
        assert where(["contest_off", "claims_off"]) == "powers court nobody more as they compete or no power makes a claim"
        assert where(["contest_off", "claims_off", "size_off", "regime_off"]) == (
            "powers court nobody more as they compete or no power makes a claim or under 2 other structures")


def test_how_often_the_best_stays_ahead_over_draws_of_the_facts():
    comparison = a_comparison(0.02, 0.01)
    facts = np.zeros((3, 10))
    facts[1, :7] = 1.0  # equidistance, the best, is ahead of the reference in seven of ten
    text = about("What rests on the facts", comparison, assumptions(comparison, np.ones((3, 4)), facts=facts)).text
    assert text.startswith("Equidistance has more consumption than status quo in 7 of 10 draws of the facts. Every figure of the world was drawn again 10 ")
