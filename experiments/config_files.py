"""Where the configuration files are."""

from pathlib import Path

#: Folders of conf/ that hold one choice a file.
GROUPS = ("world", "scenario", "strategies", "policy", "parameters", "payoff", "design", "executor", "experiment")

#: Folders of conf/ whose files commands of their own read; nothing is composed from them.
SEPARATE = ("hypothesis",)


def conf_dir() -> Path:
    """The folder of shipped configuration: conf/ of a checkout, or the copy inside an installed package."""
    here = Path(__file__).resolve().parent
    checkout = here.parent / "conf"
    return checkout if (checkout / "config.yaml").is_file() else here / "conf"


def options(group: str) -> list[str]:
    """Names of the files of a group, sorted."""
    return sorted(file.stem for file in (conf_dir() / group).glob("*.yaml"))
