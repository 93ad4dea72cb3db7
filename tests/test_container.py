"""The recipe of the container, as far as it can be checked without an engine: what it names is there, and its commands are those of the README."""

import json
import re
from fnmatch import fnmatch

from packaging.specifiers import SpecifierSet

from tests import codemeta, pages

LINES = [line for line in (pages.ROOT / "Containerfile").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
IGNORED = [line for line in (pages.ROOT / ".containerignore").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def words(instruction: str) -> list[str]:
    """What follows an instruction, each time that it comes."""
    return [line.split(maxsplit=1)[1] for line in LINES if line.split()[0] == instruction]


def test_the_base_is_a_python_that_the_package_takes_and_names_no_registry():
    (base,) = words("FROM")
    version = re.fullmatch(r"python:(\d+\.\d+)-slim", base)
    assert version
    assert SpecifierSet(codemeta.project()["requires-python"]).contains(f"{version.group(1)}.0")


def test_it_is_installed_and_started_as_the_readme_says_by_a_user_who_is_not_root():
    (command,) = words("CMD")
    assert " ".join(json.loads(command)) in (pages.ROOT / "README.md").read_text(encoding="utf-8")
    order = [line.split()[0] for line in LINES]
    assert words("USER") not in ([], ["root"], ["0"])
    ready = LINES.index("RUN make .venv/.core")
    assert order.index("USER") < order.index("COPY") < ready < order.index("CMD")
    makefile = (pages.ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\nCORE := $(VENV)/.core\n" in makefile
    assert "\nVENV := .venv\n" in makefile
    assert any("install" in line and line.split("&&")[1].split()[-1] == "make" for line in words("RUN") if "&&" in line)


def test_the_folder_of_the_build_holds_what_the_commands_need():
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "README.md", "LICENSE", "sim", "experiments", "conf", "tests", "results/FINDINGS.md"):
        assert (pages.ROOT / name).exists(), name
        last = [pattern for pattern in IGNORED if fnmatch(name, pattern.removeprefix("!").removeprefix("**/"))][-1:]
        assert not last or last[0].startswith("!"), name
