"""The command `check`: configuration files that are fine, and every problem of those that are not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import cli
from experiments.configuration.files import GROUPS, SEPARATE, conf_dir
from tests.experiments.configuration.samples import POLICY, SCENARIO, STRATEGY, put

ROOT = Path(cli.__file__).parent.parent


def checked(*words: str) -> subprocess.CompletedProcess[str]:
    code = ("import sys; from experiments.cli import main; code = main(); "
            "print('heavy:', sorted({'mesa', 'pandas', 'matplotlib', 'scipy', 'hydra', 'omegaconf'} & set(sys.modules)), file=sys.stderr); sys.exit(code)")
    return subprocess.run([sys.executable, "-c", code, "check", *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_check_says_that_a_file_is_fine_and_imports_nothing_heavy(tmp_path: Path) -> None:
    files = [put(tmp_path, "mine.yaml", STRATEGY), put(tmp_path, "policy/mine.yaml", POLICY), put(tmp_path, "scenario/mine.yaml", SCENARIO)]
    done = checked(*map(str, files), "conf/world/cambodia_2020.yaml", "conf/config.yaml")
    assert done.returncode == 0, done
    assert done.stdout.splitlines() == [
        f"{files[0]}: fine (strategy 'mine')", f"{files[1]}: fine (policy 'mine')", f"{files[2]}: fine (scenario 'mine')",
        "conf/world/cambodia_2020.yaml: fine (world 'cambodia_2020')", "conf/config.yaml: fine (config 'config')"]
    assert done.stderr.strip() == "heavy: []"


def test_check_lists_every_problem_with_exit_code_65(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = put(tmp_path, "mine.yaml", STRATEGY + "  breadht: 0.5\n  speed: 5\n")
    assert cli.main(["check", str(file)]) == 65
    assert capsys.readouterr().out.splitlines() == [
        f"{file}:5: mine.breadht: unknown key 'breadht'; did you mean breadth?", f"{file}:6: mine.speed: allowed range [0, 1], got 5"]


def test_check_knows_every_kind_of_file_by_its_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for group in (*GROUPS, *SEPARATE):
        for source in sorted((conf_dir() / group).glob("*.yaml")):
            shutil.copy(source, tmp_path)
            assert cli.main(["check", str(tmp_path / source.name)]) == 0
            assert cli.main(["check", str(tmp_path / source.name), "--as", group]) == 0
            first, second = capsys.readouterr().out.splitlines()
            assert first == second


@pytest.mark.parametrize("words", [[], ["none.yaml"], ["conf/config.yaml", "--what"], ["--as"], ["conf/config.yaml", "--as", "strategy"]])
def test_check_used_wrongly_ends_with_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", *words]) == 2
    assert capsys.readouterr().err.startswith(("usage", "counterpoise check: "))


def test_check_of_a_file_that_is_nothing_known_says_how_to_name_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(put(tmp_path, "mine.yaml", "a: 1\n"))]) == 65
    assert "--as" in capsys.readouterr().out
