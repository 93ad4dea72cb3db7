"""`kill -9` in the middle of an analysis: running it again completes to the same tables."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.given import only_run

ROOT = Path(__file__).resolve().parents[3]
SMALL = ("workers=2", "horizon=12", "n_worlds=64")
COMMANDS = {
    "sensitivity": ("sensitivity", "--trajectories=6", "--inputs=3", "--rows=64", "--worlds=16", "strategies=[equidistance,bandwagon_first]", *SMALL),
    "robustness": ("robustness", "--futures=300", "--worlds=16", "strategies=[status_quo,equidistance,bandwagon_first]", *SMALL),
    "hypotheses": ("hypotheses", "--only=H1,H10,O5", "--draws=40", *SMALL),
    "optimize": ("optimize", "--candidates=40", "--futures=8", "--worlds=16", "--out-of-sample=20",
                 "strategies=[status_quo,equidistance,bandwagon_first]", *SMALL[:2]),
    "tournament": ("tournament", "--policies=neglect,inducement,coercion", "--populations=32", "--generations=12",
                   "strategies=[status_quo,equidistance,dominance_denial,bandwagon_first]", *SMALL),
}


#: The command, which draws no figure.
UNDRAWN = """
from experiments import cli
from tests.given import undrawn
with undrawn():
    raise SystemExit(cli.start())
"""


def started(words: tuple[str, ...], results: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", UNDRAWN, *words, f"results={results}"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, start_new_session=True)


def cells(results: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in results.glob("cells/??/*.npz")}


def tables(results: Path, command: str) -> dict[str, bytes]:
    """The tables of the only run."""
    return {file.name: file.read_bytes() for file in sorted(only_run(results, command).glob("*.csv"))}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_an_analysis_that_is_killed_goes_on_to_the_same_tables(command: str, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    undisturbed = started(COMMANDS[command], whole)
    told, _ = undisturbed.communicate(timeout=600)
    assert undisturbed.returncode == 0, told
    n_cells = len(cells(whole))
    for share in (0.2, 0.7):
        run = started(COMMANDS[command], killed)
        while len(cells(killed)) < share * n_cells and run.poll() is None:
            time.sleep(0.01)
        assert run.poll() is None, run.communicate()[0]
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        assert not (killed / command).exists()  # nothing reported
        kept = cells(killed)
        assert 0 < len(kept) < n_cells
        assert kept.items() <= cells(whole).items()
    again = started(COMMANDS[command], killed)
    told, _ = again.communicate(timeout=600)
    assert again.returncode == 0, told
    assert "already done" in told
    assert cells(killed) == cells(whole)
    assert tables(killed, command) == tables(whole, command)
