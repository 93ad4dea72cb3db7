"""What a file may set that somebody else may have written: what describes a world, a strategy or a question.

Where something is computed, by how many processes and where results go, only the command line says. A file that a design
reads lies below the folder of the file that names it.
"""

from collections.abc import Iterable

from experiments.configuration.files import GROUPS
from experiments.messages import shortened, unknown

#: Keys that only the command line sets, with all below them. conf/config.yaml holds their defaults.
COMMAND_LINE = ("executor", "png", "results", "workers")

_MODEL = ("parameters", "policies", "peers")

#: Keys at the top of a file, by its kind. Files of other kinds hold the keys of one class, and no class of theirs names a place or a number of processes.
SHARED: dict[str, tuple[str, ...]] = {
    "world": ("world", *_MODEL, "focal", "reference"),
    "scenario": ("scenario", *_MODEL),
    "experiment": (
        "defaults", "name", "question", "world", "scenario", "strategies", "policy", "payoff", "design", *_MODEL, "focal", "reference",
        "horizon", "n_worlds", "seed", "deterministic", "assumption_draws", "against", "sweep"),
}

#: Groups that a preset may choose files from; what it and a hypothesis vary begins with one of its keys.
CHOSEN = tuple(group for group in GROUPS if group in SHARED["experiment"])


def refusal(key: str, allowed: Iterable[str], what: str = "key") -> str:
    """Why a file may not set a key, and what to do.

    Args:
        key: The key, dotted.
        allowed: Those it may set.
        what: What is allowed, in a word.
    """
    if key.split(".")[0] in COMMAND_LINE:
        return f"only the command line sets it: remove it here and add {shortened(f'{key}=…')[1:-1]} to the command"
    return unknown(key, allowed, what)
