"""The server of forked commands ends with the tests that use it."""

import sys

import pytest

from tests.faults.running import stop_server


@pytest.fixture(scope="session", autouse=True)
def _server():
    if sys.platform != "linux":
        pytest.skip("these trials look at processes and their files in /proc, which Linux has")
    yield
    stop_server()
