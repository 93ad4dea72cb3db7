"""An override that an analysis takes changes what it simulates; one that it would not read is refused."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import pytest

from experiments import cli
from experiments.configuration.errors import CommandError
from tests.experiments.analyses.small import HYPOTHESES, IMITATION, OPTIMIZE, ROBUSTNESS, SENSITIVITY, TOURNAMENT

COMMANDS = {"sensitivity": SENSITIVITY, "robustness": ROBUSTNESS, "hypotheses": HYPOTHESES, "optimize": OPTIMIZE, "powers": TOURNAMENT, "imitation": IMITATION}
OTHERS = ["n_worlds=6", "horizon=5", "seed=7", "deterministic=true", "focal=LAO", "scenario=cold_war", "world=theory_symmetric", "policies.us=coercion",
          "peers.VNM=auction", "parameters.local_threat=0.015", "world.states.VNM.debt.china=9", "policy=[patron,neglect]", "name=other", "question=Why?",
          "against=calm", "assumption_draws=3", "strategies=[status_quo,auction,equidistance,bandwagon_first]"]
#: What is simulated once the first cells are there.
LATER = [("sensitivity", "n_worlds"), ("optimize", "policy")]


def simulated(words: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> set[str] | None:
    """Keys of the cells that a command would compute first; None where it refuses its words."""
    keys: set[str] = set()

    def planned(run: Any, batches: Any, *rest: Any) -> NoReturn:
        keys.update(cell.key for batch in batches for cell in batch.cells())
        raise CommandError("planned")

    monkeypatch.setattr(import_module(f"experiments.commands.{words[0]}"), "computing", planned)
    code = cli.main(list(words))
    assert code in (1, 65)
    return keys if code == 1 else None


@pytest.mark.parametrize("command", COMMANDS)
def test_an_override_changes_what_is_simulated_or_is_refused(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = COMMANDS[command]
    before = simulated(words, monkeypatch)
    assert before
    for other in OTHERS:
        capsys.readouterr()
        key = other.partition("=")[0]
        after = simulated([*(word for word in words if not word.startswith(f"{key}=")), other], monkeypatch)
        said = capsys.readouterr().err
        assert after != before or (command, key) in LATER, other
        if after is None:
            assert other in said or key in said, said


@pytest.mark.parametrize(("words", "said"), [
    ("optimize n_worlds=4", "n_worlds=4: has no effect here; --worlds says how many worlds each future has"),
    ("tournament --only=imitation n_worlds=4", "n_worlds=4: has no effect here; --populations says how many worlds are played"),
    ("tournament --only=imitation peers.VNM=auction", "peers.VNM=auction: has no effect here; every state chooses its strategy"),
    ("robustness n_worlds=32 parameters.rivalry_mean=0", "n_worlds=32: has no effect here; --worlds says how many worlds each future has"),
    ("robustness n_worlds=128", "n_worlds=128: break-even values have at most 64 worlds"),
    ("tournament --only=imitation --prices=1,2", "--prices: has no effect with --only=imitation"),
    ("tournament --only=powers --rule=imitate", "--rule"), ("tournament --only=powers --populations=9", "--populations: has no effect with --only=powers"),
])
def test_what_a_command_does_not_read_is_refused_with_what_to_use(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*words.split(), "--dry-run"]) in (2, 65)
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_imitation_alone_takes_the_policies_that_the_powers_follow(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*IMITATION, "policies.us=coercion", "--dry-run"]) == 0, capsys.readouterr().err
