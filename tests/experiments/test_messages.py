"""Foreign text in messages: nothing that reaches a terminal steers it."""

import ast
import sys
import tracemalloc
import unicodedata
from pathlib import Path

import pytest

from experiments import cli
from experiments.messages import TURNING, printable, shortened, steering

#: Every character that a terminal obeys, or that turns the order of others, and some that hide.
STEERING = [sign for sign in map(chr, range(sys.maxunicode + 1))
            if (unicodedata.category(sign) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(sign) in TURNING) and sign not in "\t\n"]
TRICKS = "\x1b[2J\x00\x07\r\n\x9b31m\u202ecod.exe\u2066\u200f"


def test_every_character_that_steers_is_found_and_shown_as_text() -> None:
    assert {"\x1b", "\x00", "\r", "\x9b", "\u202e", "\u2066", "\u2069", "\u2028"} <= set(STEERING)
    for sign in STEERING:
        assert steering(f"abc{sign}") == sign
        assert printable(f"abc{sign}").isprintable()


def test_text_of_every_script_stays() -> None:
    for text in ("Büro, 中国, កម្ពុជា", "ขอบคุณ", "two\nlines\tand a tab", "a\u200bb", "می\u200cخواهم", "a\u00a0b"):
        assert steering(text) is None
    assert printable("កម្ពុជា, −1 to 1") == "កម្ពុជា, −1 to 1"


def test_text_as_long_as_a_file_takes_no_memory() -> None:
    text = "\x1b" * 10_000_000
    tracemalloc.start()
    shown = printable(text), shortened(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [len(part) for part in shown] == [81, 81]  # 80 characters and the sign that more was there
    assert peak < 100_000


@pytest.mark.parametrize("words", [
    [TRICKS], ["compare", TRICKS], [f"{TRICKS}=1"], [f"name={TRICKS}"], [f"--{TRICKS}"], [f"scenario={TRICKS}"], ["-m", f"scenario={TRICKS},calm"],
    ["check", TRICKS], ["check", "--as", TRICKS, "x"], ["check", f"--{TRICKS}"], ["verify", TRICKS], ["replay", TRICKS, TRICKS], ["report", TRICKS],
    ["export", TRICKS], ["compare-runs", TRICKS, TRICKS], ["hypotheses", f"--only={TRICKS}"], ["optimize", f"--measure={TRICKS}"],
    ["tournament", f"--policies={TRICKS}"], ["robustness", TRICKS], ["sensitivity", f"{TRICKS}=1"], [f"results={TRICKS}", "name=a/b"],
], ids=lambda words: " ".join(words).replace(TRICKS, "…"))
def test_no_word_steers_the_terminal(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) in (1, 2, 65, 74)
    said = capsys.readouterr()
    assert all(line.isprintable() for line in f"{said.out}\n{said.err}".split("\n"))


def test_no_name_of_a_file_steers_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a\x1b[2J\u202e.yaml"
    for text in ("a: 1\n", "mine:\n  family: x\n", "\x1b"):
        file.write_text(text)
        assert cli.main(["check", str(file)]) == 65
        assert all(line.isprintable() for line in capsys.readouterr().out.split("\n"))


def passed_on(handler: ast.ExceptHandler) -> bool:
    """Whether a handler makes text of the error of a library: a word of the error that stands in a text, or `str` of it."""
    def is_error(node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == handler.name

    return any(
        (isinstance(node, ast.FormattedValue) and is_error(node.value))
        or (isinstance(node, ast.Call) and getattr(node.func, "id", None) == "str" and any(map(is_error, node.args)))
        for node in ast.walk(handler))


def test_no_message_passes_on_the_text_of_a_library() -> None:
    libraries = {"Exception", "BaseException", "OSError", "KeyError", "TypeError", "ValidationError", "LookupError", "RuntimeError"}
    #: Code of a strategy that breaks: its own text is what its author needs.
    ours = {"cells/simulate.py", "executors/processes.py"}
    root = Path(cli.__file__).parent
    found = {
        file.relative_to(root).as_posix() for file in root.rglob("*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and node.type is not None and passed_on(node)
        and libraries & {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)}}
    assert found <= ours
