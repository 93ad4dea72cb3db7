"""The server of forked commands ends with the tests that use it."""

import pytest

from tests.faults.running import stop_server


@pytest.fixture(scope="session", autouse=True)
def _server():
    yield
    stop_server()
