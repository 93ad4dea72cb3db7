"""The templates of the reports."""

import math
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from experiments import words
from experiments.figures import layout, style
from experiments.messages import printable
from experiments.report.glossary import LIST, explained

#: Pixels of the smallest text of a figure on a screen, and where its size stands.
LEAST, _SIZE = 9, re.compile(r'font(?:-size)?: [^;"]*?([\d.]+)px')


@dataclass
class Contents:
    """The sections of a page in their order, as they are written.

    Attributes:
        entries: Title of each, where it stands in the page, and its figures: their questions and where they stand.
    """

    entries: list[tuple[str, str, list[tuple[str, str]]]] = field(default_factory=list)

    def section(self, title: str) -> str:
        """Add a section; where it stands."""
        self.entries.append((title, f"section-{len(self.entries) + 1}", []))
        return self.entries[-1][1]

    def figure(self, question: str, number: int) -> str:
        """Add a figure to the last section; where it stands. One that stands before all sections needs no entry."""
        if self.entries:
            self.entries[-1][2].append((question, f"figure-{number}"))
        return f"figure-{number}"


def page(name: str, **values: Any) -> str:
    """A report made from a template of this folder, its terms explained where each section uses them first."""
    return explained(template(name).render(contents=Contents(), glossary=Markup(LIST), **values))


@cache  # reading a template takes half a second
def template(name: str) -> jinja2.Template:
    """A template of this folder; undefined names are errors."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"inline": _inline, "fixed": words.fixed, "share": words.share, "plain": words.exact, "cut": _cut, "printable": printable}
    environment.globals["plural"] = words.plural
    return environment.get_template(name)


def _inline(file: Path, alt: str) -> Markup:
    """A figure as a part of the page, whose text can be searched and copied; on a small screen no narrower than keeps its smallest text readable."""
    text = file.read_text(encoding="utf-8")
    smallest = min(map(float, _SIZE.findall(text)), default=style.SMALL)
    least = math.ceil(LEAST / smallest * layout.WIDTH * 72)
    return Markup(text.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1).replace(' style="', f' style="min-width: {least}px; ', 1))


def _cut(text: str) -> str | Markup:
    """A text whose long words are cut, with the whole of it for those who point at it."""
    cut = " ".join(map(style.shortened, text.split(" ")))
    return text if cut == text else Markup('<span title="{}">{}</span>').format(text, cut)
