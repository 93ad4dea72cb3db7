"""The text of `counterpoise --help`: how to call it, three examples, everything that can be named."""

from collections.abc import Mapping

from experiments.configuration.files import conf_dir, file_of, names_in, own_dir, shown
from experiments.configuration.yaml_files import read
from experiments.messages import printable

#: How many characters of a description are shown.
LONGEST = 200
#: How wide a name is at least, with the spaces behind it.
WIDTH = 24

HEADER = """\
counterpoise: compare hedging, balancing and alignment of a small state between two great powers.

usage: counterpoise [COMMAND] [KEY=VALUE ...] [-m] [--dry-run] [--conf DIR] [--version]

examples:
  counterpoise
      all strategies on the default case, 1,024 worlds, 15 years; table, figures, report
  counterpoise scenario=cold_war 'strategies=[equidistance,bandwagon_first,status_quo]'
      some strategies in another scenario
  counterpoise -m policies.second=coercion,inducement parameters.lens_high_security=1.0
      a sweep: every combination of the values, one report
  counterpoise design=grid 'design.over=[parameters.rivalry_mean,parameters.lens_high_economy]' n_worlds=64
      a grid over two numbers, each over its plausible range; also design=lhs, sobol, table
  counterpoise experiment=balance_vs_align
      a preset: a question, its sweep and its figures

KEY=VALUE sets anything in conf/ by its dotted name (Hydra's grammar): n_worlds=4096, seed=7, horizon=80, focal=VNM,
world=theory_symmetric, policies.first=wedge, peers.all=isolation, strategies.auction.breadth=0.6,
policy.patron.reward=2, parameters.local_threat=0.02, deterministic=true, workers=1. -m runs every combination of
comma-separated values. --cfg job prints the configuration and stops; --dry-run prints the plan and stops. Finished cells
are kept in results/cells: run the same command again to go on where it was interrupted.
"""


def text(commands: Mapping[str, str]) -> str:
    """The whole help text: `commands` by name with a line each, then the choices in conf/."""
    own = own_dir()
    over = f"; over it lie your files in {shown(own)}/" if own else "; your files go into conf/ of the current folder, or --conf DIR"
    lines = [HEADER, f"conf/ is {printable(str(conf_dir()), 1000)}{over}\n", "commands:", *(_line(name, about) for name, about in commands.items())]
    for group, inner in (("world", "world"), ("scenario", "scenario"), ("strategies", None), ("policy", None), ("experiment", None)):
        lines.append(f"\n{group}{' (all by default)' if group == 'strategies' else ''}:")
        for name in names_in(group):
            document = read(file_of(group, name))
            data = document.data if isinstance(document.data, dict) else {}
            body = {"description": data.get("question") or ""} if group == "experiment" else data.get(inner or name, {})
            about = str(body.get("description", "")) if isinstance(body, dict) else ""
            lines.append(_line(printable(name), printable(about or _first_comment(document.text), LONGEST)))
    return "\n".join(lines)


def _line(name: str, about: str) -> str:
    """A name and what it is, with spaces between them however long the name is."""
    return f"  {f'{name}  ':<{WIDTH}}{about}".rstrip()


def _first_comment(source: str) -> str:
    comments = (line.lstrip("# ").rstrip() for line in source.splitlines() if line.startswith("#") and "@package" not in line)
    return next(comments, "")
