"""What holds for every figure of the project, on made-up subjects without a simulation.

A figure of a comparison or a sweep joins by being listed in its catalogue, one of an analysis by a case in the test of its analysis;
`test_every_figure_has_a_case` finds those that have none.
"""

import pkgutil
import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import experiments.analyses
from experiments.analyses.comparison.change import change_of
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.figures.catalogue import FIGURES
from experiments.analyses.comparison.pictures import pictures
from experiments.analyses.sweep.figures.catalogue import SWEEP_FIGURES
from experiments.cells.job_cells import Results
from experiments.executors.processes import Processes
from experiments.executors.serial import Serial
from experiments.figures.context import Context
from experiments.figures.figure import FigureSpec, draw_all, drawn, picture, save, text_of
from experiments.names import Names, naming
from sim.payoffs import RETURNS
from tests.experiments.analyses import test_analysis_figures as of_analyses
from tests.experiments.analyses.comparison import test_figures as of_comparison
from tests.experiments.analyses.comparison.test_figures import overlaps, written
from tests.experiments.analyses.sweep import test_figures as of_sweep
from tests.experiments.analyses.tournament import test_game_figures as of_game

FOOT = "Cambodia 2020 (KHM) · 1,200 points × 64 worlds × 60 quarters · seed 2020"


@dataclass(frozen=True, eq=False)
class Case:
    """A figure of some subject.

    Attributes:
        spec: The figure.
        subject: Of what.
        foot: The line at its foot.
        crowded: Whether labels may overlap: more strategies than the model comes with.
    """

    spec: FigureSpec[Any]
    subject: Any
    foot: str = FOOT
    crowded: bool = False


def of_some_comparison(name: str, case: dict[str, Any], *, crowded: bool) -> Case:
    comparison = of_comparison.compared(**case)
    comparison = changed(comparison) if name == "change" else comparison
    return Case(FIGURES[name], comparison, of_comparison.foot_of(comparison), crowded)


def changed(comparison: Comparison) -> Comparison:
    """The comparison under a change that moves every strategy, each by more than the one before."""
    now = {measure: comparison.payoffs[measure] for measure in RETURNS}
    moved = 0.01 * np.arange(len(comparison.strategies))[:, None]
    before = {measure: values - moved * (np.ptp(values) > 0) for measure, values in now.items()}
    strategies = comparison.strategies
    return replace(comparison, change=change_of("a test", Results(strategies, now), Results(strategies, before), comparison.reference, comparison.payoff))


COMPARISONS = {**of_comparison.CASES, "few": {"n_strategies": 4}}
CASES: dict[str, Callable[[], Case]] = {
    **{f"comparison, {name}, {case}": lambda name=name, case=case: of_some_comparison(name, COMPARISONS[case], crowded=case not in ("shipped", "few"))
       for name in FIGURES for case in COMPARISONS},
    **{f"sweep, {name}, {case}": lambda name=name, case=case: Case(SWEEP_FIGURES[name], of_sweep.case(case), of_sweep.foot_of(of_sweep.case(case)))
       for name, case in of_sweep.PAIRS},
    **{f"analysis, {name}": lambda name=name: Case(*of_analyses.case(name)) for name in of_analyses.CASES},
    **{f"game, {name}, {case}": lambda name=name, case=case: Case(*of_game.case_of(name, case)) for name in of_game.DRAWN for case in of_game.CASES},
}


def specs() -> dict[str, FigureSpec[Any]]:
    """Every figure in the folders named `figures` below analyses/."""
    names = [module.name for module in pkgutil.walk_packages(experiments.analyses.__path__, "experiments.analyses.")]
    modules = [import_module(name) for name in names if ".figures." in name]
    return {f"{module.__name__}.{name}": value for module in modules for name, value in vars(module).items() if isinstance(value, FigureSpec)}


@cache
def case_of(name: str) -> Case:
    return CASES[name]()


@cache
def figure_of(name: str) -> Figure:
    case, axes = case_of(name), list[Axes]()

    def draw(empty: Figure, subject: Any) -> list[Axes]:
        axes.extend(case.spec.draw(empty, subject))
        return axes

    figure = drawn(replace(case.spec, draw=draw), case.subject, case.foot)
    assert axes
    assert axes == figure.axes
    return figure


#: Quick cases: each figure has the first of them and, in turn, one of the others; the rest is slow.
QUICK = {
    "comparison": ("shipped", "one of each", "two worlds, a thousand years", "all alike", "hostile names in one world"),
    "sweep": ("names and two numbers", "two points, two worlds, two strategies", "hostile names in one world", "no effect"),
    "game": ("shipped", "two", "hostile", "alike"),
}
QUICK_BESIDES = {"sweep, scatter, sampled in scenarios", "sweep, plane, a strategy's numbers"}
SLOW_ANALYSES = {
    "search curves alike", "under long policies", "tornado without intervals", "indices", "response of one", "response constant", "boxes two",
    "boxes of one input", "weights of one", "regret bars alike", "adoption of one family", "mix alike", "invasion alike", "variants one", "scoreboard of many"}


@cache
def in_turn() -> set[str]:
    """The quick cases of figures that have several."""
    result: set[str] = set()
    for kind, cases in QUICK.items():
        for i, figure in enumerate(dict.fromkeys(name.split(", ")[1] for name in CASES if name.startswith(f"{kind}, "))):
            possible = [name for case in cases if (name := f"{kind}, {figure}, {case}") in CASES]
            result |= {*possible[:1], *possible[1 + i % max(len(possible) - 1, 1):][:1]}
    return result | QUICK_BESIDES


def is_quick(name: str) -> bool:
    kind, what, *_ = name.split(", ", 2)
    return what not in SLOW_ANALYSES if kind == "analysis" else name in in_turn()


@cache
def light() -> dict[object, str]:
    """The last quick case of each figure, which is a small one."""
    plain = [name for name in CASES if is_quick(name) and "hostile" not in name and "nasty" not in name]
    return {id(case_of(name).spec) if name.startswith("analysis") else name.split(", ")[1]: name for name in plain}


@cache
def one_of_each_kind() -> set[str]:
    """Of the comparison, the sweep, the analyses and the game, the last of the light ones."""
    return set({name.split(", ")[0]: name for name in light().values()}.values())


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if is_quick(name) else pytest.mark.slow) for name in CASES])
def test_a_figure_is_whole_says_what_it_shows_and_is_the_same_again(name: str, tmp_path: Path, coarse: None) -> None:
    # All of it on one drawing: to draw and to lay out takes nearly all of the time.
    case, figure = case_of(name), figure_of(name)
    the_text_is_whole_and_never_mathematics(figure)
    if not case.crowded:
        assert overlaps(figure) == []
    it_shows_its_title_and_what_it_rests_on(case, figure)
    for ax in figure.axes:
        assert np.isfinite([*ax.get_xlim(), *ax.get_ylim()]).all()
    it_says_how_to_be_read(case)
    if re.fullmatch("comparison, .*, shipped", name):
        every_axis_says_what_it_shows(figure)
    if name in light().values() or not is_quick(name):
        text = save(figure, tmp_path, text_of(case.spec.name, case.subject)).read_text(encoding="utf-8")
        assert len(text) < 400_000
        it_can_stand_inside_a_page(text, text_of(case.spec.name, case.subject))
        if name in one_of_each_kind() or not is_quick(name):
            it_is_the_same_when_drawn_again(case, text, tmp_path)


@pytest.mark.slow
def test_every_figure_is_the_same_when_drawn_again(tmp_path: Path, coarse: None) -> None:
    for name in light().values():
        case, folder = case_of(name), tmp_path / name
        folder.mkdir()
        text = save(figure_of(name), folder, text_of(case.spec.name, case.subject)).read_text(encoding="utf-8")
        it_is_the_same_when_drawn_again(case, text, folder)


#: Labels of powers, region and association as long as they may be: of many words, or one wide word.
LONG = Names(("the Serene Confederation of the Northern and Western Marches", "W" * 60), "Q" * 60, "the Association of All between the Two Great Seas")


@cache
def first_case_of_each() -> list[str]:
    """The first quick case of each figure, which is the fullest."""
    kinds: dict[object, str] = {}
    for name in CASES:
        if is_quick(name) and not case_of(name).crowded:
            kinds.setdefault(id(case_of(name).spec), name)
    return list(kinds.values())


def test_text_is_whole_whatever_powers_and_regions_are_called() -> None:
    cut = {}
    for name in first_case_of_each():
        case = case_of(name)
        with naming(LONG):
            figure = drawn(case.spec, case.subject, case.foot)
            it_says_how_to_be_read(case)
        width, height = figure.get_size_inches() * figure.dpi
        outside = [text for text, box in written(figure)[0] if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]
        if outside or overlaps(figure):
            cut[name] = outside, overlaps(figure)
    assert cut == {}


def the_text_is_whole_and_never_mathematics(figure: Figure) -> None:
    width, height = figure.get_size_inches() * figure.dpi
    texts, mathematics = written(figure)
    assert mathematics == []
    assert [text for text, box in texts if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height] == []
    assert not any(re.search(r"\bnan\b|\binf\b", text) for text, _ in texts)


def it_shows_its_title_and_what_it_rests_on(case: Case, figure: Figure) -> None:
    texts = written(figure)[0]
    assert text_of(case.spec.title, case.subject) in [text.replace("\n", " ") for text, _ in texts]
    foot = " ".join(text for text, box in texts if box.y0 < 0.2 * figure.dpi).replace("\n", " ")
    assert all(part in foot for part in case.foot.split(" · "))


def it_says_how_to_be_read(case: Case) -> None:
    alt = case.spec.alt(case.subject)
    assert alt.endswith(".")
    assert re.search(r"\d", alt)
    assert not re.search(r"\bnan\b|\binf\b", alt)
    question, caption = (text_of(text, case.subject) for text in (case.spec.question, case.spec.caption))
    assert "?" in question
    assert caption.endswith(".")
    assert re.fullmatch(r"[\w.]+", text_of(case.spec.name, case.subject))


def it_is_the_same_when_drawn_again(case: Case, text: str, folder: Path) -> None:
    (folder / "figures").mkdir()
    pictured = picture(case.spec, case.subject, case.foot, folder)
    assert pictured.svg.stem == text_of(case.spec.name, case.subject)
    assert pictured.svg.read_text(encoding="utf-8") == text


def it_can_stand_inside_a_page(text: str, name: str) -> None:
    """It is XML whose text is text, and its ids, which all begin with its name, are all that it refers to."""
    root = ElementTree.fromstring(text)
    assert [child for child in root.iter() if child.tag.endswith("}text") and "".join(child.itertext()).strip()]
    ids = [child.get("id") for child in root.iter() if child.get("id")]
    assert len(ids) == len(set(ids))
    assert all(str(one).startswith(f"{name}-") for one in ids)
    assert set(re.findall(r"url\(#([^)]*)\)|href=\"#([^\"]*)\"", text)) <= {pair for one in ids for pair in ((one, ""), ("", one))}
    assert not re.search(r"<(style|script|metadata)|<!|dc:date", text)


def every_axis_says_what_it_shows(figure: Figure) -> None:
    for ax in figure.axes:
        rows = [other for other in ax.figure.axes if ax.get_position().y0 == other.get_position().y0]
        assert any(other.get_ylabel() or [label for label in other.get_yticklabels() if label.get_text()] for other in rows)
        columns = [other for other in ax.figure.axes if ax.get_position().x0 == other.get_position().x0]
        assert any(other.get_xlabel() or [label for label in other.get_xticklabels() if re.fullmatch(r"\d{4}", label.get_text())] for other in columns)


def test_workers_draw_from_a_copy_that_nobody_else_reads_meanwhile(tmp_path: Path) -> None:
    given: list[Any] = []

    class Noted(Processes):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            given.extend(args)
            return Serial().submit(int)

    comparison = changed(of_comparison.compared())
    with Noted(2) as executor:
        pictures(comparison, Context("cambodia_2020", "baseline", "KHM", 1, 4, 4), tmp_path, executor)
    copies = {id(each): each for each in given if isinstance(each, Comparison)}.values()
    assert copies
    for copied in copies:
        assert copied.change is not None
        assert copied.change is not comparison.change
        assert copied.summary is not comparison.summary
        pd.testing.assert_frame_equal(copied.summary, comparison.summary)


def test_every_figure_has_a_case() -> None:
    tried = {id(case_of(name).spec) for name in light().values()}
    assert [name for name, spec in specs().items() if id(spec) not in tried] == []


@pytest.mark.usefixtures("undrawn")
def test_only_what_applies_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    sweep = of_sweep.case("one number")
    drawn_ones = draw_all(SWEEP_FIGURES.values(), sweep, FOOT, tmp_path)
    assert [each.svg.stem for each in drawn_ones] == [name for name, case in of_sweep.PAIRS if case == "one number"]
