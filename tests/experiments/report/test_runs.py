"""The list of runs: every run with its question and headline, whatever lies beside it."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from experiments import cli
from experiments.configuration.build import TAKEN
from experiments.report.runs import list_run, write_index
from experiments.runs.index import LATEST, entries, folders, point_to
from experiments.runs.manifest import sealed
from tests.given import Said, drawing

TIMES = ("20261129T101443.942143Z", "20261130T101443.942143Z", "20261201T101443.942143Z")


def a_run(results: Path, name: str, time: str, **other: Any) -> Path:
    run = results / name / time
    run.mkdir(parents=True)
    (run / "report.html").write_text("<!doctype html>")
    manifest = {"command": "counterpoise experiment=pandemic n_worlds=8", "headline": "Hedging gains trust.", "time": time,
                "run": {"question": "Does a pandemic change it?"}, "jobs": []}
    (run / "manifest.json").write_bytes(sealed({**manifest, **other}))
    return run


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Three runs, the second of them with a damaged manifest."""
    runs = [a_run(tmp_path, f"run{i}", time) for i, time in enumerate(TIMES)]
    damaged = runs[1] / "manifest.json"
    damaged.write_bytes(damaged.read_bytes().replace(b"gains", b"costs"))
    return runs


def test_the_newest_run_comes_first_and_a_damaged_one_is_named(three: list[Path], tmp_path: Path) -> None:
    newest, damaged, oldest = entries(tmp_path)
    assert [each.folder for each in (newest, damaged, oldest)] == three[::-1]
    assert (newest.time, newest.question, newest.headline) == ("2026-12-01 10:14", "Does a pandemic change it?", "Hedging gains trust.")
    assert (newest.command, newest.overridden) == ("counterpoise experiment=pandemic n_worlds=8", ["n_worlds=8"])
    assert damaged.problem == "damaged: its checksum is wrong"
    page = write_index(tmp_path).read_text()
    assert "3 runs" in page
    assert page.count("unreadable") == 1
    assert re.findall(r'href="([^"]*)"', page) == [f"./run{i}/{TIMES[i]}/report.html" for i in (2, 1, 0)]
    assert str(tmp_path) not in page


def test_the_command_lists_them_and_ends_with_the_page(three: list[Path], tmp_path: Path, said: Said) -> None:
    code, out, err = said("runs", tmp_path)
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[:4] == ["2026-12-01 10:14  Does a pandemic change it?", "  overridden: n_worlds=8", "  Hedging gains trust.", f"  {three[2] / 'report.html'}"]
    assert lines[4] == "2026-11-30 10:14  unreadable: damaged: its checksum is wrong"
    assert lines[-1] == str(tmp_path / "index.html")


def test_a_folder_without_runs_says_so(tmp_path: Path, said: Said) -> None:
    assert said("runs", tmp_path) == (0, f"no run was finished in {tmp_path}\n", "")
    assert said("runs", tmp_path / "none")[0] == 2


STRANGE = "<script>alert(1)</script>\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 5000


def test_nothing_that_a_stranger_wrote_breaks_the_list(tmp_path: Path, said: Said) -> None:
    run = a_run(tmp_path, "a", TIMES[0], command=f"counterpoise name={STRANGE!r}", headline=STRANGE, run={"question": STRANGE})
    a_run(tmp_path, "b", TIMES[0], command="rm -rf /", run={})
    a_run(tmp_path, "c", TIMES[0], command=7)
    bad = (b"", b"{}", b"[" * 100_000, b"\xff" * 300_000, sealed({}), sealed({"command": "x" * 10**6}), json.dumps({"sha256": "0" * 64}).encode())
    for i, data in enumerate(bad):
        (a_run(tmp_path, f"d{i}", TIMES[1]) / "manifest.json").write_bytes(data)
    pipe = a_run(tmp_path, "e", TIMES[2]) / "manifest.json"
    pipe.unlink()
    os.mkfifo(pipe)
    (a_run(tmp_path, "f", "no time \x1b[2J <b>") / "manifest.json").chmod(0o400)
    loop = a_run(tmp_path, "g", TIMES[2]) / "manifest.json"
    loop.unlink()
    loop.symlink_to(loop)
    code, out, err = said("runs", tmp_path)
    assert (code, err) == (0, "")
    assert out.count("unreadable") >= 8
    assert all(line.isprintable() for line in out.splitlines())
    assert "its command cannot be shown" in out
    page = (tmp_path / "index.html").read_text()
    tags = set[str]()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.add(tag)  # type: ignore[method-assign]
    parser.feed(page)
    assert not {"script", "b"} & tags
    assert "\x1b" not in page
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page
    assert len(page) < 30_000
    assert run.is_dir()


def test_latest_is_the_last_run_also_where_links_are_impossible(three: list[Path], tmp_path: Path) -> None:
    point_to(tmp_path, three[0])
    point_to(tmp_path, three[2])
    assert (tmp_path / LATEST).is_symlink()
    assert (tmp_path / LATEST).resolve() == three[2].resolve()
    assert folders(tmp_path) == three[::-1]
    with mock.patch.object(Path, "symlink_to", side_effect=OSError):
        point_to(tmp_path, three[1])
    assert (tmp_path / LATEST).read_text() == f"run1/{TIMES[1]}\n"
    assert {file.name for file in tmp_path.iterdir()} == {"run0", "run1", "run2", LATEST}


def test_a_folder_called_latest_stays_and_no_run_may_be_called_so(three: list[Path], tmp_path: Path) -> None:
    (tmp_path / LATEST).mkdir()
    list_run(tmp_path, three[0])
    assert (tmp_path / LATEST).is_dir()
    assert LATEST in TAKEN


def test_a_run_that_ends_while_the_page_is_written_stands_on_it(three: list[Path], tmp_path: Path) -> None:
    from experiments.report import runs

    def written(target: Path, data: bytes) -> None:
        if not (tmp_path / "late").exists():
            a_run(tmp_path, "late", TIMES[2])
        target.write_bytes(data)

    with mock.patch.object(runs, "write_whole", written):
        write_index(tmp_path)
    assert "late" in (tmp_path / "index.html").read_text()


def test_a_run_stands_where_the_list_cannot_be_written(three: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.html").mkdir()
    assert f"note: the list of runs in {tmp_path} was not written: Is a directory" in list_run(tmp_path, three[0])


def test_a_run_lists_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with drawing([]):
        assert cli.main(["n_worlds=4", "horizon=4", "strategies=[status_quo,equidistance]", "assumption_draws=0", "workers=1", f"results={tmp_path}"]) == 0
    run = Path(capsys.readouterr().out.strip().splitlines()[-1]).parent
    (entry,) = entries(tmp_path)
    assert (entry.folder, entry.problem) == (run, "")
    assert "Cambodia" in entry.headline
    assert entry.overridden == ["n_worlds=4", "horizon=4", "strategies=[status_quo,equidistance]", "assumption_draws=0"]
    assert (tmp_path / LATEST).resolve() == run.resolve()
    assert entry.headline.split(":")[0] in (tmp_path / "index.html").read_text()
