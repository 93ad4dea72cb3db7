"""A class of thirty plays three rounds; its server may be killed at any time; all of it can be taken along and run again."""

import csv
import io
import json
import re
import shlex
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import counterpoise
from experiments.configuration.errors import CommandError
from experiments.lab.classroom import copying, export, league, room, rounds
from experiments.lab.classroom.drawn import places
from experiments.lab.classroom.room import Room, opened
from experiments.lab.classroom.rounds import Played

TEXT = "mine: {{family: hedging, description: d, source: s, anchor: {anchor}, breadth: 0.6}}"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (league, export):
        monkeypatch.setattr(module, "WORLDS", 8)
    monkeypatch.setattr(room.secrets, "randbelow", lambda below: 7)
    monkeypatch.setattr(copying, "POPULATIONS", 4)
    monkeypatch.setattr(copying, "GENERATIONS", 3)


def wait(done: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


class Class:
    """The class of a folder; `again` is what follows a kill: nothing but the folder remains."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said, self.rooms = folder, list[str](), list[Room]()
        self.again()

    def again(self) -> Room:
        self.rooms.append(opened(self.folder, alone=False, say=self.said.append))
        wait(lambda: self.room.league is not None)
        return self.room

    @property
    def room(self) -> Room:
        return self.rooms[-1]

    def hand_in(self, name: str, anchor: float, seat: str = "") -> None:
        self.room.handed_in.hand_in(name, TEXT.format(anchor=anchor), seat or f"seat of {name}")
        self.room.refresh()

    def play(self) -> None:
        self.room.play()
        wait(lambda: not self.room.playing)
        assert self.room.failure == ""

    def names(self) -> list[str]:
        return sorted(row.label for row in self.room.league.rows) if self.room.league is not None else []


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Class]:
    made = Class(tmp_path / "class")
    yield made
    for each in made.rooms:
        each.close()


def test_a_class_of_thirty_plays_three_rounds_and_goes_on_after_a_kill(group: Class) -> None:
    names = [f"Student {i:02}" for i in range(30)]
    for i, name in enumerate(names):
        group.room.handed_in.hand_in(name, TEXT.format(anchor=round(-0.9 + 0.06 * i, 2)), f"seat of {name}")
    group.room.refresh()
    wait(lambda: group.names() == names)
    for _ in range(3):
        group.play()
    wait(lambda: not group.room._state.busy)
    played, kept, lines = group.room.played, group.room.kept, [row.line for row in group.room.league.rows]
    assert [each.number for each in played] == [1, 2, 3]
    assert all(sorted(line.name for line in each.lines) == names for each in played)
    assert len({each.question for each in played}) == 3
    assert len({tuple(line.score for line in each.lines) for each in played}) == 3  # each in a scenario of its own
    after = group.again()
    assert (after.played, after.kept) == (played, kept)
    assert after.title == "Round 3"
    assert after.league is not None
    assert [row.line for row in after.league.rows] == lines == list(played[-1].lines)
    table = places(played)
    assert table.count("<tr>") == 31
    assert table.count("<th>Round ") == 3
    for line in played[2].lines:
        assert f'<td class="name">{line.name}</td>' in table
    first = next(line for line in played[0].lines if line.name == played[2].lines[0].name)
    assert f"<tr><td class=\"name\">{first.name}</td><td>{first.place}</td>" in table
    assert after._next == 4


def test_a_round_is_as_it_was_played_whatever_is_handed_in_later(group: Class) -> None:
    group.hand_in("Dara", 0.5)
    group.play()
    before = (group.folder / "round_1.json").read_bytes()
    group.hand_in("Maly", -0.5)
    wait(lambda: group.names() == ["Dara", "Maly"])
    assert group.room.title == "Round 1"
    assert [line.name for line in group.room.played[0].lines] == ["Dara"]
    assert (group.folder / "round_1.json").read_bytes() == before


def test_weights_add_up_and_are_kept_and_order_the_league(group: Class) -> None:
    for i in range(5):
        group.hand_in(f"{i}", round(-0.8 + 0.4 * i, 2))
    wait(lambda: len(group.names()) == 5)
    orders = []
    for name in ("trust", "economic"):
        group.room.weigh(name, 100)
        assert group.room.kept.weights == {**dict.fromkeys(group.room.kept.weights, 0), name: 100}
        wait(lambda: group.room.league.question == group.room.question and not group.room._state.busy)
        rows = group.room.league.rows
        (mine,) = {(row.score.mean > 0) == (getattr(row, name).mean > 0) for row in rows}
        assert mine  # the score is that return alone
        orders.append([row.label for row in rows])
    assert orders[0] != orders[1]
    group.room.weigh("economic", 40)
    assert sum(group.room.kept.weights.values()) == 100
    assert group.again().kept.weights["economic"] == 40


def test_what_cannot_be_done_is_said(group: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    for act in (group.room.play, group.room.copy):
        with pytest.raises(CommandError, match="nobody has handed in"):
            act()
    group.hand_in("Dara", 0.5)
    wait(lambda: group.names() == ["Dara"])
    group.room.playing = True
    with pytest.raises(CommandError, match="wait a moment"):
        group.room.play()
    group.room.playing = False
    def full(*about: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rounds, "write_whole", full)
    group.room.play()
    wait(lambda: not group.room.playing)
    assert group.room.failure == "The round cannot be kept: No space left on device"
    assert group.room.played == []


def test_broken_files_are_greyed_and_block_nothing(group: Class) -> None:
    group.hand_in("Dara", 0.5)
    (group.folder / "broken.yaml").write_text("mine: [")
    (group.folder / "round_1.json").write_text("{}")
    (group.folder / "class.json").write_text('{"seed": -1}')
    after = group.again()
    wait(lambda: group.names() == ["Dara"])
    assert {each.file for each in after.league.refused} == {"broken.yaml", "round_1.json"}
    assert "class_broken_1.json" in group.said[0]
    assert (group.folder / "class_broken_1.json").read_text() == '{"seed": -1}'
    group.play()
    assert [each.number for each in group.room.played] == [2]
    (group.folder / "round_1.json").unlink()
    (group.folder / "round_2.json").rename(group.folder / "elsewhere.json")  # the teacher takes a round back
    group.play()
    assert [each.number for each in group.room.played] == [1]


def test_a_file_that_somebody_puts_there_or_takes_away_shows(group: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LOOK", 0.0)
    (group.folder / "mine.yaml").write_text(TEXT.format(anchor=0.3))
    group.room.look()
    wait(lambda: group.names() == ["mine"])
    (group.folder / "mine.yaml").unlink()
    wait(lambda: not group.room._state.busy)
    group.room.look()
    wait(lambda: group.names() == [])


def test_a_folder_that_is_gone_is_said_and_the_room_goes_on(group: Class) -> None:
    moved = group.folder.rename(group.folder.with_name("moved"))
    group.room.refresh()
    wait(lambda: "cannot be read" in group.room.problem)
    moved.rename(group.folder)
    group.hand_in("Dara", 0.5)
    wait(lambda: group.names() == ["Dara"] and group.room.problem == "")


def test_they_copy_what_paid_generation_by_generation(group: Class) -> None:
    group.hand_in("Left", -0.8)
    group.hand_in("Right", 0.8)
    wait(lambda: len(group.names()) == 2)
    seen: list[int] = []
    group.room.listen("me", lambda: seen.append(0 if group.room.shares is None else len(group.room.shares.shares)))
    group.room.copy()
    wait(lambda: group.room.shares is not None and group.room.shares.finished)
    assert [n for n in dict.fromkeys(seen) if n] == [1, 2, 3]
    shares = group.room.shares
    assert set(shares.names) == {"status_quo", "left", "right"}
    assert all(abs(sum(row) - 1) < 1e-12 for row in shares.shares)
    assert shares.shares[0] != shares.shares[-1]
    group.room.leave("me")
    group.play()
    assert group.room.shares is None  # another round


def test_only_the_teachers_code_controls_the_board(group: Class) -> None:
    kept = group.room.kept
    assert [group.room.is_teacher(code) for code in (None, "", kept.room, kept.teacher)] == [False, False, False, True]
    assert kept.room != kept.teacher
    assert oct((group.folder / "class.json").stat().st_mode & 0o777) == "0o600"
    alone = Room(group.folder, kept, alone=True)
    assert alone.is_teacher(None)
    alone.close()


def test_all_of_it_can_be_taken_along_and_run_again(group: Class, tmp_path: Path) -> None:
    for i, name in enumerate(("=1+1", "../../x", "<b>Dara</b>", "Maly")):
        group.hand_in(name, round(-0.6 + 0.4 * i, 2))
    wait(lambda: len(group.names()) == 4)
    group.room.weigh("economic", 60)
    group.play()
    (group.folder / "broken.yaml").write_text("mine: [")
    archive = zipfile.ZipFile(io.BytesIO(export.zipped(group.folder, group.room.played)))
    assert all(re.fullmatch(r"([a-z0-9_]+/){0,2}[\w.-]+", name) for name in archive.namelist())
    archive.extractall(tmp_path / "out")
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"handed_in", "round_1", "round_1.json", "README.md"}
    assert len(list((tmp_path / "out/handed_in").iterdir())) == 5
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out/round_1/result.csv").read_text())))
    assert {row["name"] for row in rows} == {"'=1+1", "../../x", "<b>Dara</b>", "Maly"}  # no formula
    (command,) = re.findall(r"^counterpoise rank .*$", (tmp_path / "out/README.md").read_text(), re.MULTILINE)
    _, _, _, scenarios, *overrides = shlex.split(command)
    ranked = counterpoise.rank(tmp_path / "out/round_1/strategies", *overrides, scenarios=scenarios.partition("=")[2]).table
    assert [(int(row["place"]), float(row["score"]), float(row["score_low"])) for row in rows] == list(
        zip(ranked.place, ranked.score, ranked.score_low, strict=True))
    assert json.loads((tmp_path / "out/round_1.json").read_text())["words"] == list(group.room.played[0].words)


def test_names_in_a_file_of_a_round_that_somebody_wrote_lead_nowhere(group: Class) -> None:
    evil = Played(number=1, question="scenario=calm", words=(), lines=(), strategies={"../../evil.yaml": "x", "/etc/passwd": "x", "..": "x"})
    names = zipfile.ZipFile(io.BytesIO(export.zipped(group.folder, [evil]))).namelist()
    assert not any(".." in name.split("/") or name.startswith("/") for name in names)
