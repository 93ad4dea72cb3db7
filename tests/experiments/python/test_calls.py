"""From Python: the numbers of the commands, bit for bit, and nothing else changes."""

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import counterpoise
from experiments.python.given import texts
from experiments.runs.folder import write_csv
from tests.given import Said, only_run

FEW = ("strategies=[status_quo,equidistance,isolation]", "n_worlds=8", "horizon=8")


def same_as_file(frame: pd.DataFrame, file: Path, tmp_path: Path) -> None:
    """A table has the bytes of a file of the command."""
    write_csv(tmp_path / "mine.csv", frame)
    assert (tmp_path / "mine.csv").read_bytes() == file.read_bytes()


@pytest.mark.usefixtures("few_figures")
def test_a_comparison_has_the_numbers_of_the_command(said: Said, tmp_path: Path) -> None:
    words = (*FEW, "scenario=cold_war")
    assert said(*words, "assumption_draws=0", f"results={tmp_path / 'there'}")[0] == 0
    run = only_run(tmp_path / "there", "cambodia_2020-cold_war")
    result = counterpoise.compare(*words)
    assert result.path is None
    for name, frame in result.tables.items():
        same_as_file(frame, run / f"{name}.csv", tmp_path)
    saved = np.load(run / "payoffs.npz", allow_pickle=False)
    data = result.to_xarray()
    for measure in data.data_vars:
        np.testing.assert_array_equal(data[measure], saved[measure])
    assert data.economic.attrs["units"]
    assert result.table is result.comparison.paired


@pytest.mark.usefixtures("few_figures")
def test_a_sweep_has_the_numbers_of_the_command(said: Said, tmp_path: Path) -> None:
    assert said("-m", *FEW, "scenario=calm,cold_war", "seed=1,2", f"results={tmp_path / 'there'}")[0] == 0
    run = only_run(tmp_path / "there", "sweep")
    result = counterpoise.sweep(*FEW, scenario=["calm", "cold_war"], seed=(1, 2))
    same_as_file(result.table, run / "points.csv", tmp_path)
    same_as_file(result.tables["seeds"], run / "seeds.csv", tmp_path)
    assert result.to_xarray().sizes == {"strategy": 3, "point": 4, "world": 8}
    assert list(result.to_xarray().scenario.values) == ["calm", "calm", "cold_war", "cold_war"]


@pytest.mark.usefixtures("few_figures")
def test_a_design_has_the_numbers_of_the_command(said: Said, tmp_path: Path) -> None:
    words = (*FEW, "design=grid", "design.over=[parameters.rivalry_mean]", "design.points=3")
    assert said(*words, f"results={tmp_path / 'there'}")[0] == 0
    result = counterpoise.sweep(*FEW, "design=grid", design={"over": ["parameters.rivalry_mean"], "points": 3})
    same_as_file(result.table, only_run(tmp_path / "there", "cambodia_2020-baseline") / "points.csv", tmp_path)


@pytest.mark.usefixtures("few_figures")
def test_a_league_has_the_numbers_of_the_command(said: Said, tmp_path: Path) -> None:
    folder = Path(counterpoise.__file__).parents[4] / "conf" / "strategies"
    mine = tmp_path / "class"
    mine.mkdir()
    for name in ("auction", "domain_split"):
        (mine / f"{name}_x.yaml").write_text((folder / f"{name}.yaml").read_text().replace(f"{name}:", f"{name}_x:"))
    words = ("n_worlds=8", "horizon=8")
    assert said("rank", mine, "--scenarios=calm,cold_war", *words, f"results={tmp_path / 'there'}")[0] == 0
    result = counterpoise.rank(mine, *words, scenarios=["calm", "cold_war"])
    run = only_run(tmp_path / "there", "rank")
    for name, frame in result.tables.items():
        same_as_file(frame, run / f"{name}.csv", tmp_path)
    assert result.to_xarray().scenario.values.tolist() == ["calm", "cold_war"]
    assert "8 worlds" in repr(result)
    assert "<table" in result._repr_html_()
    assert len(result.plot.paired(ax=Figure().add_subplot()).get_yticks()) == 2
    path = result.report(tmp_path / "again")
    assert (path.parent / "league.csv").read_bytes() == (run / "league.csv").read_bytes()


def test_a_history_is_that_of_the_model() -> None:
    from experiments.configuration.load import load
    from sim import simulate
    from tests.given import assert_same_bits

    settings = load(["n_worlds=4", "horizon=8", "scenario=cold_war"]).settings
    history = counterpoise.simulate("auction", n_worlds=4, horizon=8, scenario="cold_war", record="trust")
    assert_same_bits(history, simulate(settings, "auction", record=["trust"]))


@pytest.mark.usefixtures("few_figures")
def test_a_folder_for_results_has_what_the_command_writes(said: Said, tmp_path: Path) -> None:
    words = (*FEW, "assumption_draws=16", "scenario=cold_war")
    result = counterpoise.compare(*words, results=tmp_path / "mine")
    assert result.path is not None
    assert result.path.name == "report.html"
    code, out, _ = said(*words, f"results={tmp_path / 'mine'}")  # finds every cell
    assert code == 0
    all_cells, done = re.findall(r"(\d+) cells, (\d+) already done", out)[0]
    assert all_cells == done
    one, other = sorted((tmp_path / "mine" / "cambodia_2020-cold_war").iterdir())
    assert {"assumptions", "structures", "change"} <= result.tables.keys() == {file.stem for file in one.glob("*.csv")}
    for name, frame in result.tables.items():
        same_as_file(frame, one / f"{name}.csv", tmp_path)
    names = sorted(file.name for file in one.iterdir())
    assert names == sorted(file.name for file in other.iterdir())
    for name in names:
        if name.endswith(".csv"):
            assert (one / name).read_bytes() == (other / name).read_bytes(), name


@pytest.mark.usefixtures("few_figures")
def test_results_in_what_is_no_folder_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match=r"Not a directory: .*file"):
        counterpoise.compare("strategies=[isolation,status_quo]", n_worlds=4, horizon=4, results=tmp_path / "file")


def test_a_report_can_be_written_later(said: Said, tmp_path: Path) -> None:
    result = counterpoise.compare(*FEW, assumption_draws=0)
    path = result.report(tmp_path / "there")
    assert path == result.path
    same_as_file(result.table, path.parent / "paired.csv", tmp_path)
    assert said("verify", tmp_path / "there")[0] == 0


@pytest.mark.usefixtures("few_figures")
def test_a_sweep_and_a_league_written_to_a_folder_can_be_reported_again(said: Said, tmp_path: Path) -> None:
    submissions = Path(__file__).parent.parent / "analyses" / "submissions"
    results = tmp_path / "it's here"
    swept = counterpoise.sweep(*FEW, "policies.us=coercion,inducement", scenario=["calm", "cold_war"], results=results)
    ranked = counterpoise.rank(submissions, n_worlds=4, horizon=8, scenarios="calm,cold_war", results=results)
    assert swept.path is not None
    assert ranked.path is not None
    assert "policies.us=coercion,inducement" in swept.path.read_text()
    assert said("report", swept.path.parent)[0] == 0
    assert said("verify", results)[0] == 0
    for result in (swept, ranked):
        assert result.path.is_relative_to(results)


def test_files_that_change_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "conf" / "strategies" / "cautious.yaml"
    file.parent.mkdir(parents=True)
    means = []
    for breadth in (0.2, 0.9):
        file.write_text(f"cautious:\n  family: hedging\n  description: Mine.\n  source: own idea\n  breadth: {breadth}\n")
        means.append(counterpoise.simulate("cautious", n_worlds=1, horizon=4, record="breadth", states="focal")["breadth"].mean())
    assert means[0] < means[1]
    assert counterpoise.simulate(str(file), n_worlds=1, horizon=1, record="breadth").strategy == "cautious"


def test_a_folder_of_own_files_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "elsewhere" / "strategies"
    folder.mkdir(parents=True)
    (folder / "cautious.yaml").write_text("cautious:\n  family: hedging\n  description: Mine.\n  source: own idea\n  breadth: 0.4\n")
    conf, few = folder.parent, {"n_worlds": 2, "horizon": 2}
    assert counterpoise.simulate("cautious", conf=conf, record="breadth", **few).strategy == "cautious"
    result = counterpoise.compare("strategies=[cautious,status_quo]", conf=str(conf), **few)
    assert result.comparison.strategies == ("cautious", "status_quo")
    assert result.report(tmp_path / "results").is_file()  # the files are needed no more
    assert counterpoise.sweep("strategies=[cautious,status_quo]", "scenario=calm,cold_war", conf=conf, **few).sweep.n_points == 2
    submissions = Path(__file__).parent.parent / "analyses" / "submissions"
    assert len(counterpoise.rank(submissions, "reference=cautious", scenarios="calm", conf=conf, **few).table) == 3
    for call in (lambda: counterpoise.simulate("cautious", **few), lambda: counterpoise.compare("strategies=[cautious,status_quo]", **few)):
        with pytest.raises(counterpoise.ConfigError, match="cautious"):  # of this call alone
            call()
    with pytest.raises(counterpoise.ConfigError, match=r"conf: there is no folder '.*nowhere'"):
        counterpoise.compare(conf="nowhere")
    (tmp_path / "conf").mkdir()
    with pytest.raises(counterpoise.ConfigError, match=r"conf: .* has no folder of configuration files, .*; did you mean .*conf"):
        counterpoise.compare(conf=tmp_path)


def test_worker_processes_give_the_same_numbers_and_end() -> None:
    import multiprocessing

    before = multiprocessing.active_children()
    alone, together = (counterpoise.compare(*FEW, **more) for more in ({}, {"workers": 2}))
    pd.testing.assert_frame_equal(alone.table, together.table, check_exact=True)
    assert multiprocessing.active_children() == before


def test_threads_may_call_at_once() -> None:
    import logging
    import multiprocessing
    from concurrent.futures import ThreadPoolExecutor

    before = logging.getLogger("MESA").level, multiprocessing.get_start_method(allow_none=True)
    seeds = [1, 2, 3, 4]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: counterpoise.compare(*FEW, seed=seed).table, seeds))
    assert (logging.getLogger("MESA").level, multiprocessing.get_start_method(allow_none=True)) == before
    for seed, table in zip(seeds, together, strict=True):
        pd.testing.assert_frame_equal(table, counterpoise.compare(*FEW, seed=seed).table, check_exact=True)


def test_no_file_is_written_and_nothing_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    result = counterpoise.compare(*FEW)
    _ = result.to_xarray(), result._repr_html_(), repr(result), result.plot.paired()
    counterpoise.sweep(*FEW, scenario=["calm", "cold_war"])
    counterpoise.simulate("auction", n_worlds=2, horizon=2)
    assert os.listdir(tmp_path) == []
    assert capfd.readouterr() == ("", "")


def test_progress_is_shown_only_where_it_is_wanted(capfd: pytest.CaptureFixture[str]) -> None:
    counterpoise.compare(*FEW, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert err.endswith("24 of 24 worlds simulated\n")


def test_a_strategy_whose_cells_fail_is_left_out_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.python.quiet import CellsFailed
    from sim.strategies import RULES
    from tests.sim.test_architecture import Failing

    monkeypatch.setitem(RULES, "failing", Failing)
    with pytest.warns(CellsFailed, match="1 cell failed, the first: .*isolation"):
        result = counterpoise.compare(*FEW, {"strategies.isolation.rule": "failing"})
    assert result.comparison.strategies == ("status_quo", "equidistance")


@pytest.mark.parametrize(("overrides", "keywords", "result"), [
    (["scenario=cold_war"], {}, ["scenario=cold_war"]), ([["n_worlds=8", "seed=1"]], {}, ["n_worlds=8", "seed=1"]),
    ([{"parameters.rivalry_mean": 1.5}], {}, ["parameters.rivalry_mean=1.5"]), ([], {"strategies": "hedging"}, ["strategies=hedging"]),
    ([], {"strategies": ["a", "b"]}, ["strategies=[a,b]"]), ([], {"strategies": "[a,b]"}, ["strategies=[a,b]"]),
    ([], {"policies": {"us": "coercion"}}, ["policies.us=coercion"]),
    ([], {"deterministic": True, "reference": None}, ["deterministic=true", "reference=null"]),
    ([], {"n_worlds": np.int64(8)}, ["n_worlds=8"]), ([{"parameters.rivalry_mean": np.float64(0.1)}], {}, ["parameters.rivalry_mean=0.1"]),
    ([], {"question": "Does it, pay?"}, ["question='Does it, pay?'"]), ([], {"design": {"over": {"parameters.lag": [0, 1]}}},
                                                                       ["design.over={parameters.lag: [0,1]}"]),
])
def test_what_python_gives_is_what_the_command_line_has(overrides: list[str], keywords: dict[str, object], result: list[str]) -> None:
    assert list(texts(overrides, keywords)) == result


@pytest.mark.parametrize(("keywords", "result"), [
    ({"scenario": ["calm", "cold_war"]}, ["scenario=calm,cold_war"]), ({"scenario": "calm,cold_war"}, ["scenario=calm,cold_war"]),
    ({"strategies": ["a", "b"]}, ["strategies=[a,b]"]), ({"seed": range(1, 3)}, ["seed=1,2"]), ({"policies": {"us": ["a", "b"]}}, ["policies.us=a,b"]),
])
def test_in_a_sweep_a_list_means_a_job_for_each(keywords: dict[str, object], result: list[str]) -> None:
    assert list(texts([], keywords, several=True)) == result


@pytest.mark.parametrize(("call", "message"), [
    (lambda: counterpoise.compare("scenari=calm"), "did you mean scenario"), (lambda: counterpoise.compare(scenario="cold"), "did you mean cold_war"),
    (lambda: counterpoise.compare("cold_war"), "is not KEY=VALUE"), (lambda: counterpoise.compare(n_worlds=object()), "n_worlds: expected text"),
    (lambda: counterpoise.compare(scenario=["calm", "cold_war"]), "several values are for counterpoise.sweep"),
    (lambda: counterpoise.compare({1: 2}), "is not a key"), (lambda: counterpoise.compare("design=grid", {"design.over": ["seed"]}), "design.over"),
    (lambda: counterpoise.compare("design=grid", {"design.over": ["parameters.rivalry_mean"]}), "counterpoise.sweep takes it"),
    (lambda: counterpoise.sweep("scenario=calm"), "nothing varies"), (lambda: counterpoise.simulate("equidistanc"), "did you mean equidistance"),
    (lambda: counterpoise.simulate("hedging"), "is a family"), (lambda: counterpoise.simulate("scenario=calm"), "the name of a strategy comes first"),
    (lambda: counterpoise.simulate("auction", "experiment=pandemic"), "simulate takes one point"),
    (lambda: counterpoise.simulate("auction", results="there"), "simulate writes no files"),
    *((lambda call=call, wrong=wrong: call(wrong), "expected overrides such as 'n_worlds=8'") for call in (counterpoise.compare, counterpoise.sweep)
      for wrong in (8, None, b"n_worlds=8", object())),
    (lambda: counterpoise.compare([8]), "8 is not KEY=VALUE"), (lambda: counterpoise.rank(8), "expected a folder with strategy files, got 8"),
    (lambda: counterpoise.rank("/nonexist"), "there is no folder /nonexist"),
    (lambda: counterpoise.rank("conf/strategies", scenarios=[]), "scenarios: name at least one, such as"),
    (lambda: counterpoise.rank("conf/strategies", scenarios=8), "scenarios: expected names"),
    *((lambda wrong=wrong: counterpoise.simulate(wrong), "expected the name of one strategy") for wrong in (["a", "b"], None, 8)),
    (lambda: counterpoise.simulate(Path("e.yaml")), "e.yaml"), (lambda: counterpoise.simulate("auction", record=8), "record: expected names"),
    (lambda: counterpoise.simulate("auction", states="KHM"), "states: expected 'all' or 'focal'"),
    (lambda: counterpoise.simulate("auction", strategies=["equidistance"]), "has no effect here; simulate takes one strategy"),
    (lambda: counterpoise.compare("scenario=cold_war", against="cold_war"), "the run changes nothing against cold_war"),
    (lambda: counterpoise.compare(conf=8), "conf: expected a folder, got 8"),
])
def test_what_does_not_fit_is_refused_in_words(call: object, message: str) -> None:
    with pytest.raises(counterpoise.ConfigError, match=message):
        call()  # type: ignore[operator]


def test_what_a_comparison_changes_is_that_of_the_command(said: Said, tmp_path: Path) -> None:
    words = ["scenario=cold_war", "strategies=[status_quo,equidistance]", "n_worlds=8", "horizon=4", "assumption_draws=0"]
    made = counterpoise.compare(words)
    assert said(*words, f"results={tmp_path}")[0] == 0
    written = pd.read_csv(only_run(tmp_path, "cambodia_2020-cold_war") / "change.csv")
    assert made.change is not None
    pd.testing.assert_frame_equal(made.change, written, check_exact=False, rtol=1e-12)
    assert counterpoise.compare(words[1:]).change is None
