"""A page of the lab in a real browser."""

import base64
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.experiments.report.test_browser import Browser

#: Keys that a reader presses, with what they type.
KEYS = {"ArrowRight": (39, ""), "Tab": (9, ""), "Home": (36, ""), "Enter": (13, "\r"), " ": (32, " ")}
AXE = find_spec("axe_core_python")


class Page:
    """A page of a reader.

    Args:
        browser: The browser.
        link: Its address.
        width: In pixels.
        ready: What holds once it can be used.
        alone: Without the cookies of other pages, and without their scripts, which are read and compiled again.
    """

    def __init__(self, browser: Browser, link: str, width: int = 1280, ready: str = "!!document.querySelector('.bars svg')", *, alone: bool = False) -> None:
        self.browser, self.link = browser, link
        context = {"browserContextId": browser.ask("Target.createBrowserContext")["browserContextId"]} if alone else {}
        target = browser.ask("Target.createTarget", url="about:blank", **context)["targetId"]
        self.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1, mobile=False)
        self.ask("Page.navigate", url=link)
        self.wait(ready)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.ask(method, self.session, **parameters)

    def js(self, code: str) -> Any:
        reply = self.ask("Runtime.evaluate", expression=code, returnByValue=True)
        return None if "exceptionDetails" in reply else reply["result"].get("value")

    def wait(self, code: str, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not self.js(code):
            assert time.monotonic() < end, f"{code}\n{str(self.js('document.querySelector(`main`)?.innerText'))[-3000:]}"
            time.sleep(0.05)

    def text(self, where: str) -> str:
        return str(self.js(f"document.querySelector({where!r}).innerText")).strip()

    def wait_for_all(self, n_worlds: int) -> None:
        self.wait("!document.querySelector('h2').className.includes('stale')")
        self.wait(f"document.querySelector('.worlds').innerText.includes('over {n_worlds:,} worlds.')")

    def choose(self, where: str, value: str, event: str = "change") -> None:
        self.js(f"(e => {{e.value = {value!r}; e.dispatchEvent(new Event({event!r}))}})(document.querySelector({where!r}))")

    def press(self, label: str) -> None:
        self.js(f"[...document.querySelectorAll('button')].find(e => e.innerText.trim() === {label!r}).click()")

    def key(self, key: str) -> None:
        number, text = KEYS[key]
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code="Space" if key == " " else key, windowsVirtualKeyCode=number, **typed)

    def promised(self, code: str) -> Any:
        """What a promise of the page comes to."""
        return self.ask("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)["result"].get("value")

    def picture(self, width: int, height: int) -> bytes:
        """The top of the page as PNG."""
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"])

    def complaints(self) -> list[str]:
        """What axe-core finds wrong, each with where."""
        assert AXE is not None
        assert AXE.submodule_search_locations
        self.js(Path(AXE.submodule_search_locations[0], "axe.min.js").read_text(encoding="utf-8"))
        run = "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 200))))"
        return list(self.promised(run))

    def elsewhere(self, server: str) -> list[str]:
        """What was asked of anybody but one server; the page's own texts are asked of nobody."""
        requests = [each["request"]["url"] for each in self.events("Network.requestWillBeSent")]
        assert len(requests) > 5
        return [url for url in requests if not url.removeprefix("blob:").startswith((server, "data:"))]

    def events(self, method: str) -> list[dict[str, Any]]:
        while message := self.browser._message(0.3):
            self.browser._keep(message)
        return [each["params"] for each in self.browser.events if each.get("method") == method and each.get("sessionId") == self.session]
