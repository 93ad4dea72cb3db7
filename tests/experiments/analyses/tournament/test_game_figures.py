"""Figures of the game of the powers, on made-up games; what holds for every figure is in tests/experiments/figures/test_contract.py."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.analyses.tournament.powers.figures import policy_grid, price_ladder, stationary_mix
from experiments.analyses.tournament.powers.game import Game
from experiments.analyses.tournament.powers.solve import Solution, solved
from experiments.executors.serial import Serial
from experiments.figures import style
from experiments.figures.figure import FigureSpec, drawn
from tests.experiments.analyses.comparison.test_figures import HOSTILE, SHIPPED

POLICIES = ("coercion", "competitive_matching", "conditionality", "inducement", "laissez_faire", "mirroring", "neglect", "neutral", "norm_promoter",
            "patron", "wedge")
NASTY = (r"$\frac{1}{$", "{name} %s %(a)d", "x" * 64, "x" * 40 + "y" * 24, "Việt–Nam ☃ <b>&amp;")
CASES: dict[str, tuple[dict[str, str], tuple[str, ...], float]] = {
    "shipped": (SHIPPED, POLICIES, 1.0), "hostile": (HOSTILE, NASTY, 1.0), "two": ({"status_quo": "status_quo", "mine": "hedging"}, ("neglect", "mine"), 1.0),
    "alike": (SHIPPED, POLICIES[:4], 0.0), "one strategy": ({"mine": "my_family"}, POLICIES[:3], 1.0),
    "many": (dict(list(SHIPPED.items())[:5]), tuple(f"{name}.{i}" for name in POLICIES for i in range(2))[:14], 1.0),
}
DRAWN = ("grid", "mix", "ladder")


@cache
def solution(case: str) -> Solution:
    families, policies, size = CASES[case]
    rng, shape = np.random.default_rng(len(families)), (len(families), len(policies), len(policies))
    state, china, us = (size * (rng.normal(size=(*shape, 1)) + 0.4 * rng.normal(size=(*shape, 12))) for _ in range(3))
    outlay = 1 + np.broadcast_to(size * rng.random(len(policies))[None, :, None, None], (*shape, 12))
    game = Game(tuple(families), families, next(iter(families)), policies, "composite", state, np.stack([china, us]), np.stack([outlay, outlay.swapaxes(1, 2)]))
    with Serial() as here:
        return solved(game, 1, here, 2, (0.0,))


def case_of(name: str, case: str) -> tuple[FigureSpec[Any], Any]:
    """A figure and its subject."""
    result = solution(case)
    return {"grid": (policy_grid.FIGURE, policy_grid.answers_of(result, result.rungs[0])),
            "mix": (stationary_mix.FIGURE, stationary_mix.ladder_of(result, result.rungs)),
            "ladder": (price_ladder.FIGURE, stationary_mix.ladder_of(result, result.rungs))}[name]


@cache
def pictured(name: str, case: str) -> Figure:
    return drawn(*case_of(name, case), "Cambodia 2020 (KHM) · 256 worlds × 60 quarters · seed 2020")


def test_every_pair_has_an_arrow_or_a_dot_of_each_power_and_an_equilibrium_two_dots() -> None:
    ax = pictured("grid", "shipped").axes[0]
    rung = solution("shipped").rungs[0]
    dots = [len(result.get_offsets()) for result in ax.collections if type(result).__name__ == "PathCollection"]
    arrows = [result.N for result in ax.collections if type(result).__name__ == "Quiver"]
    assert dots == rung.best.sum(axis=(1, 2)).tolist()
    assert [dot + arrow for dot, arrow in zip(dots, arrows, strict=True)] == [121, 121]
    framed = sum(each.in_mean_payoffs or float(each.share.value) >= 0.05 for each in rung.led)
    assert len(ax.patches) == framed


def test_an_arrow_points_to_the_best_policy() -> None:
    # China's policy 1 is best against anything, the first of the US: from the first row down, from the last row up, to the left from everywhere.
    best = np.zeros((2, 3, 3), dtype=bool)
    best[0, 1], best[1, :, 0] = True, True
    with style.styled():
        figure = Figure()
        ax = policy_grid.draw(figure, policy_grid.Answers(("a", "b", "c"), ("mine",), {"mine": "hedging"}, np.zeros((3, 3), dtype=int),
                                                         np.zeros((3, 3), dtype=bool), best, (), "0", "Price 0"))[0]
    china, us = (result for result in ax.collections if type(result).__name__ == "Quiver")
    # Down the page is up the axis: it begins with the first row.
    first = china.XY[:, 1] < policy_grid.HIGH
    assert (china.V[first] > 0).all()
    assert (china.V[~first] < 0).all()
    assert (us.U < 0).all()
    assert (us.V == 0).all()


def test_ties_are_striped_and_nothing_else_is() -> None:
    def striped(case: str) -> int:
        return sum(len(result.get_paths()) for result in pictured("grid", case).axes[0].collections if result.get_hatch())

    assert striped("alike") == 16
    assert striped("shipped") == int((solution("shipped").answer.tied.sum(axis=0) > 1).sum())
    assert striped("one strategy") == 0
