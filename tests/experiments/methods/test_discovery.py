"""Scenario discovery finds what was planted and nothing else."""

from itertools import pairwise

import numpy as np
import pytest

from experiments.methods.cuts import inside_of, quasi_p
from experiments.methods.discovery import Box, Limit, prim, trajectory, tree
from experiments.methods.intervals import share_interval
from experiments.methods.peeling import _excess, peeling_trajectory
from sim.axes import Array

NAMES = tuple(f"x{i}" for i in range(10))


def futures(seed: int = 1, n: int = 2000) -> tuple[Array, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return rng.random((n, len(NAMES))), rng


def corner(x: Array) -> np.ndarray:
    return (x[:, 2] > 0.6) & (x[:, 7] < 0.45)


class TestPrim:
    def test_finds_a_box_among_eight_inputs_of_noise(self) -> None:
        x, rng = futures()
        # One in a hundred futures turns out the other way.
        fails = ((x[:, 2] > 0.3) & (x[:, 2] < 0.7) & (x[:, 7] > 0.55)) ^ (rng.random(len(x)) < 0.01)
        box, *others = prim(x, fails, NAMES, rng)
        assert box.names == ("x2", "x7")
        np.testing.assert_allclose(box.ends("x2"), (0.3, 0.7), atol=0.03)
        assert box.ends("x7") == pytest.approx((0.55, np.inf), abs=0.03)
        assert box.coverage.value > 0.9
        assert box.density.value > 0.9
        assert box.support == pytest.approx(0.4 * 0.45, abs=0.03)
        assert all(limit.p < 1e-6 for limit in box.limits)
        assert others == []

    @pytest.mark.parametrize("share", [0.05, 0.3, 0.7])
    def test_finds_no_box_in_noise(self, share: float) -> None:
        result = 0
        for seed in range(40):
            x, rng = futures(seed, 400)
            result += bool(prim(x, rng.random(len(x)) < share, NAMES, rng))
        # A box comes through in one case of twenty at most.
        assert result <= 2

    def test_what_fresh_futures_say_of_a_box_in_noise_is_honest(self) -> None:
        # However small the p-values on which limits were chosen, on fresh futures they are even.
        found_p, p = [], []
        for seed in range(200):
            x, rng = futures(seed, 200)
            fails = rng.random(len(x)) < 0.4
            halves = x[::2], fails[::2]
            best = min(((column, "above", q) for column in range(10) for q in (0.5, 0.6, 0.7)), key=lambda cut: quasi_p(*halves, [cut], cut))
            found_p.append(quasi_p(*halves, [best], best))
            p.append(quasi_p(x[1::2], fails[1::2], [best], best))
        assert np.mean(np.array(found_p) < 0.05) > 0.2
        assert np.mean(np.array(p) < 0.05) <= 0.07

    def test_several_boxes_cover_what_one_cannot(self) -> None:
        x, rng = futures(3)
        fails = ((x[:, 0] > 0.75) & (x[:, 1] > 0.5)) | ((x[:, 4] < 0.2) & (x[:, 5] < 0.5))
        one, two, *rest = prim(x, fails, NAMES, rng)
        assert {one.names, two.names} == {("x0", "x1"), ("x4", "x5")}
        assert one.coverage.value + two.coverage.value > 0.9
        assert min(one.density.value, two.density.value) > 0.85
        assert rest == []

    @pytest.mark.parametrize(("inside", "outside"), [(0.3, 0.03), (0.97, 0.7)])
    def test_finds_a_box_however_many_fail_elsewhere(self, inside: float, outside: float) -> None:
        x, rng = futures(9)
        (box, *_) = prim(x, rng.random(len(x)) < np.where(corner(x), inside, outside), NAMES, rng)
        assert box.names == ("x2", "x7")
        assert box.ends("x2") == pytest.approx((0.6, np.inf), abs=0.1)
        assert box.ends("x7") == pytest.approx((-np.inf, 0.45), abs=0.1)
        assert box.density.value == pytest.approx(inside, abs=0.05)
        assert box.base == pytest.approx(outside + (inside - outside) * 0.4 * 0.45, abs=0.05)

    def test_an_excess_by_hand(self) -> None:
        # Of eight futures two fail, so a box of four with both holds 2 − 4 × ¼ = 1 beyond its share, the whole 0, an empty one 0.
        fails = np.arange(8) < 2
        assert _excess(np.array([4, 8, 0]), np.array([2, 2, 0]), fails).tolist() == [1, 0, 0]

    def test_restricts_few_inputs(self) -> None:
        x, rng = futures(4)
        fails = (x[:, :6] > 0.2).all(axis=1)
        (box, *_) = prim(x, fails, NAMES, rng, inputs=2)
        assert len(box.names) <= 2

    def test_inputs_of_few_values_and_of_one(self) -> None:
        x, rng = futures(5)
        x[:, 2] = np.round(2 * x[:, 2]) / 2
        x[:, 3] = 7.0
        box = prim(x, (x[:, 2] == 1) & (x[:, 7] < 0.5), NAMES, rng)[0]
        assert box.names == ("x2", "x7")
        # Between the values .5 and 1.
        assert box.ends("x2") == (0.75, np.inf)

    def test_where_all_or_none_fail_there_is_nothing_to_find(self) -> None:
        x, rng = futures(6, 100)
        for fails in (np.zeros(100, dtype=bool), np.ones(100, dtype=bool)):
            assert prim(x, fails, NAMES, rng) == ()
            (leaf,) = tree(x, fails, NAMES, rng)
            assert leaf.limits == ()

    def test_says_what_is_wrong_with_its_futures(self) -> None:
        x, rng = futures(7, 50)
        with pytest.raises(ValueError, match=r"\(50, 3\), got \(50, 10\)"):
            prim(x, x[:, 0] > 0.5, NAMES[:3], rng)
        x[3, 3] = np.nan
        with pytest.raises(ValueError, match="finite"):
            tree(x, x[:, 0] > 0.5, NAMES, rng)

    def test_fresh_futures_judge(self) -> None:
        x, rng = futures(8)
        fails = corner(x) & (rng.random(len(x)) < 0.8)
        box = prim(x, fails, NAMES, np.random.default_rng(0))[0]
        # Four fifths of the futures in the box fail, in fresh futures as in any.
        assert box.density.low < 0.8 < box.density.high
        again, more = np.random.default_rng(99).random((20_000, 10)), np.random.default_rng(98).random(20_000) < 0.8
        assert box.density.low < (corner(again) & more)[box.holds(again, NAMES)].mean() < box.density.high


class TestTrajectory:
    def test_by_hand(self) -> None:
        # Of ten futures the sixth to ninth fail. One future goes with each peel: from below while that raises the share of failures most, then the tenth.
        x, fails = np.arange(10.0)[:, None], (np.arange(10) > 4) & (np.arange(10) < 9)
        cuts = peeling_trajectory(x, fails, 4)
        assert cuts == [[], *([(0, "above", n + 0.5)] for n in range(5)), [(0, "above", 4.5), (0, "below", 8.5)]]
        inside = [inside_of(x, each) for each in cuts]
        assert [each.sum() for each in inside] == [10, 9, 8, 7, 6, 5, 4]
        assert [fails[each].mean() for each in inside] == pytest.approx([4 / 10, 4 / 9, 4 / 8, 4 / 7, 4 / 6, 4 / 5, 1])

    def test_passes_a_planted_box_with_its_coverage_and_density_and_goes_on_to_denser_ones(self) -> None:
        # The corner holds .4 × .45 of the futures. Nine tenths of these fail and one in fifty of the others, so the corner covers .162 of .1784 failures; its
        # half with x4 above .5 is denser by a tenth.
        x, rng = futures(2, 8000)
        chance = np.where(corner(x), np.where(x[:, 4] > 0.5, 1.0, 0.8), 0.02)
        fails = rng.random(len(x)) < chance
        boxes = trajectory(x, fails, NAMES, np.random.default_rng(0))
        assert boxes[0].limits == ()
        assert (boxes[0].coverage.value, boxes[0].density.value) == pytest.approx((1, 0.1784), abs=0.015)
        nearest = min(boxes, key=lambda box: abs(box.support - 0.18))
        assert {"x2", "x7"} <= set(nearest.names)
        assert (nearest.coverage.value, nearest.density.value) == pytest.approx((0.162 / 0.1784, 0.9), abs=0.05)
        assert boxes[-1].density.value > 0.97
        assert boxes[-1].coverage.value < 0.5
        # Each box lies in the one before and restricts no input less; the same halves give the box of PRIM the same numbers.
        assert all(set(one.names) <= set(other.names) and other.support <= one.support for one, other in pairwise(boxes))
        assert prim(x, fails, NAMES, np.random.default_rng(0))[0].base == boxes[0].base

    def test_where_all_or_none_fail_there_is_no_way(self) -> None:
        x, rng = futures(6, 100)
        assert trajectory(x, np.zeros(100, dtype=bool), NAMES, rng) == trajectory(x, np.ones(100, dtype=bool), NAMES, rng) == ()


class TestTree:
    def test_finds_a_corner_among_eight_inputs_of_noise(self) -> None:
        x, rng = futures()
        best, *others = tree(x, corner(x) ^ (rng.random(len(x)) < 0.01), NAMES, rng)
        assert best.names == ("x2", "x7")
        assert best.ends("x2") == pytest.approx((0.6, np.inf), abs=0.03)
        assert best.ends("x7") == pytest.approx((-np.inf, 0.45), abs=0.03)
        assert min(best.coverage.value, best.density.value) > 0.9
        assert max(other.density.value for other in others) < 0.1

    def test_leaves_part_the_space(self) -> None:
        x, rng = futures(2)
        leaves = tree(x, (x[:, 0] + x[:, 1] > 1) & (x[:, 2] > 0.2), NAMES, rng)
        assert 4 <= len(leaves) <= 8
        assert (np.sum([leaf.holds(x, NAMES) for leaf in leaves], axis=0) == 1).all()
        assert sum(leaf.coverage.value for leaf in leaves) == pytest.approx(1)
        assert sum(leaf.support for leaf in leaves) == pytest.approx(1)

    def test_does_not_split_noise(self) -> None:
        grown = 0
        for seed in range(60):
            x, rng = futures(seed, 400)
            grown += len(tree(x, rng.random(len(x)) < 0.3, NAMES, rng)) > 1
        assert grown <= 3


class TestWords:
    def test_a_box_is_a_sentence(self) -> None:
        # 83 of 100 futures in the box fail; 83 of all 117 failures.
        limits = (Limit("rivalry", "above", 0.7), Limit("lens", "above", 0.2), Limit("lens", "below", 0.9))
        box = Box(limits, share_interval(83, 117), share_interval(83, 100), 0.3, 0.2, 0.0, {"rivalry": 2, "lens": 1})
        assert box.in_words({"lens": "economy lens"}) == (
            "rivalry is above 0.70 and economy lens is between 0.2 and 0.9: 83 % [74–89] of such futures fail, against 30 % without these limits; they are "
            "71 % [62–78] of all failures")
        assert box.in_words(fail="see hedging win", failures="its wins").endswith(
            "of such futures see hedging win, against 30 % without these limits; they are 71 % [62–78] of all its wins")
        below = Box((Limit("rivalry", "below", -0.5),), box.coverage, box.density, 0.3, 0.2, 0.0, {"rivalry": 1})
        assert below.in_words().startswith("rivalry is below −0.5: 83 %")

    def test_a_quasi_p_value_by_hand(self) -> None:
        # Of four futures two fail; the limit keeps the two that do: two of two by chance of one half each is a quarter.
        x, fails = np.arange(4.0)[:, None], np.array([False, False, True, True])
        assert quasi_p(x, fails, [(0, "above", 1.5)], (0, "above", 1.5)) == pytest.approx(0.25)
