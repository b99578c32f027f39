"""From a figure function to the bytes of an SVG file: scheme, language, fonts; the same bytes every time."""

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pandas as pd
from matplotlib import font_manager, style

from ontrial.report.figures.style import DARK, SHEET
from ontrial.report.figures.svg import compact
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
        figure.savefig(file, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return compact(file.getvalue()), numbers


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
