"""Strategies that others sent: what is right takes part, what is wrong is named with its reason."""

from pathlib import Path

import pytest

from experiments.configuration.entries import MOST_FILES, entries, sorted_out, strategy_in
from experiments.configuration.errors import ConfigError
from experiments.configuration.overrides import folder_name, recorded, words_of
from experiments.configuration.yaml_files import read, read_text
from tests.experiments.configuration.samples import BOMB, POLICY, SCENARIO, STRATEGY, put
from tests.faults.fuzz import trials


def test_two_files_with_one_name_both_stay_and_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    for file in ("a/mine.yaml", "b/mine.yaml", "c/mine.yml", "other.yaml"):
        put(tmp_path, file, STRATEGY)
    put(tmp_path, "second.yaml", STRATEGY.replace("mine", "mine_2"))
    good, refused = entries(tmp_path, ["mine"])
    assert not refused
    assert [(each.file, each.strategy.name) for each in good] == [
        ("a/mine.yaml", "mine_2"), ("b/mine.yaml", "mine_3"), ("c/mine.yml", "mine_4"), ("other.yaml", "mine_5"), ("second.yaml", "mine_2_2")]


@pytest.mark.parametrize(("text", "reason"), [
    ("mine: [\n", "line 1: not valid YAML"), (STRATEGY + "  workers: 60\n", "line 5: workers: unknown key"),
    (STRATEGY + "  speed: 9\n", "line 5: speed: allowed"), (SCENARIO, "the name is 'scenario', the key above"),
    (POLICY, "line 1: family: "), ("", "expected one key"), ("a: 1\nb: 2\n", "expected one key"), (BOMB, "anchors"),
    ("defaults: [/policy: patron]\n", "expected keys and values"), (STRATEGY.replace(": d", ": ${oc.env:HOME}"), "interpolation"),
    ("x" * 300_000, "larger than"),
    (STRATEGY.replace("mine", "a\\e[2J"), ""), (STRATEGY.replace("mine", "x" * 200), ""), (STRATEGY + "  _target_: os.system\n", "_target_"),
])
def test_a_wrong_file_is_listed_with_its_reason_and_stops_no_other(text: str, reason: str, tmp_path: Path) -> None:
    put(tmp_path, "good.yaml", STRATEGY)
    put(tmp_path, "wrong\x1b[2J.yaml", text)
    (good,), (refused,) = entries(tmp_path, [])
    assert good.file == "good.yaml"
    assert reason in refused.reason
    assert refused.reason
    assert (refused.file + refused.reason).isprintable()
    assert len(refused.reason) < 310


def test_a_folder_without_a_strategy_or_with_too_many_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no strategy file that can be ranked"):
        entries(tmp_path, [])
    put(tmp_path, "wrong.yaml", "a: 1\n")
    with pytest.raises(ConfigError, match=r"wrong\.yaml: "):
        entries(tmp_path, [])
    for i in range(MOST_FILES):
        put(tmp_path, f"{i}.yaml", STRATEGY)
    with pytest.raises(ConfigError, match=f"at most {MOST_FILES}"):
        entries(tmp_path, [])


def test_damaged_files_of_any_kind_take_no_part_or_do_so_in_plain_words(tmp_path: Path) -> None:
    put(tmp_path, "good.yaml", STRATEGY)
    damaged = [raw for _, raw in trials(300, 7)]
    for i, raw in enumerate(damaged):
        put(tmp_path, f"{i}.yaml", raw)
    good, refused = entries(tmp_path, ["status_quo"])
    assert len(good) + len(refused) == 1 + len(damaged)
    assert len({each.strategy.name for each in good}) == len(good)
    assert all(each.reason and each.reason.isprintable() for each in refused)


@pytest.mark.parametrize("name", ["submissions", "späte Abgaben (2)", ".hidden", "-x", "a=b", "a\x1b[2J", "..", "x" * 200, "a'b"])
def test_the_recorded_command_of_a_league_is_one_of_ours_whatever_its_folder_is_called(name: str, tmp_path: Path) -> None:
    command = recorded(["counterpoise", "rank", folder_name(tmp_path / name), "n_worlds=4"])
    assert words_of(command, ("rank",))[:2] == ["counterpoise", "rank"]
    assert str(tmp_path) not in command


@pytest.mark.parametrize("text", [STRATEGY, "mine: [", BOMB, "\ufeff" + STRATEGY, "x" * 300_000, "a: \ud800"])
def test_a_text_is_read_as_strictly_as_a_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    of_file, of_text = read(tmp_path / "mine.yaml"), read_text(text)
    assert of_text.data == of_file.data
    assert bool(of_text.problems) == bool(of_file.problems) == (text != STRATEGY)
    assert strategy_in(of_text)[0] == strategy_in(of_file)[0]


def test_a_folder_may_hold_nothing_yet(tmp_path: Path) -> None:
    assert sorted_out(tmp_path, []) == ([], [])
