"""`counterpoise lab`: a local page in the browser, to ask and to try; with `--class`, a class that plays."""

import argparse
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from experiments.commands.command import Parser, whole
from experiments.configuration.errors import OK
from experiments.messages import shortened

#: Where the page listens unless another place is named: this machine alone can reach it.
HOST, PORT = "127.0.0.1", 8246


def main(arguments: Sequence[str]) -> int:
    """Show the page until Ctrl-C; prints its address. Returns the exit code, 0."""
    parser = Parser("lab", "Open a page in the browser that answers as you ask: sliders, charts, the command that gives the same numbers. With --class, "
                           "students hand in strategies from any device, and a board ranks them. Ctrl-C ends it.")
    parser.add_argument("--host", default=HOST, metavar="HOST", help=f"where to listen (default {HOST}: this machine alone); elsewhere a room code is needed")
    parser.add_argument("--port", type=whole(0, 65535), default=PORT, metavar="PORT", help=f"at which port (default {PORT}; 0: a free one)")
    parser.add_argument("--class", dest="folder", type=class_folder, metavar="FOLDER",
                        help="a class: strategies are handed in into FOLDER, which also keeps the rounds; add --host 0.0.0.0 so that students can open the "
                             "page. Whoever enters with the teacher's code controls the board, everybody else may look")
    parser.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    options = parser.parse_args(list(arguments))
    from experiments.lab.server import serve  # with NiceGUI, which nothing else needs

    with suppress(KeyboardInterrupt):
        serve(options.host, options.port, not options.no_browser, lambda text: print(text, flush=True), options.folder)
    return OK


def class_folder(word: str) -> Path:
    """A folder, or the name of one to be made in a folder that is there."""
    if not word or "\0" in word or not (os.path.isdir(word) or (os.path.isdir(Path(word).absolute().parent) and not os.path.lexists(word))):
        raise argparse.ArgumentTypeError(f"{shortened(word)} is not a folder, and cannot be made one")
    return Path(word)
