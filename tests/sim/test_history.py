"""What a run leaves behind."""

import numpy as np
import pytest

from sim.history import VARIABLES, History, joined
from sim.settings import Settings
from sim.simulation import simulate
from tests import given


def test_every_variable_has_the_axes_it_names(cambodia: Settings) -> None:
    sizes = {"D": 2, "G": 2, "J": 3, "S": 10, "R": 4}
    h = given.run(cambodia.replace(horizon=2), "auction")
    assert tuple(h) == tuple(VARIABLES)
    for name, variable in VARIABLES.items():
        assert h[name].shape == (2, *(sizes[axis] for axis in variable.axes)), name
        assert h[name].dtype == np.float64
        # Names come from the world alone.
        assert variable.label.format(first="F", second="S", region="R", association="A")
        assert variable.unit


def test_a_history_cannot_be_changed(cambodia: Settings) -> None:
    h = given.run(cambodia.replace(horizon=2), "auction", record=["trust"])
    with pytest.raises(ValueError, match="read-only"):
        h["trust"][0] = 0


def test_a_history_of_one_state_is_its_part_of_the_whole(cambodia: Settings) -> None:
    h = given.run(cambodia.replace(horizon=2), "auction")
    thailand = h.of("THA")
    assert thailand.states == ("THA",)
    np.testing.assert_array_equal(thailand["trust"], h["trust"][:, :, 2:3])
    np.testing.assert_array_equal(thailand["rivalry"], h["rivalry"])
    with pytest.raises(KeyError, match="THA"):
        thailand.of("KHM")


def test_only_what_is_asked_for_is_recorded(cambodia: Settings) -> None:
    h = simulate(cambodia.replace(horizon=2), "auction", record=["trust", "rivalry"], states="focal")
    assert set(h) == {"trust", "rivalry"}
    assert h["trust"].shape == (2, 2, 1, 4)


def test_nothing_asked_for_is_nothing_recorded(cambodia: Settings) -> None:
    assert dict(given.run(cambodia.replace(horizon=2), "auction", record=[])) == {}


def test_blocks_join_along_the_worlds(cambodia: Settings) -> None:
    settings = cambodia.replace(horizon=2)
    h = given.run(settings, "auction", record=["trust", "rivalry"])
    parts = [History({name: h[name][..., worlds].copy() for name in h}, h.states, h.world) for worlds in (slice(0, 1), slice(1, 4))]
    given.assert_same_bits(joined(parts), h)


def test_the_first_quarter_starts_from_the_facts_for_every_strategy(cambodia: Settings) -> None:
    # Engagement is what the tilt and breadth of the facts open: .6*(1 +- .307), the mean of .154 and .46.
    settings = given.with_states(cambodia, ("KHM",), tilt={"survey": 0.154, "votes": 0.46}, breadth=0.6)
    for name in ("bandwagon_second", "isolation"):
        h = given.run(settings, name, record=["engagement"])
        np.testing.assert_allclose(h["engagement"][0, :, 0, 0], 0.7842, rtol=1e-13)
        np.testing.assert_allclose(h["engagement"][0, :, 1, 0], 0.4158, rtol=1e-13)


def test_influence_outlay_and_regional_tilt_are_made_of_the_states(cambodia: Settings) -> None:
    h = given.run(cambodia, "auction")
    weights = h["output"] / h["output"].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(h["influence"], (weights[:, None] * h["alignment"]).sum(axis=2), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(h["outlay"], h["accepted"].sum(axis=2), rtol=1e-13)
    assert (h["influence"] != h["alignment"].mean(axis=2)).any()
    np.testing.assert_allclose(h["regional_tilt"], h["tilt"].mean(axis=2), rtol=1e-12, atol=1e-15)
