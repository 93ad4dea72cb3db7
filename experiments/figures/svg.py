"""Figures as SVG that can stand inside a page: text stays text, no id is that of another figure, marks explain themselves."""

import re

from matplotlib.artist import Artist

#: Fonts of all figures, the first of them the one they are laid out with; the others are about as wide.
FONTS = "'DejaVu Sans', Verdana, 'Bitstream Vera Sans', sans-serif"
#: With what the id of an artist begins whose rest is shown to a reader who points at it.
TIP = "tip: "

_LEFT_OUT = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->", re.DOTALL)
_POINTED_AT = re.compile(rf'<g id="{TIP}([^"]*)">')
_REFERENCE = re.compile(r'url\(#([^)]*)\)|xlink:href="#([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
#: What a tag does without: digits beyond a hundredth of a point, finer than any screen; indentation; fonts; a turn by nothing.
_IN_TAGS = re.compile(r'(\d*[1-9]\d*\.\d\d)\d+|\n +|font-family: [^;"]*;? ?| transform="rotate\(-?0 [^"]*"')


def explain(artist: Artist, text: str) -> None:
    """Show a text to a reader who points at a line or at marks."""
    artist.set_gid(TIP + text)


def tidied(text: str, name: str) -> str:
    """The SVG that Matplotlib wrote, as it is kept.

    Args:
        text: The SVG, with text as text.
        name: Name of the figure, with which all its ids begin.
    """
    text = _POINTED_AT.sub(r"<g><title>\1</title>", _LEFT_OUT.sub("", text))
    kept = {one or other for one, other in _REFERENCE.findall(text)}

    def tag(whole: re.Match[str]) -> str:
        short = _IN_TAGS.sub(lambda part: part[1] or ("\n" if part[0].isspace() else ""), whole[0])
        short = _REFERENCE.sub(lambda part: part[0].replace("#", f"#{name}-", 1), short)
        return re.sub(r' id="([^"]*)"', lambda part: f' id="{name}-{part[1]}"' if part[1] in kept else "", short)

    text = re.sub(r">\s+<", ">\n<", _TAG.sub(tag, text))
    return text.replace("<svg ", f'<svg style="font-family: {FONTS}; stroke-linejoin: round; stroke-linecap: butt" ', 1)
