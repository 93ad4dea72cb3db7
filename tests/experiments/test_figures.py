"""What holds for every figure of FIGURES, on made-up results without a simulation."""

import re
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import experiments.comparison
from experiments.comparison import Comparison, compare
from experiments.figures import FIGURES, alt_text, curves, save, style, telling, tradeoff
from experiments.runner import COURSES, QUANTILES, Results
from sim.payoffs import MEASURES, WEIGHED, Payoff

ROOT = Path(__file__).parents[2]
SHIPPED = {
    "adaptive": "learning", "ambiguity_hedge": "hedging", "auction": "hedging", "bandwagon_china": "alignment", "bandwagon_stronger": "alignment",
    "bandwagon_us": "alignment", "binding_engagement": "hedging", "domain_split": "hedging", "dominance_denial": "hedging",
    "economic_pragmatism": "hedging", "equidistance": "hedging", "external_balancing": "balancing", "indirect_balancing": "hedging",
    "internal_balancing": "balancing", "limited_bandwagon_china": "hedging", "limited_bandwagon_us": "hedging", "neutrality": "neutrality",
    "omni_enmeshment": "hedging", "opportunist": "alignment", "shrinking_room": "contingent", "soft_balancing": "balancing",
    "status_quo": "status_quo", "tit_for_tat": "reciprocity",
}
FORTY = SHIPPED | {f"mine.{i}": ("hedging", "my_family", "another-family")[i % 3] for i in range(17)}
HOSTILE = {r"$\frac{1}{$": "$x$", "{name} %s %(a)d": "{", "x" * 64: "%" * 64, "x" * 40 + "y" * 24: r"\alpha_{1}", "Việt–Nam ☃ <b>&amp;": "--><!--"}
TWO_AXES = ("tilt", "trust", "pressure", "leverage", "investment", "aid", "visits")
ANCHORS = {"economic": [-0.1, 0.1], "autonomy": [0.6, 1.0], "legitimacy": [0.2, 0.8], "diplomatic": [0.1, 0.7], "security": [-0.02, 0.0]}


@cache
def compared(n_strategies: int = 23, n_worlds: int = 64, horizon: int = 60, names: str = "plain", alike: bool = False) -> Comparison:
    """A comparison of made-up results: every strategy has an effect of its own and, as stability, none at all."""
    families = HOSTILE if names == "hostile" else dict(sorted(FORTY.items(), key=lambda item: item[0] != "status_quo")[:n_strategies])
    rng = np.random.default_rng(n_strategies)
    worlds = rng.normal(size=(1, n_worlds))
    results = Results(tuple(families), {})
    for measure, about in MEASURES.items():
        level = {"economic": 3.7, "security": -0.004, "flow_china": 3.0, "flow_us": 0.1}.get(measure, 0.5)
        effect = np.zeros((len(families), 1)) if alike else rng.normal(size=(len(families), 1))
        own = 0 if alike else 0.3 * rng.normal(size=(len(families), n_worlds))
        results.payoffs[measure] = level * (1 + 0.02 * (effect + worlds + own)) if about.label != "Stability" else np.ones((len(families), n_worlds))
    for i, name in enumerate(families):
        results.courses[name] = {variable: course(variable, i, horizon) for variable in COURSES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiments.comparison, "N_RESAMPLES", 20)
        patch.setattr(experiments.comparison, "N_WEIGHTS", 400)
        return compare(results, families, next(iter(families)), Payoff(anchors=ANCHORS), seed=1)


def course(variable: str, i: int, horizon: int) -> np.ndarray:
    """Quantiles and mean of a made-up course, symmetric about a rising middle."""
    shape = (horizon, 2) if variable in TWO_AXES else (horizon,)
    middle = np.linspace(0.3, 0.5 + 0.01 * i, horizon).reshape(-1, *[1] * (len(shape) - 1)) * np.ones(shape)
    spread = np.array([*QUANTILES, 0.5]) - 0.5
    return middle[..., None] * (1 + 0.2 * spread)


def context_of(comparison: Comparison, world: str = "cambodia_2020", start: str = "2020Q1") -> style.Context:
    horizon = len(comparison.courses[comparison.reference]["output"])
    return style.Context(world, "baseline", "KHM", 2020, horizon, comparison.n_worlds, start)


@cache
def drawn(figure: str, **case: Any) -> Figure:
    comparison = compared(**case)
    return FIGURES[figure].draw(comparison, context_of(comparison))


class Page(RendererAgg):
    """Draws a figure and remembers what was read as mathematics."""

    def __init__(self, figure: Figure) -> None:
        width, height = figure.get_size_inches() * figure.dpi
        super().__init__(int(width), int(height), figure.dpi)
        self.mathematics: list[str] = []

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):  # type: ignore[no-untyped-def]
        if ismath:
            self.mathematics.append(s)
        super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)


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
    found = []
    for (one, a), (two, b) in combinations(written(figure)[0], 2):
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1:
            found.append((one, two))
    return found


CASES: dict[str, dict[str, Any]] = {
    "shipped": {}, "forty": {"n_strategies": 40}, "one strategy": {"n_strategies": 1}, "one of each": {"n_strategies": 1, "n_worlds": 1, "horizon": 1},
    "two worlds, a thousand years": {"n_strategies": 3, "n_worlds": 2, "horizon": 4000}, "all alike": {"n_strategies": 2, "alike": True},
    "hostile names in one world": {"n_worlds": 1, "names": "hostile"},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FIGURES)
class TestEveryFigure:
    def test_draws_text_that_is_whole_and_never_mathematics(self, name: str, case: str) -> None:
        figure = drawn(name, **CASES[case])
        width, height = figure.get_size_inches() * figure.dpi
        texts, mathematics = written(figure)
        assert mathematics == []
        assert [text for text, box in texts if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height] == []
        assert not any(re.search(r"\bnan\b|\binf\b", text) for text, _ in texts)

    def test_writes_baseline_worlds_and_seed_at_the_foot(self, name: str, case: str) -> None:
        comparison = compared(**CASES[case])
        foot = " ".join(text for text, box in written(drawn(name, **CASES[case]))[0] if box.y0 < 20).replace("\n", " ")
        for part in ("Cambodia 2020 (KHM)", "baseline", f"reference {style.labels(comparison.strategies)[comparison.reference]}", "seed 2020"):
            assert part in foot
        assert re.search(rf"\b{comparison.n_worlds} worlds? × [\d,]+ quarter", foot)

    def test_draws_only_finite_data(self, name: str, case: str) -> None:
        for ax in drawn(name, **CASES[case]).axes:
            assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()
            assert all(np.isfinite(line.get_ydata()).all() for line in ax.get_lines() if line.get_marker() not in ("", "None", None))

    def test_alt_text_is_a_sentence_with_numbers(self, name: str, case: str) -> None:
        text = alt_text(name, compared(**CASES[case]))
        assert text.endswith(".")
        assert re.search(r"\d", text)
        assert not re.search(r"\bnan\b|\binf\b", text)


@pytest.mark.parametrize("name", FIGURES)
class TestEveryFigureOfTheShippedStrategies:
    def test_no_text_overlaps_another(self, name: str) -> None:
        assert overlaps(drawn(name)) == []

    def test_no_text_overlaps_another_with_few_strategies(self, name: str) -> None:
        assert overlaps(drawn(name, n_strategies=4)) == []

    def test_every_axis_says_what_it_shows(self, name: str) -> None:
        for ax in drawn(name).axes:
            rows = [other for other in ax.figure.axes if ax.get_position().y0 == other.get_position().y0]
            assert any(other.get_ylabel() or [label for label in other.get_yticklabels() if label.get_text()] for other in rows)
            columns = [other for other in ax.figure.axes if ax.get_position().x0 == other.get_position().x0]
            assert any(other.get_xlabel() or [label for label in other.get_xticklabels() if re.fullmatch(r"\d{4}", label.get_text())] for other in columns)

    def test_two_drawings_give_the_same_bytes(self, name: str, tmp_path: Path) -> None:
        comparison = compared(n_strategies=4)
        files = []
        for folder, figure in ((tmp_path / "a", FIGURES[name].draw(comparison, context_of(comparison))), (tmp_path / "b", drawn(name, n_strategies=4))):
            folder.mkdir()
            files.append(save(figure, folder, name))
        for one, two in zip(*files, strict=True):
            assert one.read_bytes() == two.read_bytes()
        assert b"dc:date" not in files[0][0].read_bytes()

    def test_the_file_is_small(self, name: str, tmp_path: Path) -> None:
        svg, _ = save(drawn(name), tmp_path, name)
        assert svg.stat().st_size < 250_000

    def test_gives_back_its_axes_and_says_how_to_be_read(self, name: str) -> None:
        spec, figure = FIGURES[name], Figure()
        with style.styled():
            axes = spec.plot(figure, compared(n_strategies=2), context_of(compared(n_strategies=2)))
        assert axes == figure.axes
        assert spec.question.endswith("?")
        assert spec.caption.endswith(".")
        assert spec.title in [text.get_text() for text in drawn(name).texts]


def test_nothing_imports_pyplot() -> None:
    code = "import sys, experiments.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_users_own_matplotlib_settings_change_nothing(tmp_path: Path) -> None:
    import matplotlib

    plain = save(FIGURES["convergence"].draw(compared(), context_of(compared())), tmp_path, "plain")[0].read_bytes()
    with matplotlib.rc_context({"font.size": 30, "text.usetex": True, "axes.grid": True, "svg.fonttype": "none"}):
        other = save(FIGURES["convergence"].draw(compared(), context_of(compared())), tmp_path, "other")[0].read_bytes()
        assert matplotlib.rcParams["font.size"] == 30
    assert plain == other


def test_forty_strategies_look_different() -> None:
    looks = style.looks(FORTY)
    assert len({(look.colour, look.shape, look.filled) for look in looks.values()}) == 40


def test_one_family_of_thirty_strategies_of_ones_own_looks_different() -> None:
    looks = style.looks({f"mine_{i}": "hedging" for i in range(29)} | SHIPPED)
    assert max(Counter((look.colour, look.shape, look.filled) for look in looks.values()).values()) == 1


def test_a_strategy_looks_the_same_whatever_others_are_present() -> None:
    everyone = style.looks(FORTY)
    for name in SHIPPED:
        assert style.looks({name: FORTY[name]})[name] == everyone[name]
    assert style.looks({"mine.3": "hedging"})["mine.3"] == style.looks({"mine.3": "hedging"} | SHIPPED)["mine.3"]


def test_every_shipped_strategy_has_a_mark_of_its_own() -> None:
    assert set(style.SHIPPED) == set(SHIPPED)
    assert len({(style.colour_of(family), style.SHIPPED[name]) for name, family in SHIPPED.items()}) == len(SHIPPED)


def test_labels_stay_distinct_where_long_names_are_cut() -> None:
    names = ["a" * 30 + "1" + "b" * 30, "a" * 30 + "2" + "b" * 30, "status_quo", "my_own"]
    assert list(style.labels(names).values()) == ["aaaaaaaaaaaa…bbbbbbbbbbbb", "aaaaaaaaaaaa…bbbbbbbbbbbb (2)", "status quo", "my_own"]


def test_economic_differences_are_told_in_consumption() -> None:
    # A difference of ln 1.05 in log consumption for good is 5 % of consumption; ln 40 is a consumption of 40.
    scale = telling.scale_of("economic")
    assert scale.difference(np.log(1.05)) == pytest.approx(5)
    assert scale.level(np.log(40)) == pytest.approx(40)


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0"), (-1.2345, "−1.2"), (1234.5, "1,234"), (0.00123, "0.0012"), (-1e-7, "almost 0"), (float("nan"), "unknown")])
def test_numbers_are_told_with_two_digits(value: float, text: str) -> None:
    assert telling.number(value) == text


def test_an_interval_is_told_as_exactly_as_it_is_narrow() -> None:
    assert telling.interval(-1.23456, -1.2, -1.16544) == "−1.20 [−1.23 to −1.17]"
    assert telling.interval(-np.inf, 2.0, np.inf) == "2.00"


def test_selection_shows_reference_best_worst_and_other_families() -> None:
    comparison = compared()
    chosen, ranked = telling.selection(comparison), telling.order_by(comparison)
    assert chosen[0] == comparison.reference
    assert {ranked[0], ranked[-1]} <= set(chosen)
    assert len(chosen) == len(set(chosen)) == 6
    # Eight families are there, so nobody after the first three shares a family with those before.
    later = [comparison.families[name] for name in chosen]
    assert all(family not in later[:i] for i, family in enumerate(later) if i >= 3)


def test_all_strategies_are_selected_where_they_are_few() -> None:
    assert set(telling.selection(compared(n_strategies=5))) == set(compared(n_strategies=5).strategies)


def test_front_holds_what_nothing_beats_in_both() -> None:
    x = {name: np.array((0, value, 0)) for name, value in {"a": 1.0, "b": 2.0, "c": 3.0, "d": 3.0}.items()}
    y = {name: np.array((0, value, 0)) for name, value in {"a": 3.0, "b": 1.0, "c": 2.0, "d": 0.5}.items()}
    # c beats b (3 > 2, 2 > 1) and d (3 = 3, 2 > .5); a and c beat each other in one return each.
    assert tradeoff.front(x, y) == ["a", "c"]


def test_thinning_keeps_a_course_within_its_error_and_its_peaks() -> None:
    years = 2020 + np.arange(60) / 4
    course = np.stack([np.sin(years), 0.1 * years], axis=1)
    course[30] += 1
    when, kept = curves.thinned(years, course, 0.01)
    assert len(when) < 60
    assert years[30] in when
    for row in range(2):
        assert np.abs(np.interp(years, when, kept[:, row]) - course[:, row]).max() <= 0.01 + 1e-12


def test_years_begin_where_the_world_does() -> None:
    # The first quarter of a world that starts in the third quarter of 2019 ends at 2019.75.
    assert context_of(compared(), start="2019Q3").years(2).tolist() == [2019.75, 2020.0]


def test_visits_are_told_as_a_yearly_rate() -> None:
    from experiments.figures.actions import _shown

    comparison = compared(n_strategies=2)
    visits = comparison.courses[comparison.reference]["visits"][:, 0, -1]
    shown = _shown(comparison, comparison.reference, "visits", 0)[:, 2]
    assert shown[0] == pytest.approx(4 * visits[0])
    assert shown[10] == pytest.approx(visits[7:11].sum())


def test_a_return_that_nobody_changes_says_so() -> None:
    texts = [text for text, _ in written(drawn("paired"))[0]]
    assert texts.count("no difference\nin any world") == 1
    assert "Stability: 0, no difference in any world" in alt_text("paired", compared())


def test_numbers_of_worlds_written_along_the_axis_do_not_crowd() -> None:
    from experiments.figures.convergence import _spaced

    kept = _spaced(np.array([8.0, 16, 32, 64, 128, 256, 512, 520]))
    assert kept[-1] == 520
    assert 512 not in kept


def test_there_is_a_trade_off_panel_for_every_weighed_return_but_the_economic() -> None:
    panels = [ax.get_title(loc="left") for ax in drawn("tradeoff").axes]
    assert panels == [f"Economic against {MEASURES[name].label.lower()}" for name in WEIGHED if name != "economic"]
