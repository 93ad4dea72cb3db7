"""Observed series as somebody sends them."""

from pathlib import Path

import pytest

from experiments.configuration.case import Case, Prices
from experiments.configuration.errors import ConfigError
from experiments.configuration.observed import read_observed
from sim.yearly import YearlySeries
from tests.given import preset

HEAD = "measure,actor,state,year,value,error,unit,source\n"
PRICES = Prices(values={2015: 0.9, 2019: 1.0, 2021: 1.25}, source="assumed")
WORLD = preset("cambodia_2020").world


def read(tmp_path: Path, text: str, name: str = "seen.csv", prices: Prices | None = None):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_observed(tmp_path / name, WORLD, "KHM", prices)


def refused(tmp_path: Path, text: str, name: str = "seen.csv", prices: Prices | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text, name, prices)
    return caught.value.problems


def test_rows_become_series_in_the_unit_of_the_model(tmp_path: Path):
    rows = ("trade,us,,2020,5850,100,USD m,Census", "trade,us,KHM,2021,6,0.1,USD bn,Census", "trade_share,china,KHM,2020,25,1,%,WITS")
    trade, share = read(tmp_path, HEAD + "\n".join(rows))
    assert trade.series == YearlySeries("trade", "us", "KHM")
    assert trade.values == pytest.approx({2020: 5.85, 2021: 6.0})
    assert trade.errors == pytest.approx({2020: 0.1, 2021: 0.1})
    assert (trade.source, share.values) == ("Census", {2020: 0.25})


def test_dollars_are_put_at_the_prices_of_the_base_year(tmp_path: Path):
    text = HEAD + "aid,us,KHM,2021,10,1,USD bn,\naid,china,KHM,2020,5,0,USD bn of 2015,\n"
    current, constant = read(tmp_path, text, prices=PRICES)
    assert (current.values, current.errors) == (pytest.approx({2021: 8.0}), pytest.approx({2021: 0.8}))
    assert constant.values == pytest.approx({2020: 5 / 0.9})


@pytest.mark.parametrize("between", [";", "\t"])
def test_semicolons_and_tabs_part_columns_and_the_order_is_free(tmp_path: Path, between: str):
    text = between.join(["year", "value", "unit", "measure", "state"]) + "\n" + between.join(["2020", "3", "USD bn", "output", "VNM"]) + "\n"
    (one,) = read(tmp_path, text)
    assert (one.series.name, one.values, one.errors) == ("output//VNM", {2020: 3.0}, {2020: 0.0})


def test_decimal_commas_and_the_first_line_of_excel_are_taken(tmp_path: Path):
    text = "sep=;\r\nmeasure;actor;state;year;value;error;unit\r\ntrade;us;KHM;2020;2,9;0,1;USD bn\r\n"
    (one,) = read(tmp_path, text)
    assert (one.values, one.errors) == ({2020: 2.9}, {2020: 0.1})


def test_powers_may_be_given_by_their_place(tmp_path: Path):
    (one,) = read(tmp_path, HEAD + "visits,second,KHM,2020,2,0,per year,\n")
    assert one.series.actor == "us"


def test_yaml_says_the_same(tmp_path: Path):
    text = """series:
  - measure: trade
    actor: us
    unit: USD bn
    error: 0.1
    source: Census
    values: {2020: 5.85, 2021: 6}
"""
    (one,) = read(tmp_path, text, "seen.yaml")
    assert (one.series.name, one.values, one.errors, one.source) == ("trade/us/KHM", {2020: 5.85, 2021: 6.0}, {2020: 0.1, 2021: 0.1}, "Census")


@pytest.mark.parametrize(("row", "told"), [
    ("tarde,us,KHM,2020,1,0,USD bn,", "measure: unknown measure 'tarde'"),
    ("trade,uk,KHM,2020,1,0,USD bn,", "actor: trade is of china, us, rest, all; got uk"),
    ("trade,us,FRA,2020,1,0,USD bn,", "state: FRA is not a state"),
    ("trade,us,KHM,20,1,0,USD bn,", "year: expected a year such as 2005, got '20'"),
    ("trade,us,KHM,2020,much,0,USD bn,", "value: expected a number such as 0.5, got 'much'"),
    ("trade,us,KHM,2020,nan,0,USD bn,", "value: expected a number such as 0.5, got 'nan'"),
    ("trade,us,KHM,2020,1,-1,USD bn,", "error: must not be negative"),
    ("trade,us,KHM,2020,0,0,USD bn,", "value: trade lies in (0, 1000000000]"),
    ("trade,us,KHM,2020,1,0,euro,", "unit: trade is an amount of money"),
    ("trade_share,us,KHM,2020,1,0,USD bn,", "unit: unknown unit 'USD bn'"),
    ("trade,us,KHM,2020,1,0,USD bn of 2015,", "unit: the case has no price levels"),
    ("trade_share,us,KHM,2020,25,0,share,", "value: trade_share lies in [0, 1], got 25"),
    ("tilt,,KHM,2020,5,0,index,", "value: tilt lies in [-1, 1], got 5"),
    ("trade,us,KHM,2020,2_9,0,USD bn,", "value: expected a number such as 0.5, got '2_9'"),
    ("trade,us,KHM,2020,1e-320,0,USD bn,", "value: trade lies in"),
    ("trade,us,KHM,2020,1e300,0,USD bn,", "value: trade lies in"),
    ("trade,us,KHM,2020,1,1e6,USD bn,", "error: more than 10 times the value"),
    ("trade,us,KHM,2020,1,0,USD bn", "7 values for 8 columns"),
])
def test_a_wrong_row_is_named_with_its_line(tmp_path: Path, row: str, told: str):
    (problem,) = refused(tmp_path, f"{HEAD}{row}\n")
    assert told in problem
    assert "2" in problem.split(told)[0]


def test_a_year_without_a_price_is_named(tmp_path: Path):
    (problem,) = refused(tmp_path, HEAD + "trade,us,KHM,2018,1,0,USD bn,\n", prices=PRICES)
    assert "the case has no price level of 2018; it has those of 2015, 2019 and 2021" in problem


@pytest.mark.parametrize(("text", "told"), [
    ("", "its first row has no measure"),
    (HEAD, "has no values"),
    ("measure,year,value\n", "its first row has no state"),
    (HEAD.replace("value", "valeu"), "unknown column 'valeu'; did you mean value?"),
    (HEAD.replace("error", "value"), "its first row names value twice"),
    (HEAD + "output,,KHM,2020,1,0,USD bn,\noutput,,KHM,2020,2,0,USD bn,\n", "2020 is given twice"),
])
def test_a_file_that_is_no_table_of_series_is_refused(tmp_path: Path, text: str, told: str):
    assert told in refused(tmp_path, text)[0]


def test_what_cannot_be_read_is_refused_in_a_line(tmp_path: Path):
    (tmp_path / "bytes.csv").write_bytes(b"\x80\x81")
    for file in (tmp_path / "bytes.csv", tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(ConfigError) as caught:
            read_observed(file, WORLD, "KHM", None)
        assert len(caught.value.problems) == 1
        assert "\n" not in caught.value.problems[0]


@pytest.mark.parametrize(("change", "told"), [
    ({"held_back": 2011}, "held_back: must be before until"),
    ({"base": {"scenario": "calm"}}, "base: a case needs a world"),
    ({"strategies": ["status_quo", "status_quo"]}, "strategies: status_quo is given twice"),
    ({"prior": {"parameters.rivalry_mean": [1.0, 1.0]}}, "prior.parameters.rivalry_mean: the first number of a range"),
    ({"assumptions": False}, "prior: name at least one number"),
    ({"turning_points": [{"label": "x", "measure": "tarde", "start": 2000, "end": 2001}]}, "unknown measure 'tarde'"),
    ({"turning_points": [{"label": "x", "measure": "tilt", "start": 2001, "end": 2001}]}, "must be after start"),
])
def test_a_case_whose_parts_do_not_fit_is_refused(change: dict[str, object], told: str):
    whole = {"question": "?", "source": "s", "base": {"world": "cambodia_2020"}, "until": 2011, "held_back": 2004, "strategies": ["status_quo"],
             "targets": "x.csv"}
    Case.model_validate(whole)
    with pytest.raises(ValueError, match=told.replace("[", r"\[").replace("?", r"\?")):
        Case.model_validate(whole | change)
