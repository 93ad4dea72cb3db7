"""The server of the page: it listens, shows the page, and ends cleanly."""

import os
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass

from experiments.configuration.errors import CommandError
from experiments.lab.safety import MOST_BYTES, OF_REPORTS, Guard, is_loopback, new_code

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

#: Seconds that connections have to end.
PATIENCE = 1


@dataclass(frozen=True)
class Address:
    """Where the server listens.

    Attributes:
        host: Name or address of an interface.
        port: Its port; 0: a free one.
        code: The room code; empty where only this machine can reach it.
    """

    host: str
    port: int
    code: str

    @property
    def link(self) -> str:
        """What a reader opens."""
        host = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


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

    nicegui_app.config.socket_io_js_transports = ["websocket"]
    ui.run_with(outer, title="counterpoise lab", tailwind=False, show_welcome_message=False, reconnect_timeout=10)
    return Guard(outer, host, code)


def serve(host: str, port: int, browser: bool, say: Callable[[str], None]) -> None:
    """Show the page until Ctrl-C.

    Args:
        host: Where to listen.
        port: At which port; 0: a free one.
        browser: Whether to open it in the browser of this machine.
        say: Prints a line.

    Raises:
        OSError: It cannot listen there.
    """
    listening = _listening(host, port)
    address = Address(host, listening.getsockname()[1], "" if is_loopback(host) else new_code())
    lab = Lab()
    try:
        list(steps(Question(), FEW, lab.outcomes))  # what the first page shows; libraries are imported on the way
        config = uvicorn.Config(application(lab, host, address.code), log_level="error", access_log=False, server_header=False, ws_max_size=MOST_BYTES,
                                ws="websockets-sansio", timeout_graceful_shutdown=PATIENCE, timeout_keep_alive=30, lifespan="on")
        server = _Server(config, lambda: _say(address, browser, say))
        server.run([listening])
    finally:
        lab.close()
        listening.close()


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
    if address.code:
        say(f"room code: {address.code}")
    if browser:
        webbrowser.open(address.link)


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
