"""What a state did is measured: the classes at their edges, and what strategies of every label come to."""

from typing import Any

import numpy as np
import pytest

from sim.behaviour import CLASSES, LABELS, classes, shares
from sim.payoffs import payoffs
from tests import given

JUST = 1e-9


def measures(**numbers: Any) -> dict[str, np.ndarray]:
    """Measures of worlds that hedge unless they say otherwise."""
    usual = {"mean_engagement": 0.6, "lean": 0.1, "hedging_index": 0.8, "tilt": 0.1}
    return {name: np.atleast_1d(np.asarray(value, dtype=float)) for name, value in (usual | numbers).items()}


EDGES = [
    ({}, "hedging"),
    # Withdrawn below .35, whatever the tilt.
    ({"mean_engagement": 0.35 - JUST}, "withdrawn"), ({"mean_engagement": 0.35}, "hedging"), ({"mean_engagement": 0.1, "lean": 0.9, "tilt": 0.9}, "withdrawn"),
    # Split from a lean of .25 on, where domains or quarters cancel within .15: a lean without a side is a split, however large.
    ({"lean": 0.25, "tilt": 0.15}, "split"), ({"lean": 0.4, "tilt": -0.15}, "split"), ({"lean": 0.4, "tilt": 0.15 + JUST}, "in_between"),
    ({"lean": 0.4, "tilt": -0.15 - JUST}, "in_between"), ({"lean": 0.9, "tilt": 0.0}, "split"), ({"lean": 0.5, "tilt": 0.15}, "split"),
    # Aligned from a lean of .5 on, with the side the mean tilt is on.
    ({"lean": 0.5, "tilt": 0.5}, "aligned_first"), ({"lean": 0.5, "tilt": -0.5}, "aligned_second"), ({"lean": 0.5, "tilt": 0.15 + JUST}, "aligned_first"),
    ({"lean": 0.5, "tilt": -0.15 - JUST}, "aligned_second"), ({"lean": 0.5 - JUST, "tilt": 0.4}, "in_between"),
    # Hedging below a lean of .25 with an index of .5 or more.
    ({"lean": 0.25 - JUST, "hedging_index": 0.5}, "hedging"), ({"lean": 0.25 - JUST, "hedging_index": 0.5 - JUST}, "in_between"),
    ({"lean": 0.25, "tilt": 0.25}, "in_between"), ({"lean": 0.0, "tilt": 0.0, "hedging_index": 0.0}, "in_between"),
]


@pytest.mark.parametrize(("numbers", "name"), EDGES, ids=str)
def test_a_world_belongs_to_the_first_class_that_fits(numbers: dict[str, float], name: str) -> None:
    assert CLASSES[classes(measures(**numbers))[0]] == name


def test_every_world_is_counted_once() -> None:
    found = shares(measures(mean_engagement=[0.6, 0.2, 0.6, 0.6], lean=[0.1, 0.1, 0.7, 0.7], tilt=[0.1, 0.1, 0.7, -0.7], hedging_index=[0.8] * 4))
    assert found == {"withdrawn": 0.25, "aligned_first": 0.25, "aligned_second": 0.25, "hedging": 0.25, "split": 0.0, "in_between": 0.0}


def test_every_class_has_a_label_that_names_the_side() -> None:
    assert set(LABELS) == set(CLASSES)
    assert LABELS["aligned_first"].format(first="the East", second="the West") == "aligned with the East"
    assert LABELS["aligned_second"].format(first="the East", second="the West") == "aligned with the West"


#: What a strategy that goes to a fixed place is measured as, between equal powers and without noise: its anchor, its breadth, the class.
PLACES = [
    (0.0, 0.6, "hedging"), (1.0, 0.5, "aligned_first"), (-1.0, 0.5, "aligned_second"), (0.35, 0.6, "in_between"), (0.0, 0.2, "withdrawn"),
    ({"economy": 0.4, "security": -0.4}, 0.6, "split"), ({"economy": 0.4, "security": 0.0}, 0.6, "hedging"), ("start", "start", "hedging")]


@pytest.mark.parametrize(("anchor", "breadth", "name"), PLACES, ids=str)
def test_a_strategy_is_measured_by_where_it_goes(anchor: Any, breadth: Any, name: str) -> None:
    settings = given.preset("theory_symmetric").replace(n_worlds=2, deterministic=True)
    h = given.run(settings, given.strategy(anchor=anchor, breadth=breadth))
    assert shares(payoffs(h, settings))[name] == 1
