"""Figures of a comparison, on made-up results without a simulation; what holds for every figure is in tests/experiments/figures/test_contract.py."""

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import experiments.analyses.comparison.comparison
from experiments import words
from experiments.analyses.comparison import selection
from experiments.analyses.comparison.comparison import Comparison, compare
from experiments.analyses.comparison.figures import fans, paired, tradeoff
from experiments.analyses.comparison.figures.catalogue import FIGURES
from experiments.cells.archive import QUANTILES, TRAJECTORIES
from experiments.cells.job_cells import Results
from experiments.configuration.load import load
from experiments.figures import context, curves, scales, style
from experiments.figures.curves import Q50
from experiments.figures.events import Dated, dated
from experiments.figures.figure import drawn, save
from experiments.names import Names, naming
from sim.payoffs import MEASURES, WEIGHED, Payoff
from sim.scenario import Series
from tests.experiments.analyses.comparison.test_comparison import ANCHORS

ROOT = Path(__file__).parents[4]
SHIPPED = {
    "adaptive": "learning", "ambiguity_hedge": "hedging", "auction": "hedging", "balance_of_power": "balancing", "bandwagon_first": "alignment",
    "bandwagon_second": "alignment", "bandwagon_stronger": "alignment", "binding_engagement": "hedging", "domain_split": "hedging",
    "dominance_denial": "hedging", "economic_pragmatism": "hedging", "equidistance": "hedging", "external_balancing": "balancing",
    "indirect_balancing": "hedging", "internal_balancing": "balancing", "isolation": "neutrality", "limited_bandwagon_first": "hedging",
    "limited_bandwagon_second": "hedging", "neutral_open": "neutrality", "omni_enmeshment": "hedging", "omnibalancing": "contingent",
    "opportunist": "alignment", "shrinking_room": "contingent", "soft_balancing": "balancing", "status_quo": "status_quo", "tit_for_tat": "reciprocity",
}
FORTY = SHIPPED | {f"mine.{i}": ("hedging", "my_family", "another-family")[i % 3] for i in range(40 - len(SHIPPED))}
HOSTILE = {r"$\frac{1}{$": "$x$", "{name} %s %(a)d": "{", "x" * 64: "%" * 64, "x" * 40 + "y" * 24: r"\alpha_{1}", "Việt–Nam ☃ <b>&amp;": "--><!--"}
TWO_AXES = ("tilt", "trust", "pressure", "leverage", "investment", "aid", "visits")


@cache
def compared(n_strategies: int = len(SHIPPED), n_worlds: int = 64, horizon: int = 60, names: str = "plain", alike: bool = False) -> Comparison:
    """A comparison of made-up results: every strategy has an effect of its own and, as stability, none at all."""
    families = HOSTILE if names == "hostile" else dict(sorted(FORTY.items(), key=lambda item: item[0] != "status_quo")[:n_strategies])
    rng = np.random.default_rng(n_strategies)
    worlds = rng.normal(size=(1, n_worlds))
    results = Results(tuple(families), {})
    for measure, about in MEASURES.items():
        level = {"economic": 3.7, "security": -0.004, "flow_first": 3.0, "flow_second": 0.1}.get(measure, 0.5)
        effect = np.zeros((len(families), 1)) if alike else rng.normal(size=(len(families), 1))
        own = 0 if alike else 0.3 * rng.normal(size=(len(families), n_worlds))
        results.payoffs[measure] = level * (1 + 0.02 * (effect + worlds + own)) if about.label != "Stability" else np.ones((len(families), n_worlds))
    for i, name in enumerate(families):
        results.trajectories[name] = {variable: trajectory(variable, i, horizon) for variable in TRAJECTORIES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiments.analyses.comparison.comparison, "N_RESAMPLES", 20)
        patch.setattr(experiments.analyses.comparison.comparison, "N_WEIGHTS", 400)
        return compare(results, families, next(iter(families)), Payoff(anchors=ANCHORS), seed=1)


def trajectory(variable: str, i: int, horizon: int) -> np.ndarray:
    """Quantiles and mean of a made-up trajectory, symmetric about a rising middle."""
    shape = (horizon, 2) if variable in TWO_AXES else (horizon,)
    middle = np.linspace(0.3, 0.5 + 0.01 * i, horizon).reshape(-1, *[1] * (len(shape) - 1)) * np.ones(shape)
    spread = np.array([*QUANTILES, 0.5]) - 0.5
    return middle[..., None] * (1 + 0.2 * spread)


def foot_of(comparison: Comparison) -> str:
    horizon = len(comparison.trajectories[comparison.reference]["output"])
    run = context.Context("cambodia_2020", "baseline", "KHM", 2020, horizon, comparison.n_worlds)
    return run.line(style.labels(comparison.strategies)[comparison.reference])


@cache
def pictured(figure: str, **case: Any) -> Figure:
    comparison = compared(**case)
    return drawn(FIGURES[figure], comparison, foot_of(comparison))


class Page(RendererAgg):
    """Lays a figure out and remembers what was read as mathematics; ink, which takes half of the time, moves no text."""

    def __init__(self, figure: Figure) -> None:
        width, height = figure.get_size_inches() * figure.dpi
        super().__init__(int(width), int(height), figure.dpi)
        self.mathematics: list[str] = []
        for name in ("draw_path", "draw_markers", "draw_path_collection", "draw_quad_mesh", "draw_image"):
            setattr(self, name, lambda *_, **__: None)

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):  # type: ignore[no-untyped-def]
        if ismath:
            self.mathematics.append(s)


@cache
def written(figure: Figure) -> tuple[list[tuple[str, Bbox]], list[str]]:
    """Every text that reaches the page with its place, and what of it was read as mathematics."""
    seen: dict[int, Text] = {}
    page, draw = Page(figure), Text.draw

    def remember(self: Text, renderer: RendererAgg) -> None:
        if self.get_visible() and self.get_text().strip():
            seen[id(self)] = self
        draw(self, renderer)

    FigureCanvasAgg(figure)
    with style.styled(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", remember)
        figure.draw(page)
        return [(text.get_text(), Text.get_window_extent(text, page)) for text in seen.values()], page.mathematics


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts that share more than a pixel in both directions."""
    result = []
    for (one, a), (two, b) in combinations(written(figure)[0], 2):
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1:
            result.append((one, two))
    return result


CASES: dict[str, dict[str, Any]] = {
    "shipped": {}, "forty": {"n_strategies": 40}, "one strategy": {"n_strategies": 1}, "one of each": {"n_strategies": 1, "n_worlds": 1, "horizon": 1},
    "two worlds, a thousand years": {"n_strategies": 3, "n_worlds": 2, "horizon": 4000}, "all alike": {"n_strategies": 2, "alike": True},
    "hostile names in one world": {"n_worlds": 1, "names": "hostile"},
}


def test_events_are_marked_where_they_begin_and_named_below() -> None:
    comparison = replace(compared(), events=(Dated(2020.25, "pandemic"), Dated(2021.0, "pressure by the US"), *[Dated(2021.25, "crisis")] * 8))
    for name in ("fans", "actions"):
        figure = drawn(FIGURES[name], comparison, foot_of(comparison))
        panels = figure.axes
        marked = [line for line in panels[0].lines if line.get_gid() == "tip: pressure by the US"]
        assert [float(line.get_xdata()[0]) for line in marked] == [2021.0]
        texts = [text for text, _ in written(figure)[0]]
        assert {"a", "b", "abcdefgh"} & set(texts)
        assert any("a: pandemic, 2020Q2 · b: pressure by the US, 2021Q1" in text and "2 later events are not marked" in text for text in
                   [text.replace("\n", " ") for text in texts])
        assert overlaps(figure) == []
    assert "pressure by the US" in FIGURES["fans"].alt(comparison)


def test_output_is_shown_against_its_start_and_rivalry_below_all_else() -> None:
    comparison = compared()
    panels = drawn(FIGURES["fans"], comparison, foot_of(comparison)).axes
    columns = len(panels) // len(fans.ROWS)
    trajectory = comparison.trajectories[comparison.reference]
    for row, shown in ((0, 100 * (trajectory["output"][:, Q50] / trajectory["output"][0, Q50] - 1)), (6, trajectory["rivalry"][:, Q50])):
        (ends,) = {float(line.get_ydata()[-1]) for line in panels[row * columns].lines if line.get_linestyle() == "-"}
        assert ends == pytest.approx(float(shown[-1]))


def test_the_events_of_a_scenario_have_dates_and_names() -> None:
    settings = load(["scenario=eba_withdrawal", "horizon=8"]).settings
    with naming([settings]):
        assert dated(settings) == (Dated(2020.5, "access by rest on Cambodia"),)
    assert dated(load(["scenario=challenged_government", "horizon=4"]).settings) == ()


def test_a_series_is_marked_at_its_first_change_and_a_few_are_at_most() -> None:
    def with_series(*values: dict[int, float], start: str = "2020Q1", horizon: int = 40) -> list[float]:
        settings = load(["scenario=calm"]).settings
        series = [Series(kind="growth", target="china", values=each) for each in values]
        scenario = settings.scenario.model_copy(update={"events": [], "series": series})
        world = settings.world.model_copy(update={"start": start})
        return [each.year for each in dated(settings.model_copy(update={"scenario": scenario, "world": world, "horizon": horizon}))]

    assert with_series({2020: 0.1, 2021: 0.1, 2022: 0.2, 2023: 0.3}) == [2022]
    assert with_series({2018: 0.1, 2019: 0.2, 2021: 0.2}) == []  # what acts at the start stays
    assert with_series({2018: 0.1, 2019: 0.2, 2021: 0.1}) == [2021]
    assert with_series({2022: 0.1}) == [2022]  # nothing acts before
    assert with_series({2020: 0.1, 2031: 0.2}) == []  # after the horizon
    assert with_series({2020: 0.1, 2021: 0.2}, start="2020Q3") == [2021]
    assert with_series(*({2020: 0.0, 2030 - i: 0.1} for i in range(9)), horizon=60) == [2022, 2023, 2024, 2025, 2026]
    history = load(["world=cambodia_1994", "scenario=history_1994", "horizon=8"]).settings
    with naming([history]):
        assert Dated(1995.0, "growth on China, by year") in dated(history)


def test_powers_domains_and_families_share_no_colour_and_own_families_have_colours_of_their_own() -> None:
    others = [*style.POWER_COLOURS, *style.DOMAIN_COLOURS, style.BETTER, style.WORSE, *style.THINGS, style.OF_FIRST, *style.OWN_COLOURS]
    assert len({*style.FAMILIES.values(), *others}) == len(style.FAMILIES) + len(others)
    own = [f"own{i}" for i in range(len(style.OWN_COLOURS))]
    with naming(Names(families=(*own, "hedging"))):
        assert sorted(map(style.colour_of, own)) == sorted(style.OWN_COLOURS)
        assert style.colour_of("hedging") == style.GREEN
    assert style.colour_of("own1") in style.OWN_COLOURS


def test_the_colours_of_families_are_named_where_families_have_theirs_and_nowhere_else() -> None:
    names = {name for name, value in vars(style).items() if value in style.FAMILIES.values()}
    assert {"BLUE", "GREEN"} <= names
    written = {f"style.{name}" for name in names} | {colour.lower() for colour in style.FAMILIES.values()}
    sources = {file: file.read_text(encoding="utf-8") for file in Path(experiments.__file__).parent.rglob("*.py") if file.name != "style.py"}
    assert [(file.name, colour) for file, text in sources.items() for colour in written
            if re.search(rf"{re.escape(colour)}\b", text if colour.startswith("style") else text.lower())] == []


def test_the_users_own_matplotlib_settings_change_nothing(tmp_path: Path) -> None:
    import matplotlib

    plain = save(drawn(FIGURES["convergence"], compared(), foot_of(compared())), tmp_path, "plain").read_bytes()
    with matplotlib.rc_context({"font.size": 30, "text.usetex": True, "axes.grid": True, "svg.fonttype": "none"}):
        other = save(drawn(FIGURES["convergence"], compared(), foot_of(compared())), tmp_path, "plain").read_bytes()
        assert matplotlib.rcParams["font.size"] == 30
    assert plain == other


def test_forty_strategies_look_different() -> None:
    looks = style.looks(FORTY)
    assert len({(look.colour, look.shape, look.filled) for look in looks.values()}) == 40


def test_one_family_of_thirty_added_strategies_looks_different() -> None:
    looks = style.looks({f"mine_{i}": "hedging" for i in range(29)} | SHIPPED)
    assert max(Counter((look.colour, look.shape, look.filled) for look in looks.values()).values()) == 1


def test_a_strategy_looks_the_same_whatever_others_are_present() -> None:
    everyone = style.looks(FORTY)
    for name in SHIPPED:
        assert style.looks({name: FORTY[name]})[name] == everyone[name]
    assert style.looks({"mine.3": "hedging"})["mine.3"] == style.looks({"mine.3": "hedging"} | SHIPPED)["mine.3"]


def test_every_shipped_strategy_has_its_own_mark() -> None:
    assert set(style.SHIPPED) == set(SHIPPED)
    assert len({(style.colour_of(family), style.SHIPPED[name]) for name, family in SHIPPED.items()}) == len(SHIPPED)


def test_labels_stay_distinct_where_long_names_are_cut() -> None:
    names = ["a" * 30 + "1" + "b" * 30, "a" * 30 + "2" + "b" * 30, "status_quo", "my_own"]
    assert list(style.short_labels(names).values()) == [f"…{'a' * 25}1…", f"…{'a' * 25}2…", "status quo", "my_own"]
    assert style.short_labels(names[::-1]) == style.short_labels(names)
    for length in (20, style.LONGEST):
        one, other = style.short_labels(["open to both and slow in retreat from it", "open to both and fast in retreat from it"], length).values()
        assert len(one) <= length
        assert one != other


def test_economic_differences_are_shown_in_consumption() -> None:
    # A difference of ln 1.05 in log consumption for good is 5 % of consumption; ln 40 is a consumption of 40.
    scale = scales.scale_of("economic")
    assert scale.difference(np.log(1.05)) == pytest.approx(5)
    assert scale.level(np.log(40)) == pytest.approx(40)


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0"), (-1.2345, "−1.2"), (1234.5, "1,234"), (0.00123, "0.0012"), (-1e-7, "almost 0"), (float("nan"), "unknown")])
def test_numbers_are_written_with_two_digits(value: float, text: str) -> None:
    assert words.number(value) == text


def test_an_interval_is_written_as_exactly_as_it_is_narrow() -> None:
    assert words.interval(-1.23456, -1.2, -1.16544) == "−1.20 [−1.23, −1.17]"
    assert words.interval(-np.inf, 2.0, np.inf) == "2.00 [no interval]"
    assert words.interval(-0.04, -0.01, 0.02, sign=True) == "−0.01 [−0.04, +0.02]"
    assert words.interval(-0.4, -0.01, 0.4) == "0.0 [−0.4, 0.4]"


def test_selection_shows_reference_best_worst_and_other_families() -> None:
    comparison = compared()
    chosen, ranked = selection.selection(comparison), selection.order_by(comparison)
    assert chosen[0] == comparison.reference
    assert {ranked[0], ranked[-1]} <= set(chosen)
    assert len(chosen) == len(set(chosen)) == 6
    # Eight families are there, so nobody after the first three shares a family with those before.
    later = [comparison.families[name] for name in chosen]
    assert all(family not in later[:i] for i, family in enumerate(later) if i >= 3)


def test_all_strategies_are_selected_where_they_are_few() -> None:
    assert set(selection.selection(compared(n_strategies=5))) == set(compared(n_strategies=5).strategies)


def test_front_holds_what_nothing_exceeds_in_both() -> None:
    x = {name: np.array((0, value, 0)) for name, value in {"a": 1.0, "b": 2.0, "c": 3.0, "d": 3.0}.items()}
    y = {name: np.array((0, value, 0)) for name, value in {"a": 3.0, "b": 1.0, "c": 2.0, "d": 0.5}.items()}
    # c beats b (3 > 2, 2 > 1) and d (3 = 3, 2 > .5); a and c beat each other in one return each.
    assert tradeoff.front(x, y) == ["a", "c"]


def test_thinning_keeps_a_trajectory_within_its_error_and_its_peaks() -> None:
    years = 2020 + np.arange(60) / 4
    trajectory = np.stack([np.sin(years), 0.1 * years], axis=1)
    trajectory[30] += 1
    when, kept = curves.thinned(years, trajectory, 0.01)
    assert len(when) < 60
    assert years[30] in when
    for row in range(2):
        assert np.abs(np.interp(years, when, kept[:, row]) - trajectory[:, row]).max() <= 0.01 + 1e-12


def test_years_begin_where_the_world_does() -> None:
    # The first quarter of a world that starts in the third quarter of 2019 ends at 2019.75.
    assert selection.years_of(replace(compared(), start="2019Q3"))[:2].tolist() == [2019.75, 2020.0]


def test_visits_are_shown_as_a_yearly_rate() -> None:
    from experiments.analyses.comparison.figures.actions import _shown

    comparison = compared(n_strategies=2)
    visits = comparison.trajectories[comparison.reference]["visits"][:, 0, -1]
    shown = _shown(comparison, comparison.reference, "visits", 0)[:, 2]
    assert shown[0] == pytest.approx(4 * visits[0])
    assert shown[10] == pytest.approx(visits[7:11].sum())


def test_a_return_that_nobody_changes_is_not_drawn() -> None:
    texts = [text for text, _ in written(pictured("paired"))[0]]
    assert "Stability" not in texts
    assert "Autonomy" in texts
    assert "Stability: 0, no difference in any world" in FIGURES["paired"].alt(compared())


def test_numbers_of_worlds_written_along_the_axis_do_not_crowd() -> None:
    from experiments.analyses.comparison.figures.convergence import _spaced

    kept = _spaced(np.array([8.0, 16, 32, 64, 128, 256, 512, 520]))
    assert kept[-1] == 520
    assert 512 not in kept


def test_there_is_a_trade_off_panel_for_every_weighed_return_but_the_economic() -> None:
    panels = [ax.get_title(loc="left") for ax in pictured("tradeoff").axes]
    assert panels == [f"Economic against {MEASURES[name].label.lower()}" for name in WEIGHED
                      if name not in ("economic", "stability")]  # nobody changes stability


@pytest.mark.parametrize(("best", "expected"), [
    (("a", "a", "a"), "First gains most consumption, autonomy and trust"), (("a", "b", "a"), "First gains most consumption and trust and second most autonomy"),
    (("a", "b", ""), "First gains most consumption and second most autonomy"), (("", "", ""), paired.TOPIC)])
def test_the_headline_names_each_strategy_once(best: tuple[str, ...], expected: str) -> None:
    keys = {"a": "bandwagon_first", "b": "equidistance"}
    rows = [(name, measure, float(name == keys.get(ahead)), "better" if name == keys.get(ahead) else "same")
            for measure, ahead in zip(("economic", "autonomy", "trust"), best, strict=True) for name in keys.values()]
    frame = pd.DataFrame(rows, columns=["strategy", "measure", "difference", "verdict"])
    with naming(Names(called={keys["a"]: "first", keys["b"]: "second"})):
        assert paired.title(replace(compared(4), strategies=tuple(keys.values()), paired=frame)) == expected
