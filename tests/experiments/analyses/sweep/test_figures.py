"""Figures of a sweep, on made-up sweeps without a simulation; what holds for every figure is in tests/experiments/figures/test_contract.py."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from matplotlib import colors as mcolors
from matplotlib.figure import Figure
from matplotlib.text import Text

from experiments.analyses.sweep.estimates import indistinguishable
from experiments.analyses.sweep.figures import along, phase, plane, scatter, winners
from experiments.analyses.sweep.figures import panels as cells
from experiments.analyses.sweep.figures.catalogue import SWEEP_FIGURES
from experiments.analyses.sweep.pictures import foot
from experiments.analyses.sweep.sweep import Axis, Sweep
from experiments.figures import context, style
from experiments.figures.figure import drawn
from sim.payoffs import RETURNS
from tests.experiments.analyses.comparison.test_figures import HOSTILE, SHIPPED

FIVE = {"status_quo": "status_quo", "equidistance": "hedging", "dominance_denial": "hedging", "bandwagon_first": "alignment", "soft_balancing": "balancing"}
SCENARIO = Axis("scenario", "Scenario", "-", ("calm", "competition", "cold_war"), False)
POLICY = Axis("policies.us", "Policy of the United States", "-", ("norm_promoter", "coercion", "inducement", "a_policy_with_a_long_name", "offshore"), False)


def numbers(name: str, label: str, unit: str, low: float, high: float, n: int) -> Axis:
    return Axis(name, label, unit, tuple(float(value) for value in np.linspace(low, high, n)), True)


def rivalry(n: int) -> Axis:
    return numbers("parameters.rivalry_mean", "Mean rivalry", "log odds", -2, 2, n)


def backlash(n: int) -> Axis:
    return numbers("parameters.backlash", "Backlash against pressure", "share per quarter", 0, 0.4, n)


def a_sweep(axes: tuple[Axis, ...], families: dict[str, str] = FIVE, points: pd.DataFrame | None = None, worlds: int = 32, effect: float = 1.0,
            composite: bool = False) -> Sweep:
    """Every strategy has an effect that bends with the axes, and in stability none."""
    if points is None:
        points = pd.DataFrame(list(product(*(axis.levels for axis in axes))), columns=[axis.name for axis in axes])
    rng = np.random.default_rng(1)
    at = np.stack([[axis.levels.index(level) / max(1, len(axis.levels) - 1) - 0.5 for level in points[axis.name]] for axis in axes])
    measures = {}
    for measure in (*RETURNS, *(["composite"] if composite else [])):
        slope, bend, start = rng.normal(size=(2, len(families), len(axes))), rng.normal(size=(len(families), len(axes))), rng.normal(size=(len(families), 1))
        mean = effect * (0.3 * start + slope[0] @ at + bend @ at**2 + (slope[1] @ at) ** 2)
        noise = rng.normal(size=(1, 1, worlds)) + 0.3 * rng.normal(size=(len(families), 1, worlds))
        size, level = {"economic": (0.03, 3.6), "security": (0.002, -0.004)}.get(measure, (0.03, 0.5))
        measures[measure] = level + size * (mean[..., None] + noise) if measure != "stability" else np.ones((len(families), len(points), worlds))
    return Sweep(axes, points, tuple(families), families, next(iter(families)), measures, seed=1)


def a_sampled_sweep(n: int, scenarios: bool = False) -> Sweep:
    """A design without a grid over two numbers, or over five in each scenario."""
    names = ("rivalry", "backlash", "threat", "visits", "trust") if scenarios else ("rivalry", "backlash")
    points = pd.DataFrame(np.random.default_rng(2).random((n, len(names))), columns=list(names))
    axes = tuple(Axis(name, name.capitalize(), "-", tuple(sorted(points[name])), True) for name in names)
    if scenarios:
        return a_sweep((SCENARIO, *axes), points=pd.concat([points.assign(scenario=level) for level in SCENARIO.levels], ignore_index=True), worlds=8)
    return a_sweep(axes, points=points)


HOSTILE_AXES = (
    Axis("a.$x$", r"$\frac{1}{$ " + "long " * 12, "% {a} $", tuple(f"$l{i}$ {'x' * 30 * (i % 2)}%s" for i in range(12)), False),
    Axis("b{", "{b} %d", r"\unit", (0.001, 0.01, 0.1, 1.0, 10.0), True),
)
CASES = {
    "two numbers": lambda: a_sweep((rivalry(9), backlash(7))),
    "fine grid, all strategies": lambda: a_sweep((rivalry(50), backlash(50)), SHIPPED, worlds=4),
    "one list of names": lambda: a_sweep((SCENARIO,)),
    "one number": lambda: a_sweep((rivalry(9),)),
    "two lists of names": lambda: a_sweep((SCENARIO, POLICY), SHIPPED, composite=True),
    "names and a number": lambda: a_sweep((POLICY, rivalry(5))),
    "names and two numbers": lambda: a_sweep((SCENARIO, rivalry(6), backlash(5))),
    "sampled": lambda: a_sampled_sweep(60),
    "sampled in scenarios": lambda: a_sampled_sweep(300, scenarios=True),
    "a strategy's numbers": lambda: a_sweep((numbers("strategies.equidistance.anchor", "Anchor of equidistance", "-1 to 1", -1, 1, 9),
                                             numbers("strategies.equidistance.breadth", "Breadth of equidistance", "0 to 1", 0, 1, 6))),
    "hostile names in one world": lambda: a_sweep(HOSTILE_AXES, HOSTILE, worlds=1),
    "hedging alone": lambda: a_sweep((rivalry(6), backlash(5)), {name: family for name, family in SHIPPED.items() if family == "hedging"}),
    "two points, two worlds, two strategies": lambda: a_sweep((rivalry(2),), {"status_quo": "status_quo", "equidistance": "hedging"}, worlds=2),
    "no effect": lambda: a_sweep((rivalry(4), backlash(3)), effect=0.0),
}


@cache
def case(name: str) -> Sweep:
    return CASES[name]()


def foot_of(sweep: Sweep) -> str:
    return foot(sweep, [context.Context("cambodia_2020", "baseline", "KHM", 2020, 60, sweep.n_worlds)])


@cache
def pictured(figure: str, name: str) -> Figure:
    return drawn(SWEEP_FIGURES[figure], case(name), foot_of(case(name)))


PAIRS = [(figure, name) for name in CASES for figure, spec in SWEEP_FIGURES.items() if spec.applies(case(name))]


def test_each_kind_of_sweep_gets_its_figures() -> None:
    shown = {name: {figure for figure, other in PAIRS if other == name} for name in CASES}
    assert shown["two numbers"] == {"phase", "rivals", "along", "regret"}
    assert shown["sampled"] == {"rivals", "along", "regret", "scatter"}
    assert shown["a strategy's numbers"] == {"phase", "plane", "rivals", "along", "regret"}
    assert shown["names and two numbers"] == {"phase", "phase_by_level", "rivals", "along", "regret"}
    assert shown["sampled in scenarios"] == {"phase", "rivals", "along", "regret", "scatter"}
    assert "best_two" in shown["hedging alone"]


def test_a_sweep_of_one_point_has_no_figures() -> None:
    sweep = a_sweep((Axis("scenario", "Scenario", "-", ("calm",), False),))
    assert [name for name, spec in SWEEP_FIGURES.items() if spec.applies(sweep)] == []


def test_a_phase_diagram_colours_each_cell_by_the_best() -> None:
    sweep = case("two numbers")
    result = winners.won(sweep, "economic")
    image = np.asarray(pictured("phase", "two numbers").axes[0].images[0].get_array())
    colours = winners.winner_colours(result, winners.colours_of(sweep, {measure: winners.won(sweep, measure) for measure in sweep.returns}))
    # Rows of the image are levels of the second axis, columns those of the first.
    np.testing.assert_allclose(image[2, 5], colours.reshape(9, 7, 3)[5, 2])
    strongest = int(np.where(result.certain, result.margin, -1).argmax())
    np.testing.assert_allclose(colours[strongest], cells.shade(style.colour_of(str(result.name[strongest])), 1.0))
    assert result.certain.any()


def test_where_none_is_best_is_pale_whatever_its_margin() -> None:
    result = winners.Won(np.array(["hedging", "hedging"], dtype=object), np.array([2.0, 1.0]), np.array([False, True]), np.array([False, True]), False)
    assert winners.strengths(result).tolist() == [0, 1]


def test_where_one_family_is_best_everywhere_its_margin_is_shown_and_the_title_says_so() -> None:
    result = winners.Won(np.array(["hedging"] * 3, dtype=object), np.array([2.0, 3.0, 4.0]), np.ones(3, dtype=bool), np.ones(3, dtype=bool), False)
    assert winners.leader(result) == "hedging"
    assert winners.strengths(result).tolist() == [0, 0.5, 1]
    sweep = case("two numbers")
    values = sweep.measures["trust"].copy()
    values[sweep.strategies.index("equidistance")] += 1 + 0.1 * np.arange(sweep.n_points)[:, None]
    led = replace(sweep, measures={**sweep.measures, "trust": values})
    assert phase.title(led).startswith("Hedging is best everywhere in trust; in consumption ")
    figure = drawn(SWEEP_FIGURES["phase"], led, "foot")
    panel = figure.axes[led.returns.index("trust")]
    assert panel.get_title(loc="left").startswith("Trust: hedging")
    assert any("no break-even" in text.get_text() for text in panel.texts)
    image = np.asarray(panel.images[0].get_array()).reshape(-1, 3)
    assert np.ptp(image, axis=0).max() > 0.3
    alone = drawn(SWEEP_FIGURES["phase"], replace(led, families=dict.fromkeys(led.strategies, "hedging")), "foot")
    assert alone.axes[led.returns.index("trust")].get_title(loc="left").startswith("Trust: equidistance everywhere")


def test_dots_mark_the_cells_where_a_family_is_best_by_its_number() -> None:
    sweep = case("two numbers")
    result = winners.won(sweep, "economic")
    dotted = [patch for patch in pictured("phase", "two numbers").axes[0].patches if patch.get_hatch() == cells.DOTS]
    assert 0 < result.by_number.sum() < result.certain.sum()
    assert len(dotted) == 1
    inside = [[dotted[0].get_path().contains_point((x, y)) for y in sweep.axes[1].levels] for x in sweep.axes[0].levels]
    assert np.array(inside).tolist() == result.by_number.reshape(9, 7).tolist()
    text = SWEEP_FIGURES["phase"].alt(sweep)
    name = result.name[result.by_number][0]
    wins = result.name[result.certain] == name
    assert f"{style.family_label(name)} best at {wins.sum()} (size-adjusted {(result.name[result.size_adjusted] == name).sum()})" in text


def test_hatching_covers_each_marked_cell_and_no_other() -> None:
    mask = np.random.default_rng(0).random((7, 5)) < 0.5
    x, y = (cells.Place(Axis(name, name, "-", tuple(range(n)), False), tuple(range(n)), even=False) for name, n in (("x", 7), ("y", 5)))
    ax = Figure().add_subplot()
    cells.hatch(ax, x, y, mask)
    path = ax.patches[0].get_path()
    assert np.array([[path.contains_point((i, j)) for j in range(5)] for i in range(7)]).tolist() == mask.tolist()


def test_the_line_of_equal_worth_lies_where_the_mean_is_0_and_dashes_where_its_interval_ends() -> None:
    x, y = (cells.Place(Axis(name, name, "-", tuple(range(n)), True), tuple(range(n)), even=True) for name, n in (("x", 7), ("y", 5)))
    mean = np.repeat(np.arange(7.0) - 3, 5)  # the levels of y fastest
    ax = Figure().add_subplot()
    cells.equal_worth(ax, x, y, pd.DataFrame({"difference": mean, "low": mean - 1, "high": mean + 1.5}))
    lines = [line for line in ax.collections if mcolors.same_color(line.get_edgecolor(), style.INK)]
    assert [np.unique(line.get_paths()[0].vertices[:, 0]).tolist() for line in lines] == [[4], [1.5], [3]]
    assert [line.get_linestyle()[0][1] is None for line in lines] == [False, False, True]


def three_families(first: Sequence[float], second: Sequence[float]) -> Sweep:
    """Over two numbers, hedging and alignment have these means along the first; balancing is ahead of both everywhere."""
    axes = tuple(numbers(f"parameters.{name}", name, "-", 0, 1, 3) for name in ("x", "y"))
    families = {"status_quo": "status_quo", "equidistance": "hedging", "bandwagon_first": "alignment", "soft_balancing": "balancing"}
    means = np.array([[0] * 3, first, second, [9] * 3], dtype=float).repeat(3, axis=1)
    points = pd.MultiIndex.from_product([axis.levels for axis in axes], names=[axis.name for axis in axes]).to_frame(index=False)
    return Sweep(axes, points, tuple(families), families, "status_quo", dict.fromkeys(RETURNS, means[..., None].repeat(4, axis=-1)), seed=1)


def test_a_diagram_says_that_two_sides_never_break_even_where_they_do_not() -> None:
    for second, said in (([0.0, 2.0, 3.0], False), ([2.0, 3.0, 4.0], True), ([0.0, 0.5, 0.5], True)):
        sweep = three_families([1.0, 1.0, 1.0], second)
        texts = [text.get_text() for text in drawn(SWEEP_FIGURES["phase"], sweep, foot_of(sweep)).findobj(Text)]
        assert any("no break-even" in text for text in texts) is said


def test_the_star_of_a_plane_and_its_words_are_at_the_highest_mean() -> None:
    axes = tuple(numbers(f"strategies.equidistance.{name}", name, "-", 0, 1, 3) for name in ("anchor", "breadth"))
    points = pd.MultiIndex.from_product([axis.levels for axis in axes], names=[axis.name for axis in axes]).to_frame(index=False)
    worlds = np.zeros((2, 9, 4))
    worlds[1] = np.array([0, 1, 2, 3, 4, 9, 6, 5, -7.0])[:, None] + [-0.1, 0, 0, 0.1]
    sweep = Sweep(axes, points, ("status_quo", "equidistance"), {"status_quo": "status_quo", "equidistance": "hedging"}, "status_quo",
                  dict.fromkeys(RETURNS, worlds), seed=1)
    ax = drawn(SWEEP_FIGURES["plane"], sweep, foot_of(sweep)).axes[0]
    (star,) = (line for line in ax.lines if line.get_marker() == "*")
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (0.5, 1)
    dotted = [patch for patch in ax.patches if patch.get_hatch() == cells.DOTS]
    inside = [[any(patch.get_path().contains_point((i, j)) for patch in dotted) for j in axes[1].levels] for i in axes[0].levels]
    assert np.array(inside).tolist() == [[False] * 3, [False, False, True], [False] * 3]
    assert all("at anchor 0.5 and breadth 1" in part for part in plane.alt(sweep).split(";"))
    assert plane.title(sweep).endswith("anchor 0.5 and breadth 1")


def test_two_numbers_span_the_diagrams_before_names_do() -> None:
    assert [axis.name for axis in phase.spanning(case("names and two numbers"))] == ["parameters.rivalry_mean", "parameters.backlash"]
    assert phase.third(case("names and two numbers")) == SCENARIO
    assert phase.spanning(case("sampled")) == ()
    assert len(scatter.spanning(case("sampled"))) == 2


def test_the_plane_belongs_to_one_strategy_that_is_not_the_reference() -> None:
    sweep = case("a strategy's numbers")
    result = plane.varied_strategy(sweep)
    assert result is not None
    assert result[0] == "equidistance"
    assert plane.varied_strategy(Sweep(sweep.axes, sweep.points, sweep.strategies, sweep.families, "equidistance", sweep.measures, 1)) is None
    assert plane.varied_strategy(case("two numbers")) is None


def test_the_optimum_of_a_plane_cannot_be_distinguished_from_itself() -> None:
    worlds = np.array([[[0.0, 1.0], [2.0, 3.0]], [[0.0, 1.0], [1.9, 3.2]]])
    # Means .5, 2.5, .5, 2.55: the last is highest; the second is .1 above or .2 below it.
    assert indistinguishable(worlds).tolist() == [[False, True], [False, True]]


def test_names_that_would_be_alike_when_cut_show_where_they_differ() -> None:
    events = tuple(f"[{{kind:commitment,actor:{power},start:+0q1,value:2}}]" for power in ("first", "second"))
    axis = Axis("scenario.events", "Events", "-", (*events, "calm", "a_long_name_of_a_scenario_that_is_cut"), False)
    assert [cells.level_label(axis, level) for level in axis.levels] == [
        "…t,actor:first,start:+0q1,v…", "…t,actor:second,start:+0q1,…", "calm", "a long name o…o that is cut"]
    assert cells.level_label(axis, events[1], 100) == events[1]


def test_uneven_numbers_lie_in_even_steps_and_keep_their_order() -> None:
    place = cells.place_of(case("hostile names in one world"), HOSTILE_AXES[1])
    assert not place.even
    assert place.positions.tolist() == [0, 1, 2, 3, 4]
    assert place.at(0.055) == pytest.approx(1.5)


def test_titles_of_lines_say_what_changes_most_and_who_is_ahead_throughout() -> None:
    sweep = case("one number")  # alignment gains trust nowhere, whatever the rivalry
    values = {name: each.copy() for name, each in sweep.measures.items()}
    for measure in sweep.returns:
        values[measure][:] = 1.0
    bent = np.linspace(-0.02, 0.02, 9)[:, None]
    row = sweep.strategies.index
    values["economic"][row("equidistance")] += bent
    values["trust"][row("equidistance")] += 0.1
    values["trust"][row("dominance_denial")] += 0.05
    values["autonomy"][row("bandwagon_first")] += 0.1
    led = replace(sweep, measures=values)
    # 100 (exp(±.02) − 1)
    assert along.title(led) == "Against status quo, equidistance changes most along mean rivalry: −2.0 to 2.0 % of consumption"
    assert along.title_of_rivals(led) == ("Against alignment, hedging is ahead throughout in trust, is behind throughout in autonomy and changes places in "
                                          "consumption")
    small = replace(led, smallest={"economic": 0.05, "trust": 0.2, "autonomy": 0.2})
    assert along.title(small) == "Against status quo, what varies changes the consumption of no strategy for certain and in practice"
    assert along.title_of_rivals(small) == "In no return is hedging ahead of alignment, or behind it, throughout"
    values["economic"][row("dominance_denial")] += bent
    assert along.title(led).startswith("Against status quo, equidistance and dominance denial change most")


def test_titles_of_diagrams_say_who_is_best_at_most_points() -> None:
    sampled = case("sampled")
    best = winners.won(sampled, "economic")
    counts = {name: int(((best.name == name) & best.size_adjusted).sum()) for name in set(best.name)}
    most = max(counts, key=lambda name: counts[name])
    assert scatter.title(sampled) == f"{style.family_label(most).capitalize()} is best in consumption at {counts[most]} of 60 points, size-adjusted"
    assert scatter.title(replace(sampled, measures={**sampled.measures, "economic": np.ones_like(sampled.measures["economic"])})).startswith("Nobody is surely")
    shown = phase.averaged(case("fine grid, all strategies"), phase.spanning(case("fine grid, all strategies")))
    won = winners.won(shown, "economic")
    name, count = Counter(won.name[won.certain].tolist()).most_common(1)[0]
    adjusted = int((won.size_adjusted & (won.name == name)).sum())
    assert 0 < adjusted < count
    assert phase.title(case("fine grid, all strategies")).startswith(
        f"Best in consumption: {style.family_label(name)} at {count:,} of {shown.n_points:,} points (size-adjusted at {adjusted:,})")
    by_level = case("names and two numbers")
    assert phase.title_by_third(by_level) == "Best in consumption at most points: nobody surely at calm and competition; alignment at cold war"
    assert phase.title_by_third(a_sweep((SCENARIO, rivalry(6), backlash(5)), effect=0.0)).endswith(": nobody surely, whatever the scenario")
    assert plane.title(case("a strategy's numbers")) == "Equidistance has most consumption with anchor of equidistance −1 and breadth of equidistance 0"
    flat = a_sweep(CASES["a strategy's numbers"]().axes, effect=0.0)
    assert plane.title(flat) == "No numbers of equidistance are surely better than others in consumption"


def test_few_strategies_are_followed_and_all_families_get_a_place() -> None:
    chosen = along.selection(case("two lists of names"))
    assert len(chosen) == len(set(chosen)) == along.STRATEGIES
    assert {"hedging", "alignment"} <= {SHIPPED[name] for name in chosen}
    assert set(along.selection(case("two numbers"))) == set(FIVE) - {"status_quo"}
