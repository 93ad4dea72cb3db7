"""What reaches the page, and what it may reach: a layer around it that lets nothing through but the page's own readers."""

import hmac
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from html import escape
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from socket import gethostname
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Bytes of a message to the server, of any kind.
MOST_BYTES = 64 * 1024
#: Where the messages of pages go.
SOCKET = "/_nicegui_ws/"
#: Name of the cookie that holds the room code.
COOKIE = "counterpoise_room"
#: Where the board of a class is.
BOARD = "/board"
#: Nothing is loaded from elsewhere, whatever text gets into a page; Vue makes functions of the templates of its components.
POLICY = ("default-src 'none'; script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'; style-src 'self' blob: 'unsafe-inline'; img-src 'self' data:; "
          "font-src 'self' data:; connect-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
#: A report is a page of its own: it can run its scripts, and reach neither the lab nor anything else.
OF_REPORTS = ("sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
              "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
#: Wrong codes that one device may try, and in how many seconds: of 40 random bits nobody finds the right ones so.
TRIES, SECONDS = 10, 10.0
#: Devices whose wrong codes are counted at once.
MOST_DEVICES = 10_000
HEADERS = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "x-frame-options": "DENY"}


def new_code() -> str:
    """A room code that can be read out and not be guessed: 40 random bits."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, as only its own programs reach it."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Guard:
    """A layer around an application.

    Attributes:
        app: The application.
        host: Where it listens.
        code: The room code that every reader gives once; empty: none is needed.
        teacher: The code of who controls the board of a class, which also opens the door; empty: there is none.
        wrong: When the first of the latest wrong codes of a device came, and how many, by address.
    """

    app: App
    host: str
    code: str = ""
    teacher: str = ""
    wrong: dict[str, tuple[float, int]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if reason := self.problem(scope, headers):
            await _refuse(scope, send, 403, reason)
        elif self.code and not self._has_code(headers):
            await self._at_the_door(scope, send)
        else:
            await self.app(scope, receive, _with_headers(send))

    def problem(self, scope: Scope, headers: MutableMapping[str, str]) -> str:
        """Why a request is refused; empty where it is not."""
        if not self._is_ours(headers.get("host", "")):
            return "This page is not there under that name."
        own = {f"{scheme}://{headers['host']}" for scheme in ("http", "https")}
        socket = scope["path"].startswith(SOCKET)
        if "origin" in headers and headers["origin"] not in own:
            return "Another page may not use this one."
        if scope["type"] == "websocket":
            return "" if socket and "origin" in headers else "Only the page itself may open this connection."
        if scope["method"] not in ("GET", "HEAD"):
            return "Nothing is changed by a request of this kind."
        if socket:
            return "Messages come by the page's own connection alone."
        return "A request has no body here." if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers else ""

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this server: no name that a stranger could let point here."""
        bare = host[1:host.find("]")] if host.startswith("[") else host.rpartition(":")[0] or host
        if is_loopback(bare) or bare == self.host:
            return True
        if is_loopback(self.host):
            return False
        if bare == gethostname():
            return True
        try:
            ip_address(bare)
        except ValueError:
            return False
        return True

    def _has_code(self, headers: MutableMapping[str, str]) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and bool(self._code_in(cookie.value))

    def _code_in(self, given: str) -> str:
        """The code that was given, as it is; empty where it is none of the codes."""
        text = given.strip().lower().encode("utf-8", "surrogatepass")
        return next((code for code in (self.code, self.teacher) if code and hmac.compare_digest(text, code.encode())), "")

    def _tries(self, address: str, now: float) -> tuple[float, int]:
        since, n = self.wrong.get(address, (now, 0))
        return (since, n) if now - since < SECONDS else (now, 0)

    async def _at_the_door(self, scope: Scope, send: Send) -> None:
        """Take the room code; it is kept as a cookie."""
        if scope["type"] == "websocket":
            await _refuse(scope, send, 403, "")
            return
        address = (scope.get("client") or ("", 0))[0]
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("room", [""])[0]
        since, n = self._tries(address, time.monotonic())
        where = BOARD if scope["path"] == BOARD else "/"
        if given and n >= TRIES:
            await _refuse(scope, send, 429, "Too many wrong codes came from this device. Wait ten seconds, then try it again.")
        elif given and (code := self._code_in(given)):
            cookie = f"{COOKIE}={code}; Path=/; HttpOnly; SameSite=Strict"
            await _answer(send, 303, "", {"location": where, "set-cookie": cookie})
        else:
            if given:
                if len(self.wrong) >= MOST_DEVICES:
                    self.wrong.clear()
                self.wrong[address] = since, n + 1
            wrong = "<p role='alert'>That is not the code.</p>" if given else ""
            form = (f"<form method='get' action='{where}'><label>Code <input name='room' autocomplete='off' autocapitalize='none' autofocus></label> "
                    "<button>Enter</button></form>")
            await _answer(send, 200, _page(f"<main><h1>Room code</h1>{wrong}{form}<p>It stands where the page was started.</p></main>"), {})


def _with_headers(send: Send) -> Send:
    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            given = {name.lower() for name, _ in headers}
            usual = {"content-security-policy": POLICY} | HEADERS
            message["headers"] = headers + [(name.encode(), value.encode()) for name, value in usual.items() if name.encode() not in given]
        await send(message)

    return sent


async def _refuse(scope: Scope, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await _answer(send, status, _page(f"<p>{escape(reason)}</p>"), {})


def _page(body: str) -> str:
    head = "<meta name='viewport' content='width=device-width, initial-scale=1'><title>counterpoise</title><style>body{font:18px system-ui,sans-serif}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>"


async def _answer(send: Send, status: int, text: str, headers: dict[str, str]) -> None:
    body = text.encode()
    every = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body)), "content-security-policy": POLICY, "cache-control": "no-store"}
    await send({"type": "http.response.start", "status": status, "headers": [(k.encode(), v.encode()) for k, v in (every | HEADERS | headers).items()]})
    await send({"type": "http.response.body", "body": body})
