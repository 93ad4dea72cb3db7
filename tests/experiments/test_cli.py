"""A command leaves its caller as it was."""

import io
import signal
import sys
import time

import pytest

from experiments import cli
from experiments import help as help_text
from experiments.configuration.errors import CLOSED, INTERRUPTED


def test_output_shows_other_signs_and_is_afterwards_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", stream)
    assert cli.main(["−1×2"]) == 2
    stream.flush()
    assert b"unknown command '-1x2'" in stream.buffer.getvalue()  # type: ignore[attr-defined]
    assert stream.errors == "strict"


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def close(_: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(cli, "_run", close)
    assert cli.main(["verify"]) == CLOSED == 128 + signal.SIGPIPE
    assert capsys.readouterr() == ("", "")


def test_a_comment_that_a_shell_passes_on_is_none_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """README.md puts one behind its examples; cmd.exe and zsh know none on the command line."""
    assert cli.main(["--dry-run", "strategies=[equidistance,status_quo]", "#", "some", "strategies", "only"]) == 0
    assert cli.main(["--dry-run", "strategies=[equidistance,status_quo]", "some"]) == 2
    assert "'some'" in capsys.readouterr().err


def test_on_a_terminal_the_plan_is_no_wider_than_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--dry-run", "strategies=[equidistance,status_quo]"]
    assert cli.main(words) == 0
    whole = capsys.readouterr().out
    assert len(whole.splitlines()) == 2
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 60
    assert shown.split() == whole.split()


def test_the_signal_handlers_of_the_caller_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def handlers() -> list[object]:
        return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    started_in_the_background = signal.signal(signal.SIGINT, signal.default_int_handler)  # where a shell did, it is ignored
    before = handlers()
    assert cli.main(["nonsense"]) == 2
    assert handlers() == before
    monkeypatch.setattr(cli, "_run", lambda words: signal.raise_signal(signal.SIGTERM))
    assert cli.main([]) == INTERRUPTED
    assert handlers() == before
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, started_in_the_background)


def test_a_signal_that_comes_where_nothing_can_be_raised_ends_the_command_all_the_same(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """So it was while pydantic read a pattern: the exception was printed and dropped, and the run went on."""
    class Deleted:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    def run(words: list[str]) -> int:
        Deleted()
        for _ in range(1000):
            time.sleep(0.01)
        return 0

    before = sys.unraisablehook
    monkeypatch.setattr(cli, "_run", run)
    assert cli.main([]) == INTERRUPTED
    assert capsys.readouterr().err == f"{cli.INTERRUPTED_LINE}\n"
    assert sys.unraisablehook is before


@pytest.mark.parametrize("length", [1, 22, 23, 24, 25, 64])
def test_a_name_and_what_it_is_are_apart_in_the_help(length: int) -> None:
    assert f"\n  {'x' * length}  " in help_text.text({"x" * length: "what it is"})


@pytest.mark.parametrize(("words", "named"), [
    ("sensitivity --rows=8 --rows=16", "sensitivity: --rows"), ("optimize --candidates 4 --candidates 8", "optimize: --candidates"),
    ("rank x --scenarios=calm --scenarios cold_war", "rank: --scenarios"), ("export x --to csv --to parquet", "export: --to"),
    ("robustness --fails-below -0.1 --fails-below=-0.2", "robustness: --fails-below"), ("--conf conf --conf=conf", ": --conf"),
    ("tournament --conf conf --conf conf", ": --conf")])
def test_an_option_with_a_value_is_given_once(words: str, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words.split()) == 2
    error = capsys.readouterr().err
    assert f"{named}: given twice; keep one of the two" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("words", ["optimize --dry-run --dry-run --candidates=4", "robustness --threshold=economic=0 --threshold=trust=0 --dry-run"])
def test_flags_and_lists_may_be_given_again(words: str) -> None:
    assert cli.main(words.split()) == 0
