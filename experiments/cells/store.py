"""The store: one checksummed file per cell, written whole."""

import errno
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from experiments.cells.archive import MOST_BYTES, DamagedCell, MissingCell, Outcome, unpacked
from experiments.cells.cell import AnyCell
from experiments.configuration.bounded import NotAFile, read_bounded

SUFFIX, FAILED_SUFFIX = ".npz", ".json"
#: End of the name of a file that is being written; start of the name of a file by which a running command marks the folder.
PART, SIGN = ".part", ".run-"
#: Seconds after which an unfinished file belongs to a killed run: writing takes far less than a day, and a
#: long run can do without its sign (see `experiments.cells.simulate.compute_cell`).
ABANDONED = 24 * 3600
#: Seconds before a refused renaming is tried again.
PAUSES = (0.01, 0.1, 1.0)


@dataclass(frozen=True)
class Store:
    """A folder of cells that any number of runs share, at once too.

    Attributes:
        folder: The folder; made when something is written.
    """

    folder: Path

    def path(self, key: str) -> Path:
        """Where the cell of that key is or will be."""
        return self.folder / key[:2] / f"{key}{SUFFIX}"

    def read(self, key: str) -> Outcome:
        """A cell, checked.

        Raises:
            MissingCell: There is none.
            DamagedCell: Its file is not what was written.
        """
        try:
            return unpacked(self._bytes(key), key)[1]
        except NotAFile as error:
            raise DamagedCell(f"{self.path(key)}: {error.strerror}") from None
        except DamagedCell as error:
            raise DamagedCell(f"{self.path(key)}: {error}") from None

    def _bytes(self, key: str) -> bytes:
        try:
            return read_bounded(self.path(key), MOST_BYTES)
        except FileNotFoundError:
            raise MissingCell(f"there is no cell {key}") from None

    def holds(self, key: str) -> bool:
        """Whether there is a valid cell of that key."""
        try:
            self.read(key)
        except (MissingCell, DamagedCell):
            return False
        return True

    def set_aside(self, key: str) -> None:
        """Copy a damaged file to `damaged/`, so that it can be inspected.

        The file itself stays until a valid one is renamed over it: moving it away could move the valid one
        that another run has just written. What is not read, such as a folder or a pipe, is moved.

        Raises:
            OSError: It cannot be read or written.
        """
        aside = self.folder / "damaged"
        aside.mkdir(exist_ok=True)
        with suppress(MissingCell):
            try:
                data = self._bytes(key)
            except NotAFile:
                self.path(key).replace(aside / f"{key}.{os.urandom(8).hex()}")
            else:
                write_whole(aside / f"{key}.{hashlib.sha256(data).hexdigest()[:16]}", data)

    def sweep(self) -> None:
        """Delete what killed runs left behind: temporary files and signs so old that no run can still be writing them."""
        old = time.time() - ABANDONED
        for pattern in ("*/*" + PART, SIGN + "*"):
            for file in self.folder.glob(pattern):
                with suppress(FileNotFoundError):  # another run was faster
                    if file.stat().st_mtime < old:
                        file.unlink()

    @contextmanager
    def marked(self) -> Iterator[str]:
        """Mark the folder by a file, whose name it gives: by it a worker on another machine knows whether it sees the same folder."""
        sign = self.folder / f"{SIGN}{os.getpid()}-{os.urandom(8).hex()}"
        self.folder.mkdir(parents=True, exist_ok=True)
        sign.touch()
        try:
            yield sign.name
        finally:
            sign.unlink(missing_ok=True)

    def write(self, key: str, data: bytes) -> None:
        """Write a cell's file whole or not at all: a reader sees either nothing or all of it.

        Raises:
            OSError: It cannot be written; nothing is left behind.
        """
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, data)

    def write_failed(self, cell: AnyCell) -> Path:
        """Keep the description of a cell that could not be computed, so that it can be inspected; returns its file.

        Raises:
            OSError: It cannot be written.
        """
        target = self.folder / "failed" / f"{cell.key}{FAILED_SUFFIX}"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, cell.description)
        return target

    def keys(self) -> Iterator[str]:
        """Keys of all files, sorted; none of them has been checked."""
        return (file.stem for file in sorted(self.folder.glob(f"[0-9a-f][0-9a-f]/*{SUFFIX}")))


def write_whole(target: Path, data: bytes) -> None:
    """Write a file under a temporary name, flush it to the disk, rename it.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    temporary = target.with_name(f"{target.name}.{os.getpid()}-{os.urandom(4).hex()}{PART}")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            _sync(file.fileno())
        _rename(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            error.filename = error.filename or str(target)  # what cannot be written or synced has no name of its own
        raise


def _rename(file: Path, target: Path) -> None:
    """Rename a file; Windows refuses that for as long as someone reads the target, such as another run."""
    for pause in PAUSES:
        with suppress(PermissionError):
            file.replace(target)
            return
        time.sleep(pause)
    file.replace(target)


def _sync(number: int) -> None:
    """Flush a file to the disk, where the file system can: some network shares answer that they do not."""
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
