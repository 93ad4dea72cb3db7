"""The server of the page: it listens, shows the page, and ends cleanly."""

import asyncio
import logging
import os
import socket
import sys
import tempfile
import traceback
import webbrowser
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.configuration.errors import CommandError
from experiments.lab.safety import BOARD, COOKIE, MOST_BYTES, OF_REPORTS, Guard, is_loopback, new_code

try:
    # NiceGUI would keep values of pages in the current folder; nothing is kept.
    os.environ.setdefault("NICEGUI_STORAGE_PATH", os.path.join(tempfile.gettempdir(), "counterpoise-lab-keeps-nothing"))
    import uvicorn
    from fastapi import FastAPI, Request, Response
    from fastapi.responses import FileResponse
    from nicegui import app as nicegui_app
    from nicegui import ui
except ModuleNotFoundError as error:
    raise CommandError(f"the lab needs NiceGUI ({error.name} is not installed): pip install 'counterpoise[lab]'") from None

from experiments.lab.engine import FEW, steps
from experiments.lab.looks import CSS
from experiments.lab.page import Ask, Lab
from experiments.lab.question import Question
from experiments.lab.runs import report_of
from experiments.messages import printable

if TYPE_CHECKING:  # a class alone needs what it plays, and the libraries of that
    from experiments.lab.classroom.room import Room

#: Seconds that connections have to end.
PATIENCE = 1


@dataclass(frozen=True)
class Address:
    """Where the server listens.

    Attributes:
        host: Name or address of an interface.
        port: Its port; 0: a free one.
        code: The room code; empty where only this machine can reach it.
        teacher: The code of who controls the board of a class; empty where there is none.
        folder: The folder of the class; None: the page asks.
    """

    host: str
    port: int
    code: str
    teacher: str = ""
    folder: Path | None = None

    @property
    def link(self) -> str:
        """What a reader opens."""
        host = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def by_number(self) -> str:
        """The same by the number of this machine, which every device of its network finds; empty where it listens at one name alone."""
        number = _own_number() if self.host == "0.0.0.0" else ""
        return f"http://{number}:{self.port}/" if number else ""


def application(lab: Lab, host: str, code: str) -> Guard:
    """The page within its guard."""
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @outer.get("/report/{key}")
    def report(key: str) -> Response:
        file = report_of(key)
        if file is None:
            return Response("There is no such report.", 404, media_type="text/plain")
        return FileResponse(file, media_type="text/html", headers={"content-security-policy": OF_REPORTS})

    @ui.page("/", title="counterpoise lab", language="en-US")
    def ask(request: Request) -> None:
        ui.add_css(CSS)
        Ask(lab, ui.context.client, request.url.query)

    _run_with(outer)
    return Guard(outer, host, code)


def class_application(room: "Room", host: str) -> Guard:
    """The pages of a class within their guard: nothing of the page that asks is there, so that nobody saves files or starts runs on this machine."""
    from experiments.lab.classroom import seats
    from experiments.lab.classroom.board import Board
    from experiments.lab.classroom.export import zipped
    from experiments.lab.classroom.student import Student

    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @outer.get("/class.zip")
    def export(request: Request) -> Response:
        if not room.is_teacher(request.cookies.get(COOKIE)):
            return Response("Only the teacher takes everything.", 403, media_type="text/plain")
        return Response(zipped(room.folder, room.played), media_type="application/zip", headers={"content-disposition": "attachment; filename=class.zip"})

    @ui.page("/", title="counterpoise: hand in", language="en-US")
    def student(request: Request) -> None:
        ui.add_css(CSS)
        Student(room, ui.context.client, request.cookies.get(seats.COOKIE, ""))

    @ui.page(BOARD, title="counterpoise: the board", language="en-US")
    def board(request: Request) -> None:
        ui.add_css(CSS)
        Board(room, ui.context.client, teacher=room.is_teacher(request.cookies.get(COOKIE)))

    _run_with(outer)
    return Guard(seats.Seats(outer), host, "" if room.alone else room.kept.room, "" if room.alone else room.kept.teacher)


def _run_with(outer: FastAPI) -> None:
    nicegui_app.config.socket_io_js_transports = ["websocket"]
    ui.run_with(outer, title="counterpoise lab", tailwind=False, show_welcome_message=False, reconnect_timeout=10)


def serve(host: str, port: int, browser: bool, say: Callable[[str], None], folder: Path | None = None) -> None:
    """Show the page until Ctrl-C.

    Args:
        host: Where to listen.
        port: At which port; 0: a free one.
        browser: Whether to open it in the browser of this machine.
        say: Prints a line.
        folder: The folder of a class; None: the page asks.

    Raises:
        OSError: It cannot listen there, or the folder cannot be used.
    """
    with closing(_listening(host, port)) as listening:
        port, alone = listening.getsockname()[1], is_loopback(host)
        if folder is not None:
            from experiments.lab.classroom.room import opened

            with closing(opened(folder, alone=alone, say=say)) as room:
                address = Address(host, port, *(("", "") if alone else (room.kept.room, room.kept.teacher)), folder)
                room.where = address.by_number or address.link
                _run(class_application(room, host), listening, lambda: _say(address, browser, say))
            return
        with closing(Lab()) as lab:
            list(steps(Question(), FEW, lab.outcomes))  # what the first page shows; libraries are imported on the way
            address = Address(host, port, "" if alone else new_code())
            _run(application(lab, host, address.code), listening, lambda: _say(address, browser, say))


def _run(application: Guard, listening: socket.socket, up: Callable[[], None]) -> None:
    config = uvicorn.Config(application, log_level="error", access_log=False, server_header=False, ws_max_size=MOST_BYTES, ws="websockets-sansio",
                            timeout_graceful_shutdown=PATIENCE, timeout_keep_alive=30, lifespan="on")
    logging.getLogger("uvicorn.error").addFilter(_is_not_the_end)
    for name in ("uvicorn.error", "engineio.server", "asyncio"):
        logging.getLogger(name).addFilter(_is_no_strange_message)
    _Server(config, up).run([listening])


def _is_not_the_end(record: logging.LogRecord) -> bool:
    """Whether a line of the log is about anything but the end: a server that is stopped while it waits logs that as an error, with a traceback."""
    return "CancelledError" not in record.getMessage() and not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _is_no_strange_message(record: logging.LogRecord) -> bool:
    """Whether a line of the log is about anything but a message that no page sends: whoever reaches the server could fill the terminal with tracebacks.

    NiceGUI logs what fails in the page's own code itself.
    """
    error = record.exc_info[1] if record.exc_info else None
    modules = (frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__ if error else None))
    return not any(module.split(".")[0] in ("engineio", "socketio") for module in modules)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise CommandError(f"--host {host}: there is no such name or address on this machine") from None
    listening = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(where)
    except OSError as error:
        listening.close()
        raise CommandError(f"cannot listen at {host}, port {port}: {error.strerror}; give another one with --port") from None
    listening.listen(128)
    return listening


def _say(address: Address, browser: bool, say: Callable[[str], None]) -> None:
    say(f"{address.link}  (Ctrl-C ends it)")
    if address.by_number:
        say(f"or, where that name is not known: {address.by_number}")
    if address.code:
        say(f"room code: {address.code}")
    if address.folder is not None:
        board = f"{address.link.rstrip('/')}{BOARD}"
        say(f"the board: {board}")
        if address.teacher:
            say(f"teacher's code: {address.teacher}  (whoever enters with it controls the board, everybody else may look)")
        say(f"what students hand in: {printable(str(address.folder), 1000)}")
    if browser:
        webbrowser.open(address.link if address.folder is None else f"{address.link.rstrip('/')}{BOARD}{f'?room={address.teacher}' * bool(address.teacher)}")


def _own_number() -> str:
    """The number of this machine in its network, empty where it has none; a datagram socket finds it without sending anything."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return ""


class _Server(uvicorn.Server):
    """A server that says when it is up, and leaves signals to whoever started it where the main thread is not its own."""

    def __init__(self, config: uvicorn.Config, up: Callable[[], None]) -> None:
        super().__init__(config)
        self._up = up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._up()
