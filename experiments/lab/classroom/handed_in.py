"""The strategies that a class has handed in: one file for each name in one folder, written whole, and never by anybody but the device that wrote it first."""

import hashlib
import re
import threading
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from experiments.cells.store import write_whole
from experiments.configuration.entries import Entry, Refused, sorted_out, strategy_in
from experiments.configuration.errors import CommandError
from experiments.configuration.yaml_files import read_text
from experiments.lab.own_files import strategy_yaml
from experiments.messages import steering, trouble
from experiments.words import plural
from sim.strategies.strategy import Strategy

#: Characters of a name, of the text of a strategy, and of the part of a name that its file shows.
NAME_LENGTH, TEXT_LENGTH, SLUG_LENGTH = 40, 16_384, 30
#: Strategies of one class, and of one device.
MOST, MOST_OF_ONE = 100, 5
#: The first line of a file says whose it is, by a digest from which no cookie follows.
OWNER = "# handed in by device "


@dataclass(frozen=True)
class HandedIn:
    """The folder of a class.

    Attributes:
        folder: Where the files are; students write nothing else.
    """

    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def entries(self, taken: Collection[str]) -> tuple[list[Entry], list[Refused]]:
        """The strategies that take part, and the files that are wrong with the reason; of very many files the reason alone."""
        try:
            return sorted_out(self.folder, taken)
        except CommandError as error:
            return [], [Refused(self.folder.name, str(error))]

    def of_device(self, seat: str) -> list[Strategy]:
        """What a device has handed in, the latest first; files that were broken since are not among it."""
        files = sorted(self._files_of(seat), key=lambda file: -file.stat().st_mtime_ns)
        return [strategy for file in files if (strategy := strategy_in(read_text(file.read_text(encoding="utf-8", errors="replace")))[0]) is not None]

    def hand_in(self, name: str, text: str, seat: str) -> Strategy:
        """Write the strategy in a text under a name; one that the same device handed in under this name is replaced.

        Args:
            name: What the board shows.
            text: YAML of a strategy; its numbers and texts count, its key and its label follow from the name.
            seat: The secret of the device.

        Raises:
            CommandError: The name or the text is wrong, the name is another device's, or there are too many; nothing is written.
            OSError: It cannot be written.
        """
        name = checked_name(name)
        strategy = checked_text(text).model_copy(update={"name": key_of(name), "label": name})
        made = strategy_yaml(strategy)
        checked_text(made)  # a name may hold what no file may
        file = self.folder / file_of(name)
        with self._lock:
            if file.exists() or file.is_symlink():
                if _owner(file) != digest(seat):
                    raise CommandError(f"{name} is the name of somebody else's strategy; choose another name")
            elif len(self._files_of(seat)) >= MOST_OF_ONE:
                raise CommandError(f"this device has handed in {MOST_OF_ONE} strategies; use one of their names again, and the new one replaces it")
            elif len(self._files()) >= MOST:
                raise CommandError(f"the class has handed in {plural(MOST, 'strategy')}, and there is room for no more")
            write_whole(file, f"{OWNER}{digest(seat)}\n{made}".encode())
        return strategy

    def seen(self) -> tuple[tuple[str, int, int], ...]:
        """What changes whenever a file does: name, time and size of each."""
        result = []
        for file in self._files():
            try:
                about = file.stat()
            except OSError:  # it is gone meanwhile
                continue
            result.append((file.name, about.st_mtime_ns, about.st_size))
        return tuple(result)

    def _files(self) -> list[Path]:
        return sorted(file for file in self.folder.iterdir() if file.suffix in (".yaml", ".yml"))

    def _files_of(self, seat: str) -> list[Path]:
        return [file for file in self._files() if _owner(file) == digest(seat)]


def checked_name(name: str) -> str:
    """A name as the board shows it.

    Raises:
        CommandError: It cannot be one.
    """
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    if not name:
        raise CommandError("a name is missing: write yours, or that of your team")
    if len(name) > NAME_LENGTH:
        raise CommandError(f"the name is too long: it may have {NAME_LENGTH} characters")
    if sign := steering(name):
        raise CommandError(f"the name holds {trouble(sign)}")
    return name


def checked_text(text: str) -> Strategy:
    """The strategy in a text, checked as strictly as any file.

    Raises:
        CommandError: Something is wrong in it; the first problem with its line.
    """
    if len(text) > TEXT_LENGTH:
        raise CommandError(f"the text is too long: it may have {TEXT_LENGTH:,} characters")
    strategy, problem = strategy_in(read_text(text))
    if strategy is None:
        raise CommandError(problem)
    return strategy


def key_of(name: str) -> str:
    """The key of a strategy, of letters a to z and digits alone, by its name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:SLUG_LENGTH].strip("_") or f"entry_{digest(name)[:6]}"


def file_of(name: str) -> str:
    """The file of a name: names that differ have different files, whatever signs they hold, and capital letters make no difference."""
    return f"{key_of(name)}-{digest(name.casefold())[:10]}.yaml"


def digest(text: str) -> str:
    """What stands for a text from which it does not follow."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _owner(file: Path) -> str:
    """The device that handed a file in; empty where none did."""
    try:
        if not file.is_file():
            return ""
        with file.open(encoding="utf-8", errors="replace") as stream:
            line = stream.readline(200)
    except OSError:
        return ""
    return line.removeprefix(OWNER).strip() if line.startswith(OWNER) else ""
