"""Rounds: scenarios that nobody has seen and that can be drawn again, kept in files that never block."""

from pathlib import Path

import pytest

from experiments.configuration.errors import CommandError
from experiments.configuration.keys import scenarios_for
from experiments.lab.classroom import rounds
from experiments.lab.classroom.rounds import KNOWN, Line, Played, drawn
from experiments.lab.engine import job_of
from experiments.lab.question import query

LINE = Line(place=1, name="Dara", file="dara.yaml", family="hedging", **{
    f"{name}{end}": 0.1 for name in ("score", "economic", "trust") for end in ("", "_low", "_high")})


def played(number: int) -> Played:
    return Played(number=number, question=query(drawn(1, number)), words=("It rains.",), lines=(LINE,), strategies={"dara.yaml": "dara: {}"})


def test_a_round_follows_from_its_number_and_the_seed_of_the_class() -> None:
    assert [drawn(5, n) for n in range(1, 4)] == [drawn(5, n) for n in range(1, 4)]
    assert [drawn(5, n) for n in range(1, 4)] != [drawn(6, n) for n in range(1, 4)]


def test_no_scenario_comes_twice_before_all_have_come_and_none_is_known() -> None:
    there = {name for name in scenarios_for("cambodia_2020") if name not in KNOWN}
    for turn in (0, 1):
        first = 1 + turn * len(there)
        names = [drawn(3, n).scenario for n in range(first, first + len(there))]
        assert {*names} == there
        assert len(names) == len(there)
    assert all(1 <= len(drawn(3, n).events) <= rounds.MOST_EVENTS for n in range(1, 60))


@pytest.mark.parametrize("number", [1, 2, 7])
def test_a_round_can_be_simulated_and_says_what_happens(number: int) -> None:
    question = drawn(11, number)
    settings = job_of(question, 4).settings
    assert len(settings.scenario.events) >= len(question.events)
    words = rounds.in_words(question)
    assert len(words) == 1 + len(question.events)
    assert all(text[0].isupper() and text.endswith(".") for text in words)
    for event, text in zip(question.events, words[1:], strict=True):
        assert str(2020 + event.start) in text
    assert not any(f"{place} power" in text for text in words for place in ("first", "second"))  # they have names


def test_words_and_numbers_of_an_event_are_those_of_the_scenario() -> None:
    question = next(q for q in (drawn(2, n) for n in range(1, 60)) if any(event.kind == "pressure" for event in q.events))
    (event,) = [event for event in question.events if event.kind == "pressure"]
    (text,) = [text for text in rounds.in_words(question) if "puts pressure" in text]
    actor = {"first": "China", "second": "the US"}[event.actor]
    assert event.end is not None
    assert text == f"From {2020 + event.start} to {2020 + event.end} {actor} puts pressure of {event.value:g} on the state (1 is the most)."


def test_rounds_are_read_again_as_they_were_written(tmp_path: Path) -> None:
    for number in (2, 1, 10):
        rounds.write(tmp_path, played(number))
    good, refused, following = rounds.read(tmp_path)
    assert (good, refused, following) == ([played(1), played(2), played(10)], [], 11)
    with pytest.raises(CommandError, match=r"round_2\.json is there already"):
        rounds.write(tmp_path, played(2))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "[" * 100_000, played(3).model_dump_json(), played(2).model_dump_json().replace("strategies=", "x="),
                                  played(2).model_dump_json().replace('"place":1', '"place":"<b>"'), "\0", "é"])
def test_a_broken_round_is_named_and_stops_no_other(tmp_path: Path, text: str) -> None:
    rounds.write(tmp_path, played(1))
    (tmp_path / "round_2.json").write_text(text, encoding="latin-1")
    good, (refused,), following = rounds.read(tmp_path)
    assert good == [played(1)]
    assert refused.file == "round_2.json"
    assert "not the file of a round" in refused.reason
    assert following == 3  # it is not written over
