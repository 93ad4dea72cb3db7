"""What is printed keeps its numbers and their signs on any terminal; the signs themselves are in tests/experiments/test_printed_signs.py."""

import io
import re
import sys
from pathlib import Path
from shutil import copytree

import pytest

from experiments import cli
from tests.experiments.analyses.conftest import Finished
from tests.experiments.analyses.small import HINDCAST

#: Words of a run whose brief and table say what a scenario changes, and of one that shows every number.
CHANGE = ("scenario=cold_war", "n_worlds=8", "horizon=8", "assumption_draws=8", "strategies=[status_quo,equidistance,bandwagon_first]", "executor=serial")
PRINTED = {"brief and change": CHANGE, "every number": (*CHANGE, "--full"), "hindcast": HINDCAST}


@pytest.fixture(scope="module")
def results(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder in which a run finds its cells."""
    folder = tmp_path_factory.mktemp("signs")
    copytree(finished("hindcast") / "cells", folder / "cells")
    return folder


def shown(words: tuple[str, ...], encoding: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that a command prints on a terminal of some encoding, without those with times."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", stream)
        assert cli.main(words) == 0
    stream.flush()
    lines = stream.buffer.getvalue().decode(encoding).splitlines()  # type: ignore[attr-defined]
    return [line for line in lines if line and not re.search(r"^planning | simulated|^/", line)]


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("name", "encodings"), [
    ("brief and change", ("ascii", "cp437", "cp1252")), ("every number", ("ascii",)), ("hindcast", ("ascii",)),
    *(pytest.param(name, ("cp437", "cp1252"), marks=pytest.mark.slow) for name in ("every number", "hindcast"))])
def test_numbers_keep_their_signs_on_an_old_terminal(name: str, encodings: tuple[str, ...], results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (*PRINTED[name], f"results={results}")
    expected = shown(words, "utf-8", monkeypatch)
    assert any(re.search("\N{MINUS SIGN}[0-9]", line) for line in expected)

    def numbers(line: str) -> list[str]:
        return re.findall(r"[-+]?[0-9][0-9.,]*|%|\?", line.replace("\N{MINUS SIGN}", "-"))

    for encoding in encodings:
        lines = shown(words, encoding, monkeypatch)
        assert [numbers(line) for line in lines] == [numbers(line) for line in expected]
        assert not any(line.encode(encoding, "ignore").decode(encoding) != line for line in lines)
