"""Yearly measures of a history, each against its quarters by hand."""

import numpy as np
import pytest

from sim.settings import Settings
from sim.simulation import simulate
from sim.yearly import MEASURES_BY_YEAR, YearlySeries, actors_of, needed, yearly


@pytest.fixture(scope="module")
def history(cambodia: Settings):
    return simulate(cambodia.replace(horizon=10), "status_quo")


def of(history, name: str):
    return yearly(history, [YearlySeries.parse(name)])[name]


def test_every_measure_has_a_finite_number_for_each_whole_year_and_world(history):
    series = [YearlySeries(measure, actor, state) for measure in MEASURES_BY_YEAR for actor in actors_of(measure, history.world) or ("",)
              for state in ("KHM", "BRN")]
    made = yearly(history, series)
    assert len(made) == len(series)
    for name, values in made.items():
        assert values.shape == (2, 4), name
        assert np.isfinite(values).all(), name


def test_rates_are_means_visits_are_sums_and_stocks_are_those_of_the_last_quarter(history):
    assert np.allclose(of(history, "output//KHM")[1], history["output"][4:8, 0].mean(axis=0))
    assert np.allclose(of(history, "visits/china/KHM")[0], history["visits"][:4, 0, 0].sum(axis=0))
    assert np.allclose(of(history, "debt/china/KHM")[1], history["debt"][7, 0, 0])
    assert not np.allclose(history["debt"][7, 0, 0], history["debt"][4, 0, 0])


def test_shares_and_totals_add_up(history):
    parts = [of(history, f"trade/{actor}/VNM") for actor in ("china", "us", "rest")]
    assert np.allclose(np.sum(parts, axis=0), of(history, "trade/all/VNM"))
    shares = [of(history, f"trade_share/{actor}/VNM") for actor in ("china", "us", "rest")]
    assert np.allclose(np.sum(shares, axis=0), 1)
    debts = [of(history, f"debt/{actor}/LAO") for actor in ("china", "us", "other")]
    assert np.allclose(np.sum(debts, axis=0), of(history, "debt/all/LAO"))


@pytest.mark.parametrize(("series", "told"), [
    (YearlySeries("tade", "us", "KHM"), "measure: unknown measure 'tade'"),
    (YearlySeries("trade", "japan", "KHM"), "actor: trade is of china, us, rest, all; got japan"),
    (YearlySeries("trade", "", "KHM"), "actor: trade is of china, us, rest, all; got none"),
    (YearlySeries("output", "us", "KHM"), "actor: output has no actor; got us"),
    (YearlySeries("trade_share", "all", "KHM"), "actor: trade_share is of china, us, rest; got all"),
    (YearlySeries("output", "", "FRA"), "state: FRA is not a state of this world"),
])
def test_a_series_that_a_world_does_not_have_is_named(series: YearlySeries, told: str, cambodia: Settings):
    assert str(series.problem(cambodia.world)).startswith(told)


def test_the_variables_that_are_needed_are_enough(cambodia: Settings, history):
    series = [YearlySeries("inflow", "", "KHM"), YearlySeries("debt_ratio", "all", "KHM")]
    few = simulate(cambodia.replace(horizon=10), "status_quo", record=needed(series))
    for name, values in yearly(few, series).items():
        assert np.array_equal(values, yearly(history, series)[name])
