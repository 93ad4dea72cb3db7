"""Read a file that anyone may have written: a regular file alone, and no more of it than is expected."""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path


class NotAFile(OSError):
    """What lies there is not read: a folder, a pipe, a device, or a file that is too large."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(0, reason, str(file))


def open_regular(file: Path) -> BufferedReader:
    """Open a regular file, or a link to one, to be read; a pipe is not waited for.

    Raises:
        NotAFile: It is something else.
        OSError: It cannot be opened.
    """
    try:
        mode = os.stat(file).st_mode
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotAFile(file, "it is a link to itself") from None
        raise
    _check(file, mode)  # before opening, which alone can set off a device
    opened = open(file, "rb", opener=_without_waiting)  # noqa: SIM115 - the caller closes it
    try:
        _check(file, os.fstat(opened.fileno()).st_mode)
    except NotAFile:
        opened.close()
        raise
    return opened


def read_bounded(file: Path, most: int) -> bytes:
    """The bytes of a regular file.

    Args:
        file: The file.
        most: Bytes beyond which it is not read.

    Raises:
        NotAFile: It is something else, or larger.
        OSError: It cannot be read.
    """
    with open_regular(file) as opened:
        size = os.fstat(opened.fileno()).st_size
        if size > most:
            raise NotAFile(file, f"it is larger than {most / 2**20:g} MiB")
        data = opened.read(size + 1)  # not `most`, for which Windows takes memory at once
        if len(data) > size:  # it grew meanwhile
            data += opened.read(most - size)
    if len(data) > most:
        raise NotAFile(file, f"it is larger than {most / 2**20:g} MiB")
    return data


def _without_waiting(file: str, flags: int) -> int:
    return os.open(file, flags | getattr(os, "O_NONBLOCK", 0))


def _check(file: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotAFile(file, "it is a folder" if stat.S_ISDIR(mode) else "it is not a regular file")
