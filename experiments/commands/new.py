"""`counterpoise new`: a commented file to begin with, in the user's own folder of configuration."""

from collections.abc import Sequence
from pathlib import Path

from experiments.commands.command import Parser, one_of
from experiments.configuration.errors import OK, CommandError
from experiments.configuration.examples import GROUP_OF, check_writable, name_problem, renamed, there, write
from experiments.configuration.files import conf_dir, read_again, shown, wanted_dir

#: The command that uses a file of each kind.
USE = {"strategy": "counterpoise 'strategies=[{name},status_quo]'", "policy": "counterpoise policies.second={name}",
       "scenario": "counterpoise scenario={name}", "world": "counterpoise world={name}", "hypothesis": "counterpoise hypotheses --only={name}"}


def main(arguments: Sequence[str]) -> int:
    """Write a file; prints its path and the command that uses it. Returns the exit code."""
    parser = Parser("new", "Write a commented file to begin with into conf/ of the current folder; nothing is overwritten.")
    parser.add_argument("kind", type=one_of(GROUP_OF, "kind"), metavar="KIND", help=f"one of {', '.join(GROUP_OF)}")
    parser.add_argument("name", metavar="NAME", help="its name, and that of the file")
    options = parser.parse_args(list(arguments))
    if problem := name_problem(options.name):
        parser.error(f"{options.name!r} cannot be a name: {problem}")
    if (wanted := wanted_dir()) is None:
        raise CommandError("there is no current folder any more; go to another one, or add --conf DIR")
    check_writable(Path(wanted))
    group = GROUP_OF[options.kind]
    for folder in (Path(wanted), conf_dir()):
        if file := there(folder / group, options.name):
            raise CommandError(f"{shown(file)} is there already; choose another name")
    file = Path(wanted) / group / f"{options.name}.yaml"
    write(file, renamed(options.kind, options.name))
    read_again()
    print(f"{shown(file)}\n{USE[options.kind].format(name=options.name)}")
    return OK
