"""What tests of commands start from."""

import pytest

from experiments import cli
from tests.given import Said


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs a command; its exit code and what it said on standard output and standard error."""
    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main([str(word) for word in words])
        return code, *capsys.readouterr()
    return run
