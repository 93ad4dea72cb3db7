"""The program that calls keeps its state: signals, folder, environment, warnings, Matplotlib, Hydra, logging, how processes start."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PRELUDE = """
import gc, json, logging, multiprocessing, os, signal, sys, threading, warnings
import matplotlib
import counterpoise

def state():
    from hydra.core.singleton import Singleton
    from omegaconf.basecontainer import BaseContainer
    return {
        "signals": [str(signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)], "folder": os.getcwd(),
        "environment": dict(os.environ), "warnings": [str(each) for each in warnings.filters], "path": list(sys.path),
        "matplotlib": {key: str(value) for key, value in matplotlib.rcParams.items()}, "backend": matplotlib.get_backend(),
        "hydra": sorted(str(kind) for kind in Singleton._instances), "resolvers": sorted(BaseContainer._resolvers),
        "logging": [logging.root.level, str(logging.root.handlers), logging.root.manager.disable], "streams": [str(sys.stdout), str(sys.stderr)],
        "start": multiprocessing.get_start_method(allow_none=True), "garbage": gc.get_threshold(), "threads": threading.active_count(),
        "children": [child.pid for child in multiprocessing.active_children()]}

def everything():
    few = ("strategies=[status_quo,equidistance]", "n_worlds=4", "horizon=4")
    counterpoise.sweep(*few, design={"kind": "sobol", "over": ["parameters.rivalry_mean"], "points": 2})
    result = counterpoise.compare(*few)
    result.plot.paired()._repr_png_(), result.to_xarray()
    counterpoise.sweep(*few, scenario=["calm", "cold_war"], workers=2)
    counterpoise.simulate("auction", n_worlds=2, horizon=2, record="trust").plot("trust")
"""

ALONE = PRELUDE + """
if __name__ == "__main__":
    matplotlib.rcParams["font.size"] = 17
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    warnings.filterwarnings("error", "a filter of the caller")
    import hydra.core.plugins, hydra.core.singleton
    hydra.core.plugins.Plugins.instance()
    before = state()
    everything()
    after = state()
    print(json.dumps({key: [before[key], after[key]] for key in before if before[key] != after[key]}))
"""

WITHIN_HYDRA = PRELUDE + """
import hydra
from omegaconf import OmegaConf

@hydra.main(config_path=None, config_name=None, version_base="1.3")
def main(config):
    from hydra.core.hydra_config import HydraConfig
    OmegaConf.register_new_resolver("mine", lambda: 1)
    before = state()
    everything()
    after = state()
    print(json.dumps({key: [before[key], after[key]] for key in before if before[key] != after[key]}))
    assert HydraConfig.get().job.name == "within"
    assert OmegaConf.create({"a": "${mine:}"}).a == 1

if __name__ == "__main__":
    main()
"""


def changed_by(script: str, folder: Path) -> dict[str, Any]:
    """What of the state is another after the calls."""
    file = folder / "within.py"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    changed: dict[str, Any] = json.loads(done.stdout)
    return changed


@pytest.mark.parametrize("script", [ALONE, WITHIN_HYDRA], ids=["alone", "within hydra.main"])
def test_nothing_of_the_caller_changes(script: str, tmp_path: Path) -> None:
    assert changed_by(script, tmp_path) == {}


def test_a_script_that_is_not_guarded_is_run_once(tmp_path: Path) -> None:
    file = tmp_path / "bare.py"
    file.write_text("import counterpoise\nprint('once')\ncounterpoise.compare('strategies=[status_quo,equidistance]', n_worlds=600, horizon=60)\n")
    done = subprocess.run([sys.executable, str(file)], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout, done.stderr) == (0, "once\n", "")
    assert [each.name for each in tmp_path.iterdir()] == ["bare.py"]


def test_a_plan_needs_neither_pandas_nor_matplotlib() -> None:
    """So that workers simulate while the command imports them."""
    code = "import sys; from experiments.cli import main; main(['--dry-run']); print({'pandas', 'matplotlib'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_the_import_is_quick() -> None:
    code = "import counterpoise, sys; print(sorted({'mesa', 'pandas', 'matplotlib', 'scipy'} & {name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
