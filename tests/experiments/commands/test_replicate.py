"""`counterpoise replicate`, with a small page of findings in place of the published one."""

from dataclasses import replace
from pathlib import Path

import pytest

from experiments import cli
from experiments.runs import published
from experiments.runs.published import Number, Part, load, text
from experiments.runs.replicated import n_numbers
from tests.given import Said, drawing, undrawn

WORDS = ["n_worlds=6", "horizon=4", "assumption_draws=0", "strategies=[status_quo,equidistance,shrinking_room]"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Part]:
    """A results folder, and a part as it is published from its run."""
    folder = tmp_path_factory.mktemp("results")
    with drawing(("paired",)), undrawn():
        assert cli.main([*WORDS, f"results={folder}"]) == 0
    (run,) = (file.parent for file in folder.glob("*/*/manifest.json"))
    return folder, published.part_of("main", "What does each cost?", run, 2)


@pytest.fixture
def again(made: tuple[Path, Part], tmp_path: Path, said: Said, undrawn: None, monkeypatch: pytest.MonkeyPatch):
    """Publishes parts and runs the command on them, with the cells that are there."""
    def run(*words: str, parts: list[Part]) -> tuple[int, str, str]:
        file = tmp_path / "findings.json"
        file.write_text(text(parts), encoding="utf-8")
        monkeypatch.setattr("experiments.commands.replicate.published_file", lambda: file)
        with drawing(("paired",)):
            return said("replicate", *words, *([] if words[:1] == ("--list",) else [f"results={made[0]}"]))
    return run


def test_what_is_made_again_is_equal(made: tuple[Path, Part], again) -> None:
    part = made[1]
    assert len(part.numbers) == 3 * 6  # the paired differences of three strategies in six returns
    assert len(part.sentences) > 5
    code, output, _ = again(parts=[part])
    assert code == 0
    assert output.startswith(f"main: {len(part.numbers) + len(part.sentences)} numbers and sentences: all equal; ")
    assert output.endswith("compared digit by digit\n")


def test_a_number_that_differs_is_printed_with_both_values(made: tuple[Path, Part], again) -> None:
    part = made[1]
    first = part.numbers[0]
    changed = replace(part, numbers=(replace(first, value=first.value + 1e-12), *part.numbers[1:]))
    code, output, _ = again("main", parts=[changed])
    assert code == 1
    assert f"\n  {first.what}: published {first.value + 1e-12!r} [" in output
    assert f", now {first.value!r} [" in output
    elsewhere = replace(changed, environment={**part.environment, "numpy": "1.0"})
    code, output, _ = again("main", parts=[elsewhere])
    assert (code, output.count("\n")) == (0, 1)
    assert "1 within tolerance" in output
    assert "compared with tolerances, since others are: numpy " in output
    far = replace(elsewhere, numbers=(Number(first.what, 5.0, 4.9, 5.1), *part.numbers[1:]))
    assert again("main", parts=[far])[0] == 1


def test_a_part_that_cannot_be_run_is_named_and_the_others_go_on(made: tuple[Path, Part], again) -> None:
    part = made[1]
    broken = replace(part, name="asean", command="counterpoise n_worlds=6 'strategies=[nobody]'")
    code, output, _ = again("--all", parts=[broken, part])
    lines = output.splitlines()
    assert code == 1
    assert lines[0].startswith("asean: counterpoise n_worlds=6 'strategies=[nobody]'")
    assert "failed: " in lines[0]
    assert lines[1].startswith("main: ")
    assert "all equal" in lines[1]


def test_files_of_the_users_own_change_nothing(made: tuple[Path, Part], again, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "conf" / "strategies" / "equidistance.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("equidistance:\n  family: hedging\n  description: Another one.\n  source: own idea\n  breadth: 0.1\n")
    monkeypatch.chdir(tmp_path)
    code, output, _ = again(parts=[made[1]])
    assert (code, "all equal" in output) == (0, True)


def test_the_list_names_parts_with_times_and_a_star_where_none_is_named(made: tuple[Path, Part], again) -> None:
    part = made[1]
    parts = [part, replace(part, name="hypotheses", seconds=400), replace(part, name="asean", seconds=100)]
    code, output, _ = again("--list", parts=parts)
    lines = output.splitlines()
    assert (code, len(lines)) == (0, 4)
    assert [line[:2] for line in lines] == ["* ", "  ", "* ", "* "]
    assert lines[1].split()[:3] == ["hypotheses", "400", "s"]
    assert lines[1].endswith(f" {n_numbers(part)} numbers  What does each cost?")
    assert lines[3] == "* without names, 2 min; --all: 8 min; as measured for the publication; less where cells are there"


@pytest.mark.parametrize(("words", "problem"), [
    (["n_worlds=8"], "n_worlds would change the numbers; only results, workers, executor, png may be set"),
    (["mian"], "did you mean main?"), (["main", "--all"], "--all is every part"), (["--only=main"], "--only"),
])
def test_words_that_do_not_fit_are_refused(words: list[str], problem: str, made: tuple[Path, Part], again) -> None:
    code, output, error = again(*words, parts=[made[1]])
    assert (code, output) == (2, "")
    assert problem in error
    assert error.count("\n") == 1


def test_without_a_file_the_command_says_what_writes_it(said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.commands.replicate.published_file", lambda: tmp_path / "nothing.json")
    code, _, error = said("replicate")
    assert code == 1
    assert "make findings writes it" in error
    assert said("replicate", "--help")[0] == 0


def test_every_part_that_is_published_is_a_command_of_ours() -> None:
    parts = load(published.published_file())
    assert next(iter(parts)) == "main"
    assert all(part.command.split()[0] == "counterpoise" and part.seconds > 0 and part.sentences for part in parts.values())
