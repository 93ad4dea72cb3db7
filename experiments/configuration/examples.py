"""Files to begin with: the commented examples of conf/README.md, under a name of the user's."""

import os
import re
from pathlib import Path

from experiments.configuration.errors import CommandError
from experiments.configuration.files import HYDRAS_OWN, SUFFIXES, conf_dir, is_installed
from experiments.configuration.violations import NAME_LENGTH, NAME_WORDS
from experiments.configuration.yaml_files import is_word
from sim.data import NAME

#: The folder of conf/ for each kind of file, by the word for one of them.
GROUP_OF = {"strategy": "strategies", "policy": "policy", "scenario": "scenario", "world": "world", "hypothesis": "hypothesis"}


def example(kind: str) -> tuple[str, str]:
    """Name and text of the example of a kind."""
    page = (conf_dir() / "README.md").read_text(encoding="utf-8")
    match = re.search(rf"`conf/{GROUP_OF[kind]}/(\w+)\.yaml`.*?```yaml\n(.*?)```", page, re.DOTALL)
    assert match, f"conf/README.md has no example of a {kind}"
    return match[1], match[2]


def renamed(kind: str, name: str) -> str:
    """The text of an example under another name."""
    old, text = example(kind)
    return re.sub(rf"\b{old}\b", name, text)


def name_problem(name: str) -> str | None:
    """Why nothing can have a name; None where it can."""
    if not re.fullmatch(NAME, name) or len(name) > NAME_LENGTH or name.endswith(SUFFIXES):
        return f"a name may hold {NAME_WORDS}"
    return None if is_word(name) and name != HYDRAS_OWN else "the word means something else in a file; choose another name"


def there(folder: Path, name: str) -> Path | None:
    """The file in a folder that has a name, with either ending; None where there is none."""
    return next((file for suffix in SUFFIXES if os.path.lexists(file := folder / f"{name}{suffix}")), None)


def check_writable(conf: Path) -> None:
    """Refuse to write into the installed package.

    Raises:
        CommandError: The folder is the package's own.
    """
    if is_installed() and conf.exists() and conf.samefile(conf_dir()):
        raise CommandError("conf/ of the current folder belongs to the installed package; go to a folder of your own, or add --conf DIR")


def write(file: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        OSError: It is there, or cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
