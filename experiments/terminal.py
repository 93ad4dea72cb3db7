"""Prose on a terminal."""

import shutil
import textwrap

#: Narrowest table, and widest line.
NARROW, WIDE = 80, 100


def columns() -> int:
    """Characters of a line of prose."""
    return min(WIDE, shutil.get_terminal_size((WIDE, 24)).columns)


def width() -> int:
    """Characters of a line of a table."""
    return max(NARROW, columns())


def wrapped(paragraph: str, indent: int = 0) -> list[str]:
    """The lines of a paragraph, all indented so far; one that begins with a dash is indented further from its second line on."""
    before = " " * indent
    further = " " * (len(paragraph) - len(paragraph.lstrip(" ")) + 2) if paragraph.lstrip(" ").startswith("- ") else ""
    return textwrap.wrap(paragraph, columns(), initial_indent=before, subsequent_indent=before + further, break_long_words=False, break_on_hyphens=False)
