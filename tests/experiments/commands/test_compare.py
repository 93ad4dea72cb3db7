"""The command from end to end, as a user runs it."""

import csv
import hashlib
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import cli
from experiments.analyses import outcome
from experiments.analyses.comparison.figures.catalogue import FIGURES
from experiments.cells.plan import summary
from experiments.cells.progress import progress
from experiments.configuration.load import load
from experiments.runs.columns import COLUMNS
from experiments.runs.folder import new_folder, settings_hash
from sim.payoffs import MEASURES, RETURNS
from tests.given import drawing

ROOT = Path(__file__).resolve().parents[3]
ONE = ["horizon=4", "assumption_draws=1", "strategies=[status_quo,equidistance,bandwagon_first]", "workers=1"]
SMALL = ["n_worlds=12", "horizon=8", "assumption_draws=12", "strategies=[status_quo,equidistance,bandwagon_first]", "workers=1"]


def command(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "SECRET": "kept-out"}
    return subprocess.run([sys.executable, "-m", "experiments.cli", *words], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One small run: what it printed and its folder."""
    folder = tmp_path_factory.mktemp("results")
    done = command(*SMALL, f"results={folder}")
    assert done.returncode == 0, done.stderr
    return done, Path(done.stdout.strip().splitlines()[-1]).parent


def test_the_plan_comes_first_and_the_path_of_the_report_last(finished):
    done, folder = finished
    lines = done.stdout.strip().splitlines()
    assert lines[0] == ("cambodia_2020, baseline: Cambodia plays 3 strategies × 12 worlds + 12 draws of assumptions × 8 quarters (2020Q1 to 2021Q4); "
                        "reference status_quo")
    assert re.fullmatch(r"12 cells; 414 worlds simulated in all; about \d+ s on 1 process, \d+ MB of disk", lines[1])
    assert lines[-1] == str(folder / "report.html")
    assert re.fullmatch(r"\d{8}T\d{6}\.\d{6}Z", folder.name)


def test_the_table_fits_a_terminal_and_says_what_it_says_first(finished):
    done, folder = finished
    lines = done.stdout.splitlines()
    assert max(map(len, lines[2:-2])) <= 100
    rows = {name: [line for line in lines if line.startswith(f"{name} ")] for name in ("status quo", "equal distance", "siding with China")}
    assert {name: len(row) for name, row in rows.items()} == dict.fromkeys(rows, 1)
    paired = pd.read_csv(folder / "paired.csv").set_index(["strategy", "measure"])
    signs = {"better": "+", "worse": "\N{MINUS SIGN}", "same": "~", "open": "?"}
    shown = [measure for measure in RETURNS if paired.xs(measure, level="measure").verdict.isin(["better", "worse"]).any()]
    for name, key in (("equal distance", "equidistance"), ("siding with China", "bandwagon_first")):
        assert [cell[0] for cell in rows[name][0].removeprefix(name).split()] == [signs[paired.verdict[(key, measure)]] for measure in shown]
    assert lines.index(rows["status quo"][0]) > next(i for i, line in enumerate(lines) if line.startswith("How sure of the means:"))
    assert lines[-2:] == [str(folder / "brief.md"), str(folder / "report.html")]


@pytest.mark.usefixtures("few_figures")
def test_in_full_it_shows_every_strategy_with_returns_intervals_risk_and_dominance(tmp_path, said):
    code, printed, _ = said(*SMALL, "assumption_draws=0", "--full", f"results={tmp_path}")
    assert code == 0
    for name in ("status quo", "equal distance", "siding with China"):
        assert sum(line.startswith(name) for line in printed.splitlines()) == 3  # levels, differences, powers
    # A return in which no strategy differs has neither a head nor numbers.
    summary = pd.read_csv(next(tmp_path.glob("cambodia_2020-baseline/*/summary.csv"))).set_index(["strategy", "measure"])["mean"]
    heads, *rows = (line for line in printed.splitlines() if line.startswith(("strategy  ", "status quo")))
    means = [float(cell.replace("\N{MINUS SIGN}", "-")) for cell in rows[0].removeprefix("status quo").split()[:-3]]
    assert len(heads.split()) == len(means) + 4  # strategy, risk, best for
    assert means == [round(summary["status_quo", measure], 4) for measure in heads.split()[1:-3]]
    assert "risk" in printed
    assert "each family is best, size-adjusted" in printed
    assert "Comparing on the same worlds" in printed


def test_the_folder_holds_what_its_readme_says_and_the_manifest_sums_are_right(finished):
    _, folder = finished
    manifest = json.loads((folder / "manifest.json").read_text())
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} - {"manifest.json"}
    assert set(manifest["files"]) == files
    tables = {name.removeprefix("compare/") for name in COLUMNS if name.startswith("compare/")}
    assert files == {*(tables - {"change.csv"}), "payoffs.npz", "trajectories.npz", "findings.json", "report.html", "brief.md",
                     *(f"figures/{name}.svg" for name in FIGURES if name != "change")}
    for name, sha in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha
    explained = (ROOT / "results" / "README.md").read_text()
    for name in tables - {"change.csv"}:
        with (folder / name).open() as file:
            for column in next(csv.reader(file)):
                assert f"`{column}`" in explained, (name, column)


def test_the_manifest_reproduces_the_run(finished):
    _, folder = finished
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["command"].startswith("counterpoise n_worlds=12")
    assert manifest["jobs"][0]["settings_sha256"] == settings_hash(load(SMALL).settings)
    assert manifest["seed"] == 2020
    assert set(manifest["versions"]) >= {"python", "mesa", "numpy", "hydra-core"}


def test_arrays_open_without_pickle_and_agree_with_the_tables(finished):
    _, folder = finished
    with np.load(folder / "payoffs.npz", allow_pickle=False) as payoffs, (folder / "summary.csv").open() as file:
        assert set(payoffs) == {"strategies", *MEASURES}
        names = list(payoffs["strategies"])
        for row in csv.DictReader(file):
            mean = payoffs[row["measure"]][names.index(row["strategy"])].mean()
            assert float(row["mean"]) == pytest.approx(mean)
    with np.load(folder / "trajectories.npz", allow_pickle=False) as trajectories:
        assert trajectories["equidistance/trust"].shape == (8, 2, 6)


def test_the_report_is_one_file_that_loads_nothing_and_tells_no_secret(finished):
    _, folder = finished
    page = (folder / "report.html").read_text()
    assert not re.search(r"<(script|link|iframe|object)|src=\"(?!data:)|url\((?!['\"]?(?:data:|%23|#))", page)
    assert page.count("<svg ") == len(re.findall(r'<svg role="img" aria-label="[^"]', page)) == len(FIGURES) - 1  # nothing is changed
    for text in (page, (folder / "manifest.json").read_text()):
        assert "kept-out" not in text
        assert str(Path.home()) not in text
    for name in RETURNS:
        assert MEASURES[name].meaning in page


def test_figures_are_saved_as_png_where_that_is_wanted_and_no_file_says_so(tmp_path, capsys):
    with drawing(["paired"]):
        assert cli.main([*SMALL, "assumption_draws=0", "png=true", f"results={tmp_path}"]) == 0
    folder = Path(capsys.readouterr().out.strip().splitlines()[-1]).parent
    assert {file.name for file in (folder / "figures").iterdir()} == {"paired.svg", "paired.png"}
    assert "png" not in json.loads((folder / "manifest.json").read_text())["command"]


@pytest.mark.usefixtures("coarse")
def test_the_same_command_gives_the_same_numbers_and_figures_in_another_process(finished, tmp_path, capsys):
    drawn_again = ("paired", "dominance")
    with drawing(drawn_again):
        assert cli.main([*SMALL, f"results={tmp_path}"]) == 0
    again, (_, first) = Path(capsys.readouterr().out.strip().splitlines()[-1]).parent, finished
    for name in ("summary.csv", "paired.csv", "dominance.csv", "assumptions.csv", *(f"figures/{figure}.svg" for figure in drawn_again)):
        assert (again / name).read_bytes() == (first / name).read_bytes(), name
    with drawing(drawn_again):  # with nothing to simulate, workers draw
        assert cli.main(["report", str(again)]) == 0
    by_workers = Path(capsys.readouterr().out.strip().splitlines()[-1])
    assert by_workers.read_bytes() == (again / "report.html").read_bytes()


@pytest.mark.parametrize("words", [
    ["parameters.lens_high_securty=1"], ["strategies=[nobody]"], ["n_worlds=0"], ["-m", "scenario=calm,clam"], ["focal=XXX"],
])
def test_bad_configuration_exits_65_in_a_line_each_and_writes_nothing(words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 65
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("override ") or printed.err.startswith("configuration")
    assert "Traceback" not in printed.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["comapre"], ["--worlds"], ["compare", "calm"], ["bench", "x=1"]])
def test_bad_usage_exits_2(words, capsys):
    assert cli.main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_results_that_cannot_be_written_exit_74_before_anything_is_simulated(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    start = time.perf_counter()
    assert cli.main([*SMALL, "n_worlds=100000", f"results={tmp_path / 'file'}"]) == 74
    assert time.perf_counter() - start < 60
    assert "cannot write" in capsys.readouterr().err


def test_a_number_that_is_not_finite_exits_1_naming_world_quarter_and_variable(tmp_path, capsys, monkeypatch):
    from sim.strategies import RULES, linear

    class Broken(linear.LinearRule):
        def decide(self, seen):
            decision = super().decide(seen)
            if seen.quarter == 5:
                decision.tilt = decision.tilt.copy()
                decision.tilt[..., 7] = np.nan
            return decision

    monkeypatch.setitem(RULES, "linear", Broken)
    assert cli.main([*SMALL, f"results={tmp_path}"]) == 1
    assert "tilt is not a finite number in world 7, quarter 5, strategy status_quo (seed 2020)" in capsys.readouterr().err
    assert list(tmp_path.rglob("manifest.json")) == []


@pytest.mark.usefixtures("few_figures")
def test_a_sweep_is_one_run_with_one_report(tmp_path, capsys):
    assert cli.main(["-m", "scenario=calm,cold_war", *SMALL, "horizon=4", "assumption_draws=0", f"results={tmp_path}"]) == 0
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["cells", "index.html", "latest", "sweep"]
    report = Path(capsys.readouterr().out.strip().splitlines()[-1])
    assert "cold_war" in report.read_text()
    table = pd.read_csv(report.parent / "points.csv")
    assert len(table) == 2 * 3 * len(RETURNS)  # points × strategies × returns
    assert set(table.scenario) == {"calm", "cold_war"}
    assert json.loads((report.parent / "manifest.json").read_text())["jobs"][1]["varied"] == {"scenario": "cold_war"}


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(tmp_path, capsys):
    assert cli.main([*SMALL, "--dry-run", f"results={tmp_path}/new"]) == 0
    assert "12 cells;" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("few_figures")
def test_what_is_there_is_not_computed_again(tmp_path, capsys):
    words = [*SMALL, "horizon=4", "assumption_draws=0", f"results={tmp_path}"]
    assert cli.main([*words, "strategies=[status_quo]"]) == 0
    assert cli.main(words) == 0  # two strategies more
    assert "3 cells, 1 already done" in capsys.readouterr().out
    assert cli.main(["-m", "scenario=baseline,calm", *words]) == 0  # a scenario more
    assert "6 cells, 3 already done" in capsys.readouterr().out
    assert cli.main([*words, "n_worlds=13"]) == 0  # the block is another one
    assert "3 cells; " in capsys.readouterr().out


@pytest.mark.usefixtures("few_figures")
def test_a_cell_that_is_gone_when_all_is_done_is_no_success(tmp_path, capsys, monkeypatch):
    report = outcome.report

    def losing(*about):
        written = report(*about)
        next(tmp_path.glob("cells/*/*.npz")).unlink()
        return written

    monkeypatch.setattr(outcome, "report", losing)
    assert cli.main(["n_worlds=1", "horizon=1", "strategies=[equidistance,isolation]", "assumption_draws=0", "workers=1", f"results={tmp_path}"]) == 1
    assert capsys.readouterr().err == "counterpoise: 1 of 2 cells are gone or damaged since: run the same command again\n"


def test_what_is_done_and_how_long_the_rest_takes_is_told_at_each_quarter_of_the_work(capsys):
    with progress(8) as advance:
        for _ in range(8):
            advance(1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" of ")[0] for line in lines] == ["2", "4", "6", "8"]
    assert lines[0] == "2 of 8 worlds simulated, 1 s left"  # what takes no time is told as a second
    assert lines[-1] == "8 of 8 worlds simulated"


@pytest.mark.usefixtures("few_figures")
def test_one_world_and_one_strategy_are_enough(tmp_path):
    assert cli.main(["n_worlds=1", "horizon=1", "strategies=[equidistance]", "assumption_draws=0", "workers=1", f"results={tmp_path}"]) == 0


@pytest.mark.usefixtures("few_figures")
def test_deterministic_worlds_are_all_alike(tmp_path):
    assert cli.main([*SMALL, "deterministic=true", "assumption_draws=0", f"results={tmp_path}"]) == 0
    with np.load(next(tmp_path.rglob("payoffs.npz"))) as payoffs:
        assert np.ptp(payoffs["economic"], axis=1) == pytest.approx(0, abs=1e-12)


def test_the_configuration_can_be_shown(capsys):
    assert cli.main(["--cfg", "job", "horizon=7"]) == 0
    assert "horizon: 7" in capsys.readouterr().out


def test_two_runs_in_one_second_have_two_folders(tmp_path):
    folders = {new_folder(str(tmp_path), "x") for _ in range(50)}
    assert len(folders) == 50


def test_help_answers_without_importing_the_model_and_lists_everything(capsys):
    assert cli.main(["--help"]) == 0
    told = capsys.readouterr().out
    for name in ("equidistance", "norm_promoter", "eba_withdrawal", "theory_symmetric", "compare", "optimize"):
        assert f"\n  {name} " in told
    heavy = subprocess.run([sys.executable, "-X", "importtime", "-m", "experiments.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    imported = {line.rsplit("|", 1)[-1].strip() for line in heavy.stderr.splitlines()}
    assert not imported & {"mesa", "numpy", "pandas", "matplotlib", "hydra", "pydantic", "scipy"}


# While libraries are imported, while files are composed, while cells are computed: on this machine, or earlier, and any moment must do.
@pytest.mark.parametrize(("sent", "after"), [(signal.SIGINT, 1.2), (signal.SIGTERM, 2), *(
    pytest.param(*each, marks=pytest.mark.slow) for each in ((signal.SIGTERM, 1.2), (signal.SIGINT, 2), (signal.SIGINT, 4), (signal.SIGTERM, 4)))])
def test_an_interrupted_run_ends_at_once_with_its_workers_and_says_so(sent, after, tmp_path):
    words = [sys.executable, "-m", "experiments.cli", "n_worlds=100000", "workers=2", f"results={tmp_path}"]
    # Ctrl-C is ignored by whatever a shell starts in the background, such as these tests.
    started = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    time.sleep(after)
    start = time.perf_counter()
    started.send_signal(sent)
    # Workers hold the pipes too: this returns only when all of them are gone.
    _, told = started.communicate(timeout=120)
    assert time.perf_counter() - start < 60
    assert started.returncode == 130, told
    assert "run the same command again" in told
    assert list(tmp_path.rglob("manifest.json")) == []


#: The command, which draws no figure.
UNDRAWN = """
from experiments import cli
from tests.given import undrawn
with undrawn():
    raise SystemExit(cli.start())
"""


def test_a_closed_or_narrow_output_loses_no_run(tmp_path):
    words = [sys.executable, "-c", UNDRAWN, *SMALL, "assumption_draws=0", f"results={tmp_path}"]
    latin = subprocess.run(words, cwd=ROOT, env={"PYTHONIOENCODING": "latin-1", "PATH": "/usr/bin:/bin"}, capture_output=True, check=False)
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *words], cwd=ROOT, capture_output=True, check=False)
    assert (latin.returncode, closed.returncode) == (0, 0), latin.stderr + closed.stderr
    assert len(list(tmp_path.rglob("manifest.json"))) == 2


@pytest.mark.usefixtures("few_figures")
def test_an_event_after_the_last_quarter_is_noted_and_a_bare_year_refused(tmp_path, capsys):
    assert cli.main([*SMALL, "assumption_draws=0", "scenario=retrenchment_second", "horizon=4", f"results={tmp_path}"]) == 0
    assert "note: the commitment event of 2022Q1 begins after the last quarter and has no effect" in capsys.readouterr().out
    series = "scenario.series=[{kind: rivalry, values: {2030: 0.5}}, {kind: budget, actor: first, values: {2020: 1, 2030: 2}}]"
    assert cli.main([*SMALL, "assumption_draws=0", series, "horizon=4", f"results={tmp_path}"]) == 0
    told = capsys.readouterr().out
    assert "note: the rivalry series of 2030Q1 begins after the last quarter and has no effect" in told
    assert "budget series" not in told
    assert cli.main([*SMALL, "scenario.events=[{kind:crisis,start:2023}]"]) == 65
    assert "did you mean 2023Q1?" in capsys.readouterr().err


@pytest.mark.parametrize(("target", "noted"), [("focal", True), ("all", True), ("KHM", True), ("VNM", False)])
def test_an_event_that_makes_the_state_play_another_strategy_is_noted(target: str, noted: bool) -> None:
    events = f"scenario.events=[{{kind: strategy, target: {target}, start: +1q0, value: isolation}}]"
    assert ("note: from 2021Q1 on Cambodia plays isolation by a strategy event" in summary([load([*SMALL, events])])) is noted


@pytest.mark.parametrize("words", [["n_worlds=1"], ["n_worlds=8", "deterministic=true"], ["n_worlds=2"]])
def test_of_one_world_no_interval_is_spoken_of(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*ONE, *words, f"results={tmp_path}", "--full"]) == 0
    said = capsys.readouterr().out + next(tmp_path.glob("*/*/report.html")).read_text()
    assert "\N{INFINITY}" not in said
    assert not re.search(r"[\[ ]-?inf\b", said)
    assert not re.search(r"(?<![\d.,])1 times\b(?! as many| fewer)", said)
    assert ("95 % intervals of skewed returns" in said) == (words == ["n_worlds=2"])
