"""`counterpoise init`: a folder with a few commented files to begin with."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from experiments.commands.command import Parser
from experiments.commands.new import USE
from experiments.configuration.errors import OK
from experiments.configuration.examples import GROUP_OF, check_writable, example, there, write
from experiments.configuration.files import read_again, shown

#: What a new folder holds one of.
KINDS = ("strategy", "policy", "scenario")
README = """\
# Your own strategies, policies and scenarios

Commands that you type in the folder above use these files. `counterpoise check conf/` checks them;
`counterpoise new strategy NAME` writes another one; so it does for a policy, scenario, world or hypothesis.
"""

#: Signs that mean something within double quotes.
SPECIAL = frozenset('"$`!%\\')


def main(arguments: Sequence[str]) -> int:
    """Write the files that are not there yet; prints the next command. Returns the exit code."""
    parser = Parser("init", "Write a few commented files to begin with into DIR/conf; a file that is there stays as it is.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder to work in, such as . or my_question")
    folder = parser.parse_args(list(arguments)).folder
    conf = (folder / "conf").absolute()
    check_writable(conf)
    texts = {conf / "README.md": README}
    for kind in KINDS:
        name, text = example(kind)
        texts[there(conf / GROUP_OF[kind], name) or conf / GROUP_OF[kind] / f"{name}.yaml"] = text
    for file, text in texts.items():
        if file.exists():
            print(f"{shown(file)} is there and stays as it is")
        else:
            write(file, text)
            print(shown(file))
    read_again()
    if folder.resolve() != Path.cwd():  # a line of its own, in double quotes where they are enough: every shell has these
        path = folder.as_posix()
        quoted = shlex.quote(path) if SPECIAL & set(path) else f'"{path}"'
        print(f"next: cd {quoted}")
    print(f"next: {USE['strategy'].format(name=example('strategy')[0])}")
    return OK
