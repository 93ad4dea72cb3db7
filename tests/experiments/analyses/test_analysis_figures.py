"""Figures of the analyses, on made-up results; what holds for every figure is in tests/experiments/figures/test_contract.py."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from experiments.analyses.comparison.figures.dominance import Side
from experiments.analyses.hindcast.figures import draws, series, skill
from experiments.analyses.hypotheses.figures import scoreboard
from experiments.analyses.optimize.figures import advantages, front, ranges, search_curves, under_policies
from experiments.analyses.patterns.analyse import verdict_of
from experiments.analyses.patterns.figures import expected
from experiments.analyses.patterns.result import Shown
from experiments.analyses.rank.figures import league
from experiments.analyses.robustness.figures import boxes, break_even, peels, regret_bars, weights
from experiments.analyses.sensitivity.analyse import RESPONSES, strongest_responses
from experiments.analyses.sensitivity.figures import indices, response, tornado
from experiments.analyses.sweep.sweep import Axis
from experiments.analyses.tournament.imitation.figures import adoption, invasion, mix, variants
from experiments.configuration.pattern import Pattern
from experiments.figures import style
from experiments.figures.figure import FigureSpec, drawn, text_of
from experiments.methods.decisions import regret
from experiments.methods.discovery import prim, trajectory
from experiments.methods.intervals import Estimate
from experiments.methods.search import Trace
from experiments.methods.sensitivity import convergence, saltelli_points
from sim.axes import Array
from tests.experiments.analyses.comparison.test_figures import HOSTILE, SHIPPED
from tests.experiments.analyses.hindcast import made_up as past

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


#: A figure and its subject.
Case = tuple[FigureSpec[Any], Any]


def a_tornado(labels: tuple[str, ...] = INPUTS, *, width: float = 0.25, measure: str = "economic") -> Case:
    n = len(labels)
    low, high = (model(np.where(np.eye(10, dtype=bool), end, 0.5)) for end in (0.0, 1.0))
    one, other = (Estimate(values, values - width, values + width)[:n] for values in (low, high))
    ends = [("0.1", "0.7"), ("−2.00", "2.00"), ("0", "12,000")] * 4 if labels is not NASTY else [(label, label) for label in NASTY]
    outcome = labels[2] if labels is NASTY else "Advantage of hedging"
    return tornado.FIGURE, tornado.Swings(measure, outcome, labels, ends, one, other, float(model(np.full((1, 10), 0.5))[0]))


def some_indices(labels: tuple[str, ...] = INPUTS, outcomes: tuple[str, ...] = ("Economic",), n: int = 512, *, constant: bool = False) -> Case:
    points = saltelli_points(n, 10, rng())
    y = np.stack([model(points) if i == 0 else model(points[:, ::-1]) + points[:, i] ** 3 for i in range(len(outcomes))])[..., None]
    if constant:
        y[-1] = 1.0
    result = convergence(y, n, 10, rng())
    return indices.FIGURE, indices.Shares(labels, result, outcomes, "hedging", "hedging less alignment")


def a_response(labels: tuple[str, ...] = INPUTS, n: int = 600, *, k: int = 10, constant: bool = False) -> Case:
    points = rng().random((n, 10))
    y = np.ones(n) if constant else model(points) + 0.3 * rng(2).normal(size=n)
    x = (points * [4, 1, 0.7, 0.05, 0.3, 0.6, 0.75, 0.6, 0.005, 0.03] - [2, 0, 0, 0, 0, 0, 0, 0, 0, 0])[:, :k]
    units = UNITS if labels is not NASTY else NASTY
    return response.FIGURE, response.Responses("economic", "Economic advantage of hedging", labels, units, strongest_responses(x, y, RESPONSES), n)


def some_boxes(labels: tuple[str, ...] = INPUTS, kind: str = "one", n: int = 1200) -> Case:
    x = rng().random((n, 10)) * [4, 1, 0.7, 0.05, 0.3, 0.6, 0.75, 0.6, 0.005, 0.03] - [2, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    noise = rng(2).random(n)
    fails = {
        "none": noise < 0.3,
        "one": np.where((x[:, 0] > 0.7) & (x[:, 1] > 0.35), noise < 0.85, noise < 0.05),
        "two": np.where((x[:, 0] > 0.7) & (x[:, 1] > 0.35) & (x[:, 1] < 0.75) & (x[:, 3] > 0.01), noise < 0.95, (x[:, 2] < 0.15) & (noise < 0.9)),
        "single input": x[:, 8] > 0.0041,
        "small inputs": np.where((x[:, 8] > 0.0015) & (x[:, 9] > 0.01), noise < 0.85, noise < 0.05),
    }[kind]
    names = tuple(f"parameters.{i}" for i in range(10))
    called, units = dict(zip(names, labels, strict=True)), dict(zip(names, UNITS if labels is not NASTY else NASTY, strict=True))
    result = prim(x, fails, names, rng())
    assert bool(result) == (kind != "none")
    fail = "see hedging fail" if labels is not NASTY else NASTY[1]
    return boxes.FIGURE, boxes.Futures(x, fails, names, result, called, units, fail, "failures of hedging")


def some_peels(kind: str = "one") -> Case:
    x, noise = rng().random((600, 10)), rng(2).random(600)
    fails = {"one": noise < np.where((x[:, 0] > 0.6) & (x[:, 1] > 0.4) & (x[:, 2] > 0.2), 0.85, 0.05), "noise": noise < 0.3, "few": noise < 0.02}[kind]
    found = prim(x, fails, INPUTS, rng())
    return peels.FIGURE, peels.Peels(trajectory(x, fails, INPUTS, rng()), found[0] if found else None)


def some_regret(families: dict[str, str] = SHIPPED, worlds: int = 8, *, alike: bool = False) -> Case:
    n = len(families)
    values = 0.03 * rng().normal(size=(n, 1)) + (0.0 if alike else 0.02) * rng(1).normal(size=(n, 60))
    if alike:
        values = np.zeros((n, 60))
    if worlds:
        values = values[..., None] + 0.005 * rng(2).normal(size=(1 if alike else n, 1, worlds))
    result = regret(values, rng(), 50)
    reference = "status_quo" if "status_quo" in families else next(iter(families))
    return regret_bars.FIGURE, regret_bars.Regrets(list(families), families, reference, result, "economic")


def some_break_evens(families: dict[str, str] = SHIPPED, *, nasty: bool = False) -> Case:
    nothing = {"rivalry": np.nan, "low": np.nan, "high": np.nan, "rises": None, "share": 0.0, "crosses": False, "stays_ahead": "always behind"}
    rows: list[dict[str, object]] = []
    for i, (name, family) in enumerate(families.items()):
        for j, lens in enumerate((0.2, 0.7, 1.3)):
            about = {"strategy": name, "family": family, "lens": lens}
            at = 2.5 - 0.4 * i - 0.3 * j
            one = {"rivalry": at, "low": at - 0.4, "high": at + 0.4 if i else np.inf, "rises": bool(i % 2), "share": 1.0 if i != 3 else 0.5, "crosses": True,
                   "stays_ahead": f"{at:.1f} logit, better above"}
            rows += [{**about, **each} for each in ([one, {**one, "rivalry": -2.0, "rises": not i % 2}] if i == 1 else [one] if i < 6 else [nothing])]
    table = pd.DataFrame(rows)
    shown = style.labels(families)
    axis = Axis("x", NASTY[1] * 5 if nasty else "Mean rivalry between the powers", r"\unit" if nasty else "logit", (-3.0, 0.0, 3.0), True)
    return break_even.FIGURE, break_even.BreakEvens(table, shown, axis, "economic", "limited bandwagon China", "alignment", 64)


def some_weights(families: dict[str, str] = SHIPPED, *, thinned: bool = True) -> Case:
    def side(title: str, names: list[str], kinds: list[str]) -> Side:
        share = np.sort(rng(len(names)).dirichlet(np.ones(len(names))))[::-1]
        other = {"other": np.where(np.arange(len(names)) % 3, share, np.nan)} if thinned else {}
        return Side(title, names, kinds, pd.DataFrame({"share": share, "low": share / 2, "high": np.minimum(1, 1.5 * share), **other}))

    shown = list(style.labels(families).values())
    kinds = list(dict.fromkeys(families.values()))
    labels, n = [style.family_label(kind) for kind in kinds], -(-len(shown) // 2)
    sides = [side("Strategies, all at once", shown[:n], list(families.values())[:n]), side("Families, 3 of each", labels[:3], kinds[:3]),
             side("Families, 1 of each", labels, kinds)]
    return weights.FIGURE, weights.Best(sides, shown[n:], thinned)


ROWS = (
    ("H1", "The advantage of hedging falls with mean rivalry", "−", 0.93, "as expected", "supported"),
    ("H2b", "Coercion raises the influence of a power on states that depend on it much while its rival is absent", "+", 0.41, "as expected", "conditional"),
    ("H10", "The advantage of hedging in the worst tenth of worlds rises with the volatility of the patron's commitment", "+", 0.78, "unclear", "undecided"),
    ("H12", "A second donor raises the price of alignment", "+", 1.0, "as expected", "holds"),
    ("H21", "Securitisation of trade lowers the advantage of hedging", "−", 0.08, "opposite", "refuted"),
    ("H18", "At low rivalry a pandemic costs a hedger less than an aligned state", "+", 0.8, "as expected", "no practical difference"),
    ("O1", "Equidistance has the highest joint political, economic and trust return of all strategies for Cambodia", "?", 0.0, "opposite", "refuted"),
)


def a_scoreboard(times: int = 1, *, nasty: bool = False, checks: bool = False) -> Case:
    rows = [scoreboard.Row(name, statement, sign, share, max(0.0, share - 0.05), min(1.0, share + 0.04), default, word)  # type: ignore[arg-type]
            for name, statement, sign, share, default, word in ROWS] * times
    if nasty:
        rows = [scoreboard.Row(text, text * 3, text, 0.5, 0.4, 0.6, "unclear", text or "unheard of") for text in NASTY]
    return scoreboard.CHECKS if checks else scoreboard.FIGURE, rows


def estimate(values: Array, width: float) -> Estimate:
    return Estimate(values, values - width, values + width)


def some_adoption(families: dict[str, str] = SHIPPED, n: int = 80, *, width: float = 0.02, rest: bool = True, measure: str = "composite") -> Case:
    names = list(families)[:7]
    waves = 0.1 + 0.1 * np.abs(np.cumsum(0.05 * rng().normal(size=(60, n)), axis=1))
    strategies = {name: estimate(waves[i], width) for i, name in enumerate(names)}
    by_family = {name: estimate(waves[10 + i] / (1 + i), width) for i, name in enumerate(dict.fromkeys(families.values()))}
    gain, cohesion, reference = (estimate(waves[50 + i] - 0.1 * (i == 0), width) for i in range(3))
    called = "x" * 26 if families is HOSTILE else "status quo"
    others = estimate(waves[8], width) if rest else None
    return adoption.FIGURE, adoption.Adoption(strategies, others, style.looks(families), by_family, 0.04, gain, cohesion, reference, measure, called)


def a_mix(families: dict[str, str] = SHIPPED, *, alike: bool = False) -> Case:
    n, reference = len(families), next(iter(families))
    share = np.full(n, 1 / n) if alike else rng().dirichlet(np.full(n, 0.5))
    result, moved = estimate(share, 0.0 if alike else 0.01), estimate(0.0 * share if alike else 0.02 * rng().normal(size=n), 0.0 if alike else 0.01)
    spread = np.stack([share / 2, np.minimum(1, 4 * share)])
    return mix.FIGURE, mix.Mix(list(families), families, reference, result, spread, moved)


def an_invasion(families: dict[str, str] = SHIPPED, *, width: float = 0.002, size: float = 0.01, measure: str = "composite") -> Case:
    values = size * rng().normal(size=len(families))
    gain, lead, reference = estimate(values, width), estimate(1.1 * values, width), next(iter(families))
    return invasion.FIGURE, invasion.Entrants(list(families), families, reference, gain, lead, measure)


def some_variants(names: tuple[str, ...] = ("Main", "Start: their own", "Selection 0.25, mutation 0.0125"), families: dict[str, str] = SHIPPED) -> Case:
    kinds = list(dict.fromkeys(families.values()))
    shares = rng().dirichlet(np.ones(len(kinds)), size=len(names))
    return variants.FIGURE, variants.Variants(names, kinds, shares)


def some_curves(n: int = 2000, *, alike: bool = False, name: str = "bandwagon stronger, the best of the library") -> Case:
    one, other = (Trace(np.zeros((n, 1)), np.zeros(n) if alike else np.sort(rng(i).normal(size=n)) + rng(i + 5).normal(size=n)) for i in (1, 2))
    return search_curves.FIGURE, search_curves.Search(one, other, {name: 1.0, "status quo, the reference": -0.5}, "Composite, mean over futures")


def some_advantages(families: dict[str, str] = SHIPPED, *, width: float = 0.01) -> Case:
    ahead, names = estimate(0.02 * rng().normal(size=len(families)), width), list(families)
    reference = "status_quo" if "status_quo" in families else names[0]
    return advantages.FIGURE, advantages.Advantages(names, families, reference, ahead, "economic", "mean over futures")


def some_ranges(labels: tuple[str, ...] = INPUTS) -> Case:
    good, best = rng().random((40, len(labels))), np.linspace(0, 1, len(labels))
    ends = ([("−5", "5"), ("0", "0.03")] * len(labels))[: len(labels)]
    return ranges.FIGURE, ranges.Ranges(labels, ends, np.quantile(good, (0.05, 0.25, 0.75, 0.95), axis=0), len(good), best, 800)


POLICIES = ("coercion", "competitive_matching", "conditionality", "inducement", "laissez_faire", "mirroring", "neglect", "neutral", "norm_promoter",
            "patron", "wedge")


def under_some_policies(policies: tuple[str, ...] = POLICIES, measure: str = "economic", default: tuple[str, str] | None = None) -> Case:
    ahead = estimate(0.02 * rng().normal(size=(len(policies),) * 2), 0.01)
    return under_policies.FIGURE, under_policies.UnderPolicies(policies, ahead, default or (policies[0], policies[-1]), measure, "status quo")


def a_front(families: dict[str, str] = SHIPPED, n: int = 7) -> Case:
    cloud = 0.05 * rng().normal(size=(500, 2))
    known, result = (estimate(0.02 * rng().normal(size=(rows, 2)), width) for rows, width in ((len(families), 0.01), (n, 0.004)))
    measures, names = ("economic", "trust"), list(families)
    return front.FIGURE, front.Front(measures, cloud, names, families, known, result, "mean over futures")


def a_league(labels: tuple[str, ...] = INPUTS, *, width: float = 0.25) -> Case:
    value = np.sort(rng().normal(size=len(labels)))[::-1]
    families = [list(style.FAMILIES)[i % 3] if labels is not NASTY else label for i, label in enumerate(labels)]
    return league.FIGURE, league.Standing(labels, range(1, len(labels) + 1), families, Estimate(value, value - width, value + width), labels[0])


def some_patterns(labels: tuple[str, ...] = INPUTS) -> list[Shown]:
    made = []
    for i, name in enumerate(labels):
        value = (-9.0, -1.1, -0.2, 0.4, 1.0, 1.3, 40.0)[i % 7]
        high = 1.0 if i % 3 else -1.0
        pattern = Pattern(label=name[:40] or "-", statement="x", source="-", role="held_out", statistic="level", measure="output", expected=[-1.0, high],
                          tolerance=0.2)
        made.append(Shown(name, pattern, Estimate(np.array(value), np.array(value - 0.1), np.array(value + 0.1)), verdict_of(pattern, value), 8 * (i % 2)))
    return made


CASES: dict[str, Callable[[], Case]] = {
    "league": a_league, "league nasty": lambda: a_league(NASTY), "league of one": lambda: a_league(("one",), width=np.inf),
    "league long": lambda: a_league(tuple(f"careful engagement variant of number {i:02d}" for i in range(30))),
    "league of many": lambda: a_league(INPUTS * 8, width=0.0),
    "search curves": some_curves, "search curves alike": lambda: some_curves(2, alike=True), "search curves nasty": lambda: some_curves(30, name=NASTY[1] * 9),
    "advantages": some_advantages, "advantages hostile": lambda: some_advantages(HOSTILE, width=np.inf), "ranges": some_ranges,
    "ranges nasty": lambda: some_ranges(NASTY), "under policies": under_some_policies,
    "under one policy": lambda: under_some_policies(("x" * 40,), "composite"),
    "under policies of nobody": lambda: under_some_policies(default=("conciliation", POLICIES[0])),
    "under long policies": lambda: under_some_policies(tuple(f"{i}" + "x" * 39 for i in range(9))),
    "front": a_front, "front hostile": lambda: a_front(HOSTILE, 1),
    "tornado": a_tornado, "tornado nasty": lambda: a_tornado(NASTY),
    "tornado without intervals": lambda: a_tornado(INPUTS[:1], width=np.inf, measure="composite"),
    "indices": lambda: some_indices(outcomes=("Economic", "Autonomy", "Diplomatic"), n=256), "indices of one outcome": some_indices,
    "indices nasty": lambda: some_indices(NASTY, NASTY[1:5], 16, constant=True),
    "response": a_response, "response nasty": lambda: a_response(NASTY, 100), "response of one": lambda: a_response(INPUTS[:1], k=1),
    "response constant": lambda: a_response(constant=True),
    "boxes": some_boxes, "boxes two": lambda: some_boxes(kind="two"), "boxes nasty": lambda: some_boxes(NASTY, "two"),
    "boxes of small inputs": lambda: some_boxes((*INPUTS[:8], *["Half the cost of full cooperation with both powers at once"] * 2), "small inputs"),
    "boxes none": lambda: some_boxes(kind="none", n=200), "boxes of one input": lambda: some_boxes(kind="single input", n=250),
    "peels": some_peels, "peels of noise": lambda: some_peels("noise"), "peels of few": lambda: some_peels("few"),
    "weights": some_weights, "weights hostile": lambda: some_weights(HOSTILE, thinned=False), "weights of one": lambda: some_weights({"a": "b"}),
    "regret bars": some_regret, "regret bars hostile": lambda: some_regret(HOSTILE, 0), "regret bars alike": lambda: some_regret(alike=True),
    "adoption": some_adoption, "adoption hostile": lambda: some_adoption(HOSTILE, 4, rest=False, measure="security"),
    "adoption of one family": lambda: some_adoption({"status_quo": "status_quo"}, 300, width=0.0, rest=False, measure="economic"),
    "mix": a_mix, "mix hostile": lambda: a_mix(HOSTILE), "mix alike": lambda: a_mix(alike=True),
    "invasion": an_invasion, "invasion hostile": lambda: an_invasion(HOSTILE, measure="security"), "invasion alike": lambda: an_invasion(width=0.0, size=0.0),
    "variants": some_variants, "variants hostile": lambda: some_variants(NASTY, HOSTILE), "variants one": lambda: some_variants(("Main",)),
    "break-even": some_break_evens, "break-even hostile": lambda: some_break_evens(HOSTILE, nasty=True),
    "scoreboard": a_scoreboard, "scoreboard of many": lambda: a_scoreboard(5), "scoreboard nasty": lambda: a_scoreboard(nasty=True),
    "checks": lambda: a_scoreboard(checks=True),
    "expected": lambda: (expected.FIGURE, some_patterns()), "expected nasty": lambda: (expected.FIGURE, some_patterns(NASTY)),
    "expected of one": lambda: (expected.FIGURE, some_patterns(INPUTS[:1])),
    "series": lambda: (series.FIGURE, past.panels(INPUTS)), "series nasty": lambda: (series.FIGURE, past.panels(NASTY, 10)),
    "series of one": lambda: (series.FIGURE, past.panels(INPUTS, 1, 2011, gaps=True)),
    "skill": lambda: (skill.FIGURE, past.skills(INPUTS)), "skill nasty": lambda: (skill.FIGURE, past.skills(NASTY, 10)),
    "skill without a test": lambda: (skill.FIGURE, past.skills(INPUTS, 2, 2011)),
    "draws": lambda: (draws.FIGURE, past.distances()), "draws apart": lambda: (draws.FIGURE, past.distances(120, -0.5)),
}


@cache
def case(name: str) -> Case:
    return CASES[name]()


def pictured(name: str) -> Figure:
    return drawn(*case(name), "Cambodia 2020 (KHM) · 1,200 points × 64 worlds × 60 quarters · seed 2020")


@pytest.mark.parametrize("name", ["break-even", "weights", "tornado", "response"])
def test_words_of_a_figure_that_are_not_names_of_a_user_are_whole(name: str) -> None:
    spec, subject = case(name)
    if name == "break-even":  # another side at each setting of the lens
        sides = dict(zip((0.2, 0.7, 1.3), ("no clear change of sides", "always behind", "no clear change of sides"), strict=True))
        subject = replace(subject, table=subject.table.assign(stays_ahead=subject.table.lens.map(sides)))
    texts = [text.get_text() for text in drawn(spec, subject, "foot").findobj(Text)]
    assert not [text for text in texts if "…" in text and not text.startswith("limited")]


def test_the_tornado_is_sorted_by_swing_even_where_both_ends_lie_on_one_side() -> None:
    low, high = (Estimate(values, values, values) for values in (np.array([1.0, 3.0, 0.9]), np.array([2.0, 2.5, 1.2])))
    # Around 1: 0 to 1, 0 to 2, −.1 to .2.
    assert tornado.order(low, high, 1.0) == [1, 0, 2]


def test_titles_say_the_finding_and_stay_true_where_there_is_none() -> None:
    def titled(name: str) -> str:
        return text_of(*(lambda spec, subject: (spec.title, subject))(*case(name)))

    assert titled("tornado") == "Mean rivalry alone changes the advantage of hedging most: −2.8 to 1.2 % of consumption"
    flat = Estimate(*np.zeros((3, 2)))
    swings = tornado.Swings("economic", "Advantage of hedging", ("A", "B"), [("0", "1")] * 2, flat, flat, 0.0)
    assert tornado.title(swings) == "No assumption alone changes the advantage of hedging"
    both = replace(swings, at_high=Estimate(*np.ones((3, 2))))
    assert tornado.title(both) == "A and B alone change the advantage of hedging most: 0 to 1.0 % of consumption"
    assert titled("indices of one outcome") == "Mean rivalry matters most for the economic advantage of hedging"
    assert titled("indices nasty") == "No assumption surely matters more for the advantage of hedging than all others"
    assert titled("response constant") == "The mean economic advantage of hedging changes along no assumption"
    assert titled("search curves alike") == "The search ends level with the best of 2 random candidates, in sample"
    assert titled("invasion alike") == "No strategy can be shown to enter the final mix"
    assert titled("adoption hostile") == "No strategy surely spreads when members copy what paid"
    shares = np.array([[0.5, 0.5], [0.6, 0.4], [0.2, 0.8]])
    assert variants.title(variants.Variants(("a", "b", "c"), ("hedging", "alignment"), shares)) == (
        "Hedging and alignment have the largest share in 2 of 3 variants")
    made = a_front()[1]
    assert front.title(made) == "Clearly above the reference in both consumption and trust: 3 of 7 strategies along the front"
    assert ": 0 of 7 strategies" in front.title(replace(made, smallest=(1.0, 1.0)))


def test_the_inputs_of_a_response_are_those_that_move_the_mean() -> None:
    x = rng().random((400, 10))
    assert [i for i, _ in strongest_responses(x, x[:, 7] - 3 * x[:, 2], 6)][:2] == [2, 7]


def test_the_pair_of_the_world_is_framed_where_it_was_tried() -> None:
    framed = {name: [patch for patch in pictured(name).axes[0].patches if isinstance(patch, Rectangle)]
              for name in ("under policies", "under policies of nobody")}
    assert [(*frame.get_xy(), frame.get_width()) for frame in framed["under policies"]] == [(len(POLICIES) - 1.5, -0.5, 1)]
    assert framed["under policies of nobody"] == []
    assert ["framed" in " ".join(text.get_text() for text in pictured(name).findobj(Text)) for name in framed] == [True, False]


def test_unconverged_indices_are_hatched_and_others_are_not() -> None:
    axes, hatched = pictured("indices of one outcome").axes, pictured("indices nasty").axes[0]
    assert any(bar.get_hatch() for bar in hatched.patches)
    assert any(not bar.get_hatch() for bar in axes[0].patches)


def test_break_even_values_go_down_from_the_highest_and_say_on_which_side_a_strategy_is_better() -> None:
    nothing = {"rivalry": np.nan, "rises": None, "crosses": False, "stays_ahead": "always ahead"}
    table = pd.DataFrame([{"strategy": "a", "lens": 1.0, **nothing}, {"strategy": "b", "lens": 1.0, "rivalry": -1.0, "rises": True, "crosses": True},
                          {"strategy": "b", "lens": 2.0, "rivalry": 0.0, "rises": False, "crosses": True}, {"strategy": "a", "lens": 2.0, **nothing},
                          {"strategy": "c", "lens": 1.0, "rivalry": 2.0, "rises": True, "crosses": True}, {"strategy": "c", "lens": 2.0, **nothing}])
    assert break_even.order(table) == ["c", "b", "a"]
    words = [break_even._word(table[table.strategy == name]) for name in "abc"]
    assert words == ["always ahead", "better above; better below", "better above; always ahead"]


def test_regret_bars_begin_with_the_smallest_largest_regret() -> None:
    result = regret(np.array([[0.0, 0.0], [0.1, 0.0], [0.0, 0.3]]), rng(), 20)
    # Largest: .3, .3, .1; means .2, .15, .05.
    assert regret_bars.order(result) == [2, 1, 0]


def test_the_mix_begins_with_the_largest_share() -> None:
    assert mix.order(estimate(np.array([0.2, 0.5, 0.3]), 0.0)) == [1, 2, 0]
