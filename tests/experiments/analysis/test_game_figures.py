"""What holds for the figures of a tournament, on made-up games."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.executors import Serial
from experiments.figures import layout, save, style
from experiments.figures.analysis import policy_grid, price_ladder, stationary_mix
from experiments.policy_game import Game, Solution, solved
from tests.experiments.analysis.test_analysis_figures import check_alt, check_texts
from tests.experiments.test_figures import HOSTILE, SHIPPED

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


def case_of(figure: Figure, name: str, case: str) -> tuple[list[Axes], str]:
    found = solution(case)
    game, rung, tied = found.game, found.rungs[0], found.answer.tied.sum(axis=0) > 1
    if name == "grid":
        return (policy_grid.draw(figure, game.policies, game.strategies, game.families, rung.answers, tied, rung.best, rung.led),
                policy_grid.alt(game.policies, game.strategies, rung.answers, tied, rung.led))
    module = {"mix": stationary_mix, "ladder": price_ladder}[name]
    return module.draw(figure, game.policies, game.strategies, game.families, found.rungs), module.alt(game.policies, game.strategies, found.rungs)


def drawn_anew(name: str, case: str) -> tuple[Figure, list[Axes], str]:
    with style.styled():
        figure = Figure()
        axes, alt = case_of(figure, name, case)
        layout.frame(figure, "A headline", "Cambodia 2020 (KHM) · 256 worlds × 60 quarters · seed 2020")
    return figure, axes, alt


@cache
def drawn(name: str, case: str) -> tuple[Figure, list[Axes], str]:
    return drawn_anew(name, case)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", DRAWN)
class TestEveryFigure:
    def test_draws_text_that_is_whole_apart_and_never_mathematics(self, name: str, case: str) -> None:
        figure, axes, _ = drawn(name, case)
        check_texts(figure, axes)

    def test_draws_only_finite_data(self, name: str, case: str) -> None:
        for ax in drawn(name, case)[1]:
            assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()

    def test_alt_text_is_a_sentence_with_numbers(self, name: str, case: str) -> None:
        check_alt(drawn(name, case)[2])


@pytest.mark.parametrize("name", DRAWN)
def test_the_file_is_small_and_two_drawings_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    one = save(drawn(name, "shipped")[0], tmp_path, "one")[0].read_bytes()
    assert len(one) < 400_000
    assert save(drawn_anew(name, "shipped")[0], tmp_path, "other")[0].read_bytes() == one


def test_every_pair_has_an_arrow_or_a_dot_of_each_power_and_an_equilibrium_two_dots() -> None:
    ax = drawn("grid", "shipped")[1][0]
    rung = solution("shipped").rungs[0]
    dots = [len(found.get_offsets()) for found in ax.collections if type(found).__name__ == "PathCollection"]
    arrows = [found.N for found in ax.collections if type(found).__name__ == "Quiver"]
    assert dots == rung.best.sum(axis=(1, 2)).tolist()
    assert [dot + arrow for dot, arrow in zip(dots, arrows, strict=True)] == [121, 121]
    framed = sum(each.found or float(each.share.value) >= 0.05 for each in rung.led)
    assert len(ax.patches) == framed


def test_an_arrow_points_to_the_best_policy() -> None:
    # China's policy 1 is best against anything, the first of the US: from the first row down, from the last row up, to the left from everywhere.
    best = np.zeros((2, 3, 3), dtype=bool)
    best[0, 1], best[1, :, 0] = True, True
    with style.styled():
        figure = Figure()
        ax = policy_grid.draw(figure, ("a", "b", "c"), ("mine",), {"mine": "hedging"}, np.zeros((3, 3), dtype=int), np.zeros((3, 3), dtype=bool), best, ())[0]
    china, us = (found for found in ax.collections if type(found).__name__ == "Quiver")
    # Down the page is up the axis: it begins with the first row.
    first = china.XY[:, 1] < policy_grid.HIGH
    assert (china.V[first] > 0).all()
    assert (china.V[~first] < 0).all()
    assert (us.U < 0).all()
    assert (us.V == 0).all()


def test_ties_are_striped_and_nothing_else_is() -> None:
    def striped(case: str) -> int:
        return sum(len(found.get_paths()) for found in drawn("grid", case)[1][0].collections if found.get_hatch())

    assert striped("alike") == 16
    assert striped("shipped") == int((solution("shipped").answer.tied.sum(axis=0) > 1).sum())
    assert striped("one strategy") == 0
