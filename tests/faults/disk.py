"""A disk that fails: the n-th of all calls that open, read, write, sync, rename or make a folder below the current one."""

import builtins
import errno
import io
import os
from pathlib import Path

#: What can be wrong, by call.
ERRORS = {"read": errno.EIO, "fsync": errno.EIO}


class FailingDisk:
    """Counts calls below a folder and fails some of them.

    Args:
        folder: Files elsewhere are let through and not counted.
        n: The first call that fails, from 1; 0: none does.
        for_good: Whether all after it fail too, as on a full disk.
    """

    def __init__(self, folder: str, n: int, for_good: bool) -> None:
        self.folder, self.n, self.for_good, self.calls = f"{folder}/", n, for_good, 0
        self.plain = {name: getattr(os, name) for name in ("open", "mkdir", "replace", "rename", "fsync")}
        self.open = io.open

    def install(self) -> None:
        """Take the place of the real calls, for good."""
        builtins.open = io.open = self.opened
        for name in self.plain:
            setattr(os, name, self.counted(name))

    def count(self, call: str) -> None:
        self.calls += 1
        if self.n and (self.calls >= self.n if self.for_good else self.calls == self.n):
            number = ERRORS.get(call, errno.ENOSPC)
            raise OSError(number, os.strerror(number))

    def holds(self, file: object) -> bool:
        if not isinstance(file, (str, bytes, os.PathLike)):
            return False
        return os.path.abspath(os.fsdecode(file)).startswith(self.folder)

    def counted(self, name: str):
        def call(first, *arguments, **words):
            there = name == "mkdir" and os.path.isdir(first)  # pathlib makes what is there again and minds no failure: nor do we
            if (name == "fsync" or self.holds(first)) and not there:
                self.count(name)
            return self.plain[name](first, *arguments, **words)

        return call

    def opened(self, file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
        """`open` on a file whose reads and writes are counted where they reach the system, buffered as ever."""
        if not self.holds(file):
            return self.open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        self.count("open")
        disk = self

        class File(io.FileIO):
            def write(self, data):
                disk.count("write")
                return super().write(data)

            def readall(self):
                disk.count("read")
                return super().readall()

            def readinto(self, buffer):
                disk.count("read")
                return super().readinto(buffer)

        raw = File(file, mode.replace("b", "").replace("t", ""), closefd, opener)
        buffered = (io.BufferedRandom if "+" in mode else io.BufferedReader if "r" in mode else io.BufferedWriter)(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)


def install(folder: Path, n: int, for_good: bool) -> FailingDisk:
    disk = FailingDisk(str(folder), n, for_good)
    disk.install()
    return disk
