"""Words that messages share."""

import re

import pytest

from experiments import cli
from experiments.words import plural


def test_one_thing_is_singular() -> None:
    assert [plural(n, "strategy") for n in (0, 1, 2, 1024)] == ["0 strategies", "1 strategy", "2 strategies", "1,024 strategies"]
    assert (plural(1, "hypothesis"), plural(3, "hypothesis")) == ("1 hypothesis", "3 hypotheses")
    assert plural(2, "process") == "2 processes"


@pytest.mark.parametrize("words", [
    "strategies=[auction] assumption_draws=1", "design=grid design.over=[parameters.rivalry_mean] design.points=1", "sensitivity --worlds=2", "robustness",
    "hypotheses --only=H1", "optimize --futures=2", "tournament --policies=patron,neutral",
])
def test_a_plan_speaks_of_one_world_not_of_1_worlds(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    n_worlds = 2 if words.startswith(("robustness", "tournament", "optimize", "sensitivity")) else 1
    assert cli.main([*words.split(), f"n_worlds={n_worlds}", "horizon=1", "workers=2", "executor=serial", "--dry-run"]) == 0
    plan = capsys.readouterr().out
    assert "on 1 process," in plan  # whatever workers= says: there is no other
    assert not re.search(r"(?<![\d.,])1 (worlds|quarters|points|cells|processes|jobs|draws|strategies|futures|hypotheses)\b", plan), plan
