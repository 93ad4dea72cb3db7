"""`results/index.html`: every run with its question, what was overridden, its headline and its report."""

from pathlib import Path
from urllib.parse import quote

from experiments.cells.store import write_whole
from experiments.configuration.errors import LONGEST
from experiments.messages import printable
from experiments.report.template import template
from experiments.runs.index import entries, folders, point_to

#: So many runs are listed on the page, the newest.
LISTED = 1000
#: How often the page is written again where runs end meanwhile.
TRIES = 5


def write_index(results: Path) -> Path:
    """Write the page whole; where another run ended meanwhile, write it again, so that the last to write knows all.

    Raises:
        OSError: It cannot be written.
    """
    for _ in range(TRIES):
        there = folders(results)
        rows = [{"entry": entry, "name": entry.folder.parent.name, "report": _link(entry.folder)} for entry in entries(results, LISTED)]
        page = template("runs.html.jinja").render(rows=rows, older=max(0, len(there) - LISTED))
        write_whole(results / "index.html", page.encode("utf-8", "replace"))
        if folders(results) == there:
            break
    return results / "index.html"


def list_run(results: Path, run: Path) -> str:
    """Add a finished run to the page, and let `results/latest` point to it; the run stands also where that fails: a line that says so, else nothing."""
    try:
        point_to(results, run)
        write_index(results)
    except OSError as error:
        return printable(f"note: the list of runs in {results} was not written: {error.strerror}", LONGEST)
    return ""


def _link(folder: Path) -> str:
    """Where the report is, seen from the page; empty where there is none."""
    if not (folder / "report.html").is_file():
        return ""
    return "/".join((".", *(quote(part, errors="replace") for part in (folder.parent.name, folder.name)), "report.html"))
