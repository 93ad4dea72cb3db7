"""The one writer of runs: it makes the folder, prints, and writes tables, findings, page and, last, the manifest."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.cells.session import Origin, Session
from experiments.figures.figure import with_png
from experiments.report.parts import Finding, Part, Table
from experiments.report.runs import list_run
from experiments.report.template import page
from experiments.runs import columns
from experiments.runs.folder import new_folder, settings_hash, write_csv
from experiments.runs.manifest import write_manifest
from sim.axes import Array
from sim.settings import Settings


@dataclass(frozen=True)
class Report:
    """What is written of a run.

    Attributes:
        page: The HTML of report.html.
        printed: What the terminal shows; may be empty.
        findings: In words, made from the numbers.
        frames: Tables for spreadsheets, by name of the file.
        arrays: Arrays by name of the file, then by name; no pickle.
        texts: Other texts, by name of the file.
        headline: The finding that lists of runs show; empty: the first one.
    """

    page: str
    printed: str
    findings: Sequence[Finding]
    frames: Mapping[str, pd.DataFrame]
    arrays: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    headline: str = ""


def write(name: str, command: str, report: Callable[[Path], Report], origin: Origin, session: Session) -> Path:
    """Write a run into a new folder.

    Args:
        name: Folder under results/ that holds the runs of one kind.
        command: Command whose columns the tables have, see `experiments.runs.columns`.
        report: Draws its figures into the folder it is given and returns what is to be written.
        origin: What the run is made from.
        session: Where its cells were computed.

    Returns:
        The path of the page.

    Raises:
        OSError: Something cannot be written.
    """
    folder = new_folder(origin.jobs[0].run.results, name)
    with session.watch.on("drawing"), with_png(origin.jobs[0].run.png):
        made = report(folder)
    if made.printed:
        session.show(made.printed)
    with session.watch.on("writing"):
        for table, frame in made.frames.items():
            columns.check(f"{command}/{table}.csv", frame.columns)
            write_csv(folder / f"{table}.csv", frame)
        for file, arrays in made.arrays.items():
            np.savez(folder / f"{file}.npz", **arrays)  # type: ignore[arg-type]
        rows = json.dumps([asdict(finding) for finding in made.findings], indent=1, ensure_ascii=False) + "\n"
        for file, text in ({"findings.json": rows, "report.html": made.page} | dict(made.texts)).items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        headline = made.headline or next((f"{finding.about}. {finding.text}" for finding in made.findings), "")
        write_manifest(folder, headline, origin, session.failed, session.watch.seconds)
        session.note(list_run(folder.parent.parent, folder))
    return folder / "report.html"


def analysis(title: str, parts: Sequence[Part], conclusions: Table, command: str, settings: Settings | None = None) -> Report:
    """The report of an analysis from its parts.

    Args:
        title: Headline.
        parts: In the order in which they are read.
        conclusions: What is concluded, what it rests on, how far it survives; see `experiments.report.conclusions`.
        command: What makes it again.
        settings: Those that all of it rests on, whose checksum the page shows; None: there are several.
    """
    findings = [finding for part in parts for finding in part.findings]
    made = page(
        "analysis.html.jinja", question="", title=title, command=command, conclusions=conclusions, findings=findings,
        paragraphs=[text for part in parts for text in part.lead],
        caveats=[text for part in parts for text in part.caveats], pictures=[picture for part in parts for picture in part.pictures],
        tables=[table for part in parts for table in part.tables], hashes={} if settings is None else {"settings": settings_hash(settings)})
    printed = "\n".join(part.printed or "\n".join(map(str, part.findings)) for part in parts)
    return Report(made, printed, findings, {name: frame for part in parts for name, frame in part.frames.items()})
