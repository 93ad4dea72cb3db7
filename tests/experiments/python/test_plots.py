"""Figures in Python."""

import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import counterpoise
from experiments.python.results import Compared, Swept

FEW = ("strategies=[status_quo,equidistance,isolation]", "n_worlds=8", "horizon=8")


@pytest.fixture(scope="module")
def compared() -> Compared:
    return counterpoise.compare(*FEW)


@pytest.fixture(scope="module")
def swept() -> Swept:
    return counterpoise.sweep(*FEW, scenario=["calm", "cold_war"])


def test_axes_of_the_caller_show_the_numbers_of_the_table(compared: Compared) -> None:
    ax = Figure().add_subplot()
    assert compared.plot.paired(ax=ax, measure="trust") is ax
    rows = compared.table[compared.table.measure == "trust"].set_index("strategy").difference
    order = [text.get_text().replace(" ", "_") for text in ax.get_yticklabels()]
    shown = {"equal_distance": "equidistance"}
    (points,) = (each for each in ax.collections if len(each.get_offsets()) == 3)
    np.testing.assert_allclose(points.get_offsets()[:, 0], [100 * rows[shown.get(name, name)] for name in order])


def test_axes_of_a_sweep_have_a_line_for_each_strategy(swept: Swept) -> None:
    ax = swept.plot.paired(ax=Figure().add_subplot())
    assert [text.get_text() for text in ax.get_xticklabels()] == ["calm", "cold war"]
    assert sorted(ax.get_legend_handles_labels()[1]) == ["equal distance", "isolation"]


def test_every_figure_that_applies_is_a_method(compared: Compared, swept: Swept) -> None:
    assert {"paired", "dominance", "fans"} <= set(dir(compared.plot))
    assert compared.plot.dominance()._repr_png_().startswith(b"\x89PNG")
    assert "best" in repr(compared.plot.dominance())
    assert "paired" in dir(swept.plot)
    with pytest.raises(AttributeError, match="did you mean dominance"):
        compared.plot.dominanc()
    with pytest.raises(AttributeError, match="there are ") as refused:
        compared.plot.xyzxyz()
    listed = str(refused.value).partition("there are ")[2].split(", ")
    assert "paired" in listed
    assert len(set(listed)) == len(listed)
    with pytest.raises(counterpoise.ConfigError, match="trust"):
        compared.plot.paired(ax=Figure().add_subplot(), measure="trsut")
    with pytest.raises(counterpoise.ConfigError, match="trust"):
        swept.plot.paired(measure="trsut")


def test_a_league_has_its_figure() -> None:
    folder = Path(__file__).parent.parent / "analyses" / "submissions"
    ranked = counterpoise.rank(folder, n_worlds=4, horizon=8, scenarios="calm")
    assert dir(ranked.plot) == ["league", "paired"]
    assert ranked.plot.league()._repr_png_().startswith(b"\x89PNG")


def test_notebooks_show_figures_and_tables(compared: Compared, swept: Swept) -> None:
    for drawing in (compared.plot.paired(), compared.plot.paired(measure="trust"), swept.plot.paired()):
        assert drawing._repr_png_().startswith(b"\x89PNG")
    written = io.BytesIO()
    compared.plot.paired().savefig(written, format="svg")
    assert b"<svg" in written.getvalue()
    for result in (compared, swept):
        assert "Equal distance" in result._repr_html_()
        assert "Consumption (%)" in repr(result)
