"""Parts of a picture as SVG. Every text is escaped here."""

from collections.abc import Sequence
from html import escape


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def text(x: float, y: float, words: str, anchor: str, colour: str, baseline: str = "auto") -> str:
    """Words beside a point: `anchor` is start, middle or end."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" dominant-baseline="{baseline}" fill="{colour}">{escape(words)}</text>'


def picture(width: float, height: float, parts: Sequence[str], summary: str, size: int = 12) -> str:
    """The whole, with a summary for those who cannot see it; `size` is that of the letters."""
    return (f'<svg viewBox="0 0 {width} {height:.0f}" role="img" aria-label="{escape(summary)}" font-size="{size}" '
            f'font-family="system-ui, sans-serif" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>')
