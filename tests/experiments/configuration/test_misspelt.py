"""A misspelt key is refused and answered with the right one."""

from collections import Counter
from typing import Any

import pytest

from experiments.configuration.check import check_file
from experiments.configuration.files import GROUPS, SEPARATE, documents
from experiments.configuration.yaml_files import Document


def misspelt(word: str) -> set[str]:
    """A word with one letter dropped, doubled or swapped with the next."""
    dropped = {word[:i] + word[i + 1:] for i in range(len(word))}
    doubled = {word[:i] + word[i] + word[i:] for i in range(len(word))}
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2:] for i in range(len(word) - 1)}
    return (dropped | doubled | swapped) - {word, ""}


def renamed(value: Any, path: tuple[Any, ...], new: str) -> Any:
    """Data with the last key of a path replaced."""
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        return [renamed(part, rest, new) if i == key else part for i, part in enumerate(value)]
    return {(new if k == key and not rest else k): (renamed(part, rest, new) if k == key and rest else part) for k, part in value.items()}


def keys_of_every_kind() -> list[tuple[Document, tuple[Any, ...]]]:
    """Every key of every kind of file, once: of many states or strategies, those of one."""
    result: dict[tuple[Any, ...], tuple[Document, tuple[Any, ...]]] = {}
    for file, document in documents().items():
        group = file.parent.name
        for path in document.lines:
            if isinstance(path[-1], str):
                same = (group, *("*" if part == file.stem or isinstance(part, int) or part in ("KHM", "VNM") else part for part in path))
                elsewhere = len(path) > 2 and path[:2] == ("world", "states") and path[2] not in ("KHM", "VNM")
                free = path[:-1] in (("strategies",), ("groups",), ("also",))  # names of one's own
                if path[0] in ("sweep", "base", "low", "middle", "high", "prior") or path[:2] == ("design", "over"):
                    same = (group, *path[: len(path) - 1])  # all are looked up in the same list of dotted names: one of each place
                if not elsewhere and not free:
                    result.setdefault(same, (document, path))
    return list(result.values())


@pytest.mark.parametrize("spellings", [1, pytest.param(None, marks=pytest.mark.slow)], ids=["one of each key", "every one"])
def test_a_misspelt_key_is_always_refused_and_nearly_always_answered_with_the_right_one(spellings: int | None) -> None:
    keys = keys_of_every_kind()
    assert {document.file.parent.name for document, _ in keys} == {*GROUPS, *SEPARATE, "conf"}
    assert len(keys) > 200
    count: Counter[str] = Counter()
    wrong: list[str] = []
    for i, (document, path) in enumerate(keys):
        every = sorted(misspelt(path[-1]))
        for spelling in every if spellings is None else [every[i % len(every)]]:  # dropped, doubled and swapped letters in turn
            data = renamed(document.data, path, spelling)
            here = (*path[:-1], spelling)
            lines = {(*here, *other[len(path):]) if other[:len(path)] == path else other: line for other, line in document.lines.items()}
            result = check_file(Document(document.file, document.text, data, lines))
            count["tried"] += 1
            count["refused"] += bool(result)
            right = [problem for problem in result if f"did you mean {path[-1]}?" in problem or f"{path[-1]!r}, the name of the file" in problem]
            count["right"] += bool(right)
            placed = [problem for problem in result if f"{document.file.name}:{document.line_of(path)}: " in problem]
            count["placed"] += bool(placed)
            if not right or not placed:
                wrong.append(f"{document.file.stem} {'.'.join(map(str, here))}: {result}")
    assert count["tried"] == len(keys) if spellings else count["tried"] > 5000, count
    assert count["refused"] == count["tried"], wrong
    assert count["placed"] >= 0.95 * count["tried"], (count, wrong)
    assert count["right"] >= 0.9 * count["tried"], (count, wrong)
