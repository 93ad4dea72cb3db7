"""A copy of conf/ to damage."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from experiments.configuration.files import conf_dir, read_again
from tests.experiments.configuration.samples import SECRET, canary_module


@contextmanager
def using(folder: Path) -> Iterator[None]:
    """Let the program read its configuration from another folder."""
    with pytest.MonkeyPatch.context() as patch:
        for module in [module for name, module in sys.modules.items() if name.startswith("experiments.") and hasattr(module, "conf_dir")]:
            patch.setattr(module, "conf_dir", lambda: folder)
        read_again()
        yield
    read_again()


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A copy of conf/ that the program takes for its own, beside a module that must not be imported."""
    shutil.copytree(conf_dir(), folder / "conf")
    canary_module(folder)
    shutil.copy(folder / "canary_module.py", folder / "conf" / "strategies" / "canary_module.py")
    with pytest.MonkeyPatch.context() as patch, using(folder / "conf"):
        patch.syspath_prepend(folder)
        patch.chdir(folder)
        patch.setenv("SECRET", SECRET)
        yield folder / "conf"


@pytest.fixture
def conf(tmp_path: Path) -> Iterator[Path]:
    """A copy of conf/ to change."""
    with copied(tmp_path) as folder:
        yield folder


@pytest.fixture(scope="module")
def read_conf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of conf/ that no test changes, so that it is read and composed once."""
    with copied(tmp_path_factory.mktemp("copied")) as folder:
        yield folder
