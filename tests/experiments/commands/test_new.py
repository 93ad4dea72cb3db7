"""The commands `new` and `init`: files to begin with, each of which passes the check and runs."""

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.commands.init import KINDS
from experiments.commands.new import USE
from experiments.configuration import examples, files
from experiments.configuration.examples import GROUP_OF
from experiments.configuration.files import conf_dir, read_again
from tests.given import Said


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    read_again()


@pytest.mark.parametrize("kind", GROUP_OF)
@pytest.mark.usefixtures("undrawn")
def test_a_new_file_of_every_kind_is_commented_passes_the_check_and_runs(kind: str, here: Path, said: Said) -> None:
    assert set(USE) == set(GROUP_OF)
    code, output, error = said("new", kind, "mine")
    assert (code, error) == (0, "")
    path, use = output.splitlines()
    assert path == f"conf/{GROUP_OF[kind]}/mine.yaml"
    assert "#" in Path(path).read_text()
    code, output, _ = said("check", path)
    assert (code, output.count("\n")) == (0, 1)
    words = shlex.split(use)[1:]
    assert said(*words, "--dry-run")[0] == 0
    if kind == "hypothesis":
        words += ["--draws=8", "horizon=8"]
    else:
        words += ["n_worlds=2", "assumption_draws=0", "horizon=24"] + (["strategies=[equidistance,status_quo]"] if kind != "strategy" else [])
    code, _, error = said(*words, "executor=serial")
    assert code == 0, error


def test_what_was_written_is_never_overwritten_and_no_shipped_name_taken(here: Path, said: Said) -> None:
    assert said("new", "strategy", "mine")[0] == 0
    Path("conf/strategies/mine.yaml").write_text("# mine\n")
    for name, expected in (("mine", "conf/strategies/mine.yaml is there already"), ("equidistance", "conf/strategies/equidistance.yaml is there already")):
        code, output, error = said("new", "strategy", name)
        assert (code, output, error.count("\n")) == (1, "", 1)
        assert expected in error
    assert Path("conf/strategies/mine.yaml").read_text() == "# mine\n"


@pytest.mark.parametrize("name", ["", "a/b", "../a", "a b", "null", "no", "012", "1", "mine.yaml", "defaults", "x" * 65, "\x1b[2J", "-x", "a\n"])
def test_what_cannot_be_a_name_is_refused_in_a_line_and_writes_nothing(name: str, here: Path, said: Said) -> None:
    code, output, error = said("new", "strategy", name)
    assert (code, output, error.count("\n")) == (2, "", 1)
    assert error.rstrip("\n").isprintable()
    assert not list(here.iterdir())


def test_a_kind_that_is_misspelt_is_asked_about(here: Path, said: Said) -> None:
    code, _, error = said("new", "stratgy", "mine")
    assert (code, error.count("\n")) == (2, 1)
    assert "did you mean strategy?" in error


def test_nothing_is_written_into_an_installed_package(here: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(conf_dir(), here / "conf")
    before = sorted(here.rglob("*"))
    for module in (files, examples):
        monkeypatch.setattr(module, "conf_dir", lambda: here / "conf")
    monkeypatch.setattr(examples, "is_installed", lambda: True)
    for words in (("new", "strategy", "mine"), ("init", ".")):
        code, _, error = said(*words)
        assert (code, error.count("\n")) == (1, 1)
        assert "belongs to the installed package" in error
    assert sorted(here.rglob("*")) == before


def test_init_writes_a_small_set_that_runs_and_leaves_alone_what_is_there(here: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    code, output, error = said("init", "my question")
    assert (code, error) == (0, "")
    conf = here / "my question" / "conf"
    written = sorted(file for file in conf.rglob("*") if file.is_file())
    assert [file.parent.name for file in written] == ["conf", *sorted(GROUP_OF[kind] for kind in KINDS)]
    *_, go, last = output.splitlines()
    assert go == 'next: cd "my question"'
    assert last.startswith("next: counterpoise ")
    written[1].write_text("# mine\n")
    code, output, _ = said("init", "my question")
    assert (code, written[1].read_text()) == (0, "# mine\n")
    assert output.count("is there and stays as it is") == len(written)
    written[1].unlink()
    monkeypatch.chdir(conf.parent)
    code, output, _ = said("init", ".")
    assert (code, output.splitlines()[-1]) == (0, last)
    assert said("check", "conf")[0] == 0
    words = shlex.split(last.removeprefix("next: counterpoise "))
    code, _, error = said(*words, "--dry-run", "scenario=my_crisis", "policies.first=generous")
    assert (code, error) == (0, "")
