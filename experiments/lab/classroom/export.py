"""Everything of a class as a zip: strategies, the result of each round as CSV, and how to run it again."""

import io
import re
import zipfile
from pathlib import Path

import pandas as pd

from experiments.configuration.overrides import recorded
from experiments.configuration.yaml_files import MAX_BYTES
from experiments.lab.classroom.league import WORLDS
from experiments.lab.classroom.rounds import Played
from experiments.lab.question import overrides, question_of
from experiments.messages import printable
from experiments.runs.folder import write_csv

ABOUT = """# A class with counterpoise

- `handed_in/` holds the strategies as they were handed in last.
- `round_1/` and so on hold each round: `result.csv`, and in `strategies/` the strategies as they were played.
- `round_1.json` and so on beside this file continue the class: put them with the files of `handed_in/` into one folder and name it with
  `counterpoise lab --class FOLDER`.

`score` is the return weighed by the class, less that of the reference strategy on the same worlds; `_low` and `_high` are the ends of its 95 % interval.
`economic` is in log points (0.01 is 1 % of consumption), `trust` from 0 to 1. Entrants that cannot be distinguished share a place.
"""


def zipped(folder: Path, played: list[Played]) -> bytes:
    """The zip.

    Args:
        folder: The folder of the class.
        played: Its rounds.

    Raises:
        OSError: The folder cannot be read.
    """
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            if file.suffix in (".yaml", ".yml") and file.is_file() and not file.is_symlink() and file.stat().st_size <= MAX_BYTES:
                archive.writestr(f"handed_in/{_safe(file.name)}", file.read_bytes())
        for each in played:
            archive.writestr(f"round_{each.number}.json", each.model_dump_json(indent=1))
            archive.writestr(f"round_{each.number}/result.csv", table(each))
            for name, text in each.strategies.items():
                archive.writestr(f"round_{each.number}/strategies/{_safe(name)}", text)
        archive.writestr("README.md", "\n".join([ABOUT, *(_about(each) for each in played)]))
    return result.getvalue()


def table(played: Played) -> str:
    """The result of a round as CSV, in which a spreadsheet takes no name for a formula."""
    text = io.StringIO()
    write_csv(text, pd.DataFrame([line.model_dump() for line in played.lines]))
    return text.getvalue()


def command(played: Played) -> str:
    """The command that gives the numbers of a round again, where the zip was unpacked."""
    question = question_of(played.question)
    kept = [word for word in overrides(question) if word.startswith(("world=", "focal=", "scenario.events=", "payoff.weights="))]
    return recorded(["counterpoise", "rank", f"round_{played.number}/strategies", f"--scenarios={question.scenario}", f"n_worlds={WORLDS}", *kept])


def _about(played: Played) -> str:
    lines = [f"## Round {played.number}", "", *(printable(words, 1000) for words in played.words), "", "```", command(played), "```", ""]
    return "\n".join([*lines, *(f"- took no part: {printable(file, 200)}: {printable(reason, 300)}" for file, reason in played.refused.items())])


def _safe(name: str) -> str:
    """The name of a file within its folder, whatever it says."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name).lstrip(".") or "_"
