"""MODEL.md: every reference to it names something it has, its steps are those of the code, its numbers those of the model."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.axes import Array
from sim.history import VARIABLES
from sim.simulation import simulate
from sim.worlds import Worlds
from tests import given
from tests.worked_quarter import STRATEGY, Shown, clip, digits, shown, worked_quarter

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


def methods_of_a_step() -> list[str]:
    """What `Worlds.step` calls, in order."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(Worlds.step)))
    return [node.value.func.attr for node in tree.body[0].body  # type: ignore[attr-defined]
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute)]


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
    assert re.findall(r"^\d+\. \*\*(.+)\.\*\*", overview, flags=re.MULTILINE) == titles
    assert re.findall(r"^\*\*Step \d+: (.+)\*\*$", PAGE, flags=re.MULTILINE) == titles


# ---- The quarter with numbers

#: Recorded variables of the region, of which a quarter of one state shows nothing.
OF_THE_REGION = {"influence", "outlay", "regional_tilt"}


def in_the_model(variable: str, index: tuple[int, ...], values: Array, state: int) -> float:
    """A number of the first quarter in the array model."""
    rest = iter(index)
    return float(values[(0, *({"S": state, "R": 0}.get(axis) if axis in "SR" else next(rest) for axis in VARIABLES[variable].axes))])


def test_the_worked_quarter_gives_the_numbers_of_the_model() -> None:
    settings = given.preset("cambodia_2020", "deterministic=true", "n_worlds=1", "horizon=1")
    history = simulate(settings, STRATEGY)
    state = list(settings.world.states).index(settings.focal)
    results = worked_quarter().results
    for (variable, index), result in results.items():
        assert result.value == pytest.approx(in_the_model(variable, index, history[variable], state), rel=1e-12, abs=1e-15), (variable, index)
    assert {variable for variable, _ in results} == set(VARIABLES) - OF_THE_REGION


def test_a_pocket_calculator_can_follow_the_worked_quarter() -> None:
    # Six digits go in; where two close numbers are subtracted, as in growth, fewer come out.
    for name, result in worked_quarter().checked:
        assert result.calculator == pytest.approx(float(digits(result.value)), rel=2e-4 if name == "growth" else 3e-5, abs=1e-9), name


def test_arithmetic_writes_itself_with_the_brackets_it_needs() -> None:
    a, b = shown(2.0), shown(-0.5)
    assert (a * (a + b)).text == "2 × (2 + (-0.5))"
    assert (a - (a - 1)).text == "2 - (2 - 1)"
    assert (a / (a * a)).text == "2 / (2 × 2)"
    assert (b**a).text == "(-0.5) ^ 2"
    assert (1 - clip(a * b, -1)).text == "1 - clip(2 × (-0.5), -1, 1)"
    assert [digits(x) for x in (14280.0, 0.0000123456789, 1 / 3, -2.5, 0.0)] == ["14280", "0.0000123457", "0.333333", "-2.5", "0"]
    assert Shown(1 / 3).calculator == 0.333333
