"""Prose on a terminal."""

import shutil
import textwrap

#: Narrowest and widest lines.
NARROW, WIDE = 80, 100


def width() -> int:
    """Characters of a line."""
    return max(NARROW, min(WIDE, shutil.get_terminal_size((WIDE, 24)).columns))


def wrapped(paragraph: str) -> list[str]:
    """The lines of a paragraph; one that begins with a dash is indented from its second line on."""
    indent = " " * (len(paragraph) - len(paragraph.lstrip(" ")) + 2) if paragraph.lstrip(" ").startswith("- ") else ""
    return textwrap.wrap(paragraph, width(), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
