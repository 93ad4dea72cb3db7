"""Scenario discovery on a published table.

Bryant & Lempert (2010), Technological Forecasting and Social Change 77: 34-49: 882 futures of a requirement that a quarter of the fuels of the United
States be renewable, in nine inputs; `costly` marks the 89 with an incremental cost in the highest tenth. The table and the box are those of the example
that the EMA Workbench publishes (version 2.5.3, `sd_prim_bryant_and_lempert.py`, peels of a tenth, box 21; Kwakkel 2017, Environmental Modelling &
Software 96: 239-250).
"""

from pathlib import Path

import numpy as np
import pytest

from experiments.methods.cuts import Cut, Mask, inside_of
from experiments.methods.peeling import peeled_box, peeling_trajectory
from sim.axes import Array

TABLE = Path(__file__).with_name("bryant_lempert.csv")
NAMES = TABLE.read_text().partition("\n")[0].split(",")[:-1]
COST, BIOMASS, ELASTICITY, PRICE = (NAMES.index(name) for name in ("cellulosic_cost", "total_biomass", "demand_elasticity", "biomass_backstop_price"))
#: The published box: 87 futures, 67 of them costly.
PUBLISHED: list[Cut] = [(COST, "above", 72.65), (BIOMASS, "below", 755.81), (ELASTICITY, "above", -0.4221), (PRICE, "above", 150.05)]
FEWEST = 44


@pytest.fixture(scope="module")
def table() -> tuple[Array, Mask]:
    values = np.loadtxt(TABLE, delimiter=",", skiprows=1)
    return values[:, :-1], values[:, -1] == 1


def of(x: Array, costly: Mask, cuts: list[Cut]) -> tuple[float, float]:
    """Coverage and density of a box."""
    inside = inside_of(x, cuts)
    return float(costly[inside].sum() / costly.sum()), float(costly[inside].mean())


def test_the_published_box_has_the_published_coverage_and_density(table: tuple[Array, Mask]) -> None:
    x, costly = table
    assert (x.shape, costly.sum()) == ((882, 9), 89)
    assert of(x, costly, PUBLISHED) == pytest.approx((0.752809, 0.770115), abs=5e-7)  # 67 / 89, 67 / 87


def test_the_peeling_trajectory_offers_a_box_as_good_in_the_same_inputs(table: tuple[Array, Mask]) -> None:
    x, costly = table
    boxes = peeling_trajectory(x, costly, FEWEST)
    same = [cuts for cuts in boxes if {(column, side) for column, side, _ in cuts} == {(column, side) for column, side, _ in PUBLISHED}]
    assert any(coverage >= 0.752809 and density >= 0.770115 for coverage, density in (of(x, costly, cuts) for cuts in same))


def test_the_box_of_the_largest_excess_is_wider_and_holds_two_of_the_inputs(table: tuple[Array, Mask]) -> None:
    x, costly = table
    box = peeled_box(x, costly, FEWEST, 4)
    coverage, density = of(x, costly, box)
    assert {column for column, _, _ in box} == {ELASTICITY, PRICE}
    assert coverage > 0.9
    assert density > 3 * costly.mean()
