"""What strategies are called: as their files say, whole, in every command."""

import re
from pathlib import Path

import pytest

from experiments.configuration.load import load
from experiments.figures.style import labels
from experiments.names import naming
from tests.experiments.analyses.small import IMITATION, TOURNAMENT
from tests.given import Said


def test_where_worlds_differ_the_label_of_every_strategy_is_whole() -> None:
    """A power is called by its place there, which is longer than most names."""
    each = [load([f"world={world}", "scenario=challenged_government"]).settings for world in ("cambodia_2020", "theory_symmetric")]
    with naming(each):
        shown = labels(each[0].strategies)
    assert (shown["bandwagon_first"], shown["bandwagon_second"]) == ("siding with the first power", "siding with the second power")
    assert not [label for label in shown.values() if "…" in label]


@pytest.mark.usefixtures("few_figures")
@pytest.mark.parametrize("words", [IMITATION, TOURNAMENT])
def test_every_part_of_a_tournament_calls_strategies_as_their_files_do(words: tuple[str, ...], said: Said, tmp_path: Path) -> None:
    code, output, _ = said(*words, f"results={tmp_path}")
    assert code == 0
    assert "siding with" in output.lower() or "equal distance" in output.lower()
    assert not re.search("bandwagon|equidistance|first power|second power", output, re.IGNORECASE)
