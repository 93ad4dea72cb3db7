"""A class in a real browser: students hand in, the board shows it, the server is killed and goes on."""

import asyncio
import json
import re
import signal
from collections.abc import Iterator, MutableMapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from experiments.lab.classroom import seats
from experiments.lab.classroom.handed_in import HandedIn, file_of
from tests.experiments.lab import few
from tests.experiments.lab.page import AXE, Page
from tests.experiments.lab.running import Running
from tests.experiments.report.test_browser import ACTIVE, Browser, in_a_browser

pytest.importorskip("nicegui", reason="NiceGUI is not installed: pip install 'counterpoise[lab]'")

STUDENT, BOARD = "!!document.querySelector('textarea')?.value", "document.querySelector('h2')?.innerText.includes('strateg')"
TEXT = "mine: {family: hedging, description: d, source: s, breadth: 0.6}"


class Class(Running):
    """A class that others may reach, with its codes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "--class", "class", "--host", "0.0.0.0", module=few.__name__)
        kept = json.loads((folder / "class/class.json").read_text())
        self.code, self.teacher = kept["room"], kept["teacher"]

    def student(self, browser: Browser, width: int = 1280) -> Page:
        return Page(browser, f"{self.link}?room={self.code}", width, STUDENT, alone=True)

    def board(self, browser: Browser, code: str, width: int = 1280) -> Page:
        return Page(browser, f"{self.link}board?room={code}", width, BOARD, alone=True)

    def get(self, path: str, cookie: str = "") -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Cookie": f"counterpoise_room={cookie}"} if cookie else {})
            reply = connection.getresponse()
            return reply.status, reply.read().decode("latin-1")
        finally:
            connection.close()


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    folder = tmp_path_factory.mktemp("room")
    (folder / "class").mkdir()
    for i, payload in enumerate(ACTIVE):
        HandedIn(folder / "class").hand_in(payload[:38] + f" {i}", TEXT.replace("0.6", f"0.6{i}"), f"seat {i}")
    running = Class(folder)
    yield running
    running.end()


def typed(page: Page, text: str) -> None:
    page.ask("Input.insertText", text=text)


def complains_of_nothing(page: Page) -> None:
    """axe-core finds nothing wrong, where it is installed."""
    complaints = [] if AXE is None else page.complaints()
    assert complaints == []


def tab_to(page: Page, what: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(40):
        if page.js(f"(e => !!e && ({what}))(document.activeElement)"):
            return
        page.key("Tab")
    raise AssertionError(f"the Tab key does not reach {what}")


def in_folder(group: Class) -> dict[str, str]:
    return {file.name: file.read_text() for file in (group.folder / "class").glob("*.yaml")}


def test_nothing_is_served_without_a_code(group: Class) -> None:
    for path in ("/", "/board", "/class.zip", "/_nicegui/x"):
        status, text = group.get(path)
        assert (status, "Room code" in text, "Dara" in text) == (200, True, False)
        assert "Room code" in group.get(path, "aaaaaaaa")[1]
    assert group.get("/class.zip", group.code)[0] == 403
    assert group.get("/class.zip", group.teacher)[1].startswith("PK")
    assert group.get("/report/x", group.code)[0] == 404  # the page that asks is not there


@pytest.mark.parametrize(("method", "headers", "body"), [
    ("GET", {"Host": "evil.example"}, None), ("GET", {"Origin": "http://evil.example"}, None), ("POST", {}, b"{}"), ("PUT", {}, b"{}"), ("DELETE", {}, None),
    ("GET", {}, b"x" * 70_000)])
def test_no_other_page_and_no_other_request_reaches_the_class(group: Class, method: str, headers: dict[str, str], body: bytes | None) -> None:
    before = in_folder(group)
    for path in ("/", "/board", "/class.zip"):
        connection = HTTPConnection("127.0.0.1", group.port, timeout=60)
        connection.request(method, path, body, {"Cookie": f"counterpoise_room={group.teacher}"} | headers)
        assert connection.getresponse().status == 403
        connection.close()
    assert in_folder(group) == before


def test_the_address_is_one_that_other_devices_find() -> None:
    from experiments.lab.server import Address

    assert Address("127.0.0.1", 8246, "").by_number == ""
    assert re.fullmatch(r"(http://\d+\.\d+\.\d+\.\d+:8246/)?", Address("0.0.0.0", 8246, "").by_number)


def through(path: str, cookie: str) -> tuple[str, str]:
    """The cookies that the page gets, and the one that the device is given."""
    inner: list[str] = []
    sent: list[MutableMapping[str, Any]] = []

    async def page(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        inner.extend(value.decode() for name, value in scope["headers"] if name == b"cookie")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": [(b"cookie", cookie.encode())] * bool(cookie)}
    asyncio.run(seats.Seats(page)(scope, None, send))  # type: ignore[arg-type]
    return "; ".join(inner), dict(sent[0]["headers"]).get(b"set-cookie", b"").decode()


def test_a_device_gets_a_seat_once_and_its_page_knows_it() -> None:
    inner, given = through("/", "a=b")
    match = re.fullmatch(r"(counterpoise_seat=[0-9a-f]{32}); Path=/; HttpOnly; SameSite=Strict; Max-Age=\d+", given)
    assert match
    assert inner == f"a=b; {match[1]}"
    assert through("/", inner) == (inner, "")
    assert through("/board", "") == ("", "")
    assert through("/", "counterpoise_seat=short")[1] != through("/", "counterpoise_seat=short")[1] != ""


@in_a_browser
def test_the_keyboard_alone_hands_in(group: Class, browser: Browser) -> None:
    page = group.student(browser, 390)
    assert page.js("document.documentElement.scrollWidth") <= 390
    tab_to(page, "e.type === 'text'")
    typed(page, "Sok Dara")
    page.wait("document.querySelector('textarea').value.startsWith('sok_dara:')", 30)
    tab_to(page, "e.type === 'range'")
    page.key("ArrowRight")
    page.wait("document.querySelector('textarea').value.includes('anchor: 0.02')", 30)
    tab_to(page, "e.innerText?.trim() === 'Hand in'")
    page.key("Enter")
    page.wait("document.querySelector('.answer').innerText.includes('Sok Dara is handed in')", 30)
    text = in_folder(group)[file_of("Sok Dara")]
    assert "anchor: 0.02" in text
    assert page.js("document.querySelector('main input[type=text]').value") == "Sok Dara"  # what was typed stays
    assert "label: Sok Dara" in text
    page.wait("/place \\d+ now/.test(document.querySelector('main ul').innerText)", 30)
    assert page.js("[...document.querySelectorAll('main input, main select, main button, main textarea')].every("
                   "e => (e.labels?.[0]?.textContent || e.textContent || '').trim())")
    assert page.js("document.documentElement.scrollWidth") <= 390


@in_a_browser
def test_two_students_do_not_see_each_others_state(group: Class, browser: Browser) -> None:
    one, other = group.student(browser), group.student(browser)
    before = other.js("document.querySelector('textarea').value")
    one.choose("main input[type=text]", "Maly", "input")
    one.choose(".slider:nth-of-type(2) input", "0.35", "input")
    one.wait("document.querySelector('textarea').value.includes('breadth: 0.35')", 30)
    one.press("Hand in")
    one.wait("document.querySelector('.answer').innerText.includes('Maly is handed in')", 30)
    assert other.js("document.querySelector('textarea').value") == before
    assert other.js("document.querySelector('main ul').innerText.trim()") == ""
    other.choose("main input[type=text]", "Maly", "input")
    other.press("Hand in")
    other.wait("document.querySelector('.answer').innerText.includes('somebody else')", 30)
    assert "breadth: 0.35" in in_folder(group)[file_of("Maly")]
    one.ask("Page.reload")  # the same device goes on with its own
    one.wait("document.querySelector('textarea')?.value.includes('breadth: 0.35') && document.querySelector('main ul').innerText.includes('Maly')", 30)


@in_a_browser
def test_text_is_checked_in_words_and_moves_the_sliders(group: Class, browser: Browser) -> None:
    page = group.student(browser)
    before = in_folder(group)
    for text, words in ((TEXT.replace("breadth", "breadht"), "did you mean breadth?"), (ACTIVE[0], "expected one key"),
                        ("x: !!python/object:os.system", "tags"), (TEXT.replace("0.6", "7"), "allowed range")):
        page.choose("textarea", text, "input")
        page.wait(f"document.querySelector('.answer').innerText.includes({words!r})", 30)
    page.press("Hand in")
    page.wait("document.querySelector('.answer').innerText.includes('not handed in')", 30)
    assert in_folder(group) == before
    page.choose("textarea", TEXT.replace("0.6", "0.41"), "change")
    page.wait("document.querySelector('.slider:nth-of-type(2) output, .slider:nth-of-type(2) .output').innerText === '0.41'", 30)
    page.press("Check")
    page.wait("document.querySelector('.answer').innerText.includes('a name is missing')", 30)
    page.choose("main input[type=text]", ACTIVE[1][:40], "input")
    page.press("Check")
    page.wait("document.querySelector('.answer').innerText.includes('valid and can be handed in')", 30)
    complains_of_nothing(page)


@in_a_browser
def test_the_board_shows_names_as_text_and_what_is_handed_in_at_once(group: Class, browser: Browser) -> None:
    pages = [group.board(browser, group.code, width) for width in (390, 1280)]
    for page, width in zip(pages, (390, 1280), strict=True):
        page.wait("document.querySelector('.league').innerText.includes('<script>')", 30)
        assert page.js("document.documentElement.scrollWidth") <= width
        assert page.js("document.querySelectorAll('main b, main img, main iframe, main script, main link, main style').length") == 0
        assert page.js("document.querySelectorAll('main svg:not([aria-label])').length") == 0
        assert page.js("document.querySelectorAll('main button, main input, main a').length") == 0  # it is only to be looked at
        assert page.events("Page.javascriptDialogOpening") == []
        assert page.elsewhere(group.link) == []
        complains_of_nothing(page)
    (group.folder / "class/broken.yaml").write_text("<b>: [")
    HandedIn(group.folder / "class").hand_in("Bopha", TEXT, "seat of Bopha")
    for page in pages:
        page.wait("[...document.querySelectorAll('.pale')].some(e => e.innerText.includes('broken.yaml takes no part: line 1'))", 30)
        page.wait("document.querySelector('.league').innerText.includes('Bopha')", 30)


@in_a_browser
def test_the_teacher_plays_a_round_and_a_killed_server_goes_on(group: Class, browser: Browser) -> None:
    page, looking = group.board(browser, group.teacher), group.board(browser, group.code)
    page.js("document.querySelector('details').open = true")
    page.choose(".controls .slider input", "60", "input")
    page.wait("document.querySelector('.worlds').innerText.includes('consumption 60')", 30)
    page.press("Play the next round")
    for each in (page, looking):
        each.wait("document.querySelector('h2').innerText.startsWith('Round 1')", 60)
        assert each.text(".rounds").startswith("Round 1. ")
    page.press("Let them copy")
    looking.wait("!!document.querySelector('.shares svg')", 60)
    complains_of_nothing(page)
    handed, kept = in_folder(group), json.loads((group.folder / "class/class.json").read_text())
    assert kept["weights"]["economic"] == 60
    group.process.send_signal(signal.SIGKILL)
    group.process.wait(60)
    again = Class(group.folder)
    try:
        assert (again.code, again.teacher) == (group.code, group.teacher)
        assert in_folder(again) == handed
        after = again.board(browser, again.code)
        after.wait("document.querySelector('h2').innerText.startsWith('Round 1')", 60)
        assert after.text(".rounds") == looking.text(".rounds")
        assert again.end() == 0
        assert again.members() == []
    finally:
        if again.process.poll() is None:
            again.end()
