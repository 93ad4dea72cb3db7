"""Where the configuration files are."""

import os
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import experiments
from experiments.configuration.yaml_files import Document, read
from experiments.messages import printable

Given = ParamSpec("Given")
Made = TypeVar("Made")

#: Folders of conf/ in which each file is one choice.
GROUPS = ("world", "scenario", "strategies", "policy", "parameters", "payoff", "design", "executor", "experiment")

#: Folders of conf/ that single commands read; they take no part in composing.
SEPARATE = ("hypothesis",)
#: Folders whose files set more than their own group, as their first line says; later ones win.
GLOBAL_GROUPS = ("world", "scenario", "experiment")

#: Groups of which several files are taken at once.
LISTS = ("strategies", "policy")

#: The file that all others are composed into; like them it cannot configure Hydra.
PRIMARY = "config"

#: A key that Hydra takes for its list of files, so that no file has this name.
HYDRAS_OWN = "defaults"

#: Ends of the names of configuration files.
SUFFIXES = (".yaml", ".yml")


@cache
def conf_dir() -> Path:
    """The folder of shipped configuration: conf/ of a checkout, or the copy inside an installed package."""
    here = Path(experiments.__file__).resolve().parent
    checkout = here.parent / "conf"
    return checkout if (checkout / "config.yaml").is_file() else here / "conf"


def is_configuration(name: str) -> bool:
    """Whether a file of that name looks like one of configuration: hidden files, such as those that macOS adds, and copies that editors keep are not."""
    return name.endswith(SUFFIXES) and not name.startswith(".")


def files_below(folder: Path) -> list[Path]:
    """Every configuration file below a folder, sorted; nothing in hidden folders."""
    return [file for file in sorted(folder.rglob("*"))
            if is_configuration(file.name) and not any(part.startswith(".") for part in file.relative_to(folder).parts)]


def names_in(group: str) -> list[str]:
    """Names of the files of a group, sorted."""
    return sorted({os.path.splitext(name)[0] for name in _names_of_files(group)} - {HYDRAS_OWN})


def _files_in(group: str) -> list[Path]:
    return sorted(conf_dir() / group / name for name in _names_of_files(group))


def _names_of_files(group: str) -> list[str]:
    """Names of the files of a group; `os` takes a tenth of the time of `pathlib`, and this is asked hundreds of times while a configuration is checked."""
    try:
        return [name for name in os.listdir(conf_dir() / group) if is_configuration(name)]
    except OSError:  # no such folder: no file either
        return []


@cache
def documents() -> dict[Path, Document]:
    """Every configuration file, read."""
    return {file: read(file) for file in (primary(), *(file for group in (*GROUPS, *SEPARATE) for file in _files_in(group)))}


def kept(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """A function whose results are kept as long as the files that were read are the same."""
    results = cache(make)
    read_before: Any = None

    @wraps(make)
    def result(*given: Given.args, **named: Given.kwargs) -> Made:
        nonlocal read_before
        if read_before is not documents():
            results.cache_clear()
            read_before = documents()
        return results(*given, **named)  # type: ignore[arg-type]
    return result


def document_of(group: str, name: str) -> Document | None:
    """The file of a group with that name, read."""
    return documents().get(file_of(group, name))


def file_of(group: str, name: str) -> Path:
    """Where the file of a group with that name is, or would be."""
    files = [conf_dir() / group / f"{name}{suffix}" for suffix in SUFFIXES]
    return next((file for file in files if os.path.lexists(file)), files[0])


def primary() -> Path:
    """The file that all others are composed into."""
    return conf_dir() / f"{PRIMARY}.yaml"


def shown(file: Path) -> str:
    """A file as a person would name it: from conf/ on."""
    folder = conf_dir()
    return printable(f"conf/{file.relative_to(folder)}" if file.is_relative_to(folder) else str(file), 1000)
