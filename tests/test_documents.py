"""The documents: short enough, no dead link, and every command and every file they show is taken by the commands themselves."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from experiments.cli import COMMANDS, main
from experiments.help import HEADER
from experiments.runs import published
from experiments.runs.columns import COLUMNS, missing, unexplained
from tests import columns_page, findings, pages

ROOT = pages.ROOT
README = ROOT / "README.md"
FOLDERS = (".", ".github", "conf", "experiments", "results", "sim", "tests", "tests/faults")
DOCUMENTS = [file for folder in FOLDERS for file in sorted((ROOT / folder).glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Made or kept by hand elsewhere; what a command once was stays true there.
HISTORY = ROOT / "CHANGELOG.md"
#: Commands that plan nothing: their words are compared with their help, since the folders they name are examples.
ON_RUNS = ("check", "verify", "replay", "report", "export", "compare-runs", "world", "hindcast")
EVERYWHERE = ("--help", "--version")
#: What stands for something else in an example.
PLACEHOLDERS = ("COMMAND", "KEY=VALUE", "THIS", "FILE", "RUN", "…")


def short(file: Path) -> str:
    return str(file.relative_to(ROOT))


def prose(text: str) -> list[str]:
    """Paragraphs outside of code, tables, images, headings and comments."""
    text = re.sub(r"<!--.*?-->", "", FENCE.sub("", text), flags=re.DOTALL)
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text)]
    return [block for block in blocks if block and not block.startswith(("|", "![", "#"))]


def test_the_readme_is_short():
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    assert sum(len(block.split()) for block in prose(text)) <= 900


def test_a_paragraph_of_the_readme_has_four_lines_and_one_number_at_most():
    for block in prose(README.read_text(encoding="utf-8")):
        paragraphs = re.split(r"\n(?=- )", block) if block.startswith("- ") else [block]
        for paragraph in paragraphs:
            assert len(paragraph.splitlines()) <= 4, paragraph
            without = re.sub(r"`[^`]*`|\]\([^)]*\)|3\.11 to 3\.13|Apache-2\.0|\*Made by .*", "", paragraph)
            assert len(re.findall(r"\d[\d.,]*", without)) <= 1, paragraph


@pytest.mark.parametrize("file", DOCUMENTS, ids=short)
def test_what_a_document_links_to_is_there(file: Path):
    text = FENCE.sub("", file.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith(("http:", "https:", "mailto:", "#")):
            assert (file.parent / target.split("#")[0]).exists(), f"{short(file)}: {target}"


def test_every_preset_that_varies_something_has_its_finding_and_its_picture():
    page = ROOT / "results" / "FINDINGS.md"
    for name in findings.presets():
        assert f"experiment={name}" in pages.part(page, name)
        assert (ROOT / "results" / "gallery" / f"{name}.png").stat().st_size > 10_000, name


def test_the_lab_has_its_pictures():
    for name in findings.LAB_PICTURES:
        with Image.open(ROOT / "results" / "gallery" / f"{name}.png") as picture:
            assert picture.size == findings.LAB_SIZE


@pytest.mark.parametrize("name", list(published.load(published.published_file())))
def test_findings_json_says_what_the_page_says(name: str):
    """Each line of findings is one of its sentences, which begin with what they are about; of the main part each paired difference is in the table."""
    page, part = pages.part(ROOT / "results" / "FINDINGS.md", name), published.load(published.published_file())[name]
    lines = [line.strip().removeprefix("- ").replace("**", "") for line in page.splitlines() if line.lstrip().startswith("- ")]
    assert len(lines) == len(part.sentences)
    assert [line for line, sentence in zip(lines, part.sentences, strict=True) if not sentence.endswith(line)] == []
    assert f"`{part.command}`" in page
    for number in part.numbers if name == "main" else ():
        if (of := re.fullmatch(r"paired\.csv: difference \((\w+), (\w+)\)", number.what)) and number.value:
            assert f"| {findings.difference(of[2], number.value, number.low, number.high)} |" in page


def test_every_part_of_the_page_can_be_replicated():
    page = ROOT / "results" / "FINDINGS.md"
    empty = pages.EMPTY.format(command=findings.COMMAND)
    assert list(published.load(published.published_file())) == [name for name in pages.names(page, findings.COMMAND) if pages.part(page, name) != empty]


def test_the_page_of_columns_is_up_to_date():
    assert pages.part(columns_page.PAGE, columns_page.NAME) == columns_page.body(), "run `make docs`"


# ---- Commands and files


def commands(file: Path) -> Iterator[str]:
    """Commands that a document shows, in blocks and in lines."""
    text = file.read_text(encoding="utf-8")
    for language, block in FENCE.findall(text):
        if not language:
            yield from (line.split(" # ")[0].strip() for line in block.splitlines() if line.startswith("counterpoise"))
    yield from re.findall(r"`(counterpoise(?: [^`]+)?)`", FENCE.sub("", text))


def examples(file: Path) -> Iterator[tuple[str, str]]:
    """Configuration files that a document shows, each with the name that the text before it gives."""
    text = file.read_text(encoding="utf-8")
    for result in FENCE.finditer(text):
        if result.group(1) == "yaml":
            yield re.findall(r"`(conf/\w+/\w+\.yaml)`", text[: result.start()])[-1], result.group(2)


#: Runs many commands in one process, in a copy of the program that holds the examples: prints code and output of each.
TRY = """
import contextlib, io, json, sys
from experiments.cli import main

def tried(words):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(words)
    return code, said.getvalue()

commands, code = json.load(sys.stdin)
outcomes = [tried(words) for words in commands]
for block in code:
    exec(block, {})
print(json.dumps(outcomes))
"""


@pytest.fixture(scope="module")
def shown() -> list[str]:
    of_help = re.findall(r"^  (counterpoise.*)$", HEADER, re.MULTILINE)
    assert len(of_help) == 5
    every = dict.fromkeys([*(command for file in DOCUMENTS if file != HISTORY for command in commands(file)), *of_help])
    return [command for command in every if not any(word in command for word in PLACEHOLDERS)]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with the examples of the documents among its files."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("sim", "experiments", "conf"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in DOCUMENTS:
        for name, text in examples(file):
            target = folder / name
            assert not target.is_file() or target.read_text(encoding="utf-8") == text or file == README or target.stem in text
            target.write_text(text, encoding="utf-8")
    (folder / "points.csv").write_text("parameters.rivalry_mean\n0\n1\n", encoding="utf-8")
    return folder


def test_every_file_and_every_command_that_a_document_shows_is_taken(shown: list[str], copy: Path):
    files = sorted({name for file in DOCUMENTS for name, _ in examples(file)})
    assert len(files) > 7
    assert len(shown) > 40
    tries: dict[str, list[str]] = {"check of the examples": ["check", *files]}
    tries.update(attempts(shown))
    blocks = [block for file in DOCUMENTS for language, block in FENCE.findall(file.read_text(encoding="utf-8"))
              if language == "python" and "import counterpoise" in block]
    process = subprocess.run([sys.executable, "-c", TRY], input=json.dumps([list(tries.values()), blocks]), capture_output=True, text=True, cwd=copy,
                             env={**os.environ, "PYTHONPATH": os.pathsep.join([str(copy), str(copy / "experiments/python/face")])}, timeout=300)
    assert process.returncode == 0, process.stderr
    helps: dict[str, str] = {}
    for (command, words), (code, said) in zip(tries.items(), json.loads(process.stdout.splitlines()[-1]), strict=True):
        assert code == 0, f"{command}: {said}"
        if words[-1] == "--help":
            helps[words[0]] = said
    for command in shown:
        name, words = parsed(command)
        if name in helps:
            for option in (word.split("=")[0] for word in words if word.startswith("--")):
                assert option in (*EVERYWHERE, *re.findall(r"--[\w-]+", helps[name])), f"{command}: {option}"


def test_the_examples_of_options_in_the_help_of_every_command_are_taken(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "1000")  # a line for each option
    tries: list[list[str]] = []
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        of_command = re.findall(r"^ +(--[\w-]+) .*such as ([\w,]+)", capsys.readouterr().out, re.MULTILINE)
        tries += [[name, f"{option}={value}", "--dry-run"] for option, value in of_command]
    assert {words[0] for words in tries} >= {"hypotheses", "patterns"}
    for words in tries:
        assert main(words) == 0, f"{words}: {capsys.readouterr().err}"


def parsed(command: str) -> tuple[str, list[str]]:
    """Name of a command and its other words."""
    words = shlex.split(command)[1:]
    named = bool(words) and "=" not in words[0] and not words[0].startswith("-")
    return (words[0], words[1:]) if named else ("compare", words)


def attempts(commands: Sequence[str]) -> dict[str, list[str]]:
    """What shows that commands are right without simulating: the help of each, and the plan of a comparison with the same settings."""
    shipped = {f"experiment={preset}" for preset in findings.presets()}  # whose own tests plan them, which takes long
    helps = {f"{name} --help": [name, "--help"] for name in dict.fromkeys(parsed(command)[0] for command in commands)}
    plans: list[list[str]] = []
    for name, words in map(parsed, commands):
        settings = [word for word in words if "=" in word and not word.startswith("-")]
        if name in ON_RUNS or not settings or set(settings) <= shipped:
            continue
        alone = len(settings) > 1 or "-m" in words or settings[0].startswith(("experiment=", "world="))
        # A plan takes most of a second: settings of one key each share it, every key once.
        fitting = next((plan for plan in plans if not alone and plan[0] == "compare" and key(settings[0]) not in map(key, plan)), None)
        if fitting:
            fitting += settings
        else:
            plans.append(["-m" if "-m" in words else "" if alone else "compare", *settings])
    quick = {"assumption_draws": "assumption_draws=0", "n_worlds": "n_worlds=4"}
    return helps | {" ".join(plan): [*(word for word in plan if word), *(word for name, word in quick.items() if name not in map(key, plan)), "--dry-run"]
                    for plan in plans}


def key(setting: str) -> str:
    """What a setting sets; all numbers of a group of files count as that group."""
    return setting.split("=")[0].split(".")[0]


# ---- What writes the documents


def test_a_part_is_replaced_and_all_else_stays(tmp_path: Path):
    file = tmp_path / "page.md"
    file.write_text(f"above\n\n{pages.marked('make it', 'one', '')}\n\nbetween\n\n{pages.marked('make it', 'two', 'old')}\n\nbelow\n")
    pages.replace(file, "two", "new\n")
    assert pages.part(file, "two") == "new"
    assert pages.part(file, "one") == "Not measured yet: `make it` fills this in."
    assert file.read_text().startswith("above\n\n<!-- made by `make it`: one -->")
    assert file.read_text().endswith("<!-- end: two -->\n\nbelow\n")
    assert pages.names(file, "make it") == ["one", "two"]
    with pytest.raises(ValueError, match="the part 'three' once, found them 0 times"):
        pages.replace(file, "three", "")


def test_a_header_says_which_command_when_and_which_version():
    assert re.fullmatch(r"\*Made by `make it` on \d{4}-\d\d-\d\d, counterpoise \S+, model version \d+; half of it\.\*", pages.header("make it", "half of it"))


def test_columns_that_depend_on_the_question_are_explained_and_others_are_refused():
    fixed = [name for name in COLUMNS["sweep/points.csv"] if "<" not in name]
    assert unexplained("sweep/points.csv", [*fixed, "parameters.rivalry_mean", "scenario"]) == []
    assert unexplained("compare/paired.csv", ["strategy", "differenz"]) == ["differenz"]
    assert unexplained("compare/nothing.csv", ["strategy"]) == ["strategy"]
    assert missing("hypotheses/draws.csv", ["hypothesis", "draw"]) == ["effect"]


def test_claims_say_what_became_of_them_and_of_their_twins_without_backlash():
    rows = [("O1", "essay", "refuted", 0.07, -1), ("O2", "essay", "supported", 0.98, 1), ("O2z", "mechanism", "refuted", 0.35, -1),
            ("O5", "essay", "share of variance", np.nan, 0.7)]
    scoreboard = pd.DataFrame([{"hypothesis": name, "statement": f"claim {name}", "kind": kind, "verdict": verdict, "holds": holds, "effect": effect}
                               for name, kind, verdict, holds, effect in rows])
    assert findings.claims(scoreboard).splitlines()[2:] == [
        "| claim O1 | Refuted: holds in 7 % of draws of the assumptions |",
        "| claim O2 | Supported: holds in 98 % of draws of the assumptions; without backlash: refuted |",
        "| claim O5 | No verdict: these choices explain 70 % of the variance |"]


def test_a_number_shows_as_many_digits_as_its_interval_allows():
    assert findings.interval(-2.2934, -2.3201, -2.2667) == "−2.293 [−2.320, −2.267]"  # half a width of .027: two digits of it are thousandths
    assert findings.interval(1.0, float("-inf"), float("inf")) == "1.00 [no interval]"
    assert findings.difference("autonomy", 0.0314, 0.0310, 0.0318) == "3.140 [3.100, 3.180]"


def test_findings_of_a_run_become_a_section_with_its_picture_and_leave_the_others_alone(tmp_path: Path):
    run = tmp_path / "run"
    (run / "figures").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(run / "figures" / "plane.png")
    (run / "manifest.json").write_text(json.dumps({"command": "counterpoise experiment=asean"}))
    (run / "findings.json").write_text(json.dumps([{"about": "Trust.", "text": "Hedging is ahead.", "parts": ["at low rivalry", "at high rivalry"]}]))
    (tmp_path / "results" / "gallery").mkdir(parents=True)
    page = tmp_path / "results" / "FINDINGS.md"
    page.write_text(pages.marked(findings.COMMAND, "pandemic", "as it was"))
    findings.write("asean", run, tmp_path, "n_worlds=16")
    assert "- **Trust.** Hedging is ahead.\n  - at low rivalry\n  - at high rivalry" in pages.part(page, "asean")
    assert "](gallery/asean.png)" in pages.part(page, "asean")
    assert "; n_worlds=16.*" in pages.part(page, "asean")
    assert (tmp_path / "results" / "gallery" / "asean.png").is_file()
    assert pages.part(page, "pandemic") == "as it was"
    assert pages.part(page, "robustness") == "Not measured yet: `make findings` fills this in."
