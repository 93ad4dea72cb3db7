"""The rooms of experiments/: each knows only those below it."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

import experiments

HOUSE = Path(experiments.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
TOP = ("messages", "words", "names", "terminal", "cli", "help")

#: Lowest first. A file may import from its own floor and from those below.
FLOORS = (
    ("messages", "words", "names", "terminal"), ("configuration",), ("methods",), ("executors",), ("cells",), ("figures", "runs"), ("report",),
    ("analyses.sweep", "analyses.comparison"), ("analyses",), ("lab",), ("commands",), ("python",), ("cli", "help"),
)
#: Analyses that others may build on.
SHARED = ("comparison", "sweep", "facts")

MOST_PARAMETERS, MOST_FIELDS = 7, 15

#: Modules of an analysis, and of report/, that turn finished numbers into words, rows and pictures; so does every figure.
READERS = ("findings", "tables", "page", "phrases", "printed", "pictures", "report", "conclusions")
#: Modules that finish the numbers of an analysis: readers may take types and constants from them, but no function.
FINISHERS = ("analyse", "judge", "solve", "play", "out_of_sample", "verdict")
#: What makes a statistic of many values. Counting, sorting, largest and smallest are reading.
STATISTICS = {f"{start}{name}" for start in ("", "nan") for name in ("mean", "average", "std", "var", "median", "quantile", "percentile")} | {"corr", "cov"}

#: The imports of each module of experiments/, by their names without "experiments.".
Imports = dict[str, set[str]]


def module_of(file: Path) -> str:
    """The dotted name of a file, without "experiments."; a folder's for its __init__.py."""
    parts = file.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST, modules: set[str]) -> set[str]:
    """Modules of experiments/ that a source imports, also within functions and for types alone."""
    result = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # `from package import module` imports the module, `from module import name` the module before it.
            names = [f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}".removeprefix("experiments.") in modules else str(node.module)
                     for alias in node.names]
        else:
            continue
        result |= {name.removeprefix("experiments.") for name in names if name.startswith("experiments.")}
    return result


def imports_of_the_house() -> Imports:
    modules = {module_of(file) for file in FILES}
    return {module_of(file): imported(ast.parse(file.read_text(encoding="utf-8")), modules) for file in FILES}


def floor(module: str) -> int:
    """The floor whose room holds the module, the most precise name first."""
    named = [(len(room), level) for level, rooms in enumerate(FLOORS) for room in rooms if f"{module}.".startswith(f"{room}.")]
    assert named, f"{module} is in no room"
    return max(named)[1]


def upwards(imports: Imports) -> list[str]:
    """Imports from a higher floor."""
    return [f"{one} → {other}" for one, others in imports.items() if one for other in others if floor(other) > floor(one)]


def across(imports: Imports) -> list[str]:
    """Imports of an analysis from another one that is not shared."""
    def analysis(module: str) -> str:
        return module.split(".")[1] if module.startswith("analyses.") else ""

    return [f"{one} → {other}" for one, others in imports.items() if analysis(one)
            for other in others if analysis(other) not in ("", analysis(one), *SHARED)]


def circles(imports: Imports) -> list[str]:
    """Modules that import themselves through others: those that remain when modules without imports are taken away again and again."""
    left = {one: {other for other in others if other != one} for one, others in imports.items()}
    while free := {one for one, others in left.items() if not others & left.keys()}:
        left = {one: others for one, others in left.items() if one not in free}
    return sorted(left)


def without_room(files: list[Path]) -> list[str]:
    """Files that lie in no room."""
    rooms = {room.split(".")[0] for rooms in FLOORS for room in rooms}
    result = []
    for file in files:
        first, *others = file.relative_to(HOUSE).with_suffix("").parts
        if file != HOUSE / "__init__.py" and (first not in rooms or bool(others) == (first in TOP)):
            result.append(str(file.relative_to(HOUSE)))
    return result


def is_dataclass(node: ast.ClassDef) -> bool:
    return any(ast.unparse(decorator).split("(")[0].endswith("dataclass") for decorator in node.decorator_list)


def too_many(source: str) -> list[str]:
    """Functions with many parameters and dataclasses with many fields that do not say why in a comment above."""
    lines, result = source.splitlines(), []

    def excused(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, words: str) -> bool:
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return first > 1 and lines[first - 2].strip().startswith(f"# {words}:")

    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = node.args
            named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            n = len([each for each in named if each.arg not in ("self", "cls")]) + (arguments.vararg is not None) + (arguments.kwarg is not None)
            if n > MOST_PARAMETERS and not excused(node, "Many parameters"):
                result.append(f"{node.lineno}: {node.name} has {n} parameters")
        if isinstance(node, ast.ClassDef) and is_dataclass(node):
            n = sum(isinstance(each, ast.AnnAssign) and not ast.unparse(each.annotation).startswith("ClassVar") for each in node.body)
            if n > MOST_FIELDS and not excused(node, "Many fields"):
                result.append(f"{node.lineno}: {node.name} has {n} fields")
    return result


def is_reader(module: str) -> bool:
    """Whether a module only reads numbers that are finished elsewhere."""
    if not module.startswith("analyses."):
        return module in ("report.conclusions", "report.parts", "report.phrases")
    return ".figures." in module or module.rsplit(".", 1)[-1] in READERS


def computed(source: str) -> list[str]:
    """Where a reader computes: functions that it takes from methods/ or from a module that finishes numbers, statistics that it makes, sums over an axis.

    A comment "# Layout: why" in the line above allows a statistic that only places something on the page.
    """
    lines, result = source.splitlines(), []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            # `from package import module` hands over all functions of the module.
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [f"{node.module}.{alias.name}" for alias in node.names]
            for room, *middle, last in (name.split(".") for name in names if name.startswith("experiments.")):
                if not last[0].isupper() and ("methods" in [*middle[:1], last] or {*middle, last} & {*FINISHERS}):
                    result.append(f"{node.lineno}: {last} of {'.'.join([room, *middle])}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not lines[node.lineno - 2].strip().startswith("# Layout:"):
            name = node.func.attr
            over_an_axis = any(keyword.arg == "axis" for keyword in node.keywords)
            if name in STATISTICS or (name in ("sum", "nansum") and over_an_axis):
                result.append(f"{node.lineno}: {ast.unparse(node.func)}")
    return result


def test_findings_tables_pages_and_figures_only_read_numbers_that_are_finished() -> None:
    readers = {module_of(file): file for file in FILES if is_reader(module_of(file))}
    assert len(readers) > 60
    assert [f"{module}:{each}" for module, file in readers.items() for each in computed(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: module_of(file))
def test_texts_have_the_same_bytes_on_every_system(file: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    assert all({"encoding", "newline"} <= {word.arg for word in call.keywords} for call in calls if call.func.attr == "write_text")


def test_every_file_is_in_a_room() -> None:
    assert len(FILES) > 100
    assert without_room(FILES) == []


def test_every_room_is_there() -> None:
    for room in (room for rooms in FLOORS for room in rooms):
        path = HOUSE / room.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").is_file(), room


def test_no_room_imports_from_a_higher_floor() -> None:
    assert upwards(imports_of_the_house()) == []


def test_no_analysis_imports_another_but_comparison_and_sweep() -> None:
    assert across(imports_of_the_house()) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(imports_of_the_house()) == []


@pytest.mark.parametrize("what", ["parameters", "fields"])
def test_no_function_has_more_than_seven_parameters_and_no_dataclass_more_than_fifteen_fields(what: str) -> None:
    every = [f"{module_of(file)}:{each}" for file in FILES for each in too_many(file.read_text(encoding="utf-8"))]
    assert [each for each in every if each.endswith(what)] == []


# ---- Each of them can fail


@pytest.mark.parametrize(("check", "imports"), [
    (upwards, {"configuration.load": {"cells.plan"}}), (upwards, {"analyses.sweep.page": {"analyses.robustness.result"}}),
    (upwards, {"words": {"configuration.errors"}}), (upwards, {"commands.check": {"cli"}}), (upwards, {"report.write": {"analyses.outcome"}}),
    (across, {"analyses.robustness.result": {"analyses.sensitivity.result"}}), (across, {"analyses.comparison.page": {"analyses.outcome"}}),
    (circles, {"a": {"b"}, "b": {"a"}}), (circles, {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}),
])
def test_what_is_not_allowed_is_noticed(check: Callable[[Imports], list[str]], imports: Imports) -> None:
    assert check(imports)


@pytest.mark.parametrize(("check", "imports"), [
    (upwards, {"cells.plan": {"configuration.load", "cells.store"}}), (upwards, {"analyses.robustness.result": {"analyses.sweep.gather"}}),
    (across, {"analyses.robustness.result": {"analyses.robustness.design", "analyses.comparison.comparison"}}),
    (across, {"commands.check": {"analyses.outcome"}}),
    (circles, {"a": {"b", "a"}, "b": {"c"}, "c": set()}),
])
def test_what_is_allowed_passes(check: Callable[[Imports], list[str]], imports: Imports) -> None:
    assert check(imports) == []


@pytest.mark.parametrize("source", [
    "import experiments.cells.plan", "from experiments.cells import plan", "from experiments.cells.plan import plan_of",
    "def f():\n    from experiments.cells.plan import plan_of", "if TYPE_CHECKING:\n    from experiments.cells.plan import plan_of",
])
def test_every_form_of_an_import_is_noticed(source: str) -> None:
    assert imported(ast.parse(source), {"cells", "cells.plan"}) == {"cells.plan"}


@pytest.mark.parametrize("name", ["notes.py", "garden/tree.py", "words/number.py"])
def test_a_file_outside_of_the_rooms_is_noticed(name: str) -> None:
    assert without_room([HOUSE / name]) == [name]


EIGHT = "def f(a, b, c, d, *, e, g, h, i): ..."
SIXTEEN = "@dataclass(frozen=True)\nclass C:\n" + "".join(f"    x{i}: int\n" for i in range(16))


@pytest.mark.parametrize("source", [EIGHT, SIXTEEN, f"# Many fields: why\n{EIGHT}", f"# Many parameters: why\n\n{EIGHT}"])
def test_too_many_parameters_or_fields_are_noticed(source: str) -> None:
    assert len(too_many(source)) == 1


@pytest.mark.parametrize("source", [
    f"# Many parameters: why\n{EIGHT}", f"# Many fields: why\n{SIXTEEN}", "class C:\n    def f(self, a, b, c, d, e, g, h): ...",
    SIXTEEN.replace("    x0: int\n", ""),
])
def test_so_many_as_are_allowed_or_are_explained_pass(source: str) -> None:
    assert too_many(source) == []


@pytest.mark.parametrize("source", [
    "from experiments.methods.intervals import mean_interval", "from experiments.methods import intervals", "import experiments.methods.survival",
    "def f():\n    from experiments.methods.evolution import Rule, drift", "from experiments.analyses.robustness.analyse import behind",
    "from experiments.analyses.robustness import analyse", "low = values.mean(axis=-1)", "low = np.quantile(values, 0.05)", "low = table.median()",
    "rest = shares[:, rows].sum(axis=1)", "# Layout: why\n\nlow = values.mean()",
])
def test_a_number_that_a_reader_computes_is_noticed(source: str) -> None:
    assert len(computed(source)) == 1


@pytest.mark.parametrize("source", [
    "from experiments.methods.intervals import LEVEL, Estimate", "from experiments.analyses.sensitivity.analyse import SMALL",
    "from experiments.report.phrases import text", "n = int((part.low > 0).sum())", "best = int(share.argmax())", "high = sum(heights)",
    "# Layout: the order of rows\nmean = table.groupby('strategy').mean()",
])
def test_what_a_reader_may_do_passes(source: str) -> None:
    assert computed(source) == []
