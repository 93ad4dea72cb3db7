"""`counterpoise gallery`: run every preset and keep a small figure and the findings of each in results/gallery/."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.cells import Store
from experiments.cli import BAD_CONFIG, OK
from experiments.command_line import Parser, override
from experiments.computing import attempted
from experiments.config import Job, load, load_sweep
from experiments.config_check import ConfigError
from experiments.config_files import options
from experiments.runner import work_of

#: The figure that shows a preset, the first that it has.
FIGURES = ("plane", "phase", "rivals", "along")
#: Colours of a picture: enough for ours, and a third of the size.
COLOURS = 128
TOP = """# What the presets say

Made by `make gallery`; every sentence and figure comes from the run it names, at the defaults of the model. A result here is
a statement about the model; how far it survives other assumptions is another question, which the report of `counterpoise`
answers for the main job.
"""


def main(arguments: Sequence[str]) -> int:
    """Run the presets, write pictures and page; overrides apply to all of them. Returns the exit code."""
    parser = Parser("gallery", "Run every preset and keep a small figure and the findings of each in results/gallery. KEY=VALUE applies to all of them.")
    parser.add_argument("overrides", nargs="*", type=override, metavar="KEY=VALUE")
    overrides = parser.parse_args(list(arguments)).overrides
    try:
        sweeps, main_job = sweeping(overrides), load(overrides)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIG
    return attempted(lambda: _run(sweeps, main_job))


def sweeping(overrides: Sequence[str] = ()) -> dict[str, Sequence[Job]]:
    """The jobs of every preset that sweeps, by name; the others are settings for any command, without a figure of their own."""
    presets = {name: load_sweep([f"experiment={name}", *overrides], False) for name in options("experiment")}
    return {name: jobs for name, jobs in presets.items() if len(jobs) > 1 or jobs[0].points.names}


def _run(sweeps: Mapping[str, Sequence[Job]], main_job: Job) -> int:
    from experiments.compare import launch

    gallery = Path(main_job.run.results) / "gallery"
    sections = []
    for name, jobs in sweeps.items():
        if code := launch(jobs, f"counterpoise experiment={name}"):
            return code
        _keep(_latest(jobs[0]), FIGURES, gallery / f"{name}.png")
        sections.append(_section(name, jobs))
    if code := launch([main_job], "counterpoise"):
        return code
    _keep(_latest(main_job), ("paired",), gallery / f"{main_job.settings.world.name}.png")
    (gallery / "README.md").write_text("\n".join([TOP, *sections]), encoding="utf-8")
    print(gallery / "README.md")
    return OK


def _latest(job: Job) -> Path:
    """Folder of the latest run of a job."""
    return max((Path(job.run.results) / job.run.name).iterdir(), key=lambda folder: folder.name)


def _keep(run: Path, names: Sequence[str], target: Path) -> None:
    """Copy the first of some figures that a run has, in few colours."""
    from PIL import Image

    file = next(file for name in names if (file := run / "figures" / f"{name}.png").is_file())
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def _section(name: str, jobs: Sequence[Job]) -> str:
    """Question, command, figure and findings of a preset."""
    from experiments.report.sweep_headline import headline
    from experiments.reporting import sweep_of

    store = Store(Path(jobs[0].run.results) / "cells")
    sweep = sweep_of(jobs, [work_of(job.settings, job.points) for job in jobs], store)
    assert sweep is not None
    findings = "\n".join("\n  - ".join([f"- **{finding.about}.** {finding.text}", *finding.parts]) for finding in headline(sweep))
    return f"## {jobs[0].run.question}\n\n`counterpoise experiment={name}`\n\n![{name}]({name}.png)\n\n{findings}\n"
