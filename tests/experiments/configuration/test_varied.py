"""What an analysis varies and compares, as options name it."""

import pytest

from experiments.configuration.errors import ConfigError
from experiments.configuration.load import load
from experiments.configuration.varied import side


def test_a_side_is_a_family_or_a_strategy() -> None:
    settings = load(["strategies=[equidistance,auction,status_quo]"]).settings
    assert side(settings, "hedging", "--strategy").members == ("equidistance", "auction")
    assert side(settings, "auction", "--strategy").members == ("auction",)
    with pytest.raises(ConfigError, match=r"--strategy=hedgin: .*did you mean hedging"):
        side(settings, "hedgin", "--strategy")
