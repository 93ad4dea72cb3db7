"""Headlines are made from the numbers: who wins is said whichever side it is, and ties are called ties."""

import numpy as np
import pandas as pd
import pytest

from experiments.assumptions import Assumptions
from experiments.comparison import Comparison, compare
from experiments.report.headline import Difference, amount, best_of, difference, digits_for, headline
from experiments.runner import Results
from sim.payoffs import MEASURES, Payoff
from tests.experiments.test_comparison import ANCHORS

FAMILIES = {"status_quo": "status_quo", "equidistance": "hedging", "bandwagon_china": "alignment"}


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


def test_hedging_is_said_to_win_when_it_wins_and_alignment_when_it_wins():
    assert "Hedging wins" in economic(a_comparison(0.02, 0.01))
    assert "Alignment wins" in economic(a_comparison(0.01, 0.02))


def test_a_tie_is_called_a_tie():
    told = economic(a_comparison(0.02, 0.02))
    assert "cannot be told apart" in told
    assert "wins" not in told


def test_no_claim_of_size_stands_without_an_interval():
    for finding in headline(a_comparison(0.02, 0.01), None):
        for sentence in finding.text.split(". "):
            if "brings most" in sentence or "wins" in sentence or "Against" in sentence:
                assert "[" in sentence, sentence


def test_one_world_tells_nothing_apart():
    assert economic(a_comparison(0.02, 0.01, n=1)) == "No strategy can be told apart from any other in one world."
    assert amount("economic", Difference(0.01, -np.inf, np.inf, 1)).endswith("[one world: no interval]")


def test_amounts_are_percent_of_consumption_and_points():
    # exp(.01) - 1 = 1.005 %
    assert amount("economic", Difference(0.01, 0.0, 0.02, 1)) == "+1.0 % of consumption [0.0, +2.0]"
    assert amount("autonomy", Difference(0.031, 0.0305, 0.0315, 1)) == "+3.10 points of income [+3.05, +3.15]"


def test_digits_follow_the_interval():
    assert [digits_for(-half, half) for half in (2, 0.5, 0.05, 0.005, 0.00005, 0.0, np.inf)] == [1, 1, 2, 3, 3, 2, 2]


def test_the_best_is_told_with_those_it_cannot_be_told_apart_from():
    best, ties = best_of(a_comparison(0.02, 0.02), tuple(FAMILIES), "economic")
    assert {best, *ties} == {"equidistance", "bandwagon_china"}


def test_a_difference_has_opposite_signs_both_ways():
    comparison = a_comparison(0.02, 0.01)
    one, other = (difference(comparison, *pair, "economic") for pair in (("equidistance", "bandwagon_china"), ("bandwagon_china", "equidistance")))
    assert one.mean == pytest.approx(-other.mean)
    assert one.verdict == -other.verdict == 1


def test_what_few_draws_of_the_assumptions_bear_out_is_not_called_a_win():
    comparison = a_comparison(0.02, 0.01)
    draws = {measure: np.zeros((3, 10)) for measure in MEASURES}
    draws["economic"][1, :6] = 1  # equidistance ahead in six draws of ten
    frail = Assumptions(("local_threat",), 10, np.zeros((10, 1)), assumed_table(), Results(tuple(FAMILIES), draws))
    told = next(finding.text for finding in headline(comparison, frail) if finding.about == "Economic")
    assert "Hedging is ahead at the defaults, but in only 60 % of draws" in told
    assert "Hedging wins" not in told


def assumed_table() -> pd.DataFrame:
    rows = [{"strategy": name, "measure": "economic", "better": 0.6, "worse": 0.4, "median": 0.0, "mover": "", "correlation": 0.0} for name in FAMILIES]
    return pd.DataFrame(rows)
