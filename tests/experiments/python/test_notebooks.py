"""The notebooks run from top to bottom, and are kept without their output."""

import os
from pathlib import Path
from typing import Any
from unittest import mock

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


#: Before each notebook: nothing is left of the one before it, and it runs in a folder of its own.
BEGIN = "%reset -f\n%cd -q {0}"
#: After it: progress, which takes one place.
PROGRESS = "counterpoise.compare('strategies=[status_quo,isolation]', n_worlds=4, horizon=4, progress=True).table.shape"


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What the cells of each show. One kernel runs them all: to start it takes as long as to run one."""
    folder, code = tmp_path_factory.mktemp("notebooks"), nbformat.v4.new_code_cell
    for file in NOTEBOOKS:
        (folder / file.stem).mkdir()
    parts = {file.stem: [code(BEGIN.format(folder / file.stem)), *read(file).cells, code(PROGRESS)] for file in NOTEBOOKS}
    every = nbformat.v4.new_notebook(cells=[cell for cells in parts.values() for cell in cells])
    path = os.pathsep.join([str(ROOT), str(ROOT / "experiments/python/face")])
    with mock.patch.dict(os.environ, {"IPYTHONDIR": str(folder / "ipython"), "PYTHONPATH": path}):
        NotebookClient(every, timeout=300, kernel_name="python3", allow_errors=True).execute()
    assert not list(folder.rglob("*.html"))
    return {name: [output for cell in cells for output in cell.get("outputs", ())] for name, cells in parts.items()}


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_runs_and_shows_tables_and_figures(file: Path, notebooks: dict[str, list[Any]]) -> None:
    *outputs, progress, shape = notebooks[file.stem]
    assert [output for output in (*outputs, progress, shape) if output["output_type"] == "error"] == []
    assert progress["data"]["text/plain"] == "8 of 8 worlds simulated"
    assert shape["output_type"] == "execute_result"
    kinds = {kind for output in outputs for kind in output.get("data", ())}
    assert {"text/html", "image/png"} <= kinds
    assert not [output for output in outputs if output.get("name") == "stderr"]
