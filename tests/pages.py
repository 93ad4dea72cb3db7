"""The parts of documents that a command writes: text between markers, under a line that says which command, when, and with which version."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sim import MODEL_VERSION

ROOT = Path(__file__).resolve().parents[1]
#: The markers of a part; what stands between them is never edited by hand.
BEGIN, END = "<!-- made by `{command}`: {name} -->", "<!-- end: {name} -->"
EMPTY = "Not measured yet: `{command}` fills this in."


def header(command: str, about: str = "") -> str:
    """Which command made a part, when, with which version; `about` names what differs from its defaults."""
    try:
        release = version("counterpoise")
    except PackageNotFoundError:
        release = "(not installed)"
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    return f"*Made by `{command}` on {day}, counterpoise {release}, model version {MODEL_VERSION}{f'; {about}' if about else ''}.*"


def marked(command: str, name: str, body: str) -> str:
    """A part with its markers."""
    return f"{BEGIN.format(command=command, name=name)}\n{body.strip() or EMPTY.format(command=command)}\n{END.format(name=name)}"


def part(file: Path, name: str) -> str:
    """What stands between the markers of a part.

    Raises:
        ValueError: The file does not hold the part exactly once.
    """
    return _found(file.read_text(encoding="utf-8"), name, file).group("body").strip()


def with_parts(file: Path, bodies: Mapping[str, str]) -> str:
    """The file's text with other bodies between the markers of some parts; all else stays as it is.

    Raises:
        ValueError: The file does not hold each part exactly once.
    """
    text = file.read_text(encoding="utf-8")
    for name, body in bodies.items():
        result = _found(text, name, file)
        text = text[: result.start()] + marked(result.group("command"), name, body) + text[result.end():]
    return text


def replace(file: Path, name: str, body: str) -> None:
    """Write the file with another body between the markers of a part."""
    file.write_text(with_parts(file, {name: body}), encoding="utf-8")


def names(file: Path, command: str) -> list[str]:
    """Names of the parts of a file that a command writes, in order."""
    pattern = re.escape(BEGIN).replace(r"\{command\}", re.escape(command)).replace(r"\{name\}", "(.+?)")
    return re.findall(pattern, file.read_text(encoding="utf-8"))


def _found(text: str, name: str, file: Path) -> re.Match[str]:
    pattern = rf"<!-- made by `(?P<command>[^`\n]+)`: {re.escape(name)} -->\n(?P<body>.*?)<!-- end: {re.escape(name)} -->"
    result = list(re.finditer(pattern, text, re.DOTALL))
    if len(result) != 1:
        raise ValueError(f"{file}: expected the markers of the part {name!r} once, found them {len(result)} times; "
                         f"write a line {BEGIN.format(command='make …', name=name)} and a line {END.format(name=name)}")
    return result[0]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "&#124;").replace("\n", " ")


def lines(printed: Sequence[str]) -> str:
    """Lines that a command printed, as they stand."""
    return "\n".join(["```text", *printed, "```"])
