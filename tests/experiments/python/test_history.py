"""A history for people."""

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import counterpoise
from experiments.python.history import History


@pytest.fixture(scope="module")
def history() -> History:
    return counterpoise.simulate("auction", n_worlds=4, horizon=6)


def test_labelled_arrays_have_dates_names_and_units(history: History) -> None:
    data = history.to_xarray()
    assert list(data.data_vars) == list(history)
    assert data.time.values[0] == np.datetime64("2020-03-31")
    assert data.time.values[-1] == np.datetime64("2021-06-30")
    np.testing.assert_array_equal(data.trust.sel(state="KHM", power="us"), history["trust"][:, 1, 0])
    np.testing.assert_array_equal(data.trade.sel(partner="rest", state="VNM"), history["trade"][:, 2, 1])
    assert data.trust.attrs == {"long_name": "Trust", "units": "-"}
    assert data.tilt.attrs["long_name"] == "Tilt, + to China"
    assert data.state_name.sel(state="KHM").item() == "Cambodia"
    assert data.power_name.values.tolist() == ["China", "the US"]


def test_what_was_not_recorded_has_no_coordinate() -> None:
    data = counterpoise.simulate("auction", n_worlds=2, horizon=2, record=["rivalry"]).to_xarray()
    assert set(data.coords) == {"time", "world"}


def test_the_table_has_means_and_quantiles_over_worlds(history: History) -> None:
    rows = history.table[lambda rows: (rows.variable == "trust") & (rows.state == "KHM") & (rows.power == "china")]
    np.testing.assert_allclose(rows["mean"], history["trust"][:, 0, 0].mean(axis=-1))
    assert (rows.q05 <= rows.q95).all()
    assert rows.time.tolist() == list(history.quarters)


def test_it_says_what_it_holds(history: History) -> None:
    assert "Cambodia plays auction" in repr(history)
    assert "trust           -                 (6, 2, 10, 4)" in repr(history)
    assert "time × power × state × world" in history._repr_html_()


def test_a_state_may_be_named(history: History) -> None:
    assert history.of("Viet Nam").states == history.of("VNM").states == ("VNM",)


@pytest.mark.parametrize(("call", "message"), [
    (lambda h: h["trsut"], "did you mean trust"), (lambda h: h.of("Cambodja"), "did you mean KHM"),
    (lambda h: h.of("KHM")["nothing at all"], "unknown variable"),
    (lambda h: counterpoise.simulate("auction", record="trsut"), "did you mean trust"),
    (lambda h: counterpoise.simulate("auction", record="trust", horizon=1, n_worlds=1)["rivalry"], "rivalry was not recorded; recorded: trust"),
])
def test_an_unknown_name_has_the_nearest_one_beside_it(history: History, call: Callable[[History], object], message: str) -> None:
    with pytest.raises(KeyError) as caught:
        call(history)
    assert message in str(caught.value)


def test_without_the_library_the_extra_is_named(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match=r"pip install 'counterpoise\[data\]'"):
        history.to_xarray()


def test_it_draws_into_axes_of_the_caller(history: History) -> None:
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    assert history.plot("trust", ax=ax, state="VNM") is ax
    assert [line.get_label() for line in ax.lines] == ["China", "the US"]
    np.testing.assert_allclose(ax.lines[1].get_ydata(), np.median(history["trust"][:, 1, 1], axis=-1))
    assert history.plot("rivalry")._repr_png_().startswith(b"\x89PNG")
    assert isinstance(history.table, pd.DataFrame)
