"""Designs: which points, over which numbers, and what is refused."""

import os
import resource
import time
from collections.abc import Mapping
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import qmc

from experiments.cells.cell import plain
from experiments.configuration.design import Design, Values, _paths, latin_hypercube, numbers
from experiments.configuration.errors import ConfigError
from experiments.configuration.load import load, load_sweep
from experiments.configuration.table import read_table
from experiments.messages import shortened
from sim.draws import stream
from sim.parameters import Parameters
from sim.quantity import quantities
from sim.settings import Settings

SETTINGS = load(["strategies=[status_quo,equidistance,domain_split,shrinking_room]", "n_worlds=4"]).settings


def test_a_grid_has_every_combination_the_last_number_fastest():
    design = Design(kind="grid", over={"parameters.local_threat": [0.0, 0.04], "parameters.rivalry_mean": Values(values=[-1.0, 2.0])}, points=3)
    # 3 evenly spaced values of the first × the 2 given of the second
    assert design.points_for(SETTINGS).values.tolist() == [[0, -1], [0, 2], [0.02, -1], [0.02, 2], [0.04, -1], [0.04, 2]]


def test_without_a_range_a_number_varies_over_its_plausible_one():
    points = Design(kind="grid", over=["parameters.rivalry_mean"], points=2).points_for(SETTINGS)
    assert tuple(points.values[:, 0]) == quantities(Parameters)["rivalry_mean"].plausible


def test_a_latin_hypercube_has_one_value_in_each_part_of_the_range():
    points = Design(kind="lhs", over={"parameters.local_threat": [0.0, 0.05], "parameters.crisis_loss": None}, points=20).points_for(SETTINGS)
    assert sorted((points.values[:, 0] / 0.05 * 20).astype(int)) == list(range(20))


@pytest.mark.parametrize(("n", "k"), [(1, 1), (7, 3), (256, 90)])
def test_a_latin_hypercube_is_that_of_scipy(n, k):
    expected = qmc.LatinHypercube(k, rng=stream(1, "points", 0)).random(n)
    assert np.array_equal(latin_hypercube(n, k, stream(1, "points", 0)), expected)


@pytest.mark.parametrize("n", [1, 5, 8])
def test_a_sobol_sequence_begins_alike_whatever_its_length(n):
    def sequence(points):
        return Design(kind="sobol", over=["parameters.local_threat", "parameters.crisis_loss"], points=points).points_for(SETTINGS).values

    assert np.array_equal(sequence(n), sequence(16)[:n])


def test_the_same_seed_gives_the_same_points():
    design = Design(kind="lhs", over=["parameters.local_threat"], points=9)
    assert np.array_equal(design.points_for(SETTINGS).values, design.points_for(SETTINGS).values)
    assert not np.array_equal(design.points_for(SETTINGS).values, design.points_for(SETTINGS.replace(seed=1)).values)


def test_a_table_is_taken_as_it_stands(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("parameters.local_threat,strategies.equidistance.breadth\n0.01,0.5\n0.02,0.25\n")
    points = load(["design=table", f"design.file={file}"]).points
    assert points.names == ("parameters.local_threat", "strategies.equidistance.breadth")
    assert points.values.tolist() == [[0.01, 0.5], [0.02, 0.25]]


#: Every parameter, as an override.
ALL = f"design.over=[{','.join(f'parameters.{name}' for name in quantities(Parameters))}]"
ONE, TWO = "parameters.local_threat", "parameters.crisis_loss"


def refused(folder, text):
    """What is said of a table."""
    file = folder / "points.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as problems:
        load(["design=table", f"design.file={file}"])
    return str(problems.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["points.csv", "points.tsv", "points.txt", "points"])
def test_a_table_is_taken_as_a_spreadsheet_writes_it(tmp_path, encoding, between, end, name):
    point = "." if between == "," else ","
    rows = [[f" {ONE} ", f'"{TWO}"'], [], [f"0{point}01", f" {point}5"], ["1e-2 ", "+0"], ["", ""]]
    (tmp_path / name).write_bytes(end.join(map(between.join, rows)).encode(encoding))
    table = read_table(tmp_path / name, [ONE, TWO])
    assert table.names == (ONE, TWO)
    assert table.values.tolist() == [[0.01, 0.5], [0.01, 0]]
    assert table.lines.tolist() == [3, 4]


@pytest.mark.parametrize("cell", ["abc", "", "1_0", "\u0661", "\uff11", "nan", "inf", "-inf", "Infinity", "1e999", "0x10", "1 0", "--1", "1,5", "1.5.2", "1e",
                                  "'-1", "\u00bd", "\x1b[2J", "=1+1", "\u22121", "1\u00a0", "0.1\x00"], ids=ascii)
def test_what_is_not_a_number_is_refused_with_its_row_and_column(tmp_path, cell):
    said = refused(tmp_path, f'{ONE},{TWO}\n0.1,0.1\n\n0.1,"{cell}"\n')
    assert f"points.csv:4: column 2 ({TWO}): expected a number such as 0.5, got {shortened(cell)}" in said
    assert said.isprintable()


@pytest.mark.parametrize(("text", "said"), [
    (f"{ONE}\n0.01,2\n", "points.csv:2: 2 values for 1 column, the last one '2'"),
    (f"{ONE},{TWO}\n0.01\n", "points.csv:2: 1 value for 2 columns"),
    (f"{ONE},{TWO}\n0,5,0,01\n", "4 values for 2 columns, the last one '01'; numbers with a decimal comma need semicolons or tabs between them"),
    (f"{ONE}\n0.1\n\n0.2\n1e-1\n", "points.csv:5: the same point as in line 2"),
    ("0.1,0.2\n0.3,0.4\n", "points.csv:1: column 1: expected the name of a number such as parameters."),
    ("policy.coercion.reward\n1\n", "points.csv:1: column 1: no power follows coercion; add policies.first=coercion or policies.second=coercion"),
    (f"{ONE}\n", "names in the first row and a point in each other"),
    ("", "names in the first row and a point in each other"),
    (",\n0.1,\n", "points.csv:1: column 1: it has no name"),
    (f"{ONE},\n0.1,\n", "points.csv:1: column 2: it has no name"),
    ("parameters.local_treat\n0.1\n", f"points.csv:1: column 1: unknown number 'parameters.local_treat'; did you mean {ONE}?"),
    (f"{ONE}\n0.1\n\n7\n", f"points.csv:4: column 1 ({ONE}): allowed range [0, 0.5], got 7"),
    (f"{ONE}, {ONE}\n0.1,0.1\n", f"points.csv:1: column 2: the name '{ONE}' is given twice"),
    (f"\n{ONE},{ONE} \n0.1,0.1\n", f"points.csv:2: column 2: the name '{ONE}' is given twice"),
    (f"{ONE};{TWO}\n0,1;0.2\n", f"points.csv:2: column 2 ({TWO}): '0.2' after '0,1': write all numbers with a decimal point, or all with a decimal comma"),
    (f"{ONE};{TWO}\n1.000,5;0\n", "expected a number"),
    (f"{ONE}\n0.1\n".encode("latin-1") + b"\xe9\n", "not UTF-8 text"),
    (f"{ONE}\n" + "0.1\n" * 1_000_001, "1,000,002 lines; at most 1,000,001"),
    (f"{ONE}," * 20_000, "line 1 is longer than 100,000 characters"),
    ("a," * 2000, "2,001 columns; at most 1,000"),
])
def test_what_is_wrong_with_a_table_is_told_with_its_line(tmp_path, text, said):
    assert said in refused(tmp_path, text)


def test_of_a_file_that_is_not_a_table_one_cell_is_shown(tmp_path):
    said = refused(tmp_path, "root:x:secret\nkey:y:secret2\n" + "-----BEGIN,KEY\n" * 50)
    assert len(said.splitlines()) == 1
    assert "secret'" in said
    assert "key:y" not in said
    assert "BEGIN" not in said
    assert len(refused(tmp_path, f"{ONE}\n" + "x\n" * 1000).splitlines()) == 21


def test_a_file_without_end_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)
    for file, said in (("/dev/zero", "not a regular file"), ("/dev/stdin", "cannot be read"), (tmp_path / "pipe", "not a regular file"), (tmp_path, "a folder"),
                       (tmp_path / "itself", "a link to itself"), (tmp_path / "sparse", "larger than 16 MiB"), (tmp_path / "none", "No such file"),
                       ("a\x00b", "cannot be read")):
        start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(ValueError, match=said):
            read_table(Path(file), [ONE])
        assert time.monotonic() - start < 20
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


@pytest.mark.parametrize(("overrides", "said"), [
    (["design=grid"], "name at least one number"),
    (["design=table"], "needs the name of a file"),
    (["design=table", "design.file=/nowhere/points.csv"], "cannot be read: No such file"),
    (["design.over=[parameters.local_threat]"], "choose design=grid, lhs or sobol"),
    (["design=lhs", "design.over=[parameters.local_treat]"], "did you mean parameters.local_threat?"),
    (["design=lhs", "design.over={parameters.local_threat:[0,3]}"], "allowed range [0, 0.5]"),
    (["design=lhs", "design.over={parameters.local_threat:[0.2,0.1]}"], "must be below the second"),
    (["design=lhs", "design.over={parameters.local_threat:{values:[0.1]}}"], "only a grid takes single values"),
    (["design=grid", "design.over={parameters.local_threat:{values:[0.1,0.2,0.10]}}"], "a value is given twice"),
    (["design=grid", "design.over=[policy.coercion.reward]"], "no power follows coercion"),
    (["strategies=[status_quo]", "design=grid", "design.over=[strategies.auction.breadth]"], "auction is not compared; add it to strategies=[…]"),
    (["design=grid", "design.over=[horizon]"], "unknown number 'horizon'"),
    (["design=grid", "design.over=[parameters.local_threat,parameters.crisis_loss]", "design.points=2000"],
     "a grid of 2000 × 2000 points makes 4,000,000; at most 1,000,000"),
    (["design=grid", ALL, "design.points=1000000"], "makes more than 1e15; at most"),
    (["design=sobol", ALL, "design.points=1000000"],
     "values; at most 10,000,000"),
    (["design=lhs", "design.over={parameters.local_threat:[-1e308,1e308]}"], "design.over.parameters.local_threat: allowed range [0, 0.5], got -1e+308"),
    (["design.file=points.csv"], "file: has no effect with design=none; choose design=table"),
    (["design=lhs", "design.over=[parameters.local_threat]", "design.file=points.csv"], "file: has no effect with design=lhs"),
    (["design=grid", "design.over=[world.states.KHM.investment.china]", "design.points=2", "design.over={world.states.KHM.investment.china:[0.1,90]}"],
     "inflows of investment of more than a year's output"),
])
def test_what_is_wrong_with_a_design_is_told(overrides, said):
    with pytest.raises(ConfigError) as refused:
        load(overrides)
    assert said in str(refused.value)


def test_a_design_on_the_command_line_takes_the_place_of_a_presets():
    job = load(["design=grid", "design.over={parameters.local_threat:null}", "design.over=[parameters.crisis_loss]"])
    assert job.points.names == ("parameters.crisis_loss",)


def test_every_number_of_the_model_can_be_varied():
    known = numbers(SETTINGS)
    assert {f"parameters.{name}" for name in quantities(Parameters)} <= set(known)
    for name in ("world.powers.us.lumps", "world.states.KHM.tilt.votes", "world.states.KHM.trust_baseline.us", "world.rivalry",
                 "strategies.domain_split.anchor.economy",
                 "strategies.equidistance.lean_with.perception", "strategies.shrinking_room.options.threshold", "policy.patron.reward",
                 "strategies.status_quo.breadth", "strategies.status_quo.anchor.security"):
        assert name in known
        low, high = known[name].plausible
        points = Design(kind="grid", over={name: [low, high]}, points=2).points_for(SETTINGS)
        changed = points.at(SETTINGS, points.values)
        assert plain(changed) != plain(SETTINGS), name


def test_one_domain_of_a_number_that_holds_for_both():
    points = Design(kind="grid", over={"strategies.equidistance.breadth.economy": [0.2, 0.4]}, points=2).points_for(SETTINGS)
    breadth = points.at(SETTINGS, points.values).strategies["equidistance"].breadth
    assert breadth["economy"].tolist() == [0.2, 0.4]
    assert breadth["security"] == 0.7


def test_a_policy_changes_for_every_power_that_follows_it():
    settings = load(["policies.us=patron", "strategies=[status_quo]", "n_worlds=4"]).settings
    points = Design(kind="grid", over={"policy.patron.reward": [1.0, 2.0]}, points=2).points_for(settings)
    changed = points.at(settings, points.values).policies
    assert changed["china"].reward.tolist() == changed["us"].reward.tolist() == [1.0, 2.0]


def test_a_design_is_strict_about_its_keys():
    with pytest.raises(ValidationError):
        Design(kind="grid", over=["parameters.local_threat"], pionts=3)


def test_every_number_that_a_design_varies_can_be_set_by_override() -> None:
    names = ["strategies=[equidistance,status_quo]"]
    keys = numbers(load(names).settings)
    wholes = [key for key in keys if key.rpartition(".")[0] not in keys]
    for some in (wholes, [key for key in keys if key not in wholes]):  # a number, then its domains
        values = {key: float(np.mean(keys[key].plausible)) for key in some}
        settings = load([*names, *(f"{key}={value!r}" for key, value in values.items())]).settings
        assert {key: at(settings, key) for key in some} == values


def at(settings: Settings, key: str) -> object:
    """The number that stands at a dotted name."""
    return reduce(lambda part, name: part[name] if isinstance(part, Mapping) else getattr(part, name), _paths(settings, key)[0], settings)


@pytest.mark.parametrize("key", ["world.states.KHM.breadth", "strategies.status_quo.breadth", "strategies.status_quo.lean_with.dependence"])
def test_one_domain_of_a_number_changes_as_in_a_design(key: str) -> None:
    base = ["strategies=[equidistance,status_quo]", "n_worlds=4", "horizon=4"]
    job = load([*base, "design=grid", f"design.over={{{key}.security: {{values: [0.625]}}}}"])
    designed = at(job.points.at(job.settings, job.points.values), key)
    assert isinstance(designed, Mapping)
    expected = {domain: value if isinstance(value, str) else float(np.ravel(value)[0]) for domain, value in designed.items()}
    assert at(load([*base, f"{key}.security=0.625"]).settings, key) == expected
    whole = [f"{key}={expected['economy']}", f"{key}.security=0.625"]  # the later override counts
    assert at(load([*base, *whole]).settings, key) == expected
    assert at(load_sweep([*base, f"{key}.security=0.5,0.625"], several=True)[1].settings, key) == expected


def test_no_number_is_added_to_a_strategy_that_was_not_chosen() -> None:
    with pytest.raises(ConfigError, match="status_quo is not compared"):
        load(["strategies=[equidistance]", "reference=equidistance", "strategies.status_quo.lean_with.power=1"])
