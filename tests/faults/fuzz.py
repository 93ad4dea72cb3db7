"""Configuration files turned into something else, at random: each must be taken or refused in plain words, never crash."""

import random
import re
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from experiments.configuration.check import check_file
from experiments.configuration.files import GROUPS, conf_dir
from experiments.configuration.yaml_files import read
from tests.faults.running import Row

#: What a damaged or hostile file may hold.
TOKENS = [
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\t", b"\x1b[31m", "\u2028".encode(), "\U0001f600".encode(), b"---\n", b"...\n", b"%YAML 9.9\n",
    b"&a ", b"*a", b"<<: *a\n", b"!!python/object/apply:os.system [id]", b"!x ", b"${oc.env:HOME}", b"_target_: os.system\n", b"? ", b": ", b"- ",
    b"[", b"]", b"{", b"}", b"'", b'"', b"|\n", b">\n", b"#", b"@", b"`", b"%", b"~", b"=", b"???", b".nan", b"1e999", b"0x1f", b"1:30", b"1_0" * 9,
    b"null", b"yes", b"-", b"[" * 50, b"{a: " * 30, b"x" * 5000, b"9" * 400, b"defaults: [hydra]\n", b"hydra: {run: {dir: /tmp}}\n", b"# @package hydra\n",
]

#: A clean refusal: file, line, what.
REFUSAL = re.compile(r"\S.*\.yaml:[0-9]+: \S")
#: What libraries say, and we do not.
OF_LIBRARIES = re.compile(
    r"ValueType|ConfigLoader|mismatched input|extraneous|token recognition|no viable|scanner|<unicode string>|<byte string>|https?://|Traceback|OmegaConf|struct"
    r"|[Pp]ydantic|NoneType|Union\[|Input should|validation error|mapping values|block mapping|find expected|simple key|Error\b|[Ee]xception")


@cache
def sources() -> dict[str, bytes]:
    """The shipped files, by group/name."""
    return {f"{group}/{file.name}": file.read_bytes() for group in GROUPS for file in sorted((conf_dir() / group).glob("*.yaml"))}


def damaged(text: bytes, other: bytes, rng: random.Random) -> bytes:
    """A file with one to five things done to it."""
    for _ in range(rng.randint(1, 5)):
        at, to = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        part, token = text[at:min(to, at + 200)], rng.choice(TOKENS)
        kind = rng.randrange(9)
        if kind == 0:
            text = text[:at] + token + text[at:]
        elif kind == 1:
            text = text[:at] + text[to:]
        elif kind == 2:
            text = text[:at] + rng.randbytes(rng.randint(1, 8)) + text[at + 1:]
        elif kind == 3:
            text = text[:at] + part * rng.choice([2, 3, 40]) + text[at:]
        elif kind == 4:
            lines = text.splitlines(keepends=True)
            rng.shuffle(lines)
            text = b"".join(lines)
        elif kind == 5:
            text = text[:to]
        elif kind == 6:
            text = text[:at] + other[at:]
        elif kind == 7:
            text = text.replace(part[:1] or b" ", token)
        else:
            words = re.findall(rb"[A-Za-z_]+", text) or [b"a"]
            text = text.replace(rng.choice(words), rng.choice([*words, token]), 1)
    return text


def trials(n: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Damaged files with the group/name each is put under; the same ones for the same seed."""
    rng, known = random.Random(seed), sources()
    names = list(known)
    for _ in range(n):
        name = rng.choice(names)
        yield name, damaged(known[name], known[rng.choice(names)], rng)


def verdict_on(file: Path) -> str:
    """What is wrong with the answer to a file; empty where it was taken or refused cleanly."""
    try:
        problems = check_file(read(file))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    strange = [line for line in problems if not REFUSAL.match(line) or not line.isprintable() or OF_LIBRARIES.search(line.replace(str(file), ""))]
    return f"not a clean refusal: {strange[0]!r}" if strange else ""


def fuzz_files(n: int = 5000, seed: int = 0) -> Row:
    """Damage shipped files and read each; what went wrong is printed."""
    failed, slowest = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, raw in trials(n, seed):
            file = Path(folder) / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(raw)
            start = time.perf_counter()
            wrong = verdict_on(file)
            slowest = max(slowest, time.perf_counter() - start)
            if wrong:
                failed += 1
                print(f"{name}: {wrong}\n  {raw[:300]!r}")
    return Row("configuration files damaged at random: taken or refused in plain words", n, failed, slowest=slowest)
