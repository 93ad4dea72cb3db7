"""The page in a real browser: each control changes what it should, and the numbers are those of the library."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

import counterpoise
from experiments.configuration.load import load
from experiments.lab.engine import ALL, Outcomes, steps
from experiments.lab.question import command, overrides, query, question_of
from experiments.report.differences import interval
from tests.experiments.lab.running import Running
from tests.experiments.report.test_browser import PAYLOADS, Browser, in_a_browser

pytest.importorskip("nicegui", reason="NiceGUI is not installed: pip install 'counterpoise[lab]'")
pytestmark = in_a_browser

LINK = "second=coercion&strategies=status_quo,equidistance"
STRANGE = """strange:
  label: "{label}"
  family: hedging
  description: "{label}"
  source: own idea
"""


class Page:
    """A page of a reader."""

    def __init__(self, browser: Browser, link: str, width: int = 1280, ready: str = "!!document.querySelector('.bars svg')") -> None:
        self.browser, self.link = browser, link
        context = browser.ask("Target.createBrowserContext")["browserContextId"]
        target = browser.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
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
            assert time.monotonic() < end, f"{code}\n{self.js('document.body.innerText')}"
            time.sleep(0.05)

    def text(self, where: str) -> str:
        return str(self.js(f"document.querySelector({where!r}).innerText")).strip()

    def wait_for_all(self) -> None:
        self.wait("!document.querySelector('h2').className.includes('stale')")
        self.wait("document.querySelector('.worlds').innerText.includes('over 1,024 worlds.')")

    def choose(self, where: str, value: str, event: str = "change") -> None:
        self.js(f"(e => {{e.value = {value!r}; e.dispatchEvent(new Event({event!r}))}})(document.querySelector({where!r}))")

    def press(self, label: str) -> None:
        self.js(f"[...document.querySelectorAll('button')].find(e => e.innerText.trim() === {label!r}).click()")

    def key(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"ArrowRight": 39, "Tab": 9, "Enter": 13}[key],
                     text="\r" if key == "Enter" and kind == "keyDown" else "")

    def events(self, method: str) -> list[dict[str, Any]]:
        while message := self.browser._message(0.3):
            self.browser._keep(message)
        return [each["params"] for each in self.browser.events if each.get("method") == method and each.get("sessionId") == self.session]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "conf/strategies").mkdir(parents=True)
    label = PAYLOADS[0].replace("script", "b")[:40]
    (folder / "conf/strategies/strange.yaml").write_text(STRANGE.replace("{label}", label), encoding="utf-8")
    running = Running(folder)
    yield running
    running.end()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def page(lab: Running, browser: Browser) -> Page:
    return Page(browser, f"{lab.link}?{LINK}")


def test_the_numbers_are_those_of_the_library(lab: Running, browser: Browser) -> None:
    page = Page(browser, f"{lab.link}?{LINK}")
    page.wait_for_all()
    question = question_of(LINK)
    *_, answer = steps(question, ALL, Outcomes())
    assert answer is not None
    assert page.text("h2") == answer.brief.answer
    assert page.text(".command") == command(question)
    change = counterpoise.compare(*overrides(question)).change
    assert change is not None
    row = change[(change.strategy == "status_quo") & (change.measure == "economic")].iloc[0]
    tips = page.js("[...document.querySelectorAll('.bars title')].map(e => e.textContent)")
    assert any(interval("economic", row.effect, row.low, row.high) in tip for tip in tips)


def test_nothing_is_requested_from_elsewhere_and_nothing_complains(page: Page, lab: Running) -> None:
    requests = [each["request"]["url"] for each in page.events("Network.requestWillBeSent")]
    assert len(requests) > 5
    assert [url for url in requests if not url.startswith((lab.link, "data:"))] == []
    assert page.events("Runtime.exceptionThrown") == []
    assert [each for each in page.events("Log.entryAdded") if each["entry"]["level"] == "error"] == []


def test_each_control_changes_the_command_and_the_address(lab: Running, browser: Browser) -> None:
    page = Page(browser, f"{lab.link}?strategies=status_quo,equidistance")
    said = "document.querySelector('.command').innerText"
    for where, value, event, expected in (
        (".part-powers .power-second select", "neglect", "change", "policies.second=neglect"),
        (".part-powers .power-second input", "2", "input", "scenario.events=[{kind:budget,actor:second,start:+0q0,value:2.0}]"),
        (".part-powers .power-second .slider:nth-of-type(3) input", "0.5", "input", "policy.neglect.punish=0.5"),
        (".part-rivalry input", "1.5", "input", "parameters.rivalry_mean=1.5"),
        (".part-editor .slider input", "0.5", "input", "strategies.status_quo.anchor=0.5"),
        (".part-place .focal select", "LAO", "change", "focal=LAO"),
    ):
        page.choose(where, value, event)
        page.wait(f"{said}.includes({expected!r})", 30)
        assert page.text(".problem") == ""
    page.press("Add")
    page.wait(f"{said}.includes('kind:crisis')", 30)
    page.js("document.querySelector('.part-values input').click()")
    page.wait(f"{said}.includes('payoff.weights=')", 30)
    page.wait("location.search.includes('weights=')", 30)
    link = page.js("location.search")
    question = question_of(link.removeprefix("?"))
    assert page.text(".command") == command(question)
    assert query(question) == link.removeprefix("?")
    assert load(overrides(question)).settings.focal == "LAO"
    page.wait("document.querySelectorAll('.worlds')[0].innerText.includes('over')")


def test_the_keyboard_alone_moves_a_slider(page: Page) -> None:
    before = page.text(".command")
    page.js("document.querySelector('.part-rivalry input').focus()")
    page.key("ArrowRight")
    page.wait(f"document.querySelector('.command').innerText.trim() !== {before!r}", 30)
    assert "parameters.rivalry_mean" in page.text(".command")
    assert page.js("document.activeElement === document.querySelector('.part-rivalry input')")  # it is still under the hand


def test_two_readers_do_not_see_each_others_state(page: Page, lab: Running, browser: Browser) -> None:
    mine = page.text(".command")
    other = Page(browser, lab.link)
    other.choose(".part-powers .power-first select", "neglect")
    other.wait("document.querySelector('.command').innerText.includes('policies.first=neglect')", 30)
    assert page.text(".command") == mine


def test_b_is_compared_with_a_pinned(page: Page) -> None:
    page.press("Pin this as A")
    page.wait("document.querySelector('.pinned').innerText.includes('A is pinned')", 30)
    page.choose(".part-powers .power-second .slider:nth-of-type(3) input", "0", "input")
    page.wait("document.querySelector('h2').innerText.startsWith('B against A')", 60)
    page.press("Unpin")
    page.wait("!document.querySelector('h2').innerText.startsWith('B against A')", 60)


def test_a_strategy_is_saved_into_the_own_folder_once(page: Page, lab: Running) -> None:
    page.choose(".part-out input", "mine", "input")
    page.wait("document.querySelector('.part-editor pre').innerText.startsWith('mine:')", 30)
    page.press("Save")
    page.wait("document.querySelector('.part-out').innerText.includes('is saved')", 30)
    assert (lab.folder / "conf/strategies/mine.yaml").read_text(encoding="utf-8").startswith("mine:\n")
    page.press("Save")
    page.wait("document.querySelector('.part-out').innerText.includes('is there already')", 30)


def test_labels_of_others_stay_text(lab: Running, browser: Browser) -> None:
    page = Page(browser, f"{lab.link}?strategies=status_quo,strange")
    page.wait("document.querySelector('.bars svg').textContent.includes('<b>')", 30)
    assert page.js("document.querySelectorAll('main b, main img, main iframe, main script').length") == 0
    assert page.events("Page.javascriptDialogOpening") == []


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_a_telephone_and_a_screen_and_every_control_has_a_name(lab: Running, browser: Browser, width: int) -> None:
    page = Page(browser, f"{lab.link}?strategies=status_quo,equidistance", width)
    assert page.js("document.documentElement.scrollWidth") <= width
    controls = "[...document.querySelectorAll('main input, main select, main button')]"
    page.wait(f"{controls}.length > 30 && {controls}.every(e => (e.labels?.[0]?.textContent || e.textContent || '').trim())", 10)
    assert page.js("document.querySelectorAll('main svg:not([aria-label])').length") == 0


def test_nothing_of_the_page_lies_in_the_folder_but_what_was_saved(lab: Running) -> None:
    files = {file.relative_to(lab.folder).as_posix() for file in lab.folder.rglob("*") if file.is_file()}
    assert files - {"conf/strategies/mine.yaml"} == {"conf/strategies/strange.yaml"}
