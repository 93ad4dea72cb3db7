"""Words that messages share."""

import re

import pytest

from experiments import cli, words
from experiments.words import FEW, in_ten, plural


def test_one_thing_is_singular() -> None:
    assert [plural(n, "strategy") for n in (0, 1, 2, 1024)] == ["0 strategies", "1 strategy", "2 strategies", "1,024 strategies"]
    assert (plural(1, "hypothesis"), plural(3, "hypothesis")) == ("1 hypothesis", "3 hypotheses")
    assert plural(2, "process") == "2 processes"


def test_a_number_has_as_many_digits_once_it_is_rounded() -> None:
    for value, text in ((0.995, "0.99"), (0.996, "1.0"), (9.96, "10"), (99.6, "100"), (0.0996, "0.10"), (-0.9996, "−1.0"), (1234.5, "1,234"), (0, "0"),
                        (0.00012, "0.0001"), (1e-6, "almost 0")):
        assert words.number(value) == text, value


def test_of_few_cases_the_count_is_said_and_never_another_number_of_cases() -> None:
    for n in range(1, 3 * FEW):
        for k in range(n + 1):
            text = in_ten(k / n, "worlds of ours", n)
            if 0 < k < n <= FEW:
                assert text == f"{k} of {n} worlds of ours"
            elif n <= FEW:
                assert not re.search(r"\d", text)
    assert (in_ten(1, "draws of it", 1), in_ten(1, "draws", 8), in_ten(0, "draws", 8)) == ("the only draw of it", "all draws", "none of the draws")
    assert [in_ten(k / 1000, "worlds", 1000) for k in (7, 52, 660, 951)] == ["hardly any worlds", "1 of 10 worlds", "7 of 10 worlds", "nearly all worlds"]


@pytest.mark.parametrize("words", [
    "strategies=[auction] assumption_draws=1", "design=grid design.over=[parameters.rivalry_mean] design.points=1", "sensitivity --worlds=2", "robustness",
    "hypotheses --only=H1", "optimize --futures=2", "tournament --policies=patron,neutral",
])
def test_a_plan_speaks_of_one_world_not_of_1_worlds(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    n_worlds = 2 if words.startswith(("robustness", "tournament", "optimize", "sensitivity")) else 1
    worlds = [] if words.startswith("optimize") else [f"n_worlds={n_worlds}"]
    assert cli.main([*words.split(), *worlds, "horizon=1", "workers=2", "executor=serial", "--dry-run"]) == 0
    plan = capsys.readouterr().out
    assert "on 1 process," in plan  # whatever workers= says: there is no other
    assert not re.search(r"(?<![\d.,])1 (worlds|quarters|points|cells|processes|jobs|draws|strategies|futures|hypotheses)\b", plan), plan


def test_of_many_names_the_first_are_named_and_the_rest_counted() -> None:
    assert [words.some(list("abcde")[:n]) for n in (1, 2, 3, 4, 5)] == ["a", "a and b", "a, b and c", "a, b, c and 1 more", "a, b, c and 2 more"]
    assert words.some(["a, b", "c, d"], between="; ") == "a, b; c, d"
    assert words.some(["a, b"] * 4, between="; ") == "a, b; a, b; a, b; and 1 more"
