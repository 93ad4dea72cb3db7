"""What a class hands in: one checked file for each name, never another's, never elsewhere, none missing."""

import re
import threading
from pathlib import Path

import pytest

from experiments.configuration.errors import CommandError
from experiments.lab.classroom import handed_in
from experiments.lab.classroom.handed_in import HandedIn, file_of, key_of
from experiments.lab.own_files import strategy_yaml
from sim.strategies.strategy import Strategy
from tests.experiments.configuration.samples import BOMB
from tests.experiments.report.test_browser import PAYLOADS

TEXT = "mine: {family: hedging, description: d, source: s, breadth: 0.6, lean_with: {dependence: -0.5}}"
FILE = re.compile(r"[a-z0-9_]+-[0-9a-f]{10}\.yaml")


def files(room: HandedIn) -> list[str]:
    return sorted(file.relative_to(room.folder).as_posix() for file in room.folder.rglob("*"))


def labels(room: HandedIn) -> list[str]:
    good, refused = room.entries([])
    assert refused == []
    return sorted(entry.strategy.label for entry in good)


@pytest.fixture
def room(tmp_path: Path) -> HandedIn:
    folder = tmp_path / "class"
    folder.mkdir()
    return HandedIn(folder)


def test_what_is_handed_in_is_the_strategy_of_the_text_under_the_name(room: HandedIn) -> None:
    room.hand_in("  Sok \t Dara ", TEXT.replace("s,", "s, label: Somebody else,"), "seat")
    ((entry,), _) = room.entries([])
    assert entry.strategy == Strategy.model_validate(
        {"name": "sok_dara", "label": "Sok Dara", "family": "hedging", "description": "d", "source": "s", "breadth": 0.6, "lean_with": {"dependence": -0.5}})
    assert files(room) == [file_of("Sok Dara")]
    assert "seat" not in (room.folder / file_of("Sok Dara")).read_text()  # whoever reads the file cannot pass for the device


def test_the_same_device_replaces_its_own_and_nobody_elses(room: HandedIn) -> None:
    room.hand_in("Dara", TEXT, "one")
    room.hand_in("Dara", TEXT.replace("0.6", "0.7"), "one")
    for name in ("Dara", "dara", "DARA ", "Ｄａｒａ"):  # the last one in wide letters
        with pytest.raises(CommandError, match="the name of somebody else's strategy; choose another name"):
            room.hand_in(name, TEXT, "two")
    assert [strategy.breadth for strategy in room.of_device("one")] == [0.7]
    assert room.of_device("two") == []
    room.hand_in("Dara!", TEXT, "two")
    assert labels(room) == ["Dara", "Dara!"]


def test_a_file_that_the_teacher_put_there_is_nobodys(room: HandedIn) -> None:
    (room.folder / file_of("Dara")).write_text(TEXT)
    with pytest.raises(CommandError, match="somebody else's"):
        room.hand_in("Dara", TEXT, "")
    (room.folder / file_of("Maly")).symlink_to(room.folder.parent / "elsewhere.yaml")
    with pytest.raises(CommandError, match="somebody else's"):
        room.hand_in("Maly", TEXT, "one")
    assert not (room.folder.parent / "elsewhere.yaml").exists()


@pytest.mark.parametrize("name", [
    *(payload[:40] for payload in PAYLOADS if "\N{RIGHT-TO-LEFT OVERRIDE}" not in payload[:40]), "../../escaped", "/etc/passwd", "..", ".", "con", "CON.yaml",
    "a\\b", "true", "null", "12", "សុខ ដារ៉ា", "=1+1", "_self_", "🙂", "a: b # c", "'", '"', "status_quo", "{first}"])
def test_a_name_is_only_text_whatever_it_says(room: HandedIn, name: str) -> None:
    before = sorted(room.folder.parent.iterdir())
    room.hand_in(name, TEXT, "seat")
    assert labels(room) == [handed_in.checked_name(name)]
    (file,) = files(room)
    assert FILE.fullmatch(file)
    assert sorted(room.folder.parent.iterdir()) == before


@pytest.mark.parametrize(("name", "why"), [
    ("", "a name is missing"), (" \n\t", "a name is missing"), ("x" * 41, "too long"), ("a\0b", "U\\+0000, which can steer a terminal"),
    ("a\N{RIGHT-TO-LEFT OVERRIDE}b", "U\\+202E, which turns the order of signs"), ("\x1b[2J", "U\\+001B, which can steer a terminal"),
    ("\ud800", "U\\+D800, which is half of a character"), ("${oc.env:HOME}", "interpolation")])
def test_what_cannot_be_a_name_is_refused_in_words(room: HandedIn, name: str, why: str) -> None:
    with pytest.raises(CommandError, match=why):
        room.hand_in(name, TEXT, "seat")
    assert files(room) == []


@pytest.mark.parametrize("text", [
    *PAYLOADS, "", "mine: [", BOMB, "mine: !!python/object/apply:os.system [ls]", TEXT.replace("breadth", "breadht"), TEXT.replace("0.6", "7"),
    TEXT.replace("0.6", ".nan"), TEXT[:-1] + ", rule: os.system}", TEXT[:-1] + ", workers: 60}", TEXT[:-1] + ", results: /tmp}", "a: 1\nb: 2",
    "defaults: [/policy: patron]", TEXT.replace(": d", ": ${oc.env:HOME}"), "x" * 70_000, "mine: {family: '\\ud800'}", "mine: \ud800"])
def test_what_is_not_a_strategy_is_refused_in_words_and_not_written(room: HandedIn, text: str) -> None:
    with pytest.raises(CommandError) as caught:
        room.hand_in("Dara", text, "seat")
    assert len(str(caught.value)) > 10
    assert files(room) == []


@pytest.mark.parametrize("payload", PAYLOADS[:-1])
def test_texts_of_a_strategy_stay_as_they_are(room: HandedIn, payload: str) -> None:
    strategy = Strategy(name="mine", label=payload[:40], family="hedging", description=payload, source=payload)
    room.hand_in("Dara", strategy_yaml(strategy), "seat")
    ((entry,), _) = room.entries([])
    assert (entry.strategy.description, entry.strategy.source, entry.strategy.label) == (payload, payload, "Dara")


def test_of_thirty_who_hand_in_at_once_none_is_missing(room: HandedIn) -> None:
    at_once([lambda i=i: room.hand_in(f"Student {i}", TEXT.replace("0.6", f"0.{10 + i}"), f"seat {i}") for i in range(30)])
    assert labels(room) == sorted(f"Student {i}" for i in range(30))
    assert {strategy.breadth for i in range(30) for strategy in room.of_device(f"seat {i}")} == {float(f"0.{10 + i}") for i in range(30)}
    assert all(FILE.fullmatch(file) for file in files(room))  # nothing of the writing is left


def test_of_thirty_with_one_name_one_has_it(room: HandedIn) -> None:
    refused: list[int] = []

    def hand_in(i: int) -> None:
        try:
            room.hand_in("Dara", TEXT, f"seat {i}")
        except CommandError:
            refused.append(i)

    at_once([lambda i=i: hand_in(i) for i in range(30)])
    (owner,) = {*range(30)} - {*refused}
    assert len(room.of_device(f"seat {owner}")) == 1


def at_once(calls: list) -> None:
    together = threading.Barrier(len(calls))

    def run(call) -> None:
        together.wait()
        call()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_device_and_a_class_hand_in_so_many_and_no_more(room: HandedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(handed_in.MOST_OF_ONE):
        room.hand_in(f"Mine {i}", TEXT, "one")
    with pytest.raises(CommandError, match="use one of their names again"):
        room.hand_in("One more", TEXT, "one")
    room.hand_in("Mine 3", TEXT.replace("0.6", "0.7"), "one")
    monkeypatch.setattr(handed_in, "MOST", handed_in.MOST_OF_ONE)
    with pytest.raises(CommandError, match="no more"):
        room.hand_in("Another", TEXT, "two")


def test_a_broken_file_is_named_with_its_reason_and_stops_no_other(room: HandedIn) -> None:
    room.hand_in("Dara", TEXT, "one")
    (room.folder / "broken.yaml").write_bytes(b"\xff\xfe")
    (room.folder / "folder.yaml").mkdir()
    (room.folder / "empty.yaml").touch()
    good, refused = room.entries([])
    assert [entry.strategy.label for entry in good] == ["Dara"]
    assert {each.file: each.reason for each in refused} == {
        "broken.yaml": "line 1: the file is not UTF-8 text", "folder.yaml": "line 1: not a file", "empty.yaml": refused[1].reason}
    (room.folder / file_of("Dara")).write_text("# handed in by device x\nmine: [")
    assert room.of_device("one") == []


def test_names_that_look_alike_in_a_file_have_files_of_their_own() -> None:
    names = ["Ann", "Ann!", "Ann?", "ann b", "ann_b", "សុខ", "ដារ៉ា", "x" * 40, "x" * 39]
    assert len({file_of(name) for name in names}) == len(names)
    assert {key_of(name) for name in names[:3]} == {"ann"}
