"""What `strategies=` takes apart from names: a family, a file, a folder of files."""

import difflib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from experiments.configuration.check import sound
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import SUFFIXES, adding, document_of, file_of, is_configuration, names_in
from experiments.configuration.grammar import read
from experiments.configuration.violations import NAME_LENGTH
from experiments.configuration.yaml_files import mapping
from experiments.messages import shortened

GROUP = "strategies"
#: How near a word is to the name that is perhaps meant.
NEAR = 0.8
#: Files of one folder.
MOST_FILES = 500


@contextmanager
def chosen(given: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Overrides in which `strategies=` has names alone; the files that it names are known within.

    Raises:
        ConfigError: A file or folder that is named is not there.
    """
    files: list[Path] = []
    texts = [_by_name(text, files) for text in given]
    with adding(files):
        yield tuple(texts)


def _by_name(text: str, files: list[Path]) -> str:
    """An override with names alone; the files that it names are put into `files`."""
    if not text.lstrip("+").startswith(f"{GROUP}=") or (override := read(text)).is_sweep_override():
        return text
    value = override.value()
    words = value if isinstance(value, list) else [value]
    if all(not isinstance(word, str) or word in names_in(GROUP) for word in words):
        return text
    names: list[str] = []
    for word in map(str, words):
        if words.count(word) > 1:
            raise ConfigError([f"override {text}: {word} is given twice"])
        if word in names_in(GROUP):
            names.append(word)
        elif "/" in word or word.endswith(SUFFIXES):
            names += [_name_of(file, files, text) for file in _files_of(word, text)]
        elif of_family := families().get(word):
            names += of_family
        else:
            _check_unknown(word, text)
            names.append(word)
    return text if names == words else f"{GROUP}=[{','.join(map(repr, dict.fromkeys(names)))}]"


def _check_unknown(word: str, text: str) -> None:
    """Refuse a word that nothing has for a name where it nearly names a family, or is the folder that is meant."""
    if os.path.isdir(word):
        raise ConfigError([f"override {text}: unknown name {shortened(word)}; for the folder write {GROUP}={word}/"])
    near = [difflib.get_close_matches(word[:NAME_LENGTH], known, n=1, cutoff=NEAR) for known in (names_in(GROUP), families())]
    if near[1] and not near[0]:
        raise ConfigError([f"override {text}: unknown name {shortened(word)}; did you mean the family {near[1][0]}?"])


def families() -> dict[str, list[str]]:
    """Names of the strategies of each family."""
    result: dict[str, list[str]] = {}
    for name in sound(GROUP):
        document = document_of(GROUP, name)
        family = mapping(mapping(document.data if document else None).get(name)).get("family")
        result.setdefault(str(family), []).append(name)
    return result


def files_in(folder: Path) -> list[Path]:
    """The strategy files of a folder, sorted; not those of folders in it.

    Raises:
        ValueError: There are none, or too many.
    """
    files = sorted(folder / name for name in os.listdir(folder) if is_configuration(name))
    if not files:
        raise ValueError(f"the folder {shortened(str(folder))} has no .yaml file")
    if len(files) > MOST_FILES:
        raise ValueError(f"the folder {shortened(str(folder))} has {len(files):,} files; at most {MOST_FILES}")
    return files


def _files_of(word: str, text: str) -> list[Path]:
    path = Path(os.path.abspath(os.path.expanduser(word)))
    if not os.path.exists(path):
        raise ConfigError([f"override {text}: there is no file or folder {shortened(word)}"])
    try:
        if path.is_dir():
            return files_in(path)
        if path.suffix not in SUFFIXES:
            raise ConfigError([f"override {text}: {shortened(word)} is not a strategy file: its name does not end in .yaml"])
        return [path]
    except OSError as error:
        raise ConfigError([f"override {text}: {shortened(word)} cannot be read: {error.strerror}"]) from None
    except ValueError as error:
        raise ConfigError([f"override {text}: {error}"]) from None


def _name_of(file: Path, files: list[Path], text: str) -> str:
    """The name of the strategy in a file, which is put into `files` where it is not one of conf/."""
    if twin := next((other for other in files if other.stem == file.stem and other != file), None):
        raise ConfigError([f"override {text}: {file} has the same name as {twin}; rename one of them"])
    known = file_of(GROUP, file.stem)
    if not (known.exists() and known.samefile(file)):
        files.append(file)
    return file.stem
