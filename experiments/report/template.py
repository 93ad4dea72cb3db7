"""The templates of the reports."""

from functools import cache
from pathlib import Path
from urllib.parse import quote

import jinja2

from experiments import words


@cache  # reading a template takes half a second
def template(name: str) -> jinja2.Template:
    """A template of this folder; undefined names are errors."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"data_uri": _data_uri, "fixed": words.fixed, "share": words.share, "plain": _plain}
    environment.globals["plural"] = words.plural
    return environment.get_template(name)


def _data_uri(file: Path) -> str:
    # Percent-encoding only what must be is a quarter smaller than base64.
    return "data:image/svg+xml," + quote(file.read_text(encoding="utf-8"), safe=" !$&'()*+,-./:;=?@[]_~")


def _plain(value: float) -> str:
    """A number as it is written in the settings, with a true minus sign."""
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")
