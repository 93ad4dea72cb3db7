"""What every analysis does, for each that is listed in small.py."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from experiments.cells.simulate import compute_cell
from experiments.cells.store import Store
from experiments.commands import compare_runs, tournament
from experiments.runs.columns import missing, unexplained
from tests.experiments.analyses.conftest import Finished
from tests.experiments.analyses.small import ANALYSES, RANK, ROBUSTNESS, SENSITIVITY
from tests.given import Said, one_by_one, only_run

EACH_ANALYSIS = pytest.mark.parametrize("name", ANALYSES)


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the finished runs have."""
    monkeypatch.setattr(tournament, "N_RESAMPLES", 8)


def tables(run: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in run.glob("*.csv")}


@EACH_ANALYSIS
def test_it_leaves_a_page_figures_explained_tables_and_a_manifest_that_verifies(name: str, finished: Finished, said: Said) -> None:
    results = finished(name)
    run = only_run(results, ANALYSES[name].command)
    page = (run / "report.html").read_text(encoding="utf-8")
    assert len(page) < 3_000_000
    assert "<script" not in page
    assert f"counterpoise {ANALYSES[name].command}" in page
    assert not any(word in page for word in (">nan", " nan", "inf]"))
    assert page.count("<svg ") == len(list((run / "figures").iterdir())) > 0
    frames = {file.name: pd.read_csv(file) for file in run.glob("*.csv")}
    assert frames
    for table, columns in ((f"{run.parent.name}/{file}", frame.columns) for file, frame in frames.items()):
        assert (unexplained(table, columns), missing(table, columns)) == ([], []), table
    manifest = json.loads((run / "manifest.json").read_text())
    assert {"report.html", *frames} <= set(manifest["files"])
    assert not manifest["missing_cells"]
    assert said("verify", results)[0] == 0


@EACH_ANALYSIS
@pytest.mark.usefixtures("undrawn")
def test_a_second_run_computes_nothing_and_gives_the_same_tables(
        name: str, finished: Finished, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ANALYSES[name].words
    results = shutil.copytree(finished(name), tmp_path / "results")
    before = only_run(results, words[0])
    monkeypatch.setattr("experiments.cells.compute.grouped", lambda cells, columns: pytest.fail("it is there already") if cells else [])
    code, output, problems = said(*words, f"results={results}")
    assert (code, problems) == (0, "")
    assert "already done" in output
    (after,) = set((results / words[0]).iterdir()) - {before}
    assert tables(after) == tables(before)


@EACH_ANALYSIS
def test_a_wrong_option_is_refused_in_a_line(name: str, said: Said, tmp_path: Path) -> None:
    small = ANALYSES[name]
    option = small.wrong.partition("=")[0]
    # In place of the right one: an option that is given twice is refused for that.
    others = [word for before, word in zip(("", *small.words), small.words, strict=False) if option not in (before, word.partition("=")[0])]
    code, output, problems = said(*others, small.wrong, f"results={tmp_path / 'new'}")
    assert (code, output, problems.count("\n")) == (2, "", 1)
    assert small.named in problems
    assert "keep one of the two" not in problems
    assert not (tmp_path / "new").exists()


@EACH_ANALYSIS
def test_a_dry_run_prints_the_plan_and_writes_nothing(name: str, said: Said, tmp_path: Path) -> None:
    code, output, problems = said(*ANALYSES[name].words, "--dry-run", f"results={tmp_path / 'new'}")
    assert (code, problems) == (0, "")
    assert "cells" in output
    assert not (tmp_path / "new").exists()


def failing(name: str) -> Callable[..., bytes | None]:
    """Computes no cell of the strategy; none at all where the name is empty."""
    def compute(cell, store: Store, sign: str) -> bytes | None:
        if not name or cell.strategy.name == name:
            raise RuntimeError("broken on purpose")
        return compute_cell(cell, store, sign)
    return compute


@EACH_ANALYSIS
@pytest.mark.usefixtures("undrawn")
def test_cells_that_fail_are_reported_with_the_command_that_tries_them_again(
        name: str, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = ANALYSES[name]
    one_by_one(monkeypatch)
    monkeypatch.setattr("experiments.cells.compute.compute_cell", failing(small.failing))
    code, _, problems = said(*small.words, f"results={tmp_path}")
    assert code == 1
    assert "broken on purpose" in problems
    assert f"counterpoise {small.command}" in problems
    if (tmp_path / small.command).exists():  # an analysis that can go on without the strategy leaves it out of its tables
        run = only_run(tmp_path, small.command)
        assert json.loads((run / "manifest.json").read_text())["missing_cells"]
        assert small.left_out.replace("_", " ") in (run / "report.html").read_text().replace("_", " ")
        if (run / "strategies.csv").exists():
            assert small.failing not in set(pd.read_csv(run / "strategies.csv").strategy)


def test_two_runs_of_an_analysis_are_compared_table_by_table(finished: Finished, said: Said) -> None:
    run = only_run(finished("robustness"), "robustness")
    code, output, _ = said("compare-runs", run, run)
    assert code == 0
    assert "futures.csv: the same to the last digit" in output


def test_tables_of_two_runs_are_told_apart_by_their_checksums(capsys: pytest.CaptureFixture[str]) -> None:
    compare_runs._tables({"files": {"a.csv": "1", "b.csv": "1", "report.html": "1"}}, {"files": {"a.csv": "1", "b.csv": "2", "c.csv": "1"}})
    assert capsys.readouterr().out == "a.csv: the same to the last digit\nb.csv: not the same\n"


@pytest.mark.parametrize(("words", "code", "told"), [
    (("sensitivity", "--rows=4"), 2, "--rows: must be a whole number from 8 to 16,384, got '4'"),
    ((*RANK, "scenario=calm"), 65, "override scenario=calm: a league has several scenarios; write --scenarios=calm"),
    ((*RANK, "strategies=hedging"), 65, "override strategies=hedging: has no effect here"),
    ((*RANK[:2], "--scenarios=clam"), 65, "--scenarios: unknown name 'clam'; did you mean calm?"),
    (("rank", "nowhere"), 2, "there is no folder 'nowhere'"),
    ((*RANK, "n_worlds=1"), 65, "n_worlds: must be at least 2"),
    (("sensitivity", "--rows=500"), 2, "--rows: must be a power of two, such as 256 or 512, got 500"),
    (("sensitivity", "--rows=-8"), 2, "--rows: must be a whole number from 8 to 16,384, got '-8'"),
    (("sensitivity", "--rows=16384", "--inputs=999"), 65, "points; at most 1,000,000 are possible"),
    (("sensitivity", "--trajectories=1"), 2, "--trajectories: must be a whole number from 2 to 10,000, got '1'"),
    (("sensitivity", "--trajectories=1000000"), 2, "--trajectories: must be a whole number from 2 to 10,000"),
    (("sensitivity", "--inputs=1"), 2, "--inputs: must be a whole number from 2 to 1,000,000, got '1'"),
    (("sensitivity", "--worlds=1"), 2, "--worlds: must be a whole number from 2 to 1,024, got '1'"),
    (("sensitivity", "--worlds=1.5"), 2, "must be a whole number"),
    (("sensitivity", "--measure="), 2, "unknown return ''"),
    (("sensitivity", "--measure=economic,"), 2, "unknown return ''"),
    (("sensitivity", "--strategy="), 65, "unknown family or strategy ''"),
    (("sensitivity", "--rwos=8"), 2, "did you mean --rows?"),
    (("sensitivity", "n_worlds=1"), 65, "n_worlds: must be at least 2"),
    (("sensitivity", "n_worlds=0"), 65, "n_worlds"),
    (("sensitivity", "executor=nothing"), 65, "executor"),
    (("sensitivity", "reference=nobody"), 65, "nobody"),
    (("sensitivity", "--measure=econmic"), 2, "did you mean economic"),
    (("sensitivity", "--strategy=hedging", "--against=hedging"), 2, "the same side"),
    (("sensitivity", "whatever"), 2, "neither an option nor KEY=VALUE"),
    (("sensitivity", "--rows=many"), 2, "must be a whole number"),
    (("sensitivity", "--against=alinment"), 65, "did you mean alignment"),
    (("sensitivity", "design=lhs", "design.over=[parameters.rivalry_mean]"), 65, "makes its own points"),
    (("sensitivity", "strategies=[equidistance]"), 65, "alignment"),
    (("sensitivity", "experiment=balance_vs_align"), 65, "makes its own points"),
    (("sensitivity", "parameters.rivalry_maen=1"), 65, "did you mean parameters.rivalry_mean"),
    (("robustness", "--futures=3"), 2, "--futures: must be a whole number from 20 to 1,000,000, got '3'"),
    (("robustness", "--futures=2000000"), 2, "--futures: must be a whole number from 20 to 1,000,000, got '2000000'"),
    (("robustness", "--futures=lots"), 2, "must be a whole number"),
    (("robustness", "--worlds=1"), 2, "--worlds: must be a whole number from 2 to 1,024, got '1'"),
    (("robustness", "--worlds=20000000"), 2, "--worlds: must be a whole number from 2 to 1,024"),
    (("robustness", "--fails-below", "x"), 2, "must be a finite number"),
    (("robustness", "--threshold", "economic="), 2, "must be a finite number"),
    (("robustness", "--threshold", "economic=1=2"), 2, "must be a finite number"),
    (("robustness", "--threshold", "economic=inf"), 2, "finite"),
    (("robustness", "--strategy=alignment"), 2, "the same side"),
    (("robustness", "n_worlds=1"), 65, "n_worlds: must be at least 2"),
    (("hypotheses", "--only="), 65, "unknown hypothesis ''"),
    (("hypotheses", "--only=H1,H99"), 65, "H99"),
    (("hypotheses", "--draws=1"), 2, "--draws: must be a whole number from 2 to 1,000,000, got '1'"),
    (("hypotheses", "--draws=9999999"), 2, "--draws: must be a whole number from 2 to 1,000,000"),
    (("hypotheses", "design=lhs", "design.over=[parameters.rivalry_mean]"), 65, "makes its own points"),
    (("tournament", "design=lhs", "design.over=[parameters.rivalry_mean]"), 65, "makes its own points"),
    (("tournament", "parameters.rivalry_maen=1"), 65, "did you mean parameters.rivalry_mean"),
    (("hypotheses", "parameters.rivalry_maen=1"), 65, "did you mean parameters.rivalry_mean"),
    (("robustness", "--measure=debt"), 2, "unknown return"),
    (("robustness", "--threshold", "economic"), 2, "RETURN=NUMBER"),
    (("robustness", "--threshold", "economy=1"), 2, "unknown return"),
    (("robustness", "--threshold", "economic=nan"), 2, "finite"),
    (("robustness", "--absolute"), 2, "--absolute needs a --threshold"),
    (("robustness", "--fails-below", "inf"), 2, "finite"),
    (("robustness", "--strategy=nobody"), 65, "unknown family or strategy"),
    (("robustness", "experiment=balance_vs_align"), 65, "makes its own points"),
])
def test_what_cannot_be_done_is_refused_before_anything_is_computed(words: tuple[str, ...], code: int, told: str, said: Said, tmp_path: Path) -> None:
    result, _, errors = said(*words, f"results={tmp_path}")
    assert result == code
    assert told in errors
    assert errors.count("\n") == 1, errors
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [SENSITIVITY, ROBUSTNESS])
def test_without_a_side_there_is_no_report(words: tuple[str, ...], said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one_by_one(monkeypatch)
    monkeypatch.setattr("experiments.cells.compute.compute_cell", failing("equidistance"))
    code, _, errors = said(*words, f"results={tmp_path}")
    assert code == 1
    assert "nothing remains to compare" in errors
    assert not (tmp_path / words[0]).exists()


@pytest.mark.parametrize("name", ["sensitivity", "hypotheses", "robustness"])
def test_numbers_of_which_some_are_facts_are_not_counted_as_parameters(name: str, finished: Finished, said: Said) -> None:
    counted = re.compile(r"\d+ (structural |selected )?parameters")
    assert "numbers" in (plan := said(*ANALYSES[name].words, "--dry-run")[1])
    assert not counted.search(plan)
    assert not counted.search((only_run(finished(name), name) / "report.html").read_text(encoding="utf-8"))
