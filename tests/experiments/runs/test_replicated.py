"""What counts as the same number, what as near enough, and what differs."""

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from experiments.runs.published import Number, Part, load, numbers_of, text, turned_round, update
from experiments.runs.replicated import compared, n_numbers, near, near_in_words, other, quick, totals

HERE = {"code": "a", "numpy": "2.4.6"}


def part(*numbers: Number, sentences: tuple[str, ...] = (), name: str = "main", seconds: float = 10) -> Part:
    return Part(name, "What?", "counterpoise", seconds, HERE, numbers, sentences)


@pytest.mark.parametrize(("published", "now", "expected"), [
    (Number("x", 0.5, 0.4, 0.6), Number("x", 0.6), True), (Number("x", 0.5, 0.4, 0.6), Number("x", 0.61), False),
    (Number("x", 2.0), Number("x", 2.0 * (1 + 9e-10)), True), (Number("x", 2.0), Number("x", 2.0 * (1 + 2e-9)), False),
    (Number("x", 0.0), Number("x", 1e-13), True), (Number("x", 0.0), Number("x", 1e-9), False),
    (Number("a.csv: better (b)", 0.5), Number("a.csv: better (b)", 0.508), True), (Number("a.csv: better (b)", 0.5), Number("a.csv: better (b)", 0.52), False),
    (Number("x", None), Number("x", None), True), (Number("x", None), Number("x", 0.0), False), (Number("x", 0.0, -1, 1), Number("x", None), False),
    (Number("x", "refuted"), Number("x", "refuted"), True), (Number("x", "refuted"), Number("x", "supported"), False),
])
def test_a_number_is_near_within_its_interval_or_nearly_equal(published: Number, now: Number, expected: bool) -> None:
    assert near(published, now) is expected


@pytest.mark.parametrize(("published", "now", "expected"), [
    ("It gains 1.69 [1.66, 1.72] %.", "It gains 1.71 [1.68, 1.74] %.", True),
    ("It gains 1.69 [1.66, 1.72] %.", "It gains 1.75 [1.72, 1.78] %.", False),  # the value lies outside of the published interval
    ("It gains 1.69 [1.66, 1.72] %.", "It gains 1.69 [1.36, 1.72] %.", False),  # one end moved by ten half widths
    ("It gains 1.69 [1.66, 1.72] %.", "It costs 1.69 [1.66, 1.72] %.", False),
    ("It gains −0.7 [−0.9, −0.5] points.", "It gains −0.6 [−0.8, −0.4] points.", True),
    ("In 3 of 10 draws.", "In 4 of 10 draws.", True), ("In 3 of 10 draws.", "In 5 of 10 draws.", False),
    ("In 1,024 worlds it is 0.31.", "In 1,024 worlds it is 0.32.", True), ("It is 0.31.", "It is 0.33.", False),
    ("79 % [73–84] of them", "79 % [73–84] of them", True), ("79 % [73–84] of them", "81 % [73–84] of them", False),
])
def test_a_sentence_is_near_where_its_words_are_the_same_and_its_numbers_near(published: str, now: str, expected: bool) -> None:
    assert near_in_words(published, now) is expected


def test_on_the_same_machine_a_last_digit_differs_and_elsewhere_it_is_near() -> None:
    one = part(Number("x", 0.5, 0.4, 0.6), Number("y", 1.0), Number("z", 3.0), sentences=("It is 0.50 [0.40, 0.60].",))
    now = [Number("x", math.nextafter(0.5, 1), 0.4, 0.6), Number("y", 1.0)]
    exact = compared(one, now, ["It is 0.51 [0.40, 0.60]."], exact=True)
    assert (exact.equal, exact.near) == (1, 0)
    assert exact.differ == ("x: published 0.5 [0.4, 0.6], now 0.5000000000000001 [0.4, 0.6]", "z: published 3.0, now not there",
                            "published: It is 0.50 [0.40, 0.60].\n  now: It is 0.51 [0.40, 0.60].")
    elsewhere = compared(one, now, ["It is 0.51 [0.40, 0.60]."], exact=False)
    assert (elsewhere.equal, elsewhere.near, len(elsewhere.differ)) == (1, 2, 1)
    assert totals(elsewhere) == "4 numbers and sentences: 1 equal, 2 within tolerance, 1 differ"
    assert totals(compared(one, one.numbers, one.sentences, exact=True)) == "4 numbers and sentences: all equal"


def test_sentences_are_compared_with_those_of_the_same_words_whatever_their_order() -> None:
    one = part(sentences=("Trust is 1.", "Growth is 2.", "Debt is 3."))
    outcome = compared(one, [], ["Growth is 2.", "Trust is 1."], exact=True)
    assert outcome.equal == 2
    assert outcome.differ == ("published: Debt is 3.\n  now: not there",)


def test_numbers_are_counted_in_tables_and_sentences() -> None:
    assert n_numbers(part(Number("x", 1.0), sentences=("In 3 of 10 draws it gains 1.69 [1.66, 1.72] %.", "None."))) == 4


def test_what_differs_between_machines_is_named() -> None:
    assert other(HERE, HERE) == []
    assert other(HERE, {"code": "b", "numpy": "2.5.0"}) == ["the model's source code", "numpy 2.5.0 (published with 2.4.6)"]


def test_the_quick_parts_fit_into_the_time_in_their_order() -> None:
    parts = [part(name=name, seconds=seconds) for name, seconds in (("a", 50), ("b", 400), ("c", 100), ("d", 40), ("e", 30))]
    assert quick(parts, 180) == ["a", "c", "e"]  # 50 + 100 + 30; d would make 190


def test_a_file_of_parts_is_read_as_it_was_written_and_one_part_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "findings.json"
    one = part(Number("x", 0.1 + 0.2, -1e-300, 1.0), Number("y", None), Number("z", "refuted"), Number("n", 3), sentences=("“Quoted”, 1.",))
    other_one = part(name="asean")
    file.write_text(text([one, other_one]), encoding="utf-8")
    assert load(file) == {"main": one, "asean": other_one}
    update(file, replace(one, seconds=2, numbers=()), ["asean", "main"])
    assert list(load(file)) == ["asean", "main"]
    assert load(file)["main"] == replace(one, numbers=())  # cells were there: the longer time of the same model stands
    update(file, replace(one, seconds=2, environment={"code": "new"}), ["asean", "main"])
    assert load(file)["main"].seconds == 2


def test_numbers_of_a_run_come_with_their_intervals(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"command": "counterpoise sensitivity --rows=8"}')
    pd.DataFrame({"input": ["a", "a"], "measure": "economic", "rows": [4, 8], "first": 0.1, "first_low": 0.0, "first_high": 0.2, "total": [0.3, 0.4],
                  "total_low": 0.2, "total_high": [float("inf"), 0.5]}).to_csv(tmp_path / "indices.csv", index=False)
    assert list(numbers_of(tmp_path)) == [Number("indices.csv: total (a, economic)", 0.4, 0.2, 0.5)]
    (tmp_path / "manifest.json").write_text('{"command": "counterpoise experiment=asean"}')
    assert list(numbers_of(tmp_path)) == []  # the page shows sentences of presets alone


def test_differences_turn_round_where_both_are_certain() -> None:
    """Of three differences two are certain; of these the first is certain with the other sign, the second is not certain any more."""
    rows = [("a", 1.0, 2.0, -2.0, -1.0), ("b", 1.0, 2.0, -1.0, 1.0), ("c", -1.0, 1.0, -2.0, -1.0)]
    table = pd.DataFrame([{"strategy": name, "measure": "trust", "structure": structure, "low": low, "high": high} for name, *ends in rows
                          for structure, low, high in (("as_it_is", *ends[:2]), ("contest_off", *ends[2:]))])
    assert turned_round(table) == (2, {"contest_off": 1})
