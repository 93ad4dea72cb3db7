"""What the Tab key of bash gets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import cli
from experiments.commands.complete import candidates
from experiments.configuration.files import GROUPS, LISTS, names_in
from tests.given import Said


def completed(line: str, word: str, said: Said) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMP_LINE", line)
        patch.setenv("COMP_POINT", str(len(line)))
        code, output, error = said("complete", "counterpoise", word, "counterpoise")
    assert (code, error) == (0, "")
    return output.splitlines()


def test_the_first_word_is_any_command_or_key() -> None:
    assert set(cli.COMMANDS) < set(candidates([], ""))
    assert {f"{group}=" for group in GROUPS} < set(candidates([], "")) & set(candidates(["sensitivity"], ""))
    assert candidates(["sensitivity"], "robustn") == []


@pytest.mark.parametrize("group", GROUPS)
def test_a_key_that_names_files_takes_the_names_of_its_group(group: str) -> None:
    assert {f"{group}={name}" for name in names_in(group)} <= set(candidates([], f"{group}="))
    if group in LISTS:
        assert {f"{group}=[a,{name}" for name in names_in(group)} <= set(candidates([], f"{group}=[a,"))


@pytest.mark.parametrize(("line", "word", "expected"), [
    ("counterpoise sens", "sens", ["sensitivity"]), ("counterpoise scenario=cold", "cold", ["cold_war"]),
    ("counterpoise -m scenario=calm,cold", "calm,cold", ["calm,cold_war"]), ("counterpoise policies.second=coer", "coer", ["coercion"]),
    ("counterpoise strategies=hed", "hed", ["hedging"]), ("counterpoise new str", "str", ["strategy"]), ("counterpoise world paci", "paci", ["pacific_2022"]),
    ("counterpoise hypotheses --only=H2", "H2", sorted(name for name in names_in("hypothesis") if name.startswith("H2"))),
    ("counterpoise --ver", "--ver", ["--version"]), ("counterpoise nothing=", "", []), ("counterpoise $(touch x) `", "`", []),
])
def test_what_bash_replaces_is_what_is_printed(line: str, word: str, expected: list[str], said: Said) -> None:
    assert completed(line, word, said) == expected


def test_without_bash_it_lists_all_and_fails_at_nothing(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_POINT", "many")
    assert said("complete")[0] == 0
    assert said("complete", "--what", "-m")[0] == 0


def test_it_imports_nothing_heavy() -> None:
    code = ("import sys; from experiments.cli import main; main(['complete', 'counterpoise', '', '=']); "
            "print(sorted({'mesa', 'pandas', 'matplotlib', 'scipy', 'hydra'} & set(sys.modules)), file=sys.stderr)")
    line = "counterpoise scenario="
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(cli.__file__).parent.parent, capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, "COMP_LINE": line, "COMP_POINT": str(len(line))})
    assert "cold_war" in done.stdout.splitlines()
    assert done.stderr.strip() == "[]"
