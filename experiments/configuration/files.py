"""Where the configuration files are."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import experiments
from experiments.configuration.errors import ConfigError, UsageError
from experiments.configuration.yaml_files import Document, read
from experiments.messages import printable, shortened

Given = ParamSpec("Given")
Made = TypeVar("Made")

#: Folders of conf/ in which each file is one choice.
GROUPS = ("world", "scenario", "strategies", "policy", "parameters", "payoff", "design", "executor", "experiment")

#: Folders of conf/ that single commands read; they take no part in composing.
SEPARATE = ("hypothesis", "case", "pattern")
#: Folders whose files set more than their own group, as their first line says; later ones win.
GLOBAL_GROUPS = ("world", "scenario", "experiment")

#: Groups of which several files are taken at once.
LISTS = ("strategies", "policy")
#: The group, and the key, of the facts.
WORLD = "world"

#: The file that all others are composed into; like them it cannot configure Hydra.
PRIMARY = "config"

#: A key that Hydra takes for its list of files, so that no file has this name.
HYDRAS_OWN = "defaults"

#: Ends of the names of configuration files.
SUFFIXES = (".yaml", ".yml")


#: The environment variable that names the user's own folder of configuration; without it, that is conf/ of the current folder.
VARIABLE = "COUNTERPOISE_CONF"

#: The user's own folder, where a caller names it instead of the environment.
_named: ContextVar[str | None] = ContextVar("named", default=None)
#: Strategy files from elsewhere, which a command names.
_added: ContextVar[tuple[Path, ...]] = ContextVar("added", default=())

#: Where files are read from: the shipped folder, the user's, and single files.
Place = tuple[Path, Path | None, tuple[Path, ...]]
#: Name, time of the last change, size and number of each file.
State = tuple[tuple[str, int, int, int], ...]

#: Seconds within which some file systems give two changes the same time.
LATELY = 2.0

#: What was made of the files of each place, by function and arguments, and how they were then.
_kept: dict[Place, tuple[State | None, dict[Any, Any]]] = {}


@cache
def conf_dir() -> Path:
    """The folder of shipped configuration: conf/ of a checkout, or the copy inside an installed package."""
    here = Path(experiments.__file__).resolve().parent
    checkout = here.parent / "conf"
    return checkout if (checkout / "config.yaml").is_file() else here / "conf"


def is_installed() -> bool:
    """Whether the shipped configuration lies inside an installed package, where nobody writes."""
    return conf_dir().parent == Path(experiments.__file__).resolve().parent


def own_dir() -> Path | None:
    """The folder of the user's own files, which are laid over the shipped ones; None where there is none, or where it is the shipped one.

    Raises:
        UsageError, ConfigError: The folder that was named is missing, or holds nothing.
    """
    folder = wanted_dir()
    if folder is None or not os.path.isdir(folder):
        return None
    with suppress(OSError):  # one of them is gone meanwhile
        if folder == str(conf_dir()) or os.path.samefile(folder, conf_dir()):
            return None
    return Path(folder)


def wanted_dir() -> str | None:
    """Where the user's own files are, or would be; None where there is no current folder.

    Raises:
        UsageError, ConfigError: The folder that was named is missing, or holds nothing.
    """
    if named := _named.get() or os.environ.get(VARIABLE):
        _check_named(named)
    try:
        return os.path.abspath(named) if named else os.path.join(os.getcwd(), "conf")  # asked hundreds of times for each job
    except OSError:  # the current folder is gone
        return None


def _check_named(folder: str) -> None:
    problem = ""
    if not os.path.isdir(folder):
        problem = f"there is no folder {shortened(folder)}; make one with counterpoise init"
    elif not any(os.path.isdir(os.path.join(folder, group)) for group in (*GROUPS, *SEPARATE)):
        inner = f"; did you mean {printable(os.path.join(folder, 'conf'), 200)}?" if os.path.isdir(os.path.join(folder, "conf")) else ""
        problem = f"{shortened(folder)} has no folder of configuration files, such as strategies/ or scenario/{inner}"
    if problem:
        raise ConfigError([f"conf: {problem}"]) if _named.get() else UsageError(f"--conf (or {VARIABLE}): {problem}")


@contextmanager
def own_files(folder: str | os.PathLike[str]) -> Iterator[None]:
    """Lay the files of a folder over the shipped ones, for the caller alone."""
    token = _named.set(os.path.abspath(os.path.expanduser(folder)))
    try:
        yield
    finally:
        _named.reset(token)


@contextmanager
def adding(files: Iterable[Path]) -> Iterator[None]:
    """Take strategy files from elsewhere as if they lay in conf/."""
    token = _added.set(tuple(dict.fromkeys((*_added.get(), *files))))
    try:
        yield
    finally:
        _added.reset(token)


def kept(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """A function whose results are kept as long as the files that were read are the same."""
    @wraps(make)
    def result(*given: Given.args, **named: Given.kwargs) -> Made:
        place = (conf_dir(), own_dir(), _added.get())
        _, results = _kept.get(place) or _kept.setdefault(place, (_state(place), {}))
        key = (make, given, *named.items())
        if key not in results:
            results[key] = make(*given, **named)
        return cast(Made, results[key])

    return result


def read_again() -> None:
    """Forget what was read from where files have changed since."""
    for place, (state, _) in list(_kept.items()):
        if state is None or state != _state(place):
            del _kept[place]


def _state(place: Place) -> State | None:
    """How the files of a place are; None where one was changed so lately that its time may not show another change."""
    shipped, own, added = place
    below = (os.path.join(folder, name) for top in (shipped, own) if top for folder, _, names in os.walk(top) for name in names)
    states = []
    for file in (*below, *map(str, added)):
        with suppress(OSError):  # gone meanwhile, or a link to nothing
            states.append(_state_of(file))
    return None if None in states else cast(State, tuple(states))


def _state_of(file: str) -> tuple[str, int, int, int] | None:
    of_file = os.stat(file)
    return None if abs(time.time() - of_file.st_mtime) < LATELY else (file, of_file.st_mtime_ns, of_file.st_size, of_file.st_ino)


def is_configuration(name: str) -> bool:
    """Whether a file of that name looks like one of configuration: hidden files, such as those that macOS adds, and copies that editors keep are not."""
    return name.endswith(SUFFIXES) and not name.startswith(".")


def files_below(folder: Path) -> list[Path]:
    """Every configuration file below a folder, sorted; nothing in hidden folders."""
    return [file for file in sorted(folder.rglob("*"))
            if is_configuration(file.name) and not any(part.startswith(".") for part in file.relative_to(folder).parts)]


def names_in(group: str) -> list[str]:
    """Names of the files of a group, sorted."""
    return list(_names_in(group))


@kept
def _names_in(group: str) -> list[str]:
    return sorted({file.stem for file in _files_in(group)} - {HYDRAS_OWN})


@kept
def _files_in(group: str) -> list[Path]:
    """Files of a group; one that is replaced by another of its name is not among them."""
    result: list[Path] = []
    for files in _layers(group):
        names = {file.stem for file in files}
        result = [file for file in result if file.stem not in names] + files
    return result


def _layers(group: str) -> Iterator[list[Path]]:
    """The files of a group from each place, the last to win last."""
    own = own_dir()
    for folder in (conf_dir(), *([own] if own else [])):
        try:
            yield sorted(folder / group / name for name in os.listdir(folder / group) if is_configuration(name))
        except OSError:  # no such folder: no file either
            continue
    if group == "strategies":
        yield list(_added.get())


def replaced() -> list[Path]:
    """The user's files that stand in place of shipped ones and differ from them."""
    own = [(file, conf_dir() / group_of(file)) for file in documents() if is_own(file)]
    shipped = [(file, folder / f"{file.stem}{suffix}") for file, folder in own for suffix in SUFFIXES]
    return [file for file, other in shipped if other.is_file() and documents()[file].text != read(other).text]


def is_own(file: Path) -> bool:
    """Whether a configuration file is not a shipped one."""
    return not os.path.normcase(file).startswith(os.path.normcase(conf_dir()) + os.sep)  # asked for every file of each job


def group_of(file: Path) -> str:
    """The group that a file which is read belongs to, the name of its folder; `PRIMARY` for the one that all others are composed into."""
    return PRIMARY if file == primary() else "strategies" if file in _added.get() else file.parent.name


@kept
def documents() -> dict[Path, Document]:
    """Every configuration file, read."""
    return {file: _document(file) for file in (primary(), *(file for group in (*GROUPS, *SEPARATE) for file in _files_in(group)))}


def _document(file: Path) -> Document:
    """A file, read; a shipped one once for all places."""
    state = None
    if not is_own(file):
        with suppress(OSError):  # which `read` explains
            state = _state_of(str(file))
    return read(file) if state is None else _shipped(state)


@cache
def _shipped(state: tuple[str, int, int, int]) -> Document:
    return read(Path(state[0]))


@kept
def document_of(group: str, name: str) -> Document | None:
    """The file of a group with that name, read."""
    return documents().get(file_of(group, name))


def file_of(group: str, name: str) -> Path:
    """Where the file of a group with that name is, or would be."""
    own = own_dir()
    added = [file for file in _added.get() if file.stem == name] if group == "strategies" else []
    files = [*added, *(folder / group / f"{name}{suffix}" for folder in ([own] if own else []) + [conf_dir()] for suffix in SUFFIXES)]
    return next((file for file in files if os.path.lexists(file)), conf_dir() / group / f"{name}{SUFFIXES[0]}")


def primary() -> Path:
    """The file that all others are composed into."""
    return conf_dir() / f"{PRIMARY}.yaml"


def shown(file: Path) -> str:
    """A file as a person would name it: a shipped one from conf/ on, another one from the current folder on where it lies below."""
    if not is_own(file):
        return printable(f"{'shipped ' if own_dir() else ''}conf/{file.relative_to(conf_dir())}", 1000)
    with suppress(OSError, ValueError):
        return printable(str(file.relative_to(Path.cwd())), 1000)
    return printable(str(file), 1000)
