"""What is printed can be read on any terminal."""

import ast
from functools import cache
from pathlib import Path

import pytest

import experiments
import sim
from experiments.configuration.files import conf_dir
from experiments.messages import READABLE


@cache
def printed_signs() -> set[str]:
    """Signs beyond ASCII in the texts of the program and its configuration."""
    sources = [file for package in (experiments, sim) for file in Path(package.__file__ or "").parent.rglob("*.py")]
    texts = [node.value for file in sources for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    texts += [file.read_text(encoding="utf-8") for file in conf_dir().rglob("*.yaml")]
    return {sign for text in texts for sign in text if not sign.isascii()}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "cp1251", "shift_jis"])
def test_every_sign_that_we_print_stays_readable(encoding: str) -> None:
    signs = printed_signs()
    assert {"−", "×", "–", "…"} <= signs
    unreadable = {sign for sign in signs if "?" in sign.encode(encoding, READABLE).decode(encoding)}
    assert unreadable == set()
    assert "−0.5 × 2 ≥ 1 – é…".encode("ascii", READABLE) == b"-0.5 x 2 >= 1 - e..."
    assert "日\udc80".encode("ascii", READABLE) == b"??"
