"""Fixtures shared by all tests."""

import gc

import pytest
from hypothesis import HealthCheck, settings

from experiments.executors.garbage import look_seldom
from sim.settings import Settings
from tests import given

# The same examples in every run: a failure is a failure of the code, not of the day.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("repeatable")

# Python looks for circles among millions of objects, most of which are the tests themselves: a fifth of the time it takes to collect them.
gc.disable()
look_seldom()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests share what is slow to start come first: a worker without work takes it from the end of another's, so that each stays on one."""
    first = {item.path for item in items if {"browser", "lab", "notebooks"}.intersection(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: item.path not in first)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_sessionfinish() -> None:
    # At the end pytest looks for circles five times, among all that is there.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def theory() -> Settings:
    """Ten equal states between two equal powers, few worlds."""
    return given.preset("theory_symmetric").replace(n_worlds=4, horizon=24)


@pytest.fixture(scope="session")
def cambodia() -> Settings:
    """The Cambodian case, few worlds."""
    return given.preset("cambodia_2020").replace(n_worlds=4, horizon=24)
