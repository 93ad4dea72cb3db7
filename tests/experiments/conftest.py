"""What tests of commands start from."""

from collections.abc import Iterator
from typing import Any

import pytest

from experiments import cli
from tests.given import Said, drawing
from tests.given import undrawn as not_drawn


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser of its own for the tests of a file."""
    from tests.experiments.report.test_browser import Browser

    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.end()


@pytest.fixture
def few_figures() -> Iterator[None]:
    """One figure of a comparison and one of a sweep, in empty files, where figures are not what is tried: they take most of a small run's time."""
    with drawing(("regret", "dominance")), not_drawn():
        yield


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few pixels in each PNG, where only its being the same is tried."""
    monkeypatch.setattr("experiments.figures.figure.DPI", 20)


@pytest.fixture
def undrawn() -> Iterator[None]:
    """Empty files in place of figures, where figures are not what is tried."""
    with not_drawn():
        yield


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs a command; its exit code and what it said on standard output and standard error."""
    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main([str(word) for word in words])
        return code, *capsys.readouterr()
    return run
