"""The page in a real browser: each control changes what it should, and the numbers are those of the library."""

import json
import time
from collections.abc import Iterator

import pytest
import yaml

import counterpoise
from experiments.configuration.load import load
from experiments.configuration.overrides import recorded
from experiments.lab import charts, sweep
from experiments.lab.engine import Outcomes, steps
from experiments.lab.question import command, overrides, quantity_of, query, question_of
from experiments.messages import printable
from experiments.names import filled
from experiments.report.differences import interval
from experiments.words import capital
from sim.history import VARIABLES
from tests.experiments.lab import few
from tests.experiments.lab.page import AXE, Page
from tests.experiments.lab.running import Running
from tests.experiments.report.test_browser import PAYLOADS, Browser, in_a_browser

pytest.importorskip("nicegui", reason="NiceGUI is not installed: pip install 'counterpoise[lab]'")
pytestmark = in_a_browser

LINK = "second=coercion&strategies=status_quo,equidistance"
#: Texts that try to get out of the page, and labels, of at most 40 characters, of strategies, a policy and a scenario. No file may turn the order of signs.
TEXTS = tuple(payload.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "") for payload in PAYLOADS)
LABELS = tuple(text[:40] for text in TEXTS)
STRANGE = tuple(f"strange_{i}" for i in range(len(LABELS)))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("lab")
    for group in ("strategies", "policy", "scenario"):
        (folder / "conf" / group).mkdir(parents=True)
    texts = dict.fromkeys(("description", "source"), " ".join(TEXTS))
    for name, label in zip(STRANGE, LABELS, strict=True):
        strange = {name: {"family": "hedging", "label": label} | texts}
        (folder / f"conf/strategies/{name}.yaml").write_text(yaml.safe_dump(strange, allow_unicode=True), encoding="utf-8")
    policy, scenario = {"strange": {"label": LABELS[1]} | texts}, {"scenario": {"name": "strange", "label": LABELS[0], "events": []} | texts}
    (folder / "conf/policy/strange.yaml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    (folder / "conf/scenario/strange.yaml").write_text(f"# @package _global_\n{yaml.safe_dump(scenario)}", encoding="utf-8")
    running = Running(folder, module=few.__name__)
    yield running
    running.end()


@pytest.fixture(scope="module")
def page(lab: Running, browser: Browser) -> Page:
    return Page(browser, f"{lab.link}?{LINK}")


def test_the_numbers_are_those_of_the_library(lab: Running, browser: Browser) -> None:
    page = Page(browser, f"{lab.link}?{LINK}")
    page.wait_for_all(few.ALL)
    page.wait("document.querySelector('.mark-assumptions').innerText.includes('certainty is')", 60)
    question = question_of(LINK)
    with few.few_worlds():
        *_, answer = steps(question, few.ALL, Outcomes(), None)
    assert answer is not None
    for about, text in (("Chance", answer.brief.worlds), ("Assumptions", answer.brief.assumptions)):
        mark, _, why = text.partition(": ")
        assert page.text(f".mark-{about.lower()}").endswith(f"{about}: certainty is {mark}. {capital(why)}")
    assert answer.brief.other in page.js("document.querySelector('.other').textContent")
    assert answer.brief.assumptions in page.js("document.querySelector('.part-out details pre').textContent")
    assert page.text("h2") == answer.brief.answer
    assert page.text(".command") == command(question)
    change = counterpoise.compare(*few.fewer(question)).change
    assert change is not None
    row = change[(change.strategy == "status_quo") & (change.measure == "economic")].iloc[0]
    tips = page.js("[...document.querySelectorAll('.bars title')].map(e => e.textContent)")
    assert any(interval("economic", row.effect, row.low, row.high) in tip for tip in tips)


def test_nothing_is_requested_from_elsewhere_and_nothing_complains(page: Page, lab: Running) -> None:
    assert page.elsewhere(lab.link) == []
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
        (".part-editor .slider:last-of-type input", "0.5", "input", "strategies.status_quo.lean_with.threat=0.5"),
        (".part-place .focal select", "LAO", "change", "focal=LAO"),
    ):
        page.choose(where, value, event)
        page.wait(f"{said}.includes({expected!r})", 30)
        assert page.text(".problem") == ""
    for kind, expected in (("crisis", "kind:crisis,start:+4q0"), ("pandemic", "kind:pandemic"), ("pressure", "kind:pressure,actor:second,target:focal"),
                           ("access", "kind:access,actor:rest,target:focal,start:+4q0,value:0.94"), ("visits", "kind:visits,actor:second")):
        page.js("document.querySelector('.part-events .event-year').dataset.old = 1")
        page.choose(".part-events .event-kind select", kind)
        page.wait("!document.querySelector('.part-events .event-year').dataset.old", 30)  # it is made again, for the new kind
        page.choose(".part-events .event-year select", "4")
        page.press("Add")
        page.wait(f"{said}.includes({expected!r})", 30)
    page.js("[...document.querySelectorAll('.part-events .event')].find(e => e.innerText.includes('pandemic')).querySelector('button').click()")
    page.wait(f"!{said}.includes('kind:pandemic')", 30)
    page.js("document.querySelector('.part-values input').click()")
    page.wait(f"{said}.includes('payoff.weights=')", 30)
    page.choose(".part-values .slider input", "60", "input")
    page.wait(f"{said}.includes('payoff.weights={{economic:60')", 30)
    page.wait("[...document.querySelectorAll('.part-values .output')].map(e => Number(e.innerText)).reduce((a, b) => a + b) === 100", 30)
    page.js("[...document.querySelectorAll('.part-strategies .tick')].find(e => e.innerText === 'Isolation').querySelector('input').click()")
    page.wait(f"{said}.includes('status_quo,equidistance,isolation')", 30)
    page.wait("location.search.includes('isolation')", 30)
    link = page.js("location.search")
    question = question_of(link.removeprefix("?"))
    assert page.text(".command") == command(question)
    assert query(question) == link.removeprefix("?")
    assert load(overrides(question)).settings.focal == "LAO"
    for where, value, event, expected in ((".part-place .scenario select", "cold_war", "change", "scenario=cold_war"),
                                          (".part-powers .power-first select", "wedge", "change", "policies.first=wedge"),
                                          (".part-place .world select", "pacific_2022", "change", "world=pacific_2022")):
        page.choose(where, value, event)
        page.wait(f"{said}.includes({expected!r})", 30)
    assert page.text(".problem") == ""
    assert page.text(".part-rivalry .output") in ("hardly any", "low", "middling", "high", "very high")


def test_each_choice_of_a_chart_changes_it_and_events_are_drawn(lab: Running, browser: Browser) -> None:
    page = Page(browser, f"{lab.link}?{LINK}&event=pandemic,,4,,")
    label = "document.querySelector({!r}).getAttribute('aria-label')"
    for where, value, chart, expected in (
        (".shows-measure select", "trust", ".bars svg", "Trust of each strategy"), (".shows-across select", "autonomy", ".tradeoff svg", "Autonomy and trust"),
        (".shows-up select", "security", ".tradeoff svg", "Autonomy and security"), (".shows-strategy select", "status_quo", ".years svg", "with status quo"),
        *((".shows-variable select", variable, ".years svg", filled(VARIABLES[variable].label).split(",")[0].split(":")[0].split("{")[0])
          for variable in charts.TRAJECTORIES)):
        page.choose(where, value)
        page.wait(f"{label.format(chart)}.includes({expected!r})", 30)
    assert "2024" in page.js(label.format(".years svg"))
    assert page.js("document.querySelectorAll('.years svg path').length") >= 3  # a median, and the bands of 50 and 90 %
    assert "pandemic" in page.js("[...document.querySelectorAll('.years line title')].map(e => e.textContent).join()").lower()


def test_sliders_show_unit_range_and_source_on_hover(page: Page) -> None:
    titles = page.js("[...document.querySelectorAll('.part-powers .slider, .part-editor .slider')].map(e => e.title)")
    assert len(titles) > 20
    assert all(title for title in titles)
    known = quantity_of("policy.coercion.punish")
    assert known is not None
    assert f"{known.source}; plausible 0 to 1" in titles


def test_the_sweep_comes_as_it_is_computed_and_a_newer_one_takes_its_place(lab: Running, browser: Browser) -> None:
    page = Page(browser, f"{lab.link}?{LINK}")
    page.press("Sweep two numbers")
    page.wait("!!document.querySelector('.phase svg')", 60)
    count = "document.querySelectorAll('.phase svg g').length"
    page.js("window.counts = []; new MutationObserver(() => window.counts.push([document.querySelector('.phase svg').textContent.includes('Pressure'), "
            f"{count}])).observe(document.querySelector('.phase'), {{childList: true, subtree: true}})")
    page.choose(".sweep-up select", "policy.coercion.punish")
    page.wait("document.querySelector('.full-command').innerText.includes('policy.coercion.punish')", 30)
    assert "0 to 1" in page.text(".sweep-up + .range")
    page.wait(f"document.querySelector('.phase svg').textContent.includes('Pressure') && {count} === 81", 60)
    newer = [n for of_newer, n in page.js("window.counts") if of_newer]
    assert newer == sorted(newer)  # nothing of the older one comes after it
    assert newer[0] < 81
    question = question_of(page.js("location.search").removeprefix("?"))
    assert question.sweep == ("policy.patron.reward", "policy.coercion.punish")
    expected = recorded(["counterpoise", *sweep.overrides(question)])
    assert page.text(".full-command") == page.text(".command") == expected
    page.choose(".sweep-return select", "trust")
    page.wait("document.querySelector('.phase svg').getAttribute('aria-label').includes('Who leads in trust')", 30)
    assert "points" in page.text(".panel-sweep h2")
    page.press("This question")
    page.wait("!location.search.includes('sweep=') && !document.querySelector('.panel-answer h2').className.includes('stale')", 60)


def test_the_keyboard_alone_reaches_and_works_every_control(lab: Running, browser: Browser) -> None:
    page = Page(browser, f"{lab.link}?{LINK}")
    page.js("window.reached = new Set(); document.addEventListener('focusin', e => window.reached.add(e.target))")
    visible = "[...document.querySelectorAll('a, button, input, select, summary')].filter(e => e.checkVisibility())"
    for _ in range(page.js(f"{visible}.length") + 10):
        page.key("Tab")
    assert page.js(f"{visible}.length") > 50
    assert page.js(f"{visible}.filter(e => !window.reached.has(e)).map(e => e.outerHTML.slice(0, 200))") == []
    for where, key, expected in ((".part-strategies input:not(:checked)", " ", "document.querySelector('.command').innerText.includes('adaptive')"),
                                 ("[role=tab]:last-child", "Enter", "location.search.includes('sweep=')"),
                                 ("[role=tab]:first-child", "Enter", "!location.search.includes('sweep=')")):
        page.js(f"document.querySelector({where!r}).focus()")
        page.key(key)
        page.wait(expected, 30)


def test_the_keyboard_alone_moves_a_slider(page: Page) -> None:
    before = page.text(".command")
    page.js("document.querySelector('.part-rivalry input').focus()")
    page.key("ArrowRight")
    page.wait(f"document.querySelector('.command').innerText.trim() !== {before!r}", 30)
    assert "parameters.rivalry_mean" in page.text(".command")
    assert page.js("document.activeElement === document.querySelector('.part-rivalry input')")  # it is still under the hand


def test_what_if_the_us_doubles_investment_and_ends_pressure_takes_three_sliders(lab: Running, browser: Browser) -> None:
    """As somebody does it who sees the page for the first time: by the labels, on the first screen."""
    page = Page(browser, f"{lab.link}?strategies=status_quo,equidistance")
    before, begun = page.text("h2"), time.monotonic()
    for label, value in {"Investment and aid": 2, "Pressure on unaligned states": 0, "Pressure on governance": 0}.items():
        page.js(f"window.slider = [...document.querySelectorAll('.power-second .slider')].find(e => e.innerText.startsWith({label!r})).querySelector('input')")
        assert page.js("window.slider.getBoundingClientRect().bottom < 800"), label
        page.js(f"window.slider.value = {value}; window.slider.dispatchEvent(new Event('input'))")
    page.wait("document.querySelector('.command').innerText.includes('policy.norm_promoter.norms=0.0')", 30)
    page.wait(f"!document.querySelector('h2').className.includes('stale') && document.querySelector('h2').innerText.trim() !== {before!r}", 60)
    assert time.monotonic() - begun < 60
    assert page.text(".question").endswith("if from 2020 on the US gives 2 times as much investment and aid; "
                                           "for the US, pressure on governance is 0 and pressure on unaligned states is 0?")
    assert page.text(".power-second .slider .output") == "2.0 times"
    assert page.text(".power-first .slider .output") == "unchanged"
    assert page.js("document.querySelector('h2').getBoundingClientRect().bottom < 800")


def test_two_readers_do_not_see_each_others_state(page: Page, lab: Running, browser: Browser) -> None:
    mine = page.text(".command")
    other = Page(browser, lab.link, alone=True)
    other.choose(".part-powers .power-first select", "neglect")
    other.wait("document.querySelector('.command').innerText.includes('policies.first=neglect')", 30)
    assert page.text(".command") == mine


def test_b_is_compared_with_a_pinned(page: Page) -> None:
    page.press("Compare what I change next with this")
    page.wait("document.querySelector('.pinned').innerText.includes('A is pinned')", 30)
    page.choose(".part-powers .power-second .slider:nth-of-type(3) input", "0", "input")
    page.wait("document.querySelector('h2').innerText.startsWith('B against A')", 60)
    page.press("Unpin")
    page.wait("!document.querySelector('h2').innerText.startsWith('B against A')", 60)


def test_a_strategy_is_saved_into_the_own_folder_once(page: Page, lab: Running) -> None:
    page.choose(".part-out input", "mine", "input")
    page.wait("document.querySelector('.part-editor pre').textContent.startsWith('mine:')", 30)
    page.press("Save")
    page.wait("document.querySelector('.part-out').innerText.includes('is saved')", 30)
    assert (lab.folder / "conf/strategies/mine.yaml").read_text(encoding="utf-8").startswith("mine:\n")
    page.press("Save")
    page.wait("document.querySelector('.part-out').innerText.includes('is there already')", 30)


def test_labels_of_others_and_what_is_typed_stay_text(lab: Running, browser: Browser) -> None:
    """Labels of ten strategies, two of which are compared, of a scenario and a policy; and ten names that are typed, which the YAML shows."""
    page = Page(browser, f"{lab.link}?scenario=strange&second=strange&strategies=status_quo,{','.join(STRANGE[:2])}")
    page.wait("document.querySelector('.bars svg').textContent.includes('<script>')", 30)
    texts = " ".join(page.js("[document.body.textContent, ...[...document.querySelectorAll('title')].map(e => e.textContent)].join(' ')").split())
    for label in LABELS:
        assert printable(" ".join(label.split()), 40)[:20] in texts, label
    page.choose(".part-editor .edited select", STRANGE[0])
    page.wait(f"document.querySelector('.part-editor pre').textContent.startsWith({STRANGE[0]!r})", 30)
    yaml_text, answer = "document.querySelector('.part-editor pre').textContent", "document.querySelector('.part-out [role=status]').innerText"
    for payload in PAYLOADS:
        before = page.js(yaml_text), page.js(answer)
        page.choose(".part-out input", payload, "input")
        page.wait(f"{yaml_text} !== {json.dumps(before[0])}", 30)
        page.press("Save")
        page.wait(f"{answer}.includes('cannot be a name') && {answer} !== {json.dumps(before[1])}", 30)
    strange = "main b, main img, main iframe, main script, main link, main [onload], main [onerror]"
    assert page.js(f"document.querySelectorAll({strange!r}).length") == 0
    assert page.events("Page.javascriptDialogOpening") == []
    assert [each["request"]["url"] for each in page.events("Network.requestWillBeSent") if "canary" in each["request"]["url"]] == []


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed: pip install 'counterpoise[dev]'")
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_a_telephone_and_a_screen_and_axe_finds_nothing_wrong(lab: Running, browser: Browser, width: int) -> None:
    page = Page(browser, f"{lab.link}?{LINK}&weights=economic:60,trust:40", width)
    page.js("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.press("Compare what I change next with this")
    page.wait("document.querySelector('.pinned').innerText.includes('A is pinned')", 30)
    assert page.js("document.documentElement.scrollWidth") <= width
    assert page.complaints() == []
    page.press("Sweep two numbers")
    page.wait("!!document.querySelector('.phase svg')", 60)
    assert page.js("document.documentElement.scrollWidth") <= width
    if width == 1280:
        assert page.complaints() == []
    page.press("This question")
    page.wait("document.querySelector('.panel-answer').checkVisibility()", 30)
    # It would notice a label that is missing, and grey on white.
    page.js("document.querySelector('main label').remove(); document.querySelector('h2').style.color = '#ccc'")
    assert {each.split(":")[0] for each in page.complaints()} >= {"select-name", "color-contrast"}


def test_nothing_of_the_page_lies_in_the_folder_but_what_was_saved(lab: Running) -> None:
    files = {file.relative_to(lab.folder).as_posix() for file in lab.folder.rglob("*") if file.is_file()}
    ours = {f"conf/strategies/{name}.yaml" for name in STRANGE} | {"conf/policy/strange.yaml", "conf/scenario/strange.yaml"}
    assert files - {"conf/strategies/mine.yaml", "conf/policy/milder.yaml", "conf/scenario/worse.yaml"} == ours
