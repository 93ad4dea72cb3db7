"""The reports in a real browser, with labels that try to get out of the page; the same labels in figures and tables."""

import base64
import csv
import json
import os
import re
import select
import shutil
import subprocess
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.analyses.comparison.figures.catalogue import FIGURES
from experiments.analyses.sweep import gather
from experiments.commands.compare import launch
from experiments.configuration.job import Job
from experiments.configuration.load import load, load_sweep
from experiments.report.parts import Table
from experiments.report.write import analysis
from experiments.runs.folder import write_csv
from sim.data import Association, Region
from sim.payoffs import MEASURES

CHROMIUM = next((path for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium")

#: Those that do something where they are not escaped, and what is special to templates, formats, Matplotlib and fonts.
ACTIVE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "'><svg onload=alert(3)></svg>", "</style><script>alert(4)</script>",
    "</title><script>alert(5)</script>", "<iframe src=http://canary.invalid/6></iframe>", "--><link rel=stylesheet href=http://canary.invalid/7>",
)
PAYLOADS = (*ACTIVE, "javascript:alert(8)", "{{7*7}} {% raw %} %s {0} &lt;b&gt;", r"$\frac{1}{$ _^ é 漢 \N{RIGHT-TO-LEFT OVERRIDE} 50 %".replace(
    r"\N{RIGHT-TO-LEFT OVERRIDE}", "\N{RIGHT-TO-LEFT OVERRIDE}"))
ALL = " ".join(PAYLOADS)
SMALL = ["n_worlds=4", "horizon=4", "strategies=[status_quo,equidistance]", "workers=1"]


class Browser:
    """Headless Chromium; counts what a page does besides showing itself."""

    def __init__(self, profile: Path) -> None:
        (theirs, self._out), (self._in, ours) = os.pipe(), os.pipe()
        # No name is found but this machine's own: whatever a page asks for elsewhere fails.
        flags = ["--headless", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-sandbox", "--disable-gpu", "--disable-quic",
                 "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
                 f"--user-data-dir={profile}", "about:blank"]
        words = ["sh", "-c", f'exec "$@" 3</dev/fd/{theirs} 4>/dev/fd/{ours}', "sh", str(CHROMIUM), *flags]
        self._process = subprocess.Popen(words, pass_fds=(theirs, ours), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(theirs)
        os.close(ours)
        self._rest, self._last, self.events = b"", 0, list[dict[str, Any]]()

    def end(self) -> None:
        os.killpg(self._process.pid, 9)
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def _message(self, seconds: float) -> dict[str, Any] | None:
        end = time.monotonic() + seconds
        while b"\0" not in self._rest:
            if not select.select([self._in], [], [], max(0, end - time.monotonic()))[0]:
                return None
            if not (data := os.read(self._in, 1 << 20)):
                raise AssertionError("the browser ended")
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command of the DevTools protocol; its answer."""
        self._last += 1
        options = {"id": self._last, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._out, json.dumps(options).encode() + b"\0")
        while message := self._message(60):
            if message.get("id") == options["id"]:
                assert "result" in message, message
                return message["result"]
            self._keep(message)
        raise AssertionError(f"no answer to {method}")

    def _keep(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        if event.get("method") == "Page.javascriptDialogOpening":
            self._last += 1
            answer = {"id": self._last, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}, "sessionId": event["sessionId"]}
            os.write(self._out, json.dumps(answer).encode() + b"\0")

    def open(self, file: Path) -> "Page":
        self.events.clear()
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable", session)
        self.ask("Network.emulateNetworkConditions", session, offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        self.ask("Page.navigate", session, url=file.as_uri())
        end = time.monotonic() + 60
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            assert time.monotonic() < end
            if message := self._message(5):
                self._keep(message)
        while message := self._message(0.3):  # what a page does after it was loaded
            self._keep(message)
        return Page(self, session, file.as_uri())


class Page:
    """A page that was opened, and all that it did."""

    def __init__(self, browser: Browser, session: str, address: str) -> None:
        self.browser, self.session = browser, session
        kinds = [(event["method"], event["params"]) for event in browser.events if "method" in event]
        self.dialogs = [about["message"] for kind, about in kinds if kind == "Page.javascriptDialogOpening"]
        requests = [about["request"]["url"] for kind, about in kinds if kind == "Network.requestWillBeSent"]
        self.requests = [url for url in requests if url != address and not url.startswith("data:")]
        self.complaints = [about for kind, about in kinds if kind in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")]

    def value(self, expression: str) -> Any:
        return self.browser.ask("Runtime.evaluate", self.session, expression=expression, returnByValue=True)["result"].get("value")


def labelled(job: Job) -> Job:
    """A job whose every free text holds every payload; a label of 60 signs at most, one of them."""
    s = job.settings
    texts = {"description": ALL, "source": ALL}
    states = {name: state.model_copy(update={"label": f"{ALL} {name}"}) for name, state in s.world.states.items()}
    powers = {name: power.model_copy(update={"label": label, "adjective": label}) for (name, power), label in zip(s.world.powers.items(), ACTIVE, strict=False)}
    region = Region(label=ACTIVE[2], association=Association(label=ACTIVE[3]))
    settings = s.model_copy(update={
        "world": s.world.model_copy(update={"description": ALL, "states": states, "powers": powers, "region": region}),
        "scenario": s.scenario.model_copy(update={"description": ALL}),
        "strategies": {name: strategy.model_copy(update=texts) for name, strategy in s.strategies.items()},
        "peers": {name: peer.model_copy(update=texts) for name, peer in s.peers.items()},
        "policies": {power: policy.model_copy(update=texts) for power, policy in s.policies.items()}})
    return replace(job, settings=settings, run=job.run.model_copy(update={"question": ALL}))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A comparison and two sweeps, over names and over a number, each with a report."""
    results = tmp_path_factory.mktemp("results")
    axis = gather.axis_of
    runs = {"comparison": [load([*SMALL, "assumption_draws=4", f"results={results}"])],
            "names": load_sweep(["scenario=calm,cold_war", *SMALL, f"results={results}"], True),
            "numbers": [load([*SMALL, "design=grid", "design.over=[parameters.rivalry_mean,parameters.backlash]", "design.points=3", f"results={results}"])]}
    result: dict[str, Path] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in FIGURES if name != "paired"]:  # they hold no free text
            patch.delitem(FIGURES, name)
        patch.setattr(gather, "axis_of", lambda *about: replace(axis(*about), label=ALL, unit=ALL))
        for kind, jobs in runs.items():
            if kind == "names":
                jobs = [replace(job, varied={"scenario": payloads}) for job, payloads in zip(jobs, (ALL, " ".join(PAYLOADS[::-1])), strict=True)]
            assert launch([labelled(job) for job in jobs], f"counterpoise {ALL}") == 0
            (result[kind],) = set(results.glob("*/*/report.html")) - set(result.values())
    return result


def visible(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@in_a_browser
@pytest.mark.parametrize("kind", ["comparison", "names", "numbers"])
def test_a_report_shows_every_payload_as_text_and_does_nothing(kind: str, reports: dict[str, Path], browser: Browser) -> None:
    page = browser.open(reports[kind])
    assert (page.dialogs, page.requests, page.complaints) == ([], [], [])
    page.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
    shown = visible(page.value("document.body.innerText"))
    for payload in PAYLOADS:
        assert shown.count(payload) >= 3, payload
    assert page.value("document.querySelectorAll('script, iframe, object, embed, link, img, [onload], [onerror], [href]:not([href^=\"#\"])').length") == 0
    assert page.value("document.title").endswith(" — counterpoise")
    assert page.value("document.querySelectorAll('svg[role=img][aria-label]').length") == len(list((reports[kind].parent / "figures").iterdir())) > 0
    assert page.value("document.querySelectorAll('svg').length") == page.value("document.querySelectorAll('figure > .scroll > svg').length")


@in_a_browser
@pytest.mark.parametrize("kind", ["comparison", "names", "numbers"])
def test_a_report_never_scrolls_sideways_on_a_phone(kind: str, reports: dict[str, Path], browser: Browser) -> None:
    page = browser.open(reports[kind])
    browser.ask("Emulation.setDeviceMetricsOverride", page.session, width=390, height=800, deviceScaleFactor=1, mobile=True)
    page.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.value("document.documentElement.scrollWidth") == 390
    assert page.value("[...document.querySelectorAll('h2, h3, p, li')].every(each => each.scrollWidth <= 390)")


#: The least size of text in the figures of a page, in pixels.
LEAST = """Math.min(...[...document.querySelectorAll('svg text')].map(
    each => parseFloat(getComputedStyle(each).fontSize) * each.ownerSVGElement.getBoundingClientRect().width / each.ownerSVGElement.viewBox.baseVal.width))"""


@in_a_browser
@pytest.mark.parametrize("kind", ["comparison", "names", "numbers"])
@pytest.mark.parametrize("width", [390, 1280])
def test_figures_and_tables_are_readable_on_a_phone_and_on_a_desk(kind: str, width: int, reports: dict[str, Path], browser: Browser) -> None:
    page = browser.open(reports[kind])
    browser.ask("Emulation.setDeviceMetricsOverride", page.session, width=width, height=800, deviceScaleFactor=1, mobile=width < 400)
    page.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.value(LEAST) >= 8.99
    # On a phone what a row is about stays in sight, and leaves room beside it; on a desk figures scroll nowhere.
    page.value("document.querySelectorAll('.scroll').forEach(each => { each.scrollLeft = 100 })")
    assert page.value("[...document.querySelectorAll('.scroll:has(svg)')].every(each => (each.scrollLeft > 0) === (innerWidth < 400))")
    # Of a figure that scrolls its headline stands above it, whole.
    assert page.value("[...document.querySelectorAll('.headline')].every(each => (each.offsetHeight > 0) === (innerWidth < 400))")
    lefts = "[...document.querySelectorAll('.scroll td:first-child')].map(each => each.getBoundingClientRect().left - each.closest('.scroll').offsetLeft)"
    assert width > 400 or page.value(f"Math.max(...{lefts}.map(Math.abs)) < 1")
    assert page.value("getComputedStyle(document.querySelector('nav ol')).columnGap") == "48px"


@in_a_browser
def test_a_wide_table_needs_no_scrolling_on_a_desk(tmp_path: Path, browser: Browser) -> None:
    rows = [["siding with the second power", *["−0.0026 [−0.0031, −0.0021]"] * 12]] * 3
    made = analysis("Title", [], Table("What is concluded", "Note.", ["strategy", *["Legitimacy", "against the reference"] * 6], rows), "counterpoise")
    (tmp_path / "report.html").write_text(made.page, encoding="utf-8")
    page = browser.open(tmp_path / "report.html")
    browser.ask("Emulation.setDeviceMetricsOverride", page.session, width=1280, height=800, deviceScaleFactor=1, mobile=False)
    page.value("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.value("[...document.querySelectorAll('.scroll')].every(each => each.scrollWidth === each.clientWidth)")


@in_a_browser
def test_a_link_of_the_contents_opens_its_section_and_no_id_stands_twice(reports: dict[str, Path], browser: Browser) -> None:
    page = browser.open(reports["comparison"])
    links = page.value("document.querySelectorAll('nav a').length")
    assert links >= page.value("document.querySelectorAll('details').length") > 5
    assert page.value("document.querySelectorAll('details[open]').length") == 0
    for i in range(links):
        page.value(f"document.querySelectorAll('nav a')[{i}].click()")
        assert page.value("document.querySelector(location.hash).closest('details').open")
    ids = page.value("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))


@in_a_browser
def test_terms_are_explained_where_they_stand_and_in_one_list(reports: dict[str, Path], browser: Browser) -> None:
    page = browser.open(reports["comparison"])
    pointed = page.value("[...document.querySelectorAll('abbr')].map(each => [each.textContent.toLowerCase(), each.title])")
    listed = page.value("[...document.querySelectorAll('dl.words dt')].map(each => [each.textContent.toLowerCase(), each.nextElementSibling.textContent])")
    assert {"95 % interval", "size-adjusted", "autonomy"} <= {term for term, _ in listed}
    assert {tuple(each) for each in pointed} == {tuple(each) for each in listed}


@in_a_browser
def test_a_report_prints(reports: dict[str, Path], browser: Browser) -> None:
    page = browser.open(reports["comparison"])
    printed = base64.b64decode(browser.ask("Page.printToPDF", page.session, preferCSSPageSize=True)["data"])
    # A page of what a reader sees first, one of figures and conclusions, and the sections open although nobody opened them.
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 8


@in_a_browser
def test_the_browser_would_notice_a_payload_that_is_not_escaped(tmp_path: Path, browser: Browser) -> None:
    for i, payload in enumerate(ACTIVE):
        (tmp_path / f"{i}.html").write_text(f"<!doctype html><body><p title=\"{payload}\"></p><p title='{payload}'></p><!-- {payload} --> {payload}")
        page = browser.open(tmp_path / f"{i}.html")
        assert page.dialogs or page.requests, payload
    assert page.complaints


class Loads(HTMLParser):
    """What a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "srcset", "action", "data", "background", "poster")]


@pytest.mark.parametrize("kind", ["comparison", "names", "numbers"])
def test_a_report_is_one_file_of_less_than_3_megabytes_that_names_nothing_to_load(kind: str, reports: dict[str, Path]) -> None:
    page = reports[kind].read_text()
    assert reports[kind].stat().st_size < 3e6
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
    loads = Loads()
    loads.feed(page)
    assert not {"script", "link", "iframe", "object", "embed", "base", "form", "img"} & loads.tags
    assert loads.addresses
    assert all(re.match(r"#[\w-]+$|data:image/png;base64,", address) for address in loads.addresses)
    assert not re.search(r"url\(|@import", page[page.index("<style>") : page.index("</style>")])


@pytest.mark.parametrize("kind", ["names", "numbers"])
def test_labels_in_figures_stay_as_they_are(kind: str, reports: dict[str, Path]) -> None:
    figures = list((reports[kind].parent / "figures").glob("*.svg"))
    assert figures
    for figure in figures:
        assert figure.stat().st_size > 5000
        assert "<script" not in figure.read_text()


FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "|calc", '=HYPERLINK("http://canary.invalid","x")')


def test_no_text_of_a_table_begins_a_formula_and_numbers_stay_numbers(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", pd.DataFrame({"text": FORMULAS, "number": [-1.5] * len(FORMULAS)}))
    with (tmp_path / "x.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == ["'" + formula.replace("\r", "\n") for formula in FORMULAS]
    assert {row["number"] for row in rows} == {"-1.5"}


def test_no_name_of_a_column_begins_a_formula(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", pd.DataFrame({formula: ["x"] for formula in FORMULAS}))
    with (tmp_path / "x.csv").open(newline="") as file:
        assert next(csv.reader(file)) == ["'" + formula.replace("\r", "\n") for formula in FORMULAS]


def test_a_number_a_range_and_a_sign_in_a_text_column_are_no_formulas(tmp_path: Path) -> None:
    texts = ["-", "+", "-0.3", "+2", "-1e-05", "-.5", "-1 to 1", "-2 to -1", *dict.fromkeys(measure.unit for measure in MEASURES.values())]
    write_csv(tmp_path / "x.csv", pd.DataFrame({"text": texts}))
    assert pd.read_csv(tmp_path / "x.csv", dtype=str, keep_default_na=False).text.tolist() == texts
