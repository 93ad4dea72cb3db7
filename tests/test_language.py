"""One concept, one word: words that documents, messages, comments, names and configuration files do not use, and what they say instead."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

DOCUMENTS = ("README.md", "conf/README.md", "experiments/README.md", "results/README.md", "sim/MODEL.md", ".github/CONTRIBUTING.md")

#: Pattern of what is not said, in any case of letters, and what is said instead.
WORDS = {
    r"\b(tell|tells|telling|told)\b": "report, show, name, print; cannot be distinguished",
    r"(?<!of )\bcourses?\b": "strategy (what a state follows); trajectory (values over time)",
    r"\b(brings?|brought)\b": "gains, costs",
    r"\bcells? (is|are|was|were|that (is|are|was|were)) (lost|absent|left out)\b|\b(lost|absent) cells?\b": "failed; missing",
    r"\b(some|all|these|their|from|of) works\b": "jobs, the job's cells",
    r"\bthe finds?\b": "the best strategy found",
    r"\bunseen\b": "out-of-sample",
    r"\bjudg(e|es|ed|ing|ement|ements)\b": "test, compare; out-of-sample",
    r"\bat equal size\b": "size-adjusted",
    r"\banew\b": "again",
    r"\bbesides\b": "also; apart from",
    r"\bof one's own\b": "your own, its own",
    r"\bin the way of\b": "like",
    r"\bsay(ing)? it again\b": "run it again",
    r"\bpoints of (100|income)\b|(?<!points \()(?<!points, which are )\bhundredths\b": "points (hundredths of the return), explained once",
    r"(?<!there )\b(is|are|was|were) no (?!(longer|more|less|practical|other)\b)\w+": "is not a",
    r"\bwhat (is|are) no\b": "what is not",
    r"\b\d+ or more here\b": "must be at least",
    r"\b(wins|beats)\b": "is ahead; no practical difference",
    r"(?<![\w.)\]:])\.\d+ ?%": "0.3 %",
}

#: Names of variables, functions, classes, fields and arguments.
NAMES = {
    r"[Aa]sked": "options", r"[Ff]ound": "result", r"works|work_of": "job_cells", r"courses?|courses_.*": "trajectories, strategies",
    r"lost|absent": "failed, missing", r"tell|tells|told": "report, shown", r"unseen": "out_of_sample",
    r"judged?|judgement": "tested, compared",
}

#: File, what is found there, and why it stays.
ALLOWED = {
    ("conf/experiment/strategy_plane.yaml", "course"): "key of a strategy and its family: a new key would be a new cell",
    ("experiments/methods/search.py", "tell"): "method of the library cmaes",
    ("sim/payoffs.py", "found"): "the code of the model is part of the key of every cell",
    ("experiments/analyses/optimize/out_of_sample.py", "judgement"): "name of a random stream: another one would draw other numbers",
    (".github/CONTRIBUTING.md", "wins"): "the rule itself",
}


def covered() -> list[Path]:
    """Every file whose words are checked."""
    files = [*(ROOT / "sim").rglob("*.py"), *(ROOT / "experiments").rglob("*.py"), *(ROOT / "conf").rglob("*.yaml"), *(ROOT / name for name in DOCUMENTS)]
    return sorted(files)


def said_in_python(text: str) -> Iterator[tuple[int, str, bool]]:
    """Line, words, and whether they are a name: strings, docstrings, comments and names of a Python file."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string, False
    for node in ast.walk(ast.parse(text)):
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not re.fullmatch(r"\.\d+%", node.value):  # a format is not a text
            yield line, node.value, False
        for field in ("id", "attr", "arg", "name", "asname"):
            if isinstance(name := getattr(node, field, None), str):
                yield line, name, True


def said_in_text(text: str, between: str) -> Iterator[tuple[int, str, bool]]:
    """Line and words of each piece of a text without code in backticks; `between` is the pattern that separates pieces."""
    line = 1
    for piece in re.split(between, text):
        yield line, re.sub(r"`[^`]*`", "`…`", piece), False
        line += piece.count("\n")


def problems(file: str, text: str) -> Iterator[tuple[str, str, str]]:
    """What a text says that it should not: file and line, what, what instead."""
    between = r"(?<=\n)" if file.endswith(".yaml") else r"(?<=\n)(?=\n)"  # lines, or paragraphs
    for line, words, is_name in said_in_python(text) if file.endswith(".py") else said_in_text(text, between):
        for what, instead in better(" ".join(words.split()), is_name):
            yield f"{file}:{line}", what, instead


@cache  # most names come many times
def better(words: str, is_name: bool) -> list[tuple[str, str]]:
    """What has a better word in a text or a name, and that."""
    patterns = [(rf"^_?({pattern})$", instead) for pattern, instead in NAMES.items()] if is_name else WORDS.items()
    return [(match.group(), instead) for pattern, instead in patterns for match in re.finditer(pattern, words, 0 if is_name else re.IGNORECASE)]


def allowed(where: str, what: str) -> tuple[str, str] | None:
    """The entry of `ALLOWED` that a problem falls under."""
    return next((entry for entry in ALLOWED if where.rsplit(":", 1)[0] == entry[0] and what.lower() == entry[1]), None)


def test_no_file_uses_a_word_that_has_a_better_one() -> None:
    used = set()
    result = []
    for file in covered():
        for where, what, instead in problems(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")):
            if entry := allowed(where, what):
                used.add(entry)
            else:
                result.append(f"{where}: {what!r}; say: {instead}")
    assert not result, "\n" + "\n".join(result)
    assert used == set(ALLOWED), "exceptions that nothing needs any more"


@pytest.mark.parametrize(("file", "text"), [
    ("a.py", "'''Cells that are lost.'''"), ("a.py", "x = 1  # the find is judged"), ("a.py", "asked = 1"), ("a.py", "def tell(): pass"),
    ("a.py", "print(f'{x} is no manifest: {y}')"), ("a.py", "raise ValueError('takes 2 or more here')"), ("a.py", "class Found: pass"),
    ("a.py", "f(courses=1)"), ("a.py", "import a as works"), ("a.py", "'''Families are compared at\n    equal size.'''"), ("a.py", "s = 'costs .3 %'"),
    ("a.yaml", "description: Stay the course."), ("a.yaml", "x: 1  # points of your own, besides"), ("a.md", "Hedging brings −0.57 points of 100."),
    ("a.md", "It is computed anew."), ("a.md", "As told before, alignment beats it."), ("a.py", "'''Seen less unseen.'''"), ("a.py", "x = 'three hundredths'"),
])
def test_it_can_fail(file: str, text: str) -> None:
    assert list(problems(file, text))


@pytest.mark.parametrize(("file", "text"), [
    ("a.py", "'''Output lost while politics is unstable; there is no war, of course.'''"), ("a.py", "found_p = best_of(job_cells)"),
    ("a.py", "x = 'The best strategy found is no longer ahead.'"), ("a.py", "x = 'points (hundredths) of influence, 0.3 %'"),
    ("a.yaml", "description: It works beside ASEAN.  # supports of equal size"), ("a.md", "`tell` and `.3 %` are code; there are no cells yet."),
])
def test_ordinary_words_pass(file: str, text: str) -> None:
    assert not list(problems(file, text))


def test_it_reads_all_rooms() -> None:
    assert {file.relative_to(ROOT).parts[0] for file in covered()} >= {"sim", "experiments", "conf", ".github", "README.md"}
