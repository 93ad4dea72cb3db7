"""Labelled tables as Stata files."""

import warnings
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.runs.columns import Column
from experiments.runs.stata import distinct, legal_names, variable_label, write_stata

TIME = datetime(2026, 1, 2, 3, 4)


def written(tmp_path: Path, frame: pd.DataFrame, **columns: Column) -> tuple[pd.DataFrame, dict[str, str]]:
    """A table read again, with the labels of its variables; to write it warns of nothing."""
    file = tmp_path / "table.dta"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_stata(file, frame, columns, "a title " * 20, TIME)
    with pd.read_stata(file, iterator=True) as reader:
        assert len(reader.data_label) == 80
        assert reader.time_stamp == "02 Jan 2026 03:04"
        return reader.read(), reader.variable_labels()


def test_names_are_legal_short_and_distinct() -> None:
    long = "strategies.a_strategy_with_a_name.lean_with.dependence"
    names = legal_names(["parameters.rivalry_mean", long, f"other.{long}", "if", "str8", "2nd", "world.name", "a.b", "a_b", "x" * 40, "x" * 41])
    assert names["parameters.rivalry_mean"] == "parameters_rivalry_mean"
    assert names[long] == "lean_with_dependence"  # the parts before are too long
    assert names[f"other.{long}"] == "lean_with_dependence_2"
    assert [names[name] for name in ("if", "str8", "2nd", "world.name", "a.b", "a_b")] == ["_if", "_str8", "_2nd", "world_name", "a_b", "a_b_2"]
    assert names["x" * 41] == "x" * 30 + "_2"
    assert len(set(names.values())) == len(names)
    assert all(name.isidentifier() and len(name) <= 32 for name in names.values())


def test_a_label_keeps_unit_and_name_and_loses_what_is_too_long() -> None:
    assert variable_label("trust", "trust", Column("Trust", "0 to 1")) == "Trust (0 to 1)"
    assert variable_label("trust", "trust", Column("Trust", "-")) == "Trust"
    assert variable_label("a.b", "a_b", Column("x" * 90, "yr")) == f"{'x' * 69}… (yr; a.b)"
    assert len(variable_label("a.b", "a_b", Column("x" * 90, "yr"))) == 80


def test_labels_that_two_keys_share_name_the_keys() -> None:
    assert distinct(["a", "b", "c"], {"a": "one", "b": "one", "c": "three"}) == ["one (a)", "one (b)", "three"]


def test_odd_values_are_kept_or_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "yes": [True, False], "seed": [2**60, 1], "small": [1, 2], "infinite": [0.1, np.inf], "gap": [np.nan, 1.0], "word": ["Č", "b"], "mixed": [1, "two"]})
    table, labels = written(tmp_path, frame, word=Column("Word"))
    assert table.yes.tolist() == [1, 0]
    assert table.seed.tolist() == [str(2**60), "1"]  # more than a double holds
    assert table.small.tolist() == [1, 2]
    assert table.infinite[0] == 0.1
    assert np.isnan(table.infinite[1])
    assert np.isnan(table.gap[0])
    assert table.word.tolist() == ["Č", "b"]
    assert table.mixed.tolist() == ["1", "two"]
    assert labels["word"] == "Word"


@pytest.mark.parametrize("n", [0, 1])
def test_short_tables_are_written(tmp_path: Path, n: int) -> None:
    table, _ = written(tmp_path, pd.DataFrame({"strategy": ["a"][:n], "value": np.ones(n)}), strategy=Column("Strategy", values={"a": "one"}))
    assert table.strategy.tolist() == ["one"][:n]
