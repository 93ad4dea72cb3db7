"""The table of every report: what is concluded, what moves it, how often it survives."""

import re

import numpy as np
import pytest

from experiments.analyses.comparison.comparison import Comparison, compare
from experiments.analyses.comparison.findings import headline
from experiments.analyses.comparison.page import conclusions_of
from experiments.cells.job_cells import Results
from experiments.methods.intervals import Estimate, share_interval
from experiments.methods.survival import correlations, movers
from experiments.report.conclusions import moved_by, table
from experiments.report.parts import Conclusion
from sim.payoffs import MEASURES, Payoff
from tests.experiments.analyses.comparison.made_up import assumptions
from tests.experiments.analyses.comparison.test_comparison import ANCHORS

FAMILIES = {"status_quo": "status_quo", "equidistance": "hedging", "auction": "hedging", "bandwagon_first": "alignment"}


def test_a_rank_correlation_by_hand():
    # ranks 1, 2, 3 with 3, 1, 2, about their mean of 2: (-1)(1) + (0)(-1) + (1)(0) = -1, over √(2 × 2)
    points = np.array([[30.0, 1.0, 5.0], [10.0, 2.0, 5.0], [20.0, 4.0, 5.0]])
    assert correlations(np.array([7.0, 8.0, 100.0]), points) == pytest.approx([-0.5, 1, 0])
    assert correlations(np.array([1.0, 2.0]), points[:2]).tolist() == [0, 0, 0]  # two points lie on a line whatever they are


def test_what_moves_an_outcome_is_named_strongest_first_with_its_direction():
    points = np.random.default_rng(0).random((256, 58))
    outcome = -3 * points[:, 7] + points[:, 20]
    assert [i for i, _ in movers(outcome, points)] == [7, 20]
    (_, first), (_, second) = movers(outcome, points)
    assert first < -0.9 < 0 < second
    assert moved_by(movers(outcome, points), [f"x{i}" for i in range(58)]) == f"x7, −{-first:.2f}; x20, +{second:.2f}"


def test_what_chance_alone_would_show_is_not_named():
    named = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        named += bool(movers(rng.normal(size=256), rng.random((256, 58))))
    assert named <= 20  # one in twenty expected


@pytest.mark.parametrize(("holding", "word"), [
    (100, "survives"), (80, "survives"), (79, "in part"), (51, "in part"), (50, "does not survive"), (0, "does not survive")])
def test_how_far_a_conclusion_survives_in_a_word(holding, word):
    result = Conclusion("A", "", share_interval(holding, 100))
    assert result.word == word
    (row,) = table([result], "100 draws").rows
    assert row[0] == "A"
    assert row[1] == "nothing that stands out"
    assert row[2].replace("\N{NO-BREAK SPACE}", " ").startswith(f"{holding} [")
    assert row[3] == word


def compared(economic: list[float]) -> Comparison:
    """Four strategies whose economic return differs from the reference by so much in every world."""
    rng = np.random.default_rng(0)
    weather = rng.normal(size=64)
    payoffs = {measure: np.tile(weather, (4, 1)) for measure in MEASURES}
    payoffs["economic"] = np.array(economic)[:, None] + weather + 1e-4 * rng.normal(size=(4, 64))
    payoffs["hedging_index"] = np.full((4, 64), 0.5)
    return compare(Results(tuple(FAMILIES), payoffs), FAMILIES, "status_quo", Payoff(anchors=ANCHORS), seed=1)


def test_conclusions_of_a_comparison_are_those_of_the_defaults_and_survive_as_often_as_the_draws_say():
    comparison = compared([0, -0.03, -0.01, 0.02])
    points = np.random.default_rng(1).random((100, 2))
    draws = np.zeros((4, 100))
    draws[3] = np.where(np.arange(100) < 90, 1.0, -1.0)  # bandwagon_first is ahead of the reference in 90 of 100 draws
    draws[1] = -points[:, 0]  # equidistance is behind it in all, the more the larger the local threat
    draws[2] = -points[:, 0]
    result, _ = conclusions_of(comparison, assumptions(comparison, draws, points))
    best, families, essay = result.rows
    # exp(.02) − 1, exp(−.03) − 1; one of both hedgers at random, −.02, less .02
    assert re.fullmatch(r"Bandwagon first power, the best, gains 2\.0\d* \[.*\] % of consumption against status quo", best[0])
    assert re.fullmatch(r"Hedging, size-adjusted, costs 3\.9\d* \[.*\] % of consumption against alignment", families[0])
    assert re.fullmatch(r"No prominence to one power \(equidistance\) costs 2\.9\d* \[.*\] % of consumption against status quo", essay[0])
    assert best[2].startswith("90\N{NO-BREAK SPACE}[")
    assert essay[1] == "loss to a local threat without an author, when fully exposed, −1.00"
    assert essay[2].startswith("100\N{NO-BREAK SPACE}[")


def test_conclusions_stand_beside_what_becomes_of_them_in_other_structures_and_with_other_facts():
    comparison = compared([0, -0.03, -0.01, 0.02])
    facts = np.zeros((4, 20))
    facts[3, :15] = 1.0  # in 15 of 20 draws of the facts bandwagon_first is ahead, and in the others it ties
    facts[1] = -1.0
    checks = assumptions(comparison, np.zeros((4, 10)), changed={"contest_off": -1.0, "claims_off": 0.0}, facts=facts)
    _, table_ = conclusions_of(comparison, checks)
    # A column for each structure but the one in which nothing is changed: contest off is the first, claims off the fourth.
    assert table_.heads == ["conclusion", *"ABCDEFGH", "facts"]
    best, families, essay = table_.rows
    assert best[1:-1] == families[1:-1] == essay[1:-1] == ["turns", "holds", "holds", "none", "holds", "holds", "holds", "holds"]
    # Of the two hedgers one at random: −.5 on average, against 1 or 0 of the only aligned strategy.
    assert [row[-1].split("\N{NO-BREAK SPACE}")[0] for row in (best, families, essay)] == ["75", "100", "100"]
    assert "A: powers court nobody more as they compete; B: " in table_.note
    assert "the share of 20 draws of the world's figures" in table_.note


def test_what_the_defaults_do_not_distinguish_is_not_a_conclusion():
    alike = compared([0, 0, 0, 0])
    assert conclusions_of(alike, assumptions(alike, np.zeros((4, 10)))) == []
    assert conclusions_of(compared([0, 0, 0, 1]), None) == []


def test_families_of_different_size_are_compared_size_adjusted_in_sentences_too():
    # The best of two hedgers is ahead of the only aligned strategy, .03 to .01; one of both at random, (.03 − .05) / 2, is behind.
    text = next(finding.text for finding in headline(compared([0, 0.03, -0.05, 0.01]), None) if finding.about == "Economic")
    assert "Hedging is ahead with all its members, but not size-adjusted" in text
    assert "Size-adjusted, hedging costs 1.979 [" in text  # exp(−.02) − 1
    assert "Hedging is ahead: " in next(finding.text for finding in headline(compared([0, 0.03, 0.02, 0.01]), None) if finding.about == "Economic")


def test_an_estimate_of_a_share_has_its_interval():
    (row,) = table([Conclusion("A", "b", Estimate(np.array(0.36), np.array(0.33), np.array(0.39)))], "futures").rows
    assert row[2].replace("\N{NO-BREAK SPACE}", " ") == "36 [33, 39] %"
