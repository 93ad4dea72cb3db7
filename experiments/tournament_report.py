"""From what was played out to a run folder: tables, figures and page."""

from collections.abc import Collection, Sequence
from pathlib import Path

from experiments import imitation, imitation_report, run_folder
from experiments.cells import Batch
from experiments.config import Job
from experiments.policy_game import Solution
from experiments.policy_game_report import part_of
from experiments.report import conclusions
from experiments.report.analysis_page import Part, render_analysis
from experiments.reporting import write_analysis
from experiments.runner import Work
from experiments.stopwatch import Stopwatch
from experiments.tournament import Asked

NAME = "tournament"


def report(asked: Asked, solution: Solution | None, copied: imitation.Found | None, jobs: Sequence[Job], works: Sequence[Work], lost: Collection[str],
           watch: Stopwatch) -> Path:
    """Write tables, figures, page and manifest into a new run folder; prints the findings.

    Args:
        asked: What was asked for.
        solution: The game of the powers, where it was played.
        copied: What came of imitation, where it was played.
        jobs: One for each pair of policies of the game.
        works: Their cells.
        lost: Keys of cells that could not be computed.
        watch: Counts the time.

    Returns:
        The path of the page.

    Raises:
        OSError: Something cannot be written.
    """
    folder = run_folder.create(asked.job.run.results, NAME)
    with watch.on("drawing"):
        parts = [part_of(solution, asked.job, folder)] if solution is not None else []
        parts += [_of_imitation(copied, asked.job, folder)] if copied is not None else []
    with watch.on("writing"):
        page = render_analysis(
            title="Everybody chooses", command=asked.command, lead=[text for part in parts for text in part.lead],
            findings=[finding for part in parts for finding in part.findings], caveats=[text for part in parts for text in part.caveats],
            conclusions=conclusions.table(
                [row for part in parts for row in part.conclusions], "the prices of influence (game of the powers) and of the variants (imitation)"),
            pictures=[picture for part in parts for picture in part.pictures], tables=[table for part in parts for table in part.tables],
            hashes={"settings": run_folder.settings_hash(asked.job.settings)})
    for part in parts:
        for finding in part.findings:
            print("\n  - ".join([f"{finding.about}. {finding.text}", *finding.parts]))
    frames = {name: frame for part in parts for name, frame in part.frames.items()}
    # The settings of all pairs but for the policies are the same, so the manifest holds them once; the cells of all pairs are in it.
    batches: list[Batch] = [*works, *([copied.batch] if copied is not None else [])]
    return write_analysis(folder, frames, page, (jobs or [asked.job])[:1], batches[:1], batches[1:], frozenset(lost), asked.command, watch)


def _of_imitation(copied: imitation.Found, job: Job, folder: Path) -> Part:
    lead = [f"And among the members of ASEAN, all of which choose and copy: {imitation.about(copied.asked).removeprefix('imitation: ')}."]
    return Part(lead, imitation_report.findings(copied), imitation_report.caveats(copied), imitation_report.pictures(copied, job, folder),
                imitation_report.conclusions(copied), imitation_report.tables(copied), imitation_report.frames(copied))
