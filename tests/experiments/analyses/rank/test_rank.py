"""The command `rank`: what the terminal shows of a league."""

from pathlib import Path
from shutil import copytree

import pytest

import counterpoise
from experiments.terminal import WIDE
from tests.experiments.analyses.small import RANK
from tests.experiments.configuration.samples import STRATEGY, put
from tests.given import Said


@pytest.mark.usefixtures("undrawn")
def test_the_league_fits_the_terminal_and_says_where_each_is_best_and_worst(said: Said, tmp_path: Path) -> None:
    submissions = Path(copytree(RANK[1], tmp_path / "submissions"))
    long, family = "a_strategy_with_a_name_that_is_long", "a_family_with_a_name_that_is_long_too"
    text = (submissions / "leaner.yaml").read_text().replace("leaner:", f"{long}:").replace("family: alignment", f"family: {family}")
    (submissions / "late" / "a_file_in_a_folder_with_a_name_that_is_longer_than_others.yaml").write_text(text)
    code, output, _ = said("rank", submissions, *RANK[2:], f"results={tmp_path / 'results'}")
    assert code == 0
    league = output[output.index("Score: "):].splitlines()
    table = league[league.index(next(line for line in league if line.startswith("place"))):-2]
    assert max(map(len, table)) <= WIDE
    entrants = [line for line in table[1:] if not line.startswith(" ")]
    assert len(entrants) == 4
    assert any(family[:9] in line for line in entrants)
    below = "".join(line.strip() + " " for line in table if line.startswith(" "))
    assert below.count("best in ") == below.count("worst in ") == 4
    assert "leaner.yaml" in below
    assert "a_file_in_a_folder_with_a_name_that_is_longer_than_others.yaml" in below


def test_scores_count_from_one_reference_where_all_peers_play_another_strategy(tmp_path: Path) -> None:
    put(tmp_path, "mine.yaml", STRATEGY)
    ranked = counterpoise.rank(tmp_path, "n_worlds=4", "horizon=4", scenarios="unity,calm")
    assert ranked.options.reference == "status_quo"
    alone = counterpoise.rank(tmp_path, "n_worlds=4", "horizon=4", scenarios="unity").tables["scenarios"]
    both = ranked.tables["scenarios"]
    assert alone.score.tolist() == both[both.scenario == "unity"].score.tolist()
