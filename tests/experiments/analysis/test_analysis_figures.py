"""What holds for every figure of an analysis, on made-up results."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.decisions import regret
from experiments.analysis.discovery import prim
from experiments.analysis.intervals import Estimate
from experiments.analysis.search import Trace
from experiments.analysis.sensitivity import convergence, saltelli_points
from experiments.figures import layout, save, style
from experiments.figures.analysis import (
    adoption,
    advantages,
    boxes,
    break_even,
    front,
    indices,
    invasion,
    mix,
    ranges,
    regret_bars,
    response,
    scoreboard,
    search_curves,
    tornado,
    under_policies,
    variants,
)
from experiments.sweep import Axis
from sim.axes import Array
from tests.experiments.test_figures import HOSTILE, SHIPPED, overlaps, written

INPUTS = ("Mean rivalry", "Economy lens at full rivalry", "Belief gain", "Local threat", "Trust lost under full pressure", "Reliability of protection",
          "Fragmentation of trade", "Backlash against pressure", "Cost of being open to both", "Chance of a pandemic")
UNITS = ("log odds", "-", "per quarter", "share of GDP/yr", "per quarter", "-", "-", "share per quarter", "share of output", "per quarter")
NASTY = (r"$\frac{1}{$", "{name} %s %(a)d", "x" * 90, "long " * 20, "Việt–Nam ☃ <b>&amp;", "", "%", r"\alpha_{1}", "_", "--><!--")
SLOPES = np.array([4.0, -3.0, 2.0, 0.5, -1.0, 0.2, 0.0, 0.7, -0.4, 0.1])


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def model(points: Array) -> Array:
    """Inputs in [0, 1], two of which act through each other."""
    x = points - 0.5
    return np.asarray(x @ SLOPES + 5 * x[:, 1] * x[:, 2] - 3 * x[:, 0] ** 2)


Case = tuple[Callable[[Figure], list[Axes]], Callable[[], str]]


def a_tornado(labels: tuple[str, ...] = INPUTS, *, width: float = 0.25, unit: str = "% of consumption") -> Case:
    n = len(labels)
    low, high = (model(np.where(np.eye(10, dtype=bool), end, 0.5)) for end in (0.0, 1.0))
    one, other = (Estimate(values, values - width, values + width)[:n] for values in (low, high))
    ends = [("0.1", "0.7"), ("−2.00", "2.00"), ("0", "12,000")] * 4 if labels is not NASTY else [(label, label) for label in NASTY]
    outcome = labels[2] if labels is NASTY else "Advantage of hedging"
    return (lambda figure: tornado.draw(figure, labels, ends, one, other, float(model(np.full((1, 10), 0.5))[0]), outcome, unit),
            lambda: tornado.alt(labels, one, other, 0.0, outcome))


def some_indices(labels: tuple[str, ...] = INPUTS, outcomes: tuple[str, ...] = ("Economic",), n: int = 512, *, constant: bool = False) -> Case:
    points = saltelli_points(n, 10, rng())
    y = np.stack([model(points) if i == 0 else model(points[:, ::-1]) + points[:, i] ** 3 for i in range(len(outcomes))])[..., None]
    if constant:
        y[-1] = 1.0
    found = convergence(y, n, 10, rng())
    return lambda figure: indices.draw(figure, labels, found, outcomes), lambda: indices.alt(labels, found, outcomes)


def a_response(labels: tuple[str, ...] = INPUTS, n: int = 600, *, k: int = 10, constant: bool = False) -> Case:
    points = rng().random((n, 10))
    y = np.ones(n) if constant else model(points) + 0.3 * rng(2).normal(size=n)
    x = (points * [4, 1, 0.7, 0.05, 0.3, 0.6, 0.75, 0.6, 0.005, 0.03] - [2, 0, 0, 0, 0, 0, 0, 0, 0, 0])[:, :k]
    units = UNITS if labels is not NASTY else NASTY
    return (lambda figure: response.draw(figure, x, y, labels, units, labels[3] if labels is NASTY else "Advantage of hedging", "% of consumption", zero=0.0),
            lambda: response.alt(x, y, labels, "advantage of hedging"))


def some_boxes(labels: tuple[str, ...] = INPUTS, kind: str = "one", n: int = 1200) -> Case:
    x = rng().random((n, 10)) * [4, 1, 0.7, 0.05, 0.3, 0.6, 0.75, 0.6, 0.005, 0.03] - [2, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    noise = rng(2).random(n)
    fails = {
        "none": noise < 0.3,
        "one": np.where((x[:, 0] > 0.7) & (x[:, 1] > 0.35), noise < 0.85, noise < 0.05),
        "two": np.where((x[:, 0] > 0.7) & (x[:, 1] > 0.35) & (x[:, 1] < 0.75) & (x[:, 3] > 0.01), noise < 0.95, (x[:, 2] < 0.15) & (noise < 0.9)),
        "single input": x[:, 8] > 0.0041,
    }[kind]
    names = tuple(f"parameters.{i}" for i in range(10))
    called, units = dict(zip(names, labels, strict=True)), dict(zip(names, UNITS if labels is not NASTY else NASTY, strict=True))
    found = prim(x, fails, names, rng())
    assert bool(found) == (kind != "none")
    fail = "see alignment win" if labels is not NASTY else NASTY[1]
    return (lambda figure: boxes.draw(figure, x, fails, names, found, called, units, fail, "wins of alignment"),
            lambda: boxes.alt(x, found, called, fail, "wins of alignment"))


def some_regret(families: dict[str, str] = SHIPPED, worlds: int = 8, *, alike: bool = False) -> Case:
    n = len(families)
    values = 0.03 * rng().normal(size=(n, 1)) + (0.0 if alike else 0.02) * rng(1).normal(size=(n, 60))
    if alike:
        values = np.zeros((n, 60))
    if worlds:
        values = values[..., None] + 0.005 * rng(2).normal(size=(1 if alike else n, 1, worlds))
    found = regret(values, rng(), 50)
    reference = "status_quo" if "status_quo" in families else next(iter(families))
    return lambda figure: regret_bars.draw(figure, list(families), families, reference, found), lambda: regret_bars.alt(list(families), found)


def some_break_evens(families: dict[str, str] = SHIPPED, *, nasty: bool = False) -> Case:
    nothing = {"rivalry": np.nan, "low": np.nan, "high": np.nan, "rises": None, "share": 0.0, "crosses": False, "told": "always behind"}
    rows: list[dict[str, object]] = []
    for i, (name, family) in enumerate(families.items()):
        for j, lens in enumerate((0.2, 0.7, 1.3)):
            about = {"strategy": name, "family": family, "lens": lens}
            at = 2.5 - 0.4 * i - 0.3 * j
            one = {"rivalry": at, "low": at - 0.4, "high": at + 0.4 if i else np.inf, "rises": bool(i % 2), "share": 1.0 if i != 3 else 0.5, "crosses": True,
                   "told": f"{at:.1f} logit, better above"}
            rows += [{**about, **each} for each in ([one, {**one, "rivalry": -2.0, "rises": not i % 2}] if i == 1 else [one] if i < 6 else [nothing])]
    table = pd.DataFrame(rows)
    shown = style.labels(families)
    axis = Axis("x", NASTY[1] * 5 if nasty else "Mean rivalry between the powers", r"\unit" if nasty else "logit", (-3.0, 0.0, 3.0), True)
    return (lambda figure: break_even.draw(figure, table, shown, axis, "lens", 0.95), lambda: break_even.alt(table, shown, [0.2, 0.7, 1.3]))


ROWS = (
    ("H1", "The advantage of hedging falls with mean rivalry", "−", 0.93, "as expected", "supported"),
    ("H2b", "Coercion raises the influence of a power on states that depend on it much while its rival is absent", "+", 0.41, "as expected", "conditional"),
    ("H10", "The advantage of hedging in the worst tenth of worlds rises with the volatility of the patron's commitment", "+", 0.78, "not told", "conditional"),
    ("H12", "A second donor raises the price of alignment", "+", 1.0, "as expected", "passed"),
    ("H21", "Securitisation of trade lowers the advantage of hedging", "−", 0.08, "opposite", "refuted"),
    ("O1", "Equidistance has the highest joint political, economic and diplomatic return of all strategies for Cambodia", "?", 0.0, "opposite", "refuted"),
)


def a_scoreboard(times: int = 1, *, nasty: bool = False) -> Case:
    rows = [scoreboard.Row(name, statement, sign, share, max(0.0, share - 0.05), min(1.0, share + 0.04), default, word)  # type: ignore[arg-type]
            for name, statement, sign, share, default, word in ROWS] * times
    if nasty:
        rows = [scoreboard.Row(text, text * 3, text, 0.5, 0.4, 0.6, "not told", text or "unheard of") for text in NASTY]
    return lambda figure: scoreboard.draw(figure, rows), lambda: scoreboard.alt(rows)


def estimate(values: Array, width: float) -> Estimate:
    return Estimate(values, values - width, values + width)


def some_adoption(families: dict[str, str] = SHIPPED, n: int = 80, *, width: float = 0.02, rest: bool = True, measure: str = "composite") -> Case:
    names = list(families)[:7]
    waves = 0.1 + 0.1 * np.abs(np.cumsum(0.05 * rng().normal(size=(60, n)), axis=1))
    strategies = {name: estimate(waves[i], width) for i, name in enumerate(names)}
    by_family = {name: estimate(waves[10 + i] / (1 + i), width) for i, name in enumerate(dict.fromkeys(families.values()))}
    gain, cohesion, reference = (estimate(waves[50 + i] - 0.1 * (i == 0), width) for i in range(3))
    called = "x" * 26 if families is HOSTILE else "status quo"
    return (lambda figure: adoption.draw(figure, strategies, estimate(waves[8], width) if rest else None, style.looks(families), by_family, 0.04, gain,
                                         cohesion, reference, measure, called),
            lambda: adoption.alt(strategies, by_family, gain, cohesion, measure))


def a_mix(families: dict[str, str] = SHIPPED, *, alike: bool = False) -> Case:
    n, reference = len(families), next(iter(families))
    share = np.full(n, 1 / n) if alike else rng().dirichlet(np.full(n, 0.5))
    found, moved = estimate(share, 0.0 if alike else 0.01), estimate(0.0 * share if alike else 0.02 * rng().normal(size=n), 0.0 if alike else 0.01)
    spread = np.stack([share / 2, np.minimum(1, 4 * share)])
    return lambda figure: mix.draw(figure, list(families), families, reference, found, spread, moved), lambda: mix.alt(list(families), found)


def an_invasion(families: dict[str, str] = SHIPPED, *, width: float = 0.002, size: float = 0.01, measure: str = "composite") -> Case:
    values = size * rng().normal(size=len(families))
    gain, lead, reference = estimate(values, width), estimate(1.1 * values, width), next(iter(families))
    return (lambda figure: invasion.draw(figure, list(families), families, reference, gain, lead, measure),
            lambda: invasion.alt(list(families), gain, measure))


def some_variants(names: tuple[str, ...] = ("Main", "Start: their own", "Selection 0.25, mutation 0.0125"), families: dict[str, str] = SHIPPED) -> Case:
    kinds = list(dict.fromkeys(families.values()))
    shares = rng().dirichlet(np.ones(len(kinds)), size=len(names))
    return lambda figure: variants.draw(figure, names, kinds, shares), lambda: variants.alt(names, kinds, shares)


def some_curves(n: int = 2000, *, alike: bool = False, name: str = "bandwagon stronger, the best of the library") -> Case:
    one, other = (Trace(np.zeros((n, 1)), np.zeros(n) if alike else np.sort(rng(i).normal(size=n)) + rng(i + 5).normal(size=n)) for i in (1, 2))
    return (lambda figure: search_curves.draw(figure, one, other, {name: 1.0, "status quo, the reference": -0.5}, "Composite, mean over futures"),
            lambda: search_curves.alt(one, other, "Composite, mean over futures"))


def some_advantages(families: dict[str, str] = SHIPPED, *, width: float = 0.01) -> Case:
    ahead, names = estimate(0.02 * rng().normal(size=len(families)), width), list(families)
    reference = "status_quo" if "status_quo" in families else names[0]
    return (lambda figure: advantages.draw(figure, names, families, reference, ahead, "economic", "Economic, mean over futures: the find less each"),
            lambda: advantages.alt(names, ahead, "economic"))


def some_ranges(labels: tuple[str, ...] = INPUTS) -> Case:
    good, find = rng().random((40, len(labels))), np.linspace(0, 1, len(labels))
    ends = ([("-5", "5"), ("0", "0.03")] * len(labels))[: len(labels)]
    return lambda figure: ranges.draw(figure, labels, ends, good, find), lambda: ranges.alt(labels, good, find)


POLICIES = ("coercion", "competitive_matching", "conditionality", "inducement", "laissez_faire", "mirroring", "neglect", "neutral", "norm_promoter",
            "patron", "wedge")


def under_some_policies(policies: tuple[str, ...] = POLICIES, measure: str = "economic") -> Case:
    ahead = estimate(0.02 * rng().normal(size=(len(policies),) * 2), 0.01)
    return (lambda figure: under_policies.draw(figure, policies, ahead, (policies[0], policies[-1]), measure),
            lambda: under_policies.alt(policies, ahead, measure))


def a_front(families: dict[str, str] = SHIPPED, n: int = 7) -> Case:
    cloud = 0.05 * rng().normal(size=(500, 2))
    known, found = (estimate(0.02 * rng().normal(size=(rows, 2)), width) for rows, width in ((len(families), 0.01), (n, 0.004)))
    measures, names = ("economic", "diplomatic"), list(families)
    return (lambda figure: front.draw(figure, cloud, names, families, known, found, measures, "less the reference"),
            lambda: front.alt(names, found, measures))


CASES: dict[str, Callable[[], Case]] = {
    "search curves": some_curves, "search curves alike": lambda: some_curves(2, alike=True), "search curves nasty": lambda: some_curves(30, name=NASTY[1] * 9),
    "advantages": some_advantages, "advantages hostile": lambda: some_advantages(HOSTILE, width=np.inf), "ranges": some_ranges,
    "ranges nasty": lambda: some_ranges(NASTY), "under policies": under_some_policies,
    "under one policy": lambda: under_some_policies(("x" * 40,), "composite"),
    "under long policies": lambda: under_some_policies(tuple(f"{i}" + "x" * 39 for i in range(9))),
    "front": a_front, "front hostile": lambda: a_front(HOSTILE, 1),
    "tornado": a_tornado, "tornado nasty": lambda: a_tornado(NASTY), "tornado without intervals": lambda: a_tornado(INPUTS[:1], width=np.inf, unit="-"),
    "indices": lambda: some_indices(outcomes=("Economic", "Autonomy", "Diplomatic"), n=256), "indices of one outcome": some_indices,
    "indices nasty": lambda: some_indices(NASTY, NASTY[1:5], 16, constant=True),
    "response": a_response, "response nasty": lambda: a_response(NASTY, 100), "response of one": lambda: a_response(INPUTS[:1], k=1),
    "response constant": lambda: a_response(constant=True),
    "boxes": some_boxes, "boxes two": lambda: some_boxes(kind="two"), "boxes nasty": lambda: some_boxes(NASTY, "two"),
    "boxes none": lambda: some_boxes(kind="none", n=200), "boxes of one input": lambda: some_boxes(kind="single input", n=250),
    "regret bars": some_regret, "regret bars hostile": lambda: some_regret(HOSTILE, 0), "regret bars alike": lambda: some_regret(alike=True),
    "adoption": some_adoption, "adoption hostile": lambda: some_adoption(HOSTILE, 4, rest=False, measure="security"),
    "adoption of one family": lambda: some_adoption({"status_quo": "status_quo"}, 300, width=0.0, rest=False, measure="economic"),
    "mix": a_mix, "mix hostile": lambda: a_mix(HOSTILE), "mix alike": lambda: a_mix(alike=True),
    "invasion": an_invasion, "invasion hostile": lambda: an_invasion(HOSTILE, measure="security"), "invasion alike": lambda: an_invasion(width=0.0, size=0.0),
    "variants": some_variants, "variants hostile": lambda: some_variants(NASTY, HOSTILE), "variants one": lambda: some_variants(("Main",)),
    "break-even": some_break_evens, "break-even hostile": lambda: some_break_evens(HOSTILE, nasty=True),
    "scoreboard": a_scoreboard, "scoreboard of many": lambda: a_scoreboard(5), "scoreboard nasty": lambda: a_scoreboard(nasty=True),
}


@cache
def case(name: str) -> Case:
    return CASES[name]()


def drawn_anew(name: str) -> tuple[Figure, list[Axes]]:
    with style.styled():
        figure = Figure()
        axes = case(name)[0](figure)
        layout.frame(figure, "A headline", "Cambodia 2020 (KHM) · 1,200 points × 64 worlds × 60 quarters · seed 2020")
    return figure, axes


@cache
def drawn(name: str) -> tuple[Figure, list[Axes]]:
    return drawn_anew(name)


def check_texts(figure: Figure, axes: list[Axes]) -> None:
    """The figure has these axes; its texts lie inside, do not overlap, and none is mathematics or no number."""
    assert axes == figure.axes
    width, height = figure.get_size_inches() * figure.dpi
    texts, mathematics = written(figure)
    assert mathematics == []
    assert [text for text, box in texts if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height] == []
    assert not any(re.search(r"\bnan\b|\binf\b", text) for text, _ in texts)
    assert overlaps(figure) == []


def check_alt(text: str) -> None:
    """A sentence with numbers."""
    assert text.endswith(".")
    assert re.search(r"\d", text)
    assert not re.search(r"\bnan\b|\binf\b", text)


@pytest.mark.parametrize("name", CASES)
class TestEveryFigure:
    def test_draws_text_that_is_whole_apart_and_never_mathematics(self, name: str) -> None:
        check_texts(*drawn(name))

    def test_draws_only_finite_data(self, name: str) -> None:
        for ax in drawn(name)[1]:
            assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()

    def test_alt_text_is_a_sentence_with_numbers(self, name: str) -> None:
        check_alt(case(name)[1]())


@pytest.mark.parametrize("name", [
    "tornado", "indices", "response", "boxes two", "regret bars", "scoreboard of many", "adoption", "mix", "invasion", "variants", "search curves", "front"])
def test_the_file_is_small_and_two_drawings_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    one = save(drawn(name)[0], tmp_path, "one")[0].read_bytes()
    assert len(one) < 400_000
    assert save(drawn_anew(name)[0], tmp_path, "other")[0].read_bytes() == one


def test_the_tornado_is_sorted_by_swing_even_where_both_ends_lie_on_one_side() -> None:
    low, high = (Estimate(values, values, values) for values in (np.array([1.0, 3.0, 0.9]), np.array([2.0, 2.5, 1.2])))
    # Around 1: 0 to 1, 0 to 2, −.1 to .2.
    assert tornado.order(low, high, 1.0) == [1, 0, 2]


def test_the_inputs_of_a_response_are_those_that_move_the_mean() -> None:
    x = rng().random((400, 10))
    assert [i for i, _ in response.shown_inputs(x, x[:, 7] - 3 * x[:, 2])][:2] == [2, 7]


def test_unconverged_indices_are_hatched_and_others_are_not() -> None:
    _, axes = drawn("indices of one outcome")
    few = case("indices nasty")
    figure = Figure()
    with style.styled():
        hatched = few[0](figure)[0]
    assert any(bar.get_hatch() for bar in hatched.patches)
    assert any(not bar.get_hatch() for bar in axes[0].patches)


def test_break_even_values_go_down_from_the_highest_and_say_on_which_side_a_strategy_is_better() -> None:
    nothing = {"rivalry": np.nan, "rises": None, "crosses": False, "told": "always ahead"}
    table = pd.DataFrame([{"strategy": "a", "lens": 1.0, **nothing}, {"strategy": "b", "lens": 1.0, "rivalry": -1.0, "rises": True, "crosses": True},
                          {"strategy": "b", "lens": 2.0, "rivalry": 0.0, "rises": False, "crosses": True}, {"strategy": "a", "lens": 2.0, **nothing},
                          {"strategy": "c", "lens": 1.0, "rivalry": 2.0, "rises": True, "crosses": True}, {"strategy": "c", "lens": 2.0, **nothing}])
    assert break_even.order(table) == ["c", "b", "a"]
    words = [break_even._word(table[table.strategy == name]) for name in "abc"]
    assert words == ["always ahead", "better above; better below", "better above; always ahead"]


def test_regret_bars_begin_with_the_smallest_largest_regret() -> None:
    found = regret(np.array([[0.0, 0.0], [0.1, 0.0], [0.0, 0.3]]), rng(), 20)
    # Largest: .3, .3, .1; means .2, .15, .05.
    assert regret_bars.order(found) == [2, 1, 0]


def test_the_mix_begins_with_the_largest_share() -> None:
    assert mix.order(estimate(np.array([0.2, 0.5, 0.3]), 0.0)) == [1, 2, 0]
