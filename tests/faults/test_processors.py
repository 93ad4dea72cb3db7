"""Another processor: one of the trials of `make faults`."""

import json
import os
import subprocess
import sys

import pytest

from tests.faults import processors, running

#: The payoffs of one strategy in a few worlds.
PAYOFFS = """
import json
from sim.payoffs import payoffs
from tests import given

settings = given.preset("cambodia_2020").replace(n_worlds=16, horizon=12)
print(json.dumps({name: values.tolist() for name, values in payoffs(given.run(settings, "equidistance"), settings).items()}))
"""


def test_numpy_without_all_it_can_do_without_gives_the_same_payoffs():
    usual, without = (json.loads(subprocess.run([sys.executable, "-W", "ignore", "-c", PAYOFFS], capture_output=True, text=True, check=True, env={
        **os.environ, "PYTHONPATH": str(running.ROOT), "NPY_DISABLE_CPU_FEATURES": disabled}).stdout)
        for disabled in ("", " ".join(processors.features())))
    assert without.keys() == usual.keys()
    for name, values in usual.items():
        assert without[name] == pytest.approx(values, rel=processors.CLOSE, abs=processors.CLOSE**2), name


@pytest.mark.slow
def test_numpy_without_all_it_can_do_without_prints_the_same_tables():
    assert processors.processors(1).failed == 0
