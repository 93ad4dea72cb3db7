"""The columns of every table in results/README.md, from `experiments.runs.columns`; `make docs` writes them, a test keeps them in step."""

from itertools import groupby

from experiments.runs.columns import explained
from tests import pages

PAGE, NAME = pages.ROOT / "results" / "README.md", "columns"
#: Commands whose tables have a heading that is not simply theirs.
HEADS = {"compare": "A comparison (`counterpoise`)", "sweep": "A sweep (`counterpoise -m`, a preset, a design)", "replay": "`counterpoise replay --to FILE`"}


def body() -> str:
    """One table for each file, under the command that writes it; no date, so that it changes when the columns do."""
    parts = []
    for command, tables in groupby(explained().items(), key=lambda item: item[0].split("/")[0]):
        parts.append(f"### {HEADS.get(command, f'`counterpoise {command}`')}")
        for table, columns in tables:
            parts += [f"`{table.split('/')[1]}`", pages.table(["column", "meaning"], [[name, meaning] for name, meaning in columns.items()])]
    return "\n\n".join(parts)
