"""Imports run one way, a file is never code, models are let go."""

import ast
import gc
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest

import experiments
import sim
from sim.settings import Settings
from sim.simulation import NonFiniteError, simulate
from sim.strategies import RULES
from sim.strategies.linear import LinearRule
from sim.worlds import Worlds
from tests import given

SIM, EXPERIMENTS = Path(sim.__file__).parent, Path(experiments.__file__).parent
SIM_FILES, ALL_FILES = sorted(SIM.rglob("*.py")), sorted([*SIM.rglob("*.py"), *EXPERIMENTS.rglob("*.py")])

#: Tests too: what they read is written by others as well.
OUR_FILES = sorted([*ALL_FILES, *Path(__file__).parent.parent.rglob("*.py")])


def short(file: Path) -> str:
    return file.relative_to(SIM.parent).as_posix()


def nodes(file: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def imported(file: Path) -> set[str]:
    """Modules a file imports, with the dots of `from a.b import c`."""
    found = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{short(file)}: relative import"
            found.add(node.module or "")
    return found


def test_there_are_sources_to_look_at() -> None:
    assert len(SIM_FILES) > 25
    assert len(ALL_FILES) > len(SIM_FILES)


@pytest.mark.parametrize("file", SIM_FILES, ids=short)
def test_the_core_needs_numpy_mesa_and_pydantic_alone(file: Path) -> None:
    # So nothing of experiments, Hydra, OmegaConf, Matplotlib or pandas.
    allowed = {"sim", "numpy", "mesa", "pydantic", "pydantic_core", *sys.stdlib_module_names}
    assert {name.split(".")[0] for name in imported(file)} <= allowed


@pytest.mark.parametrize("file", sorted((SIM / "rules").glob("*.py")), ids=short)
def test_a_rule_knows_no_agent_and_draws_nothing(file: Path) -> None:
    inside = {name for name in imported(file) if name.startswith("sim")}
    assert all(name == "sim.axes" or name.startswith("sim.rules") for name in inside), inside
    assert "random" not in {node.attr for node in nodes(file) if isinstance(node, ast.Attribute)}


#: Each may import of `sim` only what comes before it.
ORDER = [
    "axes", "quantity", "draws", "rules", "parameters", "data", "coefficients", "strategies", "policies", "present", "scenario", "settings", "history",
    "yearly", "mesa_core", "agents", "worlds", "simulation",
]


@pytest.mark.parametrize("file", SIM_FILES, ids=short)
def test_imports_within_the_core_run_one_way(file: Path) -> None:
    if file == SIM / "__init__.py" or file.stem in ("payoffs", "behaviour"):
        return
    own = file.relative_to(SIM).with_suffix("").parts[0]
    typing_only = {"sim.worlds"} if file.stem in ("agents", "history") else set()
    for name in imported(file) - typing_only:
        if name.startswith("sim."):
            assert ORDER.index(name.split(".")[1]) <= ORDER.index(own), name


#: Modules that make objects of bytes, and names that run text or objects they are given.
UNPICKLERS = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
MODULES = {*UNPICKLERS, "hydra.utils"}
RUNNERS = {"eval", "exec", "compile", "__import__", "execfile", "instantiate", "get_class", "get_method", "get_object"}
LOADERS = {"unsafe_load", "unsafe_load_all", "full_load", "full_load_all", "UnsafeLoader", "FullLoader", "read_pickle", "to_pickle", "getoutput",
           "getstatusoutput", "register_new_resolver", "register_resolver"}
DOTTED = {"yaml.load", "yaml.load_all", "yaml.Loader", "os.system", "os.popen", "OmegaConf.load", "OmegaConf.resolve", "re.Scanner"}


def dangers(tree: ast.AST) -> list[tuple[int, str]]:
    """Where a source could turn data into code: line and what, however it is called or passed on."""
    found = []
    for node in ast.walk(tree):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        words = [name for name in modules if name.split(".")[0] in UNPICKLERS or name.startswith("hydra.utils")]
        if isinstance(node, ast.ImportFrom):
            words += [alias.name for alias in node.names if alias.name in RUNNERS | LOADERS or f"{node.module}.{alias.name}" in DOTTED]
        if isinstance(node, ast.Name) and node.id in RUNNERS | LOADERS:
            words.append(node.id)
        if isinstance(node, ast.Attribute) and (node.attr in LOADERS | RUNNERS - {"compile"} or ast.unparse(node) in DOTTED):
            words.append(node.attr)
        if isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle"):
            off = isinstance(node.value, ast.Constant) and node.value.value is False
            words += [] if off else [str(node.arg)]
        if isinstance(node, ast.Constant) and node.value in MODULES:  # for import_module
            words.append(str(node.value))
        found += [(getattr(node, "lineno", 0), word) for word in words]
    return found


@pytest.mark.parametrize("file", OUR_FILES, ids=short)
def test_a_file_of_settings_or_results_never_becomes_code(file: Path) -> None:
    # The list above, and a test that an error of ours survives being sent between processes.
    allowed = {"tests/sim/test_architecture.py": MODULES, "tests/sim/test_non_finite.py": {"pickle"}}.get(short(file), set())
    assert [f"{short(file)}:{line}: {word}" for line, word in dangers(ast.parse(file.read_text(encoding="utf-8"))) if word not in allowed] == []


@pytest.mark.parametrize("source", [
    "import pickle", "from pickle import load", "import joblib.memory", "from hydra.utils import instantiate", "import hydra.utils",
    "hydra.utils.instantiate(x)", "from hydra.utils import call as f", "eval('1')", "run = eval", "map(exec, lines)", "builtins.exec(x)",
    "compile('1', '', 'eval')", "__import__('x')", "import_module('pickle')", "yaml.load(x)", "yaml.load(x, Loader=yaml.SafeLoader)",
    "from yaml import load", "yaml.unsafe_load(x)", "yaml.UnsafeLoader", "from yaml import UnsafeLoader", "np.load(x, allow_pickle=True)",
    "np.load(x, allow_pickle=flag)", "pd.read_pickle(x)", "subprocess.run(x, shell=True)", "subprocess.run(x, shell=yes)", "os.system(x)",
    "os.popen(x)", "from os import system", "subprocess.getoutput(x)", "OmegaConf.load(x)", "OmegaConf.register_new_resolver(x, y)",
])
def test_the_search_for_code_finds_every_form(source: str) -> None:
    assert dangers(ast.parse(source))


@pytest.mark.parametrize("source", ["np.load(x, allow_pickle=False)", "subprocess.run([x], shell=False)", "yaml.safe_load(x)", "re.compile(x)", "load(x)"])
def test_the_search_for_code_lets_the_safe_forms_pass(source: str) -> None:
    assert not dangers(ast.parse(source))


@pytest.mark.parametrize("file", SIM_FILES, ids=short)
def test_numbers_do_not_depend_on_platform_or_process(file: Path) -> None:
    # PROMISES.md: no tanh, BLAS, float32 or hash(); no generator but those of sim/draws.py.
    shaky = {"tanh", "float32", "float16", "dot", "matmul", "einsum", "tensordot", "inner", "vdot", "default_rng"}
    for node in nodes(file):
        if isinstance(node, ast.Attribute):
            assert node.attr not in shaky, f"{short(file)}:{node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "hash", f"{short(file)}:{node.lineno}"
        if isinstance(node, ast.BinOp):
            assert not isinstance(node.op, ast.MatMult), f"{short(file)}:{node.lineno}"


@pytest.mark.parametrize("file", SIM_FILES, ids=short)
def test_the_core_knows_no_power_region_or_state_by_name(file: Path) -> None:
    # They come from the files of worlds; what remains is where a number comes from.
    named = re.compile(r"china|chinese|asean|cambodia|united states|americ|russia|\b(us|khm)\b", re.IGNORECASE)
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if named.search(line)]
    assert [line for line in lines if "source=" not in line and "_lean(" not in line] == []


def loaded_by(statement: str) -> set[str]:
    """Modules in memory after a statement in a fresh interpreter."""
    code = f"{statement}; import sys; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=SIM.parent, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(("statement", "missing"), [
    ("import sim, experiments.configuration.load, sim.settings, sim.payoffs", {"mesa", "pandas", "matplotlib", "scipy", "networkx"}),
    ("import experiments.executors.processes, experiments.cells.simulate, sim.simulation",  # a worker; Mesa's agents need pandas from 3.5 on
     {"mesa.space", "matplotlib", "scipy", "networkx"} | ({"pandas"} if version("mesa").startswith(("3.3", "3.4")) else set())),
    ("import experiments.analyses.outcome, experiments.analyses.comparison.figures.catalogue",  # a comparison
     {"scipy.stats", "scipy.spatial", "networkx", "matplotlib.pyplot"}),
])
def test_mesa_and_other_slow_libraries_wait_until_they_are_needed(statement: str, missing: set[str]) -> None:
    assert not loaded_by(statement) & missing


@pytest.mark.parametrize("first", ["", "from mesa.datacollection import DataCollector", "import mesa.experimental.devs"])
def test_mesa_is_whole_for_whoever_asks_for_more_of_it(first: str) -> None:
    code = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
import sim.simulation, sim.mesa_core
assert "mesa.space" not in sys.modules
assert {{"Agent", "Model"}} <= set(vars(sys.modules["mesa"]))  # for modules of Mesa that ask for them while they are half loaded
{first}
import mesa
with ThreadPoolExecutor(4) as threads:  # each waits until it is there
    assert len(set(threads.map(lambda name: getattr(mesa, name), ["DataCollector"] * 8))) == 1
assert issubclass(sim.worlds.Worlds, mesa.Model) and issubclass(sim.agents.SmallState, mesa.Agent)
assert mesa.__version__ and mesa.space.MultiGrid and mesa.model.Model is mesa.Model and mesa.experimental.devs.ABMSimulator
assert {{"DataCollector", "discrete_space", "model"}} <= set(dir(mesa)) and not hasattr(mesa, "no_such")
from mesa import *
assert batch_run is mesa.batch_run
"""
    subprocess.run([sys.executable, "-c", code], cwd=SIM.parent, check=True)


def test_simulate_is_at_hand_in_the_package() -> None:
    assert sim.simulate is simulate
    with pytest.raises(AttributeError, match="no_such"):
        _ = sim.no_such


# ---- Models are let go


def models_alive() -> int:
    gc.collect()
    return sum(type(thing) is Worlds for thing in gc.get_objects())


def kept_by_mesa() -> int:
    return len(getattr(mesa.Agent, "_ids", {}))


def test_models_are_freed_after_a_run(theory: Settings) -> None:
    settings = theory.replace(horizon=2)
    before, kept = models_alive(), kept_by_mesa()
    for _ in range(3):
        simulate(settings, "equidistance")
    assert models_alive() == before
    assert kept_by_mesa() == kept


class Failing(LinearRule):
    def decide(self, seen: Any) -> Any:
        decision = super().decide(seen)
        decision.tilt = decision.tilt * np.nan
        return decision


def test_models_are_freed_after_a_run_that_failed(theory: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "failing", Failing)
    before, kept = models_alive(), kept_by_mesa()
    with pytest.raises(NonFiniteError):
        simulate(theory, given.strategy(rule="failing"))
    assert kept_by_mesa() == kept
    assert models_alive() == before
