"""The diagram of the page: the leads of the command's own sweep, coming a few points at a time."""

import shlex
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import counterpoise
from experiments.analyses.sweep.figures.winners import won
from experiments.analyses.sweep.sweep import winners
from experiments.configuration.errors import ConfigError
from experiments.configuration.overrides import recorded
from experiments.lab import charts, sweep
from experiments.lab.engine import FEW, job_of
from experiments.lab.question import Question
from experiments.lab.sweep import FULL, SIDE, TOGETHER, WORLDS, Diagram
from experiments.messages import printable
from experiments.names import naming
from sim.draws import BLOCK
from tests.experiments.report.test_browser import PAYLOADS

BOTH = ("policy.patron.reward", "policy.norm_promoter.reward")
QUESTION = Question(strategies=("status_quo", "equidistance", "bandwagon_first"), sweep=BOTH)


def diagrams(question: Question) -> list[Diagram]:
    return [each for each in sweep.steps(question) if each is not None]


@pytest.fixture(scope="module")
def small() -> list[Diagram]:
    """All that is shown of a diagram of 3 × 3 points with 4 and then 8 worlds."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"SIDE": 3, "FEW": 4, "WORLDS": 8, "TOGETHER": 4}.items():
            patch.setattr(sweep, name, value)
        return diagrams(QUESTION)


def test_the_command_gives_the_same_leads_where_points_coincide(small: list[Diagram]) -> None:
    command = recorded(["counterpoise", *sweep.overrides(QUESTION, 5, 8)])
    full = counterpoise.sweep(*shlex.split(command)[1:]).sweep
    shared = [5 * i + j for i in (0, 2, 4) for j in (0, 2, 4)]
    for measure in full.returns:
        rows, table, result = small[-1].leads(measure)
        order = np.argsort(rows)
        there, expected = winners(full, measure).iloc[shared].reset_index(drop=True), won(full, measure)
        pd.testing.assert_frame_equal(table.iloc[order].reset_index(drop=True), there, check_exact=True)
        for field in ("name", "margin", "certain", "size_adjusted"):
            np.testing.assert_array_equal(getattr(result, field)[order], getattr(expected, field)[shared])
    assert len(set(winners(full, "economic").iloc[shared].strategy)) > 1  # there is something to get wrong


def test_every_other_value_of_the_full_diagram_is_one_of_the_page() -> None:
    ranges = {known.plausible for group in sweep.choices(job_of(QUESTION)).values() for known in group.values()}
    assert len(ranges) > 10
    for low, high in ranges:
        np.testing.assert_array_equal(np.linspace(low, high, FULL)[::2], np.linspace(low, high, SIDE))
    assert TOGETHER * WORLDS == BLOCK


def test_points_come_a_few_at_a_time_and_then_with_more_worlds(small: list[Diagram]) -> None:
    assert [[len(part.rows) for part in each.parts] for each in small] == [[4], [8], [9], [9, 4], [9, 8], [9, 9]]
    assert [each.complete is not None for each in small] == [False, False, True, True, True, True]
    assert [each.finished for each in small] == [False] * 5 + [True]
    assert small[0].sentence("trust") == ""
    assert "9 points" in small[-1].sentence("economic")
    for each in small:
        rows, table, _ = each.leads("trust")
        assert len(set(rows)) == len(rows) == len(table) == max(len(part.rows) for part in each.parts)
    assert small[-1].parts[1].sweep.n_worlds == 8


def test_a_coarse_lattice_comes_first_and_every_point_once() -> None:
    order = sweep._coarse_first()
    assert sorted(order) == list(range(SIDE**2))
    assert {(i // SIDE, i % SIDE) for i in order[:9].tolist()} == {(i, j) for i in (0, 4, 8) for j in (0, 4, 8)}


def test_the_work_of_a_diagram_is_bounded() -> None:
    """However many strategies a question may have, no step is larger than a block, and there are as many as the desk is given."""
    stages = sweep.stages(QUESTION)
    assert [size for size, _ in stages] == [FEW * TOGETHER] * (len(stages) // 2) + [BLOCK] * (len(stages) // 2)
    assert len(stages) == 2 * -(-SIDE**2 // TOGETHER)


def test_a_number_that_is_swept_is_not_set_as_well() -> None:
    question = replace(QUESTION, numbers=((BOTH[0], 1.0), ("parameters.rivalry_mean", 1.0)))
    words = sweep.overrides(question)
    assert "parameters.rivalry_mean=1.0" in words
    assert not any(text.startswith(BOTH[0]) for text in words)
    assert f"design.over=[{','.join(BOTH)}]" in words


def test_only_numbers_of_the_question_can_be_swept() -> None:
    job = job_of(QUESTION)
    assert sweep.checked(job, BOTH) == BOTH
    with pytest.raises(ConfigError, match=r"policy\.coercion\.punish is not a number of this question"):
        sweep.checked(job, ("policy.coercion.punish", BOTH[0]))
    assert sweep.fitting(job, ("policy.coercion.punish", "parameters.backlash")) == ("parameters.backlash", BOTH[0])
    one_policy = job_of(Question(policies=("patron", "patron")))
    assert sweep.first_choice(one_policy) == ("policy.patron.reward", "parameters.rivalry_mean")
    assert "Policy of China and the US" in sweep.choices(one_policy)


@pytest.mark.parametrize("payload", [None, *PAYLOADS])
def test_the_chart_is_well_formed_and_text_in_it_is_text(small: list[Diagram], payload: str | None) -> None:
    settings = small[-1].job.settings
    if payload is not None:
        settings = settings.model_copy(update={"strategies": {name: each.model_copy(update={"label": payload}) for name, each in settings.strategies.items()}})
    with naming([settings]):
        for each in (small[0], small[-1]):
            root = ElementTree.fromstring(charts.phase(each, "economic"))
            assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {"svg", "g", "rect", "line", "text", "title", "circle"}
            tips = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}title")]
            assert len([tip for tip in tips if "Reward of alignment" in tip]) == max(len(part.rows) for part in each.parts)
            assert any(printable(payload or "siding with China", 60)[:10] in tip for tip in tips)
    assert "Who leads in consumption" in str(root.get("aria-label"))
