"""What strategies are called: as their files say, whole, in every command."""

import re
from pathlib import Path

import numpy as np
import pytest

from experiments.configuration.load import load
from experiments.figures import layout
from experiments.figures.figure import FigureSpec, drawn, save
from experiments.figures.style import family_label, labels, shortened
from experiments.names import naming
from tests.experiments.analyses.small import IMITATION, OPTIMIZE, TOURNAMENT
from tests.given import Said


def test_where_worlds_differ_the_label_of_every_strategy_is_whole() -> None:
    """A power is called by its place there, which is longer than most names."""
    each = [load([f"world={world}", "scenario=challenged_government"]).settings for world in ("cambodia_2020", "theory_symmetric")]
    with naming(each):
        shown = labels(each[0].strategies)
    assert (shown["bandwagon_first"], shown["bandwagon_second"]) == ("siding with the first power", "siding with the second power")
    assert not [label for label in shown.values() if "…" in label]


@pytest.mark.parametrize("width", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("text", ["A label — of Wide and ill-fitting letters, {which} has <signs> and MMMM — too", "MW@%" * 22, "‱Ǆ" * 30])
def test_a_label_is_cut_no_more_than_it_must_be(text: str, width: float) -> None:
    for weight in ("normal", "bold"):
        cuts = [shortened(text, longest) for longest in range(len(text), 4, -1)]
        sign_by_sign = next((cut for cut in cuts if layout.width_of(cut, weight=weight) <= width), cuts[-1])
        assert layout.fitted(text, width, weight=weight) == sign_by_sign != text
        assert layout.fitted(text, 80, weight=weight) == text


@pytest.mark.usefixtures("few_figures")
@pytest.mark.parametrize("words", [IMITATION, TOURNAMENT])
def test_every_part_of_a_tournament_calls_strategies_as_their_files_do(words: tuple[str, ...], said: Said, tmp_path: Path) -> None:
    code, output, _ = said(*words, f"results={tmp_path}")
    assert code == 0
    assert "siding with" in output.lower() or "equal distance" in output.lower()
    assert not re.search("bandwagon|equidistance|first power|second power", output, re.IGNORECASE)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("words", [
    (*(word for word in TOURNAMENT if not word.startswith("--policies=")), "--policies=wedge,neutral"),
    (*(word for word in OPTIMIZE if not word.startswith("policy=")), "policy=[wedge,neutral]", "policies={first: wedge, second: wedge}")],
    ids=["tournament", "optimize"])
def test_policies_that_no_job_has_are_called_as_their_files_do(words: tuple[str, ...], said: Said, tmp_path: Path) -> None:
    assert said(*words, f"results={tmp_path}")[0] == 0
    (findings,) = tmp_path.glob("*/*/findings.json")
    text = findings.read_text(encoding="utf-8")
    assert "wedge driving" in text or "neutrality" in text
    assert not re.search("wedge(?! driving)|neutral(?!ity)", text)


LONG = ("open to both and slow in retreat from it", "open to both and fast in retreat from it")


def test_sentences_and_tables_of_a_run_have_whole_labels(said: Said, tmp_path: Path) -> None:
    for i, label in enumerate(LONG):
        text = f"own_{i}:\n  label: {label}\n  family: a_family_with_more_signs_than_fit\n  description: x\n  source: x\n  breadth: 0.{i + 3}\n"
        (tmp_path / f"own_{i}.yaml").write_text(text)
    code, output, _ = said("n_worlds=4", "horizon=4", "assumption_draws=4", "workers=1", f"strategies=[status_quo,{tmp_path}/]", f"results={tmp_path / 'r'}")
    assert code == 0
    (page,) = (tmp_path / "r").glob("*/*/report.html")
    texts = [output, *(page.with_name(file).read_text(encoding="utf-8") for file in ("brief.md", "findings.json", "report.html"))]
    assert all(label in text for text in texts[2:] for label in LONG)
    assert not [text for text in texts[:3] if "…" in text]
    # A family is one word, which a table cuts and shows whole to those who point at it.
    assert '<span title="a_family_with_more_signs_than_fit">a_family_with…' in texts[3]


def test_a_label_that_a_figure_cuts_is_whole_for_those_who_point_at_it(tmp_path: Path) -> None:
    family = "a_family_with_more_signs_than_fit"
    spec = FigureSpec[None](
        "cut", lambda _: f"{LONG[0]} and {LONG[1]} {LONG[0]} {LONG[1]}", "?", "", alt=lambda _: "",
        draw=lambda figure, _: layout.strategy_table(figure, LONG, LONG[0], [1.0], 0.5, [layout.family_handles([family])]))
    svg = save(drawn(spec, None, f"reference {LONG[0]} {LONG[1]}"), tmp_path, "cut").read_text(encoding="utf-8")
    shown = re.findall(r">([^<>]*…[^<>]*)</text>", svg)
    assert len(set(shown)) == len(shown) >= 4
    for whole in (*LONG, family_label(family), f"reference {LONG[0]} {LONG[1]}"):
        assert f"<title>{whole}</title>" in svg


def test_a_percent_sign_stays_with_its_number() -> None:
    for width in np.linspace(0.3, 1.0, 15):
        assert not [line for line in layout.wrapped(["about", "79", "%", "of", "all"], float(width)) if line.startswith("%")]
