"""Files as somebody might send them: a small one of each kind, and what puts them in place."""

from pathlib import Path

import pytest

from experiments.configuration.errors import ConfigError
from experiments.configuration.load import load

SECRET = "s3cr3t-0f-the-env1ronment"
GLOBAL = "# @package _global_\n"
STRATEGY = "mine:\n  family: hedging\n  description: d\n  source: s\n"
POLICY = "mine:\n  description: d\n  source: s\n"
SCENARIO = GLOBAL + "scenario:\n  name: mine\n  description: d\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{b}: &{b} [{','.join(f'*{a}' for _ in range(9))}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


def canary_module(folder: Path) -> None:
    """A module that leaves a trace when it is imported or called."""
    (folder / "canary_module.py").write_text(f"open({str(folder / 'canary')!r}, 'w').close()\n\n\ndef run(*a, **k): open('canary', 'w').close()\n")


def contents(folder: Path) -> set[str]:
    """All files below a folder but the traces of Python itself."""
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if "__pycache__" not in file.parts}


def put(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def refusals(*overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load(overrides)
    return refused.value.problems
