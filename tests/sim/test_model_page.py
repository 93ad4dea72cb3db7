"""MODEL.md: every reference to it names something it has, its steps and symbols are those of the code, its numbers those of the model."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sim import behaviour
from sim.axes import Array
from sim.data import Power, State, World
from sim.history import VARIABLES
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.quantity import quantities
from sim.scenario import KINDS
from sim.simulation import draws_of, simulate
from sim.strategies.strategy import LeanWith, Strategy
from sim.worlds import Worlds
from tests import docs, worked_quarter
from tests.worked_quarter import STRATEGY, Shown, clip, digits, shown

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "sim" / "MODEL.md").read_text(encoding="utf-8")
STEPS = range(1, 14)

#: What we write, for people and editors; of the results, the page that explains them.
SUFFIXES = (".py", ".yaml", ".json", ".j2", ".md")
READ = sorted([
    *(file for folder in ("sim", "experiments", "tests", "conf") for file in (ROOT / folder).rglob("*") if file.suffix in SUFFIXES),
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "results/README.md")),
])
#: Files that name steps without saying whose.
OF_THE_MODEL = [*(file for file in READ if file.parts[len(ROOT.parts)] == "sim"), ROOT / "tests" / "twin.py"]

#: One name of a place: a number such as 7 or 7.9, or words in quotes.
NAME = r"""(?:\d+(?:\.\d+)*|\\?"[^"\\]+\\?")"""
PLACES = rf"(?P<kind>[Ss]ection|[Ss]tep)s? (?P<names>{NAME}(?:(?:,? and |, | to ){NAME})*)"
AFTER = re.compile(rf"MODEL\.md`?(?:,| \(|:)? ?{PLACES}")
BEFORE = re.compile(rf"{PLACES},? (?:of|in) (?:the )?`?(?:sim/)?MODEL\.md")


def headings(page: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)


def places(page: str) -> set[str]:
    """What a reference may name: step 7, section 2, section "Payoffs"."""
    found = set()
    for heading in headings(page):
        number = re.match(r"(?:(Step) )?(\d+)[.:] (.+)", heading)
        found.add(f'section "{number[3] if number else heading}"')
        if number:
            found.add(f"{'step' if number[1] else 'section'} {number[2]}")
    return found


def references(text: str) -> Iterator[str]:
    """The places of MODEL.md that a text names, also over the end of a line."""
    flat = re.sub(r"\s*\n\s*(?:#:? ?)?", " ", text)
    for found in (*AFTER.finditer(flat), *BEFORE.finditer(flat)):
        kind = found["kind"].lower()
        names = [name.strip('\\"') for name in re.findall(NAME, found["names"])]
        if " to " in found["names"] and all(name.isdigit() for name in names):
            names = [str(number) for number in range(int(names[0]), int(names[-1]) + 1)]
        yield from (f"{kind} {name}" if name[0].isdigit() else f'{kind} "{name}"' for name in names)


def stale(file: Path, text: str) -> list[str]:
    return [f"{file.relative_to(ROOT)}: MODEL.md has no {place}" for place in references(text) if place not in places(PAGE)]


def test_every_reference_to_the_page_names_a_heading() -> None:
    here = Path(__file__)
    assert [problem for file in READ if file != here for problem in stale(file, file.read_text(encoding="utf-8"))] == []


def test_every_step_and_section_named_in_the_model_is_one_of_the_page() -> None:
    for file in OF_THE_MODEL:
        named = re.sub(rf"(?<!MODEL\.md, )\b{PLACES}", r"MODEL.md, \g<0>", file.read_text(encoding="utf-8"))
        assert stale(file, named) == []


@pytest.mark.parametrize(("text", "found"), [
    ("Trust. MODEL.md, step 7.", ["step 7"]),
    ("MODEL.md, steps 4 to 6.", ["step 4", "step 5", "step 6"]),
    ("MODEL.md, steps 1 and 9.", ["step 1", "step 9"]),
    ("`sim/MODEL.md`, section 7.9, says where", ["section 7.9"]),
    ("MODEL.md (sections 2, 3 and 7)", ["section 2", "section 3", "section 7"]),
    ('MODEL.md, section "Actors, axes, time"; arrays', ['section "Actors, axes, time"']),
    ('"Source: MODEL.md, section \\"Parameters\\"."', ['section "Parameters"']),
    ("section 3.2 of MODEL.md", ["section 3.2"]),
    ("#: see MODEL.md,\n#: section 12", ["section 12"]),
    ("equations of MODEL.md", []),
])
def test_the_search_finds_every_form_of_reference(text: str, found: list[str]) -> None:
    assert list(references(text)) == found


def test_a_reference_to_nothing_is_noticed() -> None:
    assert not set(references("MODEL.md, step 14, and MODEL.md, section 7.9")) & places(PAGE)
    assert set(references('MODEL.md, step 13, and MODEL.md, section "Payoffs"')) <= places(PAGE)


# ---- The thirteen steps


#: What comes before step 1.
BEFORE_STEP_1 = "_switch"


def methods_of_a_step() -> list[str]:
    """What `Worlds.step` calls for the thirteen steps, in order."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(Worlds.step)))
    first, *methods = [node.value.func.attr for node in tree.body[0].body  # type: ignore[attr-defined]
                       if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute)]
    assert first == BEFORE_STEP_1
    return methods


def section_of(step: int) -> str:
    return PAGE.split(f"\n### Step {step}: ")[1].split("\n### ")[0]


def test_the_page_has_the_steps_of_the_model_in_their_order() -> None:
    methods = methods_of_a_step()
    assert len(methods) == len(STEPS)
    assert [int(number) for number in re.findall(r"^### Step (\d+): ", PAGE, flags=re.MULTILINE)] == list(STEPS)
    for step, method in zip(STEPS, methods, strict=True):
        assert f"`Worlds.{method}`" in section_of(step)


def test_each_step_of_the_page_names_the_rules_it_follows() -> None:
    rules = {file.stem for file in (ROOT / "sim" / "rules").glob("*.py")} - {"numeric", "__init__"}
    for step, method in zip(STEPS, methods_of_a_step(), strict=True):
        called = set(re.findall(r"(?<![.\w])([a-z]+)\.\w+\(", inspect.getsource(getattr(Worlds, method)))) & rules
        assert all(f"`rules/{name}.py`" in section_of(step) for name in called), (step, called)
        assert set(re.findall(r"`rules/(\w+)\.py`", section_of(step))) <= rules


def test_the_overview_lists_the_steps_by_their_titles() -> None:
    titles = re.findall(r"^### Step \d+: (.+)$", PAGE, flags=re.MULTILINE)
    overview = PAGE.split("## 3. ")[1].split("\n## ")[0]
    assert f"`Worlds.{BEFORE_STEP_1}`" in overview
    assert re.findall(r"^\d+\. \*\*(.+)\.\*\*", overview, flags=re.MULTILINE) == titles
    assert re.findall(r"^\*\*Step \d+: (.+)\*\*$", PAGE, flags=re.MULTILINE) == titles


# ---- What the page says, and what is made from declarations

#: The page without what `make docs` writes.
BY_HAND = re.sub(r"<!-- made by `make docs`: .+? -->.*?<!-- end: .+? -->", "", PAGE, flags=re.DOTALL)
#: Names of places that come from world files.
PLACES_OF_THE_WORLD = re.compile(r"\b(China|Chinese|US|United States|American|ASEAN|Cambodian?)\b")


@pytest.mark.parametrize("kind", [World, Power, State, Parameters, Policy, Strategy, LeanWith], ids=lambda kind: kind.__name__)
def test_every_symbol_stands_in_the_equations(kind: type) -> None:
    for name, known in quantities(kind).items():
        symbol = re.escape(known.symbol.split()[0])
        assert re.search(rf"(?<![A-Za-z]){symbol}(?![A-Za-z])", BY_HAND), f"{name}: no {known.symbol}"


def test_the_page_names_no_power_state_or_region_but_those_of_a_world_file_that_it_names() -> None:
    assert [text for text in re.split(r"\n\n|\n(?=- )", BY_HAND) if PLACES_OF_THE_WORLD.search(text) and "`cambodia_2020`" not in text] == []


def test_tables_name_a_power_state_or_region_only_as_a_source() -> None:
    for name, made in docs.tables().items():
        if name != "worked quarter":
            heads, _, *rows = [line.strip("|").split("|") for line in made.splitlines()]
            kept = [i for i, head in enumerate(heads) if head.strip() != "source"]
            assert [row for row in rows if PLACES_OF_THE_WORLD.search(" ".join(row[i] for i in kept))] == []


def test_the_page_has_every_table_and_no_other() -> None:
    assert re.findall(r"<!-- made by `make docs`: (.+?) -->", PAGE) == re.findall(r"<!-- end: (.+?) -->", PAGE)
    assert sorted(re.findall(r"<!-- end: (.+?) -->", PAGE)) == sorted(docs.tables())


def test_what_is_said_of_variables_and_events_is_said_of_those_there_are() -> None:
    assert docs.SYMBOLS.keys() <= VARIABLES.keys()
    assert docs.CHANGED.keys() == KINDS.keys()
    for name, (_, step) in docs.CHANGED.items():
        assert int(step.removeprefix("before ")) in STEPS, name


def test_the_conditions_of_classes_are_those_of_the_code() -> None:
    rng = np.random.default_rng(0)
    lean, engagement, index = rng.random((3, 400))
    measured = {"mean_engagement": engagement, "lean": lean, "hedging_index": index, "tilt": lean * rng.choice([-1.0, -0.2, 0.2, 1.0], 400)}
    rows = [line.split("|") for line in docs.classes_table().splitlines()[2:]]
    for world, result in enumerate(behaviour.classes(measured)):
        values = {name: float(values[world]) for name, values in measured.items()}
        said = next(row[1].strip(" `") for row in rows if holds(row[3], values))
        assert said == behaviour.CLASSES[result], values


def holds(condition: str, values: dict[str, float]) -> bool:
    """Whether a condition of the table, in words, holds."""
    if "all other" in condition:
        return True
    def part(text: str) -> bool:
        absolute, name, sign, bound = re.fullmatch(r"(the absolute )?`(\w+)` (<|≤|>|≥) (-?[\d.]+)", text.strip()).groups()  # type: ignore[union-attr]
        value = abs(values[name]) if absolute else values[name]
        return {"<": value < float(bound), "≤": value <= float(bound), ">": value > float(bound), "≥": value >= float(bound)}[sign]

    return all(part(text) for text in condition.split(" and "))


# ---- The quarter with numbers

#: Recorded variables of the region, of which a quarter of one state shows nothing.
OF_THE_REGION = {"influence", "outlay", "regional_tilt"}
#: Differences of close numbers, and how far the digits shown may take a calculator from them.
DIFFERENCES = {"gr": 1e-3, "T_0 - T*_0": 3e-3, "T_1 - T*_1": 1e-3, "o_security,0": 3e-4, "coercion": 3e-4}


@pytest.fixture(scope="module")
def worked() -> worked_quarter.Worked:
    return worked_quarter.worked_quarter()


def in_the_model(variable: str, index: tuple[int, ...], values: Array, state: int) -> float:
    """A number of the quarter shown in the array model."""
    rest = iter(index)
    return float(values[(worked_quarter.QUARTER, *({"S": state, "R": 0}.get(axis) if axis in "SR" else next(rest) for axis in VARIABLES[variable].axes))])


def test_the_worked_quarter_gives_the_numbers_of_the_model(worked: worked_quarter.Worked) -> None:
    settings = worked_quarter.settings()
    history = simulate(settings, STRATEGY)
    state = list(settings.world.states).index(settings.focal)
    for (variable, index), result in worked.results.items():
        assert result.value == pytest.approx(in_the_model(variable, index, history[variable], state), rel=1e-12, abs=1e-15), (variable, index)
    assert {variable for variable, _ in worked.results} == set(VARIABLES) - OF_THE_REGION


def test_the_worked_quarter_gives_the_coefficients_and_the_present_of_the_model(worked: worked_quarter.Worked) -> None:
    settings = worked_quarter.settings()
    model = Worlds(settings, settings.strategies[STRATEGY], draws_of(settings, 0))
    i = list(settings.world.states).index(settings.focal)
    start, now = model.start, model.present
    made = {
        "tilt_d": start.tilt[0, i], "w_home": start.home_weight[i], "rw": start.other_flow_rate[i], "K0": start.capital[i], "kept": start.kept[i],
        "sinv": start.domestic_investment[i], "gA": start.productivity_growth[i], "debt_other/Y0": start.other_debt_ratio[i], "ρ0": now.rivalry,
        "distress*": now.distress[i], "unrest*": now.unrest, "A0": model.productivity[i],
        **{f"w_{name}": start.access_weight[j, i] for j, name in enumerate(worked_quarter.PARTNERS)},
        **{f"{name}_{g}": values[g, i] for g in (0, 1) for name, values in {
            "F0": start.given, "mix": start.mix, "loan": start.loan_share, "f*": now.flow_share, "P*": now.alignment, "visits*": now.visits,
            "s*": now.pressure, "T*": now.trust, "O0": now.meant, "qhat*": now.access_to_powers, "l*": now.leverage}.items()},
        **{f"{name}_{domain},{g}": values[d, g, i] for d, domain in enumerate(("economy", "security")) for g in (0, 1) for name, values in {
            "m*": now.engagement, "p*": now.perceived}.items()},
        **{f"{name}_{domain}": values[d] for d, domain in enumerate(("economy", "security")) for name, values in {
            "allegiance*": now.allegiance[:, i]}.items()},
    }
    shown_first = {name: result.value for name, result in reversed(worked.checked)}
    for name, value in made.items():
        assert shown_first[name] == pytest.approx(float(np.ravel(value)[0]), rel=1e-11, abs=1e-15), name


def test_a_pocket_calculator_can_follow_the_worked_quarter(worked: worked_quarter.Worked) -> None:
    # Six digits go in; where two close numbers are subtracted fewer come out, and as many fewer as the difference is smaller than they are.
    for name, result in worked.checked:
        assert result.calculator == pytest.approx(float(digits(result.value)), rel=DIFFERENCES.get(name, 3e-5), abs=1e-9), name


def test_lines_that_are_alike_show_their_arithmetic_once() -> None:
    lines = [("m_0", "1 + 2 = 3"), ("x", "4"), ("m_1", "2 + 2 = 4"), ("q*_rest", "1 × 1 = 1"), ("m_security,1", "5")]
    assert worked_quarter.families(lines) == [("m_0", "1 + 2 = 3; m_1 = 4; m_security,1 = 5"), ("x", "4"), ("q*_rest", "1 × 1 = 1")]


def test_arithmetic_writes_itself_with_the_brackets_it_needs() -> None:
    a, b = shown(2.0), shown(-0.5)
    assert (a * (a + b)).text == "2 × (2 + (-0.5))"
    assert (a - (a - 1)).text == "2 - (2 - 1)"
    assert (a / (a * a)).text == "2 / (2 × 2)"
    assert (b**a).text == "(-0.5) ^ 2"
    assert (1 - clip(a * b, -1)).text == "1 - clip(2 × (-0.5), -1, 1)"
    assert [digits(x) for x in (14280.0, 0.0000123456789, 1 / 3, -2.5, 0.0)] == ["14280", "0.0000123457", "0.333333", "-2.5", "0"]
    assert Shown(1 / 3).calculator == 0.333333
