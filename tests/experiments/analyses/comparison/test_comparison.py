"""Statistics of a comparison, by hand on small numbers and against the known truth on large ones."""

import numpy as np
import pytest

from experiments.analyses.comparison import comparison
from experiments.analyses.comparison.comparison import compare
from experiments.cells.job_cells import Results
from experiments.methods.intervals import cvar, mean_interval
from sim.payoffs import MEASURES, RETURNS, WEIGHED, Payoff

ANCHORS = {"economic": [-0.1, 0.1], "autonomy": [0.6, 1.0], "legitimacy": [0.2, 0.8], "stability": [0.9, 1.0], "trust": [0.1, 0.7],
           "security": [-0.02, 0.0]}


def compared(economic, families=None, weights=None, **others):
    """A comparison of strategies a, b, ... from their economic return in each world; other measures 0.5 unless given."""
    economic = np.asarray(economic, dtype=float)
    names = tuple("abcdefghijklmnopqrstuvwxyz"[: len(economic)])
    payoffs = {measure: np.full(economic.shape, 0.5) for measure in MEASURES} | {"economic": economic}
    payoffs |= {measure: np.asarray(values, dtype=float) for measure, values in others.items()}
    return compare(Results(names, payoffs), families or dict.fromkeys(names, "f"), "a", Payoff(anchors=ANCHORS, weights=weights), seed=1)


def test_the_mean_interval_is_the_t_interval():
    # values 1, 2, 3: mean 2, sd 1, half-width t(.975, 2) * 1/sqrt(3) = 4.30265 * .57735 = 2.48414
    mean, low, high = mean_interval(np.array([1.0, 2.0, 3.0]))
    assert (mean, low, high) == pytest.approx((2, 2 - 2.48414, 2 + 2.48414), abs=1e-4)


def test_one_world_gives_no_interval():
    _, low, high = mean_interval(np.array([1.0]))
    assert (low, high) == (-np.inf, np.inf)


def test_cvar_is_the_mean_of_the_worst_tenth():
    # the worst two of twenty are 0 and 1
    assert cvar(np.arange(20.0)[::-1]) == 0.5
    # two and a half of 25: 0, 1 and half of 2
    assert cvar(np.arange(25.0)[::-1]) == pytest.approx((0 + 1 + 0.5 * 2) / 2.5)
    assert cvar(np.arange(70.0)) == 3.0  # .1 × 70 is a little above 7 in a computer
    assert cvar(np.array([3.0, 1.0, 2.0])) == 1.0  # at least one world


def test_a_strategy_compared_with_its_copy_differs_nowhere():
    values = np.random.default_rng(0).normal(size=200)
    row = compared([values, values]).row("paired", "b", "economic")
    assert (row.difference, row.low, row.high, row.better, row.worse) == (0, 0, 0, 0, 0)


def test_the_difference_is_paired_world_by_world():
    weather = np.random.default_rng(0).normal(size=400)
    row = compared([weather, weather + 0.01]).row("paired", "b", "economic")
    assert (row.difference, row.low, row.high) == pytest.approx((0.01, 0.01, 0.01), abs=1e-12)
    assert (row.better, row.worse) == (1, 0)


def test_variance_reduction_is_what_independent_worlds_would_cost(monkeypatch):
    monkeypatch.setattr(comparison, "N_RESAMPLES", 2)  # no interval is looked at
    # b - a has variance 1, a and b each 1 + 4: (5 + 4)/1 with a = w, b = w + e
    rng = np.random.default_rng(0)
    weather, own = 2 * rng.normal(size=20_000), rng.normal(size=20_000)
    assert compared([weather, weather + own]).variance_reduction == pytest.approx(9, rel=0.06)


def test_ties_count_neither_as_better_nor_as_worse():
    row = compared([[0, 0, 0, 0], [1, 0, 0, -1]]).row("paired", "b", "economic")
    assert (row.better, row.worse) == (0.25, 0.25)


@pytest.mark.parametrize("n", [11, 21, 31, 41])
def test_the_share_is_that_of_all_worlds_and_its_interval_that_of_resamples(n):
    # b is better than a in one world more than it is worse, and else the same: best for all weights, but in nearly half of the resamples for none.
    result = compared([np.zeros(n), np.where(np.arange(n) <= n // 2, 1.0, -1.0)], families={"a": "x", "b": "y"}).dominance.set_index("name")
    assert result.share.to_dict() == {"a": 0, "b": 1, "x": 0, "y": 1}
    assert (result.low == 0).all()
    assert (result.high == 1).all()


def test_dominance_by_hand_for_two_returns():
    # b leads by .2 of the economic scale, a by .2 of the autonomy scale: by symmetry each is best for half of all weights
    n = 50
    result = compared([np.zeros(n), np.full(n, 0.04)], autonomy=[np.full(n, 0.58), np.full(n, 0.5)]).dominance
    share = result[result.kind == "strategy"].set_index("name").share
    assert share["a"] == pytest.approx(0.5, abs=0.03)
    assert share["a"] + share["b"] == pytest.approx(1)


def test_a_strategy_better_in_every_return_is_best_for_every_weight():
    n = 20
    better = {measure: [np.zeros(n), np.ones(n)] for measure in WEIGHED if measure != "economic"}
    result = compared([np.zeros(n), np.ones(n)], **better).dominance
    assert result[(result.kind == "strategy") & (result.name == "b")].share.item() == 1


def test_more_copies_do_not_help_a_family():
    # c, d, e copy b. Family x = {a}, y = {b, c, d, e}: at equal size y wins only as often as b alone against a.
    n = 30
    columns = {"economic": [np.zeros(n), *[np.full(n, 0.04)] * 4], "autonomy": [np.full(n, 0.58), *[np.full(n, 0.5)] * 4]}
    alone = compared(columns["economic"][:2], {"a": "x", "b": "y"}, autonomy=columns["autonomy"][:2]).dominance
    crowd = compared(columns["economic"], {"a": "x", **dict.fromkeys("bcde", "y")}, autonomy=columns["autonomy"]).dominance
    share = [result[(result.kind == "family") & (result.name == "y")].share.item() for result in (alone, crowd)]
    assert share[0] == pytest.approx(share[1], abs=1e-9)


def test_returns_that_are_one_share_a_weight():
    # On the anchors a lies at (1, 0) in consumption and in all else, b at (0, 1), the others between and below: all but consumption go together.
    n = 20
    shares, others = np.array([1, 0, 0, 0.1, 0.2]), np.array([0, 1, 0, 0.1, 0.2])
    columns = {m: [np.full(n, low + share * (high - low)) for share in others] for m, (low, high) in ANCHORS.items() if m != "economic"}
    five = compared([np.full(n, 0.2 * share) for share in shares], **columns).dominance.set_index("name").share
    # Two weights, drawn evenly: each side is best for half of them. Six weights would leave a those above a half, 2^-5 of all.
    assert five["a"] == pytest.approx(0.5, abs=0.03)
    assert five["a"] + five["b"] == pytest.approx(1)
    # Of four strategies nothing is known about the returns, and each has a weight of its own.
    four = compared([np.full(n, 0.2 * share) for share in shares[:4]], **{m: rows[:4] for m, rows in columns.items()}).dominance.set_index("name").share
    assert four["a"] == pytest.approx(2**-5, abs=0.01)


def test_behaviour_is_measured_world_by_world_whatever_the_family_says():
    # a is withdrawn in one world of four, with the first power in two, with the second in one; b hedges in all.
    measured = compared(
        np.zeros((2, 4)), {"a": "hedging", "b": "alignment"}, mean_engagement=[[0.2, 0.5, 0.5, 0.5], [0.6] * 4], lean=[[0.9] * 4, [0.1] * 4],
        tilt=[[0.9, 0.9, 0.9, -0.9], [0.1] * 4], hedging_index=[[0.0] * 4, [0.8] * 4]).behaviour
    assert measured.to_dict("records") == [
        {"strategy": "a", "family": "hedging", "behaviour": "aligned_first", "share": 0.5},
        {"strategy": "a", "family": "hedging", "behaviour": "withdrawn", "share": 0.25},
        {"strategy": "a", "family": "hedging", "behaviour": "aligned_second", "share": 0.25},
        {"strategy": "b", "family": "alignment", "behaviour": "hedging", "share": 1.0}]


def test_the_correlation_of_returns_is_that_of_their_means_over_strategies():
    # Means over worlds −2, −1, 0, 1, 2 and their squares 4, 1, 0, 1, 4, which do not go together; what differs between worlds alone has no part.
    line, weather = np.arange(-2.0, 3)[:, None], np.array([[-5.0, 5.0]])
    table = compared(line + weather, autonomy=0.5 - 0.1 * line + 0 * weather, trust=line**2 + weather).correlation.set_index(["measure", "other"]).correlation
    assert len(table) == len(RETURNS) * (len(RETURNS) - 1) / 2
    assert table["economic", "autonomy"] == pytest.approx(-1)
    assert table["economic", "trust"] == pytest.approx(0, abs=1e-12)
    assert table["economic", "stability"] == 0  # .5 for all


def test_few_strategies_have_no_table_of_correlations():
    assert len(compared(np.random.default_rng(0).normal(size=(4, 8))).correlation) == 0
    assert len(compared(np.random.default_rng(0).normal(size=(5, 8))).correlation) == 15


def test_a_composite_exists_only_with_weights():
    values = np.random.default_rng(0).normal(size=(2, 10))
    assert "composite" not in compared(values).payoffs
    # economic alone: (difference to a + .1)/.2
    composite = compared(values, weights={"economic": 2.0}).payoffs["composite"]
    assert composite[0] == pytest.approx(np.full(10, 0.5))
    assert composite[1] == pytest.approx((values[1] - values[0] + 0.1) / 0.2)


def test_intervals_shrink_with_the_root_of_worlds():
    table = compared(np.random.default_rng(0).normal(size=(2, 4096))).convergence.set_index("worlds").paired
    assert table[1024] / table[4096] == pytest.approx(2, rel=0.1)


def test_the_interval_holds_the_truth_in_about_95_of_100_cases():
    # 1,000 samples of 256, the fewest that a preset compares, from an exponential shifted to mean 0.3
    draws = np.random.default_rng(0).exponential(size=(1000, 256)) - 0.7
    _, low, high = mean_interval(draws)
    assert 0.93 <= ((low <= 0.3) & (high >= 0.3)).mean() <= 0.97


def test_the_bootstrap_interval_of_a_tail_holds_the_truth(monkeypatch):
    monkeypatch.setattr(comparison, "N_WEIGHTS", 1)  # no weights are looked at
    # CVaR 10 % of a standard normal is -1.755; 60 samples of 400, of which fewer than 53 in one case of 100; tests/coverage_of_tails.py has 1,000
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(60):
        row = compared(rng.normal(size=(1, 400))).row("summary", "a", "economic")
        hits += row.cvar_low <= -1.755 <= row.cvar_high
    assert hits >= 53


def test_the_same_seed_gives_the_same_tables():
    values = np.random.default_rng(0).normal(size=(3, 64))
    one, two = compared(values), compared(values)
    for table in ("summary", "paired", "dominance", "behaviour", "correlation", "convergence"):
        assert getattr(one, table).equals(getattr(two, table))


def test_strategies_that_tie_share_the_weights():
    n = 20
    result = compared([np.zeros(n), np.zeros(n)]).dominance
    assert list(result[result.kind == "strategy"].share) == [0.5, 0.5]
