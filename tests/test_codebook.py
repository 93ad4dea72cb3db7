"""The codebook names everything that commands, histories and files name."""

import re

import pandas as pd
import pytest

from experiments.configuration.design import numbers
from experiments.configuration.load import load
from sim.history import VARIABLES
from sim.payoffs import MEASURES
from sim.yearly import MEASURES_BY_YEAR
from tests import codebook, pages


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """The file as others read it."""
    return pd.read_csv(codebook.FILE, keep_default_na=False)


def test_every_variable_and_every_measure_is_there_once(table: pd.DataFrame):
    names = table.groupby("kind").name.apply(list)
    assert names["variable"] == list(VARIABLES)
    assert [*names["return"], *names["outcome"], *names["behaviour"], *names["power"]] == list(MEASURES)
    assert names["yearly measure"] == list(MEASURES_BY_YEAR)
    assert not table.duplicated(["kind", "name"]).any()


def test_every_number_that_a_design_may_vary_is_there(table: pd.DataFrame):
    """STATE stands for a key, and a number may be split: `world.states.KHM.trade.rest` is `world.states.STATE.trade`."""
    known = [re.compile(rf"{re.escape(name)}(\.\w+)?".replace("STATE", r"\w+").replace("POWER", r"\w+").replace("STRATEGY", r"\w+").replace("POLICY", r"\w+"))
             for name in table[table["range"] != ""].name if "." in name]
    every = numbers(load([]).settings)
    assert len(every) > 200
    assert [name for name in every if not any(pattern.fullmatch(name) for pattern in known)] == []


def test_everything_has_a_unit_a_label_a_meaning_and_a_source(table: pd.DataFrame):
    assert (table[["unit", "label", "meaning", "source"]] != "").all(axis=None)
    assert not table.map(lambda cell: "{" in str(cell)).any(axis=None)
    declared = table[table.kind.isin(["parameter", "fact", "number of a strategy", "number of a policy"])]
    assert (declared[["symbol", "range", "allowed", "grade"]] != "").all(axis=None)


def test_the_page_links_to_sections_that_are_there(table: pd.DataFrame):
    headings = {codebook.anchor(line.lstrip("# ")) for line in (pages.ROOT / codebook.MODEL).read_text(encoding="utf-8").splitlines() if line.startswith("#")}
    targets = re.findall(r"MODEL\.md#([^)]+)", pages.part(codebook.PAGE, codebook.NAME))
    assert set(targets) <= headings
    assert len(targets) == len(codebook.KINDS) == table.kind.nunique()
