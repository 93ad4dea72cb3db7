"""The notebooks run from top to bottom, and are kept without their output."""

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.pages import ROOT

NOTEBOOKS = sorted((ROOT / "experiments" / "notebooks").glob("*.ipynb"))


def read(file: Path) -> Any:
    return nbformat.read(file, as_version=4)


def test_there_are_three() -> None:
    assert [file.stem for file in NOTEBOOKS] == ["another_region", "first_comparison", "policies_and_sweeps"]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_is_kept_without_output(file: Path) -> None:
    notebook = read(file)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# ")
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def run(notebook: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What its cells show."""
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "experiments/python/face")]))
    here = folder / "here"
    here.mkdir()
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(here)}}).execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


#: Progress, which takes one place.
PROGRESS = "counterpoise.compare('strategies=[status_quo,isolation]', n_worlds=4, horizon=4, progress=True).table.shape"


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_runs_and_shows_tables_and_figures(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = read(file)
    notebook.cells.append(nbformat.v4.new_code_cell(PROGRESS))
    *shown, progress, shape = run(notebook, tmp_path, monkeypatch)
    assert progress["data"]["text/plain"] == "8 of 8 worlds simulated"
    assert shape["output_type"] == "execute_result"
    kinds = {kind for output in shown for kind in output.get("data", ())}
    assert {"text/html", "image/png"} <= kinds
    assert not [output for output in shown if output.get("name") == "stderr"]
    assert not list(tmp_path.rglob("*.html"))
