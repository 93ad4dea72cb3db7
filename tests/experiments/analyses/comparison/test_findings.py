"""Findings are made from the numbers: whoever is ahead is named, and ties are called ties."""

import re

import numpy as np
import pandas as pd
import pytest

from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.comparison import Comparison, compare
from experiments.analyses.comparison.contrasts import best_of, difference
from experiments.analyses.comparison.findings import headline, title
from experiments.cells.job_cells import Results
from experiments.report.differences import Difference, amount, gains, size
from experiments.words import decimals_of
from sim.payoffs import MEASURES, Payoff
from tests.experiments.analyses.comparison.test_comparison import ANCHORS

FAMILIES = {"status_quo": "status_quo", "equidistance": "hedging", "bandwagon_first": "alignment"}


def a_comparison(equidistance: float, bandwagon: float, n: int = 64) -> Comparison:
    """Three strategies whose economic return differs by given means from the reference, with a little noise."""
    rng = np.random.default_rng(0)
    weather = rng.normal(size=n)
    payoffs = {measure: np.tile(weather, (3, 1)) for measure in MEASURES}
    payoffs["economic"] = np.stack([weather, weather + equidistance, weather + bandwagon]) + 0.001 * rng.normal(size=(3, n))
    payoffs["hedging_index"] = np.full((3, n), 0.5)
    return compare(Results(tuple(FAMILIES), payoffs), FAMILIES, "status_quo", Payoff(anchors=ANCHORS), seed=1)


def economic(comparison: Comparison) -> str:
    return next(finding.text for finding in headline(comparison, None) if finding.about == "Economic")


def test_hedging_is_ahead_when_it_is_ahead_and_alignment_when_it_is_ahead():
    assert "Hedging is ahead: " in economic(a_comparison(0.02, 0.01))
    assert "Alignment is ahead: " in economic(a_comparison(0.01, 0.02))
    assert title(a_comparison(0.02, 0.01), "Laos").endswith(": hedging gains consumption, compared with alignment")
    assert title(a_comparison(0.01, 0.02), "Laos").endswith(": hedging costs consumption, compared with alignment")
    assert title(a_comparison(0.02, 0.02), "Laos").endswith(": hedging makes no practical difference, compared with alignment")


def test_a_difference_too_small_to_matter_puts_nobody_ahead():
    text = economic(a_comparison(0.0108, 0.01, n=4096))  # 0.08 % of consumption
    assert "Hedging or alignment makes no practical difference: the best hedging strategy, equidistance, gains 0.08" in text


def test_a_tie_is_called_a_tie():
    text = economic(a_comparison(0.02, 0.02))
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
    assert economic(a_comparison(0.02, 0.01, n=1)) == "No strategy can be distinguished from any other in one world."
    assert amount("economic", Difference(0.01, -np.inf, np.inf, 1))== "+1.01 [no interval] % of consumption"


def test_amounts_are_percent_of_consumption_and_points():
    # exp(.01) - 1 = 1.005 %
    assert amount("economic", Difference(0.01, 0.0, 0.02, 1)) == "+1.0 [0.0, +2.0] % of consumption"
    assert amount("autonomy", Difference(0.031, 0.0305, 0.0315, 1)) == "+3.10 [+3.05, +3.15] points"


def test_a_gain_and_a_cost_are_positive_numbers_with_the_name_of_the_return():
    assert gains("trust", Difference(0.031, 0.0305, 0.0315, 1)) == "gains 3.10 [3.05, 3.15] points of trust return"
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
    draws = {measure: np.zeros((3, 10)) for measure in MEASURES}
    draws["economic"][1, :6] = 1  # equidistance ahead in six draws of ten
    frail = Assumptions(("local_threat",), 10, np.zeros((10, 1)), assumed_table(), Results(tuple(FAMILIES), draws))
    text = next(finding.text for finding in headline(comparison, frail) if finding.about == "Economic")
    assert "Hedging is ahead at the defaults, but only in 6 of 10 draws of the assumptions" in text
    assert "Hedging is ahead: " not in text


def assumed_table() -> pd.DataFrame:
    rows = [{"strategy": name, "measure": "economic", "better": 0.6, "worse": 0.4, "median": 0.0, "mover": "", "correlation": 0.0} for name in FAMILIES]
    return pd.DataFrame(rows)
