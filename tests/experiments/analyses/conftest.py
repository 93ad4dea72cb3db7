"""Runs that several tests read."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments import cli
from experiments.commands import tournament
from tests.experiments.analyses.small import ANALYSES
from tests.given import unsaved

#: Gives the results folder with one finished run of an analysis, by its name in ANALYSES. It is only read: whoever writes there copies it first.
Finished = Callable[[str], Path]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """One run of each analysis, made by whoever needs it first, whichever worker that is."""
    own = tmp_path_factory.getbasetemp()
    common = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "finished"
    common.mkdir(exist_ok=True)

    def run(name: str) -> Path:
        results, done = common / name, common / f"{name}.done"
        with (common / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                with pytest.MonkeyPatch.context() as patch, unsaved():
                    patch.setattr(tournament, "N_RESAMPLES", 8)
                    assert cli.main([*ANALYSES[name].words, f"results={results}"]) == 0
                done.touch()
        return results

    return run
