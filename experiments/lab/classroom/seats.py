"""Which device a page is on: a secret in a cookie, so that nobody replaces the strategy of somebody else."""

import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from experiments.lab.safety import App, Receive, Scope, Send

#: Name of the cookie, and seconds that a device keeps it.
COOKIE, SECONDS = "counterpoise_seat", 90 * 24 * 3600


@dataclass(frozen=True)
class Seats:
    """A layer around an application that gives each device that opens the page of a student a seat.

    Attributes:
        app: The application.
    """

    app: App

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, with a new seat where the device has none."""
        if scope["type"] != "http" or scope["path"] != "/" or _has_seat(scope):
            await self.app(scope, receive, send)
            return
        seat = secrets.token_hex(16)
        given = b"; ".join([*(value for name, value in scope["headers"] if name == b"cookie"), f"{COOKIE}={seat}".encode()])
        scope["headers"] = [*((name, value) for name, value in scope["headers"] if name != b"cookie"), (b"cookie", given)]

        async def sent(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                cookie = f"{COOKIE}={seat}; Path=/; HttpOnly; SameSite=Strict; Max-Age={SECONDS}"
                message["headers"] = [*message.get("headers", []), (b"set-cookie", cookie.encode())]
            await send(message)

        await self.app(scope, receive, sent)


def _has_seat(scope: Scope) -> bool:
    text = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    try:
        cookie = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return False
    return cookie is not None and len(cookie.value) == 32 and cookie.value.isalnum()
