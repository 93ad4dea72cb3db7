"""A file from somebody else sets what describes a world, a strategy or a question, and nothing about this computer."""

from pathlib import Path

import pytest

from experiments import cli
from experiments.configuration.check import check_file
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import GROUPS, conf_dir, read_again
from experiments.configuration.job import DERIVED, Run
from experiments.configuration.load import load, load_sweep
from experiments.configuration.shared import CHOSEN, COMMAND_LINE, SHARED
from experiments.configuration.yaml_files import read
from sim.settings import Settings
from tests.experiments.configuration.samples import GLOBAL, put, refusals
from tests.faults.strangers import REACHING, TRAVELLING, keys_of_others, reaching_outside, schema, without_end


@pytest.mark.parametrize("group", TRAVELLING)
def test_a_file_sets_no_key_that_is_not_listed_for_its_kind(group: str) -> None:
    row = keys_of_others([group], every=4)
    assert row.tried >= 30
    assert row.failed == 0


def test_every_key_is_shared_or_of_the_command_line() -> None:
    tops = {key.split(".")[0] for key, _ in schema() if key.split(".")[0] in {*Settings.model_fields, *Run.model_fields, *GROUPS}} - {"experiment"}
    assert tops - set(SHARED["experiment"]) - set(DERIVED) == set(COMMAND_LINE)
    assert not {*COMMAND_LINE, *DERIVED} & {key for keys in SHARED.values() for key in keys}
    assert set(CHOSEN) == set(GROUPS) - {"executor", "experiment"}


def test_a_preset_reaches_nothing_outside() -> None:
    assert reaching_outside(REACHING[::4]).failed == 0
    assert len(REACHING) >= 25


def test_what_never_ends_or_is_far_too_much_is_refused_at_once() -> None:
    assert without_end().failed == 0


def test_a_key_of_the_command_line_in_a_file_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = put(tmp_path, "experiment/mine.yaml", GLOBAL + "workers: 60\n")
    assert cli.main(["check", str(file)]) == 65
    assert capsys.readouterr().out == f"{file}:2: workers: only the command line sets it: remove it here and add workers=… to the command\n"


@pytest.mark.parametrize("changes", ["{executor: dask}", "{executor.address: 'tcp://127.0.0.1:1'}", "{workers: 60}", "{results: x}", "{design.file: x}",
                                     "{hydra.run.dir: x}"])
def test_a_hypothesis_varies_nothing_outside(tmp_path: Path, changes: str) -> None:
    text = (conf_dir() / "hypothesis" / "H1.yaml").read_text()
    for place in ("base", "low", "middle", "high"):
        kept = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(f"{place}:"))
        problems = check_file(read(put(tmp_path, "hypothesis/H1.yaml", f"{kept}{place}: {changes}\n")))
        assert any(f": {place}.{changes[1:].split(':')[0]}: " in problem for problem in problems), problems


def test_a_table_below_the_folder_of_a_preset_is_read_wherever_the_command_runs(conf: Path, tmp_path_factory: pytest.TempPathFactory,
                                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    put(conf, "experiment/tables/points.csv", "parameters.local_threat\n0.01\n0.02\n")
    put(conf, "experiment/mine.yaml", GLOBAL + "defaults:\n  - override /design: table\ndesign: {file: tables/points.csv}\n")
    put(conf, "design/mine.yaml", "kind: table\nfile: ../experiment/tables/points.csv\n")
    assert "is not below the folder" in refusals("design=mine")[0]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    assert load(["experiment=mine"]).points.values.tolist() == [[0.01], [0.02]]
    put(elsewhere, "own.csv", "parameters.local_threat\n0.03\n")
    assert load(["experiment=mine", "design.file=own.csv"]).points.values.tolist() == [[0.03]]
    (conf / "experiment" / "tables" / "points.csv").unlink()
    (conf / "experiment" / "tables" / "points.csv").symlink_to(elsewhere / "own.csv")
    read_again()
    assert "conf/experiment/mine.yaml:4: design.file: 'tables/points.csv' is not below the folder" in refusals("experiment=mine")[0]


@pytest.mark.parametrize(("overrides", "said"), [
    (["executor.address=tcp://127.0.0.1:1"], "has no effect with executor=processes; choose executor=dask"),
    (["executor=serial", "executor.address=tcp://127.0.0.1:1"], "has no effect with executor=serial; choose executor=dask"),
    (["executor=serial", "executor.wait=5"], "executor.wait=5: has no effect without a running cluster; add executor=dask executor.address="),
    (["design.points=5"], "has no effect with design=none"),
    (["design.file=x.csv"], "has no effect with design=none"),
])
def test_an_override_that_would_change_nothing_is_refused(overrides: list[str], said: str) -> None:
    assert said in refusals(*overrides)[0]


@pytest.mark.parametrize("depth", [5, 30, 900])
@pytest.mark.parametrize("key", ["strategies.auction.options", "world.states", "payoff.weights", "design.over", "sweep", "scenario.events", "name"])
def test_a_deeply_nested_override_is_refused_in_a_line(key: str, depth: int) -> None:
    for nested in ("{a:" * depth + "1" + "}" * depth, "[" * depth + "]" * depth):
        with pytest.raises(ConfigError) as refused:
            load_sweep([f"{key}={nested}"], True)
        assert all(problem.isprintable() and len(problem) < 2100 for problem in refused.value.problems)
