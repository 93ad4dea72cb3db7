"""What runs a results folder holds: read from the beginning of each manifest, the newest first."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from experiments.cells.store import PART
from experiments.configuration.bounded import NotAFile, open_regular
from experiments.configuration.overrides import recorded, words_of
from experiments.messages import printable
from experiments.runs.folder import TIME
from experiments.runs.manifest import ANALYSES, LONGEST, MOST_BYTES, SUM

#: Name of the link to the last run, or of the file that holds its path where there are no links.
LATEST = "latest"
#: Bytes from the beginning of a manifest in which everything stands that is shown, and how many are read at a time.
HEAD, PIECE = 2**18, 2**20
#: How a manifest ends: with the checksum of all that stands before.
_SEAL = re.compile(rf',\n "{SUM}": "([0-9a-f]{{64}})"\n}}\n'.encode())
_SEAL_BYTES = len(f',\n "{SUM}": "{"0" * 64}"\n}}\n')


@dataclass(frozen=True)
class Entry:
    """A run as lists show it; all text in it can be printed.

    Attributes:
        folder: Its folder.
        time: When it was made, in UTC.
        question: The question it answers; empty where none was recorded.
        command: What makes it again; empty where it is not a command of ours.
        overridden: Words of the command that set something.
        headline: Its first finding; empty where none was recorded.
        problem: Why its manifest cannot be read; empty where it can.
    """

    folder: Path
    time: str
    question: str = ""
    command: str = ""
    overridden: Sequence[str] = ()
    headline: str = ""
    problem: str = ""


def folders(results: Path) -> list[Path]:
    """Folders of finished runs, the newest first."""
    there = [file.parent for file in results.glob("*/*/manifest.json") if file.parent.parent.name != LATEST]
    return sorted(there, key=lambda folder: (folder.name, folder.parent.name), reverse=True)


def entries(results: Path, most: int | None = None) -> Iterator[Entry]:
    """So many runs at most, the newest first; one whose manifest is damaged, or not one of ours, says so."""
    return map(_entry, islice(folders(results), most))


def point_to(results: Path, run: Path) -> None:
    """Let `results/latest` be the run: a link, or a file that holds the path where there are none. A folder of that name stays.

    Raises:
        OSError: It cannot be written.
    """
    latest = results / LATEST
    if latest.is_dir() and not latest.is_symlink():
        return
    target = run.resolve().relative_to(results.resolve())
    temporary = results / f"{LATEST}.{os.getpid()}-{os.urandom(4).hex()}{PART}"
    with suppress(OSError, NotImplementedError):
        if os.name != "nt":  # there a link to a folder takes rights, and cannot be renamed over another one
            temporary.symlink_to(target, target_is_directory=True)
    if not temporary.is_symlink():
        temporary.write_text(f"{target.as_posix()}\n", encoding="utf-8", newline="\n")
    try:
        temporary.replace(latest)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def _entry(folder: Path) -> Entry:
    time = _time(folder.name)
    try:
        head = _head(folder / "manifest.json")
        command = _text(head, "command")
    except OSError as error:
        return Entry(folder, time, problem=error.strerror or "it cannot be read")
    except ValueError as error:
        return Entry(folder, time, problem=printable(str(error), LONGEST))
    try:
        words = words_of(command, (*ANALYSES, "compare"))
        shown = printable(recorded(words), LONGEST)
    except ValueError:
        words, shown = [], ""
    overridden = [printable(word) for word in words if "=" in word and not word.startswith("experiment=")]
    return Entry(folder, time, _optional(head, "question", 2), shown, overridden, _optional(head, "headline"))


def _time(name: str) -> str:
    try:
        return f"{datetime.strptime(name, TIME):%Y-%m-%d %H:%M}"
    except ValueError:
        return printable(name)


def _head(file: Path) -> str:
    """The beginning of a manifest that ends with its own checksum.

    Raises:
        OSError: It cannot be read.
        ValueError: It is damaged, or not a manifest.
    """
    with open_regular(file) as opened:
        rest = os.fstat(opened.fileno()).st_size - _SEAL_BYTES
        if rest > MOST_BYTES:
            raise NotAFile(file, "it is too large")
        head, digest = b"", hashlib.sha256()
        while rest > 0 and (data := opened.read(min(PIECE, rest))):
            rest -= len(data)
            digest.update(data)
            head += data[:HEAD - len(head)]
        seal = _SEAL.fullmatch(opened.read(_SEAL_BYTES + 1))
    digest.update(b"\n}")
    if seal is None or seal[1].decode() != digest.hexdigest():
        raise ValueError("damaged: its checksum is wrong")
    return head.decode("utf-8", "replace")


def _text(head: str, key: str, depth: int = 1) -> str:
    """The first text under a key so many levels deep; each key has a line of its own.

    Raises:
        ValueError: There is none.
    """
    line = re.search(rf'^ {{{depth}}}"{key}": (".*"),?$', head, re.MULTILINE)
    if line is None or not isinstance(text := json.loads(line[1]), str):
        raise ValueError(f"not a manifest: it has no {key}")
    return text


def _optional(head: str, key: str, depth: int = 1) -> str:
    try:
        return printable(_text(head, key, depth), LONGEST)
    except ValueError:
        return ""
