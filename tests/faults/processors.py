"""Another processor: NumPy without the instructions it would choose here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.faults.running import Row, Run, Tally, a_folder

JOB = ("strategies=[status_quo,equidistance,adaptive]", "n_worlds=200", "assumption_draws=16", "executor=serial")
CLOSE = 1e-9
FEATURES = "import json; from numpy._core._multiarray_umath import __cpu_dispatch__ as d, __cpu_features__ as f; print(json.dumps([x for x in d if f.get(x)]))"


def features(disabled: str = "") -> list[str]:
    """What NumPy finds here and could do without."""
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", FEATURES], env={**os.environ, "NPY_DISABLE_CPU_FEATURES": disabled}, capture_output=True,
                          text=True, check=True)
    result: list[str] = json.loads(told.stdout)
    return result


def processors(n: int = 0) -> Row:
    """Runs without more and more features against one with all; n = 0: as many steps as there are features."""
    result, tally, furthest = features(), Tally(), 0.0
    steps = list(range(len(result)))
    with a_folder() as around:
        usual = _run(around / "usual", "")
        for step in steps if not n else steps[:n]:  # from the oldest one on, then all but it, and so on
            payoffs, printed = _run(around / f"without{step}", " ".join(result[step:]))
            apart = max(float(np.max(np.abs(values - usual[0][name]) / np.maximum(np.abs(usual[0][name]), CLOSE))) for name, values in payoffs.items())
            furthest = max(furthest, apart)
            tally.add(f"without {result[step:]}", f"{apart:.1e} apart" if apart > CLOSE else "", "" if printed == usual[1] else "prints other tables")
    return Row("NumPy without " + (", ".join(result) or "(this machine has nothing to switch off)") + ": each world within 1e-9, the same printed tables",
               tally.tried, tally.failed, f"at most {furthest:.1e} apart")


def _run(folder: Path, disabled: str) -> tuple[dict[str, np.ndarray], list[str]]:
    folder.mkdir()
    run = Run(JOB, folder, real=True, environment={"NPY_DISABLE_CPU_FEATURES": disabled} if disabled else None)
    assert run.wait() == 0, run.told
    printed = run.printed.splitlines()
    with np.load(Path(folder / printed[-1]).parent / "payoffs.npz") as archive:
        payoffs = {name: archive[name] for name in archive.files if name != "strategies"}
    table = [line for line in printed[:-3] if " simulated" not in line or "cells" in line]
    return payoffs, table
