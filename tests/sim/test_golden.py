"""The same settings give the numbers they gave before, or MODEL_VERSION says that they do not."""

import numpy as np
import pytest

from sim import MODEL_VERSION
from tests import given
from tests.sim import golden

REWRITE = "rewrite tests/sim/golden.json with `python -m tests.sim.golden`"
CASES = [f"{world}/{strategy}" for world in given.PRESETS for strategy in golden.STRATEGIES]


@pytest.fixture(scope="module")
def results() -> dict:
    return golden.results()


def test_the_stored_numbers_are_of_this_version() -> None:
    assert golden.stored()["model_version"] == MODEL_VERSION, f"MODEL_VERSION changed: {REWRITE}"


@pytest.mark.parametrize("case", CASES)
def test_the_same_settings_give_the_same_numbers(case: str, results: dict) -> None:
    now, then = results[case], golden.stored()["results"][case]
    if now["settings"] != then["settings"]:
        pytest.fail(f"the numbers in conf/ behind {case} changed: {REWRITE}")
    assert now["final"].keys() == then["final"].keys()
    for name, values in then["final"].items():
        np.testing.assert_allclose(
            now["final"][name], values, rtol=2e-8, atol=1e-12,
            err_msg=f"{case}, {name}: if the numbers changed on purpose, raise MODEL_VERSION in sim/__init__.py and {REWRITE}")


def test_two_settings_have_two_fingerprints_and_words_do_not_count() -> None:
    settings = given.preset("theory_symmetric")
    told = settings.replace(world=given.rebuilt(settings.world, description="another word"))
    other = given.with_parameters(settings, depreciation=0.0600001)
    one, two, three = (golden.fingerprint(s, "auction") for s in (settings, told, other))
    assert one == two != three


def test_other_numbers_under_the_same_version_are_noticed(results: dict) -> None:
    old = {"model_version": MODEL_VERSION, "results": results}
    case = CASES[0]
    worse = {case: results[case] | {"final": {**results[case]["final"], "tilt": [0.0]}}}
    assert golden.changed_without_a_new_version(old, results) == []
    assert golden.changed_without_a_new_version(old, worse) == [case]
    assert golden.changed_without_a_new_version(old | {"model_version": MODEL_VERSION - 1}, worse) == []
    assert golden.changed_without_a_new_version(old, {case: worse[case] | {"settings": "other"}}) == []
