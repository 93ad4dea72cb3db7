"""What reaches the lab: only its own readers, by its own page; it ends cleanly."""

import ast
import asyncio
import logging
import re
import socket
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

import experiments
from experiments.lab import safety, server
from experiments.lab.safety import COOKIE, Guard, is_loopback, new_code
from tests.experiments.lab import few
from tests.experiments.lab.page import Page
from tests.experiments.lab.running import Running
from tests.experiments.report.test_browser import CHROMIUM, Browser

pytest.importorskip("nicegui", reason="NiceGUI is not installed: pip install 'counterpoise[lab]'")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("lab"), module=few.__name__)
    yield running
    assert running.end() == 0
    missing = re.compile(rf"{running.link}\S* not found\n")  # a line for each page that is not there; nothing else that is sent fills the terminal
    assert [line for line in running.lines[1:] if not missing.fullmatch(line)] == []


def answer(lab: Running, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection("127.0.0.1", lab.port, timeout=60)
    try:
        connection.request(method, path, body, {"Host": f"127.0.0.1:{lab.port}"} | headers)
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read().decode()
    finally:
        connection.close()


def test_the_page_is_there_and_may_load_nothing_from_elsewhere(lab: Running) -> None:
    status, headers, text = answer(lab, "GET", "/", {})
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", text)


@pytest.mark.parametrize("path", ["/", "/report/x", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"])
@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"Host": "evil.example:8246"}, {"Host": "127.0.0.1.evil.example"}, {"Host": "10.0.0.7"}, {"Host": ""},
    {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}])
def test_a_foreign_host_or_origin_is_refused(lab: Running, path: str, headers: dict[str, str]) -> None:
    assert answer(lab, "GET", path, headers)[0] == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/_nicegui/client/x/upload/1"])
def test_no_request_but_one_that_reads_is_answered(lab: Running, method: str, path: str) -> None:
    assert answer(lab, method, path, {}, b"{}")[0] == 403


def test_a_body_is_not_taken(lab: Running) -> None:
    assert answer(lab, "GET", "/", {}, b"x" * 70_000)[0] == 403


@pytest.mark.parametrize("path", ["/report/..%2f..%2fetc%2fpasswd", "/report/../../etc/passwd", "/report/manifest.json", "/docs", "/openapi.json", "/x"])
def test_nothing_else_is_served(lab: Running, path: str) -> None:
    assert answer(lab, "GET", path, {})[0] == 404


@pytest.mark.parametrize(("origin", "status"), [(None, "403"), ("http://evil.example", "403"), ("own", "101")])
def test_only_the_page_itself_opens_a_connection(lab: Running, origin: str | None, status: str) -> None:
    own = f"127.0.0.1:{lab.port}"
    lines = ["GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1", f"Host: {own}", "Upgrade: websocket", "Connection: Upgrade",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
    lines += [] if origin is None else [f"Origin: {f'http://{own}' if origin == 'own' else origin}"]
    with socket.create_connection(("127.0.0.1", lab.port), 30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert connection.recv(100).decode().split()[1] == status


def test_strange_messages_leave_the_page_alone(lab: Running, tmp_path: Path) -> None:
    client = re.search(r"client_id\W+([0-9a-f-]{36})", answer(lab, "GET", "/", {})[2])
    assert client is not None
    given = f"client_id={client[1]}&next_message_id=0&implicit_handshake=true"
    for query in (given, f"{given}&tab_id=a", f"{given}&tab_id=a&document_id=b", given.replace("=0", "=x") + "&tab_id=a&document_id=b", ""):
        with talking(lab, query) as connection:
            for message in ("40", '42["event",{}]', '42["ack",5]', '42["handshake",{}]', '42["log"]', '42["', "49", "4z", "x"):
                connection.send(message)
            with suppress(ConnectionClosed):  # the last one ends the connection
                while True:
                    connection.recv(30)
    assert answer(lab, "GET", "/", {})[0] == 200
    if CHROMIUM is not None:
        browser = Browser(tmp_path / "profile")
        try:
            Page(browser, lab.link)  # waits until it is ready
        finally:
            browser.end()


def talking(lab: Running, query: str) -> ClientConnection:
    """A connection that a page could have opened."""
    own = f"127.0.0.1:{lab.port}"
    return connect(f"ws://{own}/_nicegui_ws/socket.io/?EIO=4&transport=websocket&{query}", origin=Origin(f"http://{own}"))


@pytest.mark.parametrize("link", ["world=../../etc/passwd", "scenario=%3Cscript%3Ealert(1)%3C/script%3E", "policy.coercion.punish=9", "x=1", "a" * 5000])
def test_a_strange_link_opens_the_page_and_is_refused_in_words(lab: Running, link: str) -> None:
    status, _, text = answer(lab, "GET", f"/?{link}", {})
    assert status == 200
    assert "The link could not be used" in text
    assert "<script>alert" not in text


def test_the_lab_writes_nothing_into_the_current_folder(lab: Running) -> None:
    answer(lab, "GET", "/", {})
    assert list(lab.folder.iterdir()) == []


def test_ctrl_c_ends_it_cleanly_and_leaves_no_process(tmp_path: Path) -> None:
    """Also while an open page computes and a run in full is under way, where there is a browser."""
    running, browser = Running(tmp_path), None if CHROMIUM is None else Browser(tmp_path / "profile")
    try:
        assert answer(running, "GET", "/", {})[0] == 200
        if browser is not None:
            page = Page(browser, f"{running.link}?strategies=status_quo,equidistance&sweep=parameters.rivalry_mean,parameters.backlash",
                        ready="!!document.querySelector('.phase svg')")
            page.press("Run in full")
            page.wait("document.querySelector('.progress').innerText.includes('worlds')", 60)  # the plan of the command
            assert len(processes_in(tmp_path)) > 1  # the server and the command
        assert running.end() == 0
    finally:
        if browser is not None:
            browser.end()
    assert running.left == []
    assert processes_in(tmp_path) == []
    assert len(running.lines) == 1


@pytest.mark.parametrize(("message", "error", "shown"), [
    ("Traceback (most recent call last):\nasyncio.exceptions.CancelledError", None, False), ("a fault", asyncio.CancelledError(), False),
    ("a fault", ValueError("bad"), True), ("a line", None, True)])
def test_the_end_of_the_server_is_no_error_in_its_log(message: str, error: BaseException | None, shown: bool) -> None:
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, message, None, None if error is None else (type(error), error, None))
    assert server._is_not_the_end(record) is shown


def test_what_comes_from_another_thread_after_the_end_is_dropped() -> None:
    from experiments.lab.controls import for_other_threads

    taken: list[str] = []

    async def page() -> Any:
        called = for_other_threads(taken.append)
        called("in time")
        await asyncio.sleep(0)
        return called

    asyncio.run(page())("too late")
    assert taken == ["in time"]


def processes_in(folder: Path) -> list[str]:
    """Commands of processes that work in a folder; the run in full is in a group of its own."""
    result = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == folder and (command := (process / "cmdline").read_text()):
                result.append(command)
    return result


def test_a_port_that_is_taken_is_named(lab: Running, capsys: pytest.CaptureFixture[str]) -> None:
    from experiments.cli import main

    assert main(["lab", "--no-browser", "--port", str(lab.port)]) == 1
    assert f"cannot listen at 127.0.0.1, port {lab.port}" in capsys.readouterr().err


# ---- The guard where others may come in


async def _page(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


def through(guard: Guard, host: str, query: str = "", cookie: str = "", path: str = "/") -> tuple[int, dict[str, str]]:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", host.encode()), *([(b"cookie", cookie.encode())] if cookie else [])]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers, "client": ("10.0.0.9", 5)}
    asyncio.run(guard(scope, None, send))  # type: ignore[arg-type]
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]} | {"body": body.decode()}


def test_others_come_in_with_the_room_code_alone() -> None:
    guard = Guard(_page, "0.0.0.0", "abcd2345")
    status, reply = through(guard, "192.168.1.5:8246")
    assert (status, "Room code" in reply["body"]) == (200, True)
    assert "That is not the code" in through(guard, "192.168.1.5:8246", "room=abcd2346")[1]["body"]
    status, reply = through(guard, "192.168.1.5:8246", "room=ABCD2345")
    assert status == 303
    assert "HttpOnly" in reply["set-cookie"]
    assert through(guard, "192.168.1.5:8246", cookie=f"{COOKIE}=abcd2345")[1]["body"] == "page"
    assert "Room code" in through(guard, "192.168.1.5:8246", cookie=f"{COOKIE}=wrong")[1]["body"]


def test_a_name_that_a_stranger_could_point_here_is_refused_there_too() -> None:
    guard = Guard(_page, "0.0.0.0", "abcd2345")
    assert through(guard, "evil.example:8246")[0] == 403
    assert through(guard, "[fe80::1]:8246")[0] == 200
    assert through(guard, f"{socket.gethostname()}:8246")[0] == 200  # as the address is printed


def test_codes_are_tried_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Guard(_page, "0.0.0.0", "abcd2345")
    clock = [100.0]
    monkeypatch.setattr(safety.time, "monotonic", lambda: clock[0])
    replies = [through(guard, "10.0.0.1", "room=x")[0] for _ in range(safety.TRIES + 1)]
    assert replies == [200] * safety.TRIES + [429]
    assert through(guard, "10.0.0.1", "room=abcd2345")[0] == 429  # even the right one: else tries would go on
    assert through(guard, "10.0.0.1")[0] == 200
    clock[0] += safety.SECONDS
    assert through(guard, "10.0.0.1", "room=abcd2345")[0] == 303


def test_the_teachers_code_opens_the_door_too_and_leads_to_the_board() -> None:
    guard = Guard(_page, "0.0.0.0", "abcd2345", "wxyz6789")
    status, reply = through(guard, "10.0.0.1", "room=wxyz6789", path="/board")
    assert (status, reply["location"]) == (303, "/board")
    assert f"{COOKIE}=wxyz6789" in reply["set-cookie"]
    assert through(guard, "10.0.0.1", cookie=f"{COOKIE}=wxyz6789")[1]["body"] == "page"
    assert through(guard, "10.0.0.1", "room=abcd2345", path="//evil.example")[1]["location"] == "/"
    assert "Room code" in through(Guard(_page, "0.0.0.0", "abcd2345"), "10.0.0.1", cookie=f"{COOKIE}=")[1]["body"]  # no teacher: nothing is their code


def test_codes_differ_and_only_this_machine_needs_none() -> None:
    assert len({new_code() for _ in range(100)}) == 100
    hosts = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "192.168.1.5", "example.org", "")
    assert [host for host in hosts if is_loopback(host)] == ["127.0.0.1", "localhost", "::1"]


def test_only_the_lab_needs_nicegui() -> None:
    house = Path(experiments.__file__).parent
    needing = set()
    for file in house.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in ("nicegui", "fastapi", "uvicorn", "starlette") for name in names):
                needing.add(file.relative_to(house).as_posix())
    assert needing == {f"lab/{name}.py" for name in ("page", "view", "sweep_view", "controls", "server", "classroom/board", "classroom/student")}
