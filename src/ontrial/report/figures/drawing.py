"""From a figure function to the bytes of an SVG file: scheme, language, fonts; the same bytes every time."""

import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pandas as pd
from matplotlib import font_manager, style

from ontrial.report.figures.style import DARK, SHEET
from ontrial.report.fonts import NANUM_GOTHIC
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases


def render(draw: Callable, results: Findings, words: Phrases, scheme: str) -> tuple[bytes, pd.DataFrame]:
    """SVG of `draw(results, words)` in the scheme "light" or "dark", and the numbers behind it.

    Raises UserWarning for a letter that the fonts lack.
    """
    with appearance(words.language, scheme):
        figure, numbers = draw(results, words)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return compact(file.getvalue()), numbers


NEEDLESS = re.compile(rb'(?<=>)\s+(?=<)|(?<=<g) id="[^"]*"')
COORDINATES = re.compile(rb' (?:d|x|y|transform)="[^"s]*"')  # no scale: what that multiplies needs all its digits
ZEROS = re.compile(rb"\.0+(?!\d)|(?<=\.\d)0+(?!\d)")
OUTLINE = re.compile(rb'(?<= d=")[^"]+')
DOT = re.compile(rb"M([\d.-]+ [\d.-]+)L\1(?![\d.])")  # a line without length
NAME = re.compile(rb'(?<= id=")[^"]+|(?<=["(]#)[^")]+')
MARKER = rb'<use xlink:href="#\w+"(?: x="[^"]*" y="[^"]*")? '
STYLE = rb'(style="(?!opacity|[^"]*; opacity)[^"]*")'  # opacity alone is not handed down
ALIKE = re.compile(rb"<g((?: clip-path=[^ >]*)?)>(" + MARKER + STYLE + rb"/>(?:" + MARKER + rb"\3/>)+)</g>")


def compact(svg: bytes) -> bytes:
    """A smaller SVG that looks the same: short names, hundredths of a point, no blanks, styles of markers said once."""
    names: dict[bytes, bytes] = {}
    svg = NAME.sub(lambda name: names.setdefault(name[0], b"a%d" % len(names)), NEEDLESS.sub(b"", svg))
    svg = COORDINATES.sub(lambda found: ZEROS.sub(b"", re.sub(rb"(\.\d\d)\d+", rb"\1", found[0])), svg)
    svg = OUTLINE.sub(lambda found: DOT.sub(rb"M\1h0", re.sub(rb"\s*([MLQCz])\s*", rb"\1", found[0])), svg)
    return ALIKE.sub(
        lambda group: b"<g%b %b>%b</g>" % (group[1], group[3], group[2].replace(b" " + group[3], b"")), svg
    )


@contextmanager
def appearance(language: str, scheme: str) -> Iterator[None]:
    """Settings of Matplotlib in which figures of a language and a scheme are made and drawn.

    A letter that no font has is an error here: Matplotlib only warns of it in words, and logs it in formulae.
    """

    def refuse(record: logging.LogRecord) -> bool:
        raise UserWarning(record.getMessage())

    sheets = [SHEET, DARK] if scheme == "dark" else [SHEET]
    if language == "ko":
        sheets.append({"font.family": [korean(), "DejaVu Sans"]})
    formulae = logging.getLogger("matplotlib.mathtext")
    formulae.addFilter(refuse)
    try:
        with style.context(sheets, after_reset=True), warnings.catch_warnings():
            warnings.filterwarnings("error", message="Glyph .* missing")
            yield
    finally:
        formulae.removeFilter(refuse)


def korean() -> str:
    """Name of the Korean font, made known to Matplotlib on first use."""
    path = str(NANUM_GOTHIC)
    if not any(font.fname == path for font in font_manager.fontManager.ttflist):
        font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()
