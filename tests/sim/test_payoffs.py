"""What a history was worth, measure by measure, on histories small enough to work out by hand."""

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given as holds_for
from hypothesis import settings as how
from hypothesis import strategies as st
from pydantic import ValidationError

from experiments.configuration.files import conf_dir
from sim.history import VARIABLES, History
from sim.payoffs import MEASURES, NEEDED, RETURNS, WEIGHED, Payoff, composite, discount_weights, on_scale, payoffs
from sim.settings import Settings
from tests import given

#: The focal state starts with an output of 35.
SETTINGS = given.made_up(n_worlds=1, horizon=2)
SIZES = {"D": 2, "G": 2, "J": 3, "S": 1, "R": 1}


def by_quarter(*rows: Any) -> np.ndarray:
    """Quarters of one state in one world: each row a number, or nested lists over domain and power."""
    return np.array(rows, dtype=float)[..., None, None]


def of_region(*rows: Any) -> np.ndarray:
    """Quarters of the region in one world: no state axis."""
    return np.array(rows, dtype=float)[..., None]


def measured(settings: Settings = SETTINGS, n_quarters: int = 2, **arrays: np.ndarray) -> dict[str, float]:
    """All measures of a history that is 1 everywhere but in the arrays given."""
    found = {name: np.ones((n_quarters, *(SIZES[axis] for axis in VARIABLES[name].axes))) for name in NEEDED} | arrays
    h = History(found, (settings.focal,), settings.world)
    return {name: float(value[0]) for name, value in payoffs(h, settings).items()}


def test_economic_return_is_the_discounted_mean_of_log_consumption() -> None:
    # ln C = 1, then 3; weights 1 and exp(-.04*.25) = .99004983 over their sum: (1 + 3*.99004983)/1.99004983 = 1.99500004.
    got = measured(consumption=by_quarter(np.e, np.e**3))["economic"]
    assert got == pytest.approx((1 + 3 * np.exp(-0.01)) / (1 + np.exp(-0.01)), rel=1e-14)
    assert got == pytest.approx(1.99500004, rel=1e-8)


def test_one_percent_more_consumption_for_good_is_worth_one_percent() -> None:
    consumed = by_quarter(80.0, 95.0, 70.0)
    more, less = (measured(n_quarters=3, consumption=factor * consumed)["economic"] for factor in (1.01, 1.0))
    assert more - less == pytest.approx(np.log(1.01), rel=1e-12)


def test_autonomy_is_income_that_no_one_power_holds_in_its_hand() -> None:
    # 1-.5 and 1-.1: mean .7
    assert measured(leverage=by_quarter([0.2, 0.5], [0.1, 0.0]))["autonomy"] == pytest.approx(0.7, rel=1e-14)


def test_legitimacy_and_stability() -> None:
    got = measured(n_quarters=3, legitimacy=by_quarter(0.35, 0.3499, 0.8), unrest=by_quarter(1.0, 0.75, 0.05))
    assert got["legitimacy"] == pytest.approx((0.35 + 0.3499 + 0.8) / 3, rel=1e-14)
    assert got["stability"] == pytest.approx(0.4, rel=1e-14)


def test_trust_is_weighed_by_the_powers_output() -> None:
    # (3*.8 + 1*.4)/4 = .7, then (1*.2 + 1*.6)/2 = .4: mean .55
    got = measured(trust=by_quarter([0.8, 0.4], [0.2, 0.6]), power_output=of_region([3, 1], [5, 5]))
    assert got["trust"] == pytest.approx(0.55, rel=1e-14)
    assert got["trust_first"] == pytest.approx(0.5, rel=1e-14)
    assert got["trust_second"] == pytest.approx(0.5, rel=1e-14)


def test_security_is_the_mean_loss_with_a_minus() -> None:
    assert measured(loss=by_quarter(0.01, 0.03))["security"] == pytest.approx(-0.02, rel=1e-14)


def test_growth_is_counted_from_the_start_of_the_world() -> None:
    # From 35 to 38.5 in two quarters: 2*ln 1.1 a year.
    assert measured(output=by_quarter(36.0, 38.5))["growth"] == pytest.approx(2 * np.log(1.1), rel=1e-14)


def test_volatility_is_the_spread_of_quarterly_growth() -> None:
    # Growth of ln C: .02 and -.04: mean -.01, deviations .03: standard deviation .03. One quarter has none.
    consumed = by_quarter(1.0, np.exp(0.02), np.exp(-0.02))
    assert measured(n_quarters=3, consumption=consumed)["growth_volatility"] == pytest.approx(0.03, rel=1e-12)
    assert measured(n_quarters=1)["growth_volatility"] == 0


def test_debt_is_that_of_the_last_quarter_over_output() -> None:
    # Debt to all creditors: (3+1+4)/80.
    assert measured(debt=by_quarter([9, 9], [3, 1]), other_debt=by_quarter(9, 4), output=by_quarter(50, 80))["debt"] == pytest.approx(0.1, rel=1e-14)


def test_visits_are_counted_per_year() -> None:
    # The first in one of two quarters: 2 a year; the second in both: 4.
    got = measured(visits=by_quarter([1, 1], [0, 1]))
    assert (got["visits_first"], got["visits_second"], got["visits"]) == (2, 4, 6)


def test_pressure_adds_both_powers() -> None:
    assert measured(pressure=by_quarter([0.2, 0.4], [0.0, 0.2]))["pressure"] == pytest.approx(0.4, rel=1e-14)


def test_perception_gap_is_between_the_tilt_seen_and_the_tilt_chosen() -> None:
    # Seen (.6-.2)/2 = .2 and (-.1-.3)/2 = -.2; chosen .5 and .1: gaps .3 and .3. Next quarter both 0: mean .15.
    seen = by_quarter([[0.6, 0.2], [-0.1, 0.3]], [[0, 0], [0, 0]])
    assert measured(perceived=seen, tilt=by_quarter([0.5, 0.1], [0, 0]))["perception_gap"] == pytest.approx(0.15, rel=1e-14)


def test_regional_distance_is_from_the_mean_of_the_region() -> None:
    # |.5-.1| = .4, |-.5-.1| = .6, then 0 and 0: mean .25
    got = measured(tilt=by_quarter([0.5, -0.5], [0, 0]), regional_tilt=of_region([0.1, 0.1], [0, 0]))
    assert got["regional_distance"] == pytest.approx(0.25, rel=1e-14)


@pytest.mark.parametrize(("crisis", "loss", "severe"), [
    ((0, 1), (0.5, 0.031), 1), ((0, 1), (0.5, 0.03), 0), ((0, 0), (0.5, 0.5), 0), ((1, 1), (0.04, 0.01), 1)])
def test_a_crisis_is_severe_above_three_percent_of_a_years_output(crisis: Any, loss: Any, severe: float) -> None:
    assert measured(crisis=of_region(*crisis), crisis_loss=by_quarter(*loss))["severe_crisis"] == severe


def test_behaviour_is_described() -> None:
    # Tilts .6 and -.2: lean .4, split .4; then 0 and 0. Engagements (.8,.2) and (.4,.5): smaller .2, .4, ratios .25, .8; then (0,0): 0.
    m = by_quarter([[0.8, 0.2], [0.4, 0.5]], [[0, 0], [0, 0]])
    got = measured(tilt=by_quarter([0.6, -0.2], [0, 0]), engagement=m)
    assert got["tilt"] == pytest.approx(0.1, rel=1e-14)
    assert got["lean"] == pytest.approx(0.2, rel=1e-14)
    assert got["domain_split"] == pytest.approx(0.2, rel=1e-14)
    assert got["mean_engagement"] == pytest.approx(1.9 / 8, rel=1e-14)
    assert got["shared_engagement"] == pytest.approx(0.15, rel=1e-14)
    assert got["hedging_index"] == pytest.approx((0.25 + 0.8) / 4, rel=1e-14)
    # Both domains together: .6 to the first, .35 to the second.
    assert got["cross_domain_index"] == pytest.approx(0.35 / 0.6 / 2, rel=1e-14)


def test_a_split_between_domains_is_a_hedge_of_both_together() -> None:
    split = measured(engagement=by_quarter(*[[[1.0, 0.0], [0.0, 1.0]]] * 2))
    assert split["hedging_index"] == 0
    assert split["cross_domain_index"] == 1


def test_cohesion_is_that_of_the_region() -> None:
    assert measured(cohesion=of_region(0.9, 0.5))["cohesion"] == pytest.approx(0.7, rel=1e-14)


def test_what_the_powers_got_and_paid() -> None:
    got = measured(
        alignment=by_quarter([0.5, -0.1], [0.7, -0.3]), flow=by_quarter([2, 1], [4, 1]), influence=of_region([0.2, 0.4], [0.4, 0.4]),
        outlay=of_region([30, 10], [50, 10]))
    expected = {
        "alignment_first": 0.6, "alignment_second": -0.2, "flow_first": 3, "flow_second": 1, "influence_first": 0.3, "influence_second": 0.4,
        "outlay_first": 40, "outlay_second": 10}
    assert {name: got[name] for name in expected} == pytest.approx(expected, rel=1e-14)


def test_every_measure_is_described() -> None:
    assert set(measured()) == set(MEASURES)
    assert RETURNS == ("economic", "autonomy", "legitimacy", "stability", "trust", "security")
    assert set(WEIGHED) == set(RETURNS)
    for measure in MEASURES.values():
        assert measure.label
        assert measure.unit
        assert measure.meaning
        assert measure.kind in ("return", "outcome", "behaviour", "power")
        # Names come from the world alone.
        measure.label.format(first="-", second="-", region="-")


# ---- Discounting


@how(max_examples=30)
@holds_for(st.integers(1, 400), st.floats(0, 1))
def test_discount_weights_sum_to_one_and_fall_by_the_rate(n_quarters: int, rate: float) -> None:
    weights = discount_weights(n_quarters, given.with_parameters(SETTINGS, discount_rate=rate))
    assert weights.sum() == pytest.approx(1, rel=1e-12)
    np.testing.assert_allclose(weights[1:], weights[:-1] * np.exp(-rate * 0.25), rtol=1e-10)


def test_each_world_may_have_its_own_discount_rate() -> None:
    settings = given.with_parameters(SETTINGS.replace(n_worlds=2), discount_rate=np.array([0.0, 1.0]))
    weights = discount_weights(3, settings)
    np.testing.assert_allclose(weights[:, 0], 1 / 3, rtol=1e-14)
    expected = np.exp([0, -0.25, -0.5])
    np.testing.assert_allclose(weights[:, 1], expected / expected.sum(), rtol=1e-14)


# ---- Composites

ANCHORS = {"economic": [-0.1, 0.1], "autonomy": [0.6, 1.0], "legitimacy": [0.2, 0.8], "stability": [0.9, 1.0], "trust": [0.1, 0.7],
           "security": [-0.02, 0.0]}


def test_a_composite_is_the_weighted_mean_on_the_anchors() -> None:
    # Economic .05 above the reference: .75 with weight 3; autonomy .7: .25 with weight 1: (2.25+.25)/4 = .625.
    payoff = Payoff(anchors=ANCHORS, weights={"economic": 3.0, "autonomy": 1.0})
    returns = {"economic": np.array([4.05, 3.9]), "autonomy": np.array([0.7, 1.2])}
    reference = {"economic": np.array([4.0, 4.0]), "autonomy": np.array([0.9, 0.9])}
    # Second world: economic 0 at the lower anchor, autonomy 1.5 beyond the upper one: 1.5/4 = .375.
    np.testing.assert_allclose(composite(returns, payoff, reference["economic"]), [0.625, 0.375], rtol=1e-12)


def test_without_weights_a_composite_weighs_all_returns_alike() -> None:
    # Each return at the upper anchor but security, at the lower one: 5 of 6.
    returns = {name: np.array([low if name == "security" else high]) for name, (low, high) in ANCHORS.items()}
    np.testing.assert_allclose(composite(returns, Payoff(anchors=ANCHORS)), [5 / 6], rtol=1e-12)


def test_where_the_economic_return_counts_from_cancels_in_differences() -> None:
    payoff, rng = Payoff(anchors=ANCHORS), np.random.default_rng(1)
    one, other = ({name: rng.normal(size=3) for name in ANCHORS} for _ in range(2))
    np.testing.assert_allclose(composite(one, payoff) - composite(other, payoff), composite(one, payoff, 7.0) - composite(other, payoff, 7.0), atol=1e-12)


@pytest.mark.parametrize("wrong", [
    {"anchors": {**ANCHORS, "economic": [0.1, 0.1]}}, {"anchors": {**ANCHORS, "economic": [0.1, -0.1]}}, {"anchors": {"economic": [0.0, 1.0]}},
    {"anchors": {**ANCHORS, "economic": [0.0, 0.5, 1.0]}}, {"anchors": {**ANCHORS, "diplomatic": [0.0, 1.0]}},
    {"anchors": {name: ends for name, ends in ANCHORS.items() if name != "stability"}},
    {"anchors": {**ANCHORS, "economic": [0.0, float("nan")]}}, {"anchors": ANCHORS, "weights": {"lean": 1.0}},
    {"anchors": ANCHORS, "weights": {"economic": -1.0}}, {"anchors": ANCHORS, "weights": {"economic": 0.0}}, {"anchors": ANCHORS, "weights": {}},
    {"anchors": ANCHORS, "weights": {"economic": float("inf")}}, {"anchors": ANCHORS, "weights": {"economic": True}},
    {"anchors": ANCHORS, "weights": {"economic": 1e308, "autonomy": 1e308}}, {"anchors": ANCHORS, "weights": {"economic": 1e-320}},
    {"anchors": {**ANCHORS, "economic": [0.0, 1e-320]}}, {"anchors": {**ANCHORS, "economic": [-1e308, 1e308]}},
    {"anchors": ANCHORS, "matters": {"economic": -0.001}}, {"anchors": ANCHORS, "matters": {"economic": float("nan")}},
    {"anchors": ANCHORS, "matters": {"economic": float("inf")}}, {"anchors": ANCHORS, "matters": {"lean": 0.1}}], ids=str)
def test_composites_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Payoff(**wrong)


@pytest.mark.parametrize("wrong", [[float("-inf"), 0.0], [0.0, float("inf")]], ids=str)
def test_anchors_are_finite(wrong: list[float]) -> None:
    with pytest.raises(ValidationError):
        Payoff(anchors={**ANCHORS, "economic": wrong})


def test_the_smallest_difference_that_matters_is_that_of_each_return_and_0_of_what_is_none() -> None:
    payoff = Payoff(anchors=ANCHORS)
    assert {name: payoff.smallest(name) for name in (*WEIGHED, "trust_first", "composite")} == {
        "economic": 0.0025, "autonomy": 0.01, "legitimacy": 0.01, "stability": 0.01, "trust": 0.01, "security": 0.0005, "trust_first": 0, "composite": 0}
    other = Payoff(anchors=ANCHORS, matters={"economic": 0.0, "trust": 0.1})  # what is left out keeps its own
    assert [other.smallest(name) for name in ("economic", "trust", "autonomy")] == [0, 0.1, 0.01]
    shipped = yaml.safe_load((conf_dir() / "payoff" / "default.yaml").read_text(encoding="utf-8"))
    assert shipped["matters"] == payoff.matters


# ---- Laws


def altered(h: History, names: tuple[str, ...], rng: np.random.Generator) -> History:
    return History({name: rng.permuted(h[name]) if name in names else h[name].copy() for name in h}, h.states, h.world)


def test_no_return_mentions_tilt_breadth_or_distance(cambodia: Settings) -> None:
    # Whatever a state did, and however it was seen, a return is made of what came of it.
    h = given.run(cambodia, "domain_split")
    before = payoffs(h, cambodia)
    after = payoffs(altered(h, ("tilt", "breadth", "engagement", "perceived", "alignment", "regional_tilt"), np.random.default_rng(0)), cambodia)
    for name, measure in MEASURES.items():
        same = (before[name] == after[name]).all()
        assert same or measure.kind != "return", name
    for name in ("lean", "hedging_index", "domain_split", "perception_gap", "alignment_first"):
        assert (before[name] != after[name]).any()


def test_a_payoff_is_the_focal_states_alone(cambodia: Settings) -> None:
    h = given.run(cambodia, "domain_split")
    both, alone = payoffs(h, cambodia), payoffs(h.of("KHM"), cambodia)
    for name in MEASURES:
        np.testing.assert_array_equal(both[name], alone[name], err_msg=name)
    other = payoffs(h, cambodia.replace(focal="SGP"))
    assert (other["economic"] != both["economic"]).all()


@pytest.mark.parametrize("n_worlds", [3, 2, 1])
def test_a_world_is_worth_the_same_whatever_worlds_are_beside_it(cambodia: Settings, n_worlds: int) -> None:
    h = given.run(cambodia, "domain_split")
    together = payoffs(h, cambodia)
    few = payoffs(History({name: h[name][..., :n_worlds].copy() for name in h}, h.states, h.world), cambodia)
    for name in MEASURES:
        np.testing.assert_array_equal(few[name], together[name][:n_worlds], err_msg=name)


def test_what_payoffs_need_is_enough(cambodia: Settings) -> None:
    settings = cambodia.replace(horizon=3)
    everything, needed = (payoffs(given.run(settings, "auction", record=record), settings) for record in (None, NEEDED))
    for name in MEASURES:
        np.testing.assert_array_equal(everything[name], needed[name], err_msg=name)
    for name, value in needed.items():
        assert value.shape == (settings.n_worlds,), name


# ---- Returns over the library at the defaults


@cache
def library(world: str) -> dict[str, np.ndarray]:
    """The returns of every strategy that a world compares, without noise, each of shape (strategy,)."""
    settings = given.preset(world).replace(n_worlds=1, deterministic=True)
    found = [payoffs(given.run(settings, name, record=NEEDED), settings) for name in settings.strategies]
    return {name: np.array([each[name][0] for each in found]) for name in RETURNS}


ANY_WORLD = pytest.mark.parametrize("world", [world if world in given.PRESETS else pytest.param(world, marks=pytest.mark.slow) for world in given.WORLDS])

#: Pairs of returns that go together (+1), or against each other (-1), over the strategies: |r| above .95. Legitimacy and stability are one everywhere:
#: unrest is made of legitimacy. For Cambodia growth lifts legitimacy, and it comes with what one power holds in its hand.
ALIKE = {
    "cambodia_2020": {("legitimacy", "stability", 1), ("economic", "legitimacy", 1), ("economic", "autonomy", -1), ("autonomy", "legitimacy", -1),
                      ("autonomy", "stability", -1)},
    "theory_symmetric": {("legitimacy", "stability", 1)}, "pacific_2022": {("legitimacy", "stability", 1)},
    "central_asia_2022": {("legitimacy", "stability", 1)}}


@ANY_WORLD
def test_which_returns_are_one_over_the_library(world: str) -> None:
    returns = library(world)
    r = {(one, other): np.corrcoef(returns[one], returns[other])[0, 1] for one, other in combinations(RETURNS, 2)}
    found = {(*pair, int(np.sign(x))) for pair, x in r.items() if abs(x) > 0.95}
    assert found == ALIKE[world], {pair: round(float(x), 3) for pair, x in r.items() if abs(x) > 0.9}


@ANY_WORLD
def test_every_return_differs_between_strategies(world: str) -> None:
    for name, values in library(world).items():
        assert np.ptp(values) > {"stability": 5e-4, "security": 1e-4}.get(name, 2e-3), (name, np.ptp(values))


def test_stability_differs_between_strategies_in_noisy_worlds() -> None:
    # Where the government is challenged; the same worlds for both.
    settings = given.in_scenario("cambodia_2020", "challenged_government").replace(n_worlds=512)
    stable, less = (payoffs(given.run(settings, name, record=NEEDED), settings)["stability"] for name in ("bandwagon_first", "bandwagon_second"))
    gap = stable - less
    assert gap.mean() > 3 * gap.std() / np.sqrt(len(gap))


def test_the_shipped_anchors_hold_what_returns_come_to_at_the_defaults() -> None:
    # Beyond an anchor a composite is linear too, but a scale far from what happens would say little.
    body = yaml.safe_load((conf_dir() / "payoff" / "default.yaml").read_text(encoding="utf-8"))
    payoff, returns = Payoff(**body), library("cambodia_2020")
    for name, values in on_scale(returns, payoff, returns["economic"].mean()).items():
        assert -0.5 < values.min() < values.max() < 1.5, name
