"""Render a figure as SVG in a colour scheme and a language, reproducibly to the byte."""

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from matplotlib import font_manager, style
from matplotlib.figure import Figure

from ontrial.report.figures.style import DARK, SHEET
from ontrial.report.figures.svg import compact
from ontrial.report.fonts import NANUM_GOTHIC
from ontrial.report.wording.phrases import Phrases

Content = TypeVar("Content")  # what a figure shows: the findings of a study, or a film


def render(
    draw: Callable[[Content, Phrases], tuple[Figure, pd.DataFrame]], content: Content, words: Phrases, scheme: str
) -> tuple[bytes, pd.DataFrame]:
    """Return the SVG of `draw(content, words)` in the scheme "light" or "dark", and the numbers behind it.

    Raises UserWarning for a character that the fonts lack.
    """
    with appearance(words.language, scheme):
        figure, numbers = draw(content, words)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return compact(file.getvalue()), numbers


@contextmanager
def appearance(language: str, scheme: str) -> Iterator[None]:
    """Set up Matplotlib for the figures of a language and a scheme.

    A character that no font has is an error here; Matplotlib only warns about it in text and logs it in formulas.
    """

    def refuse(record: logging.LogRecord) -> bool:
        raise UserWarning(record.getMessage())

    sheets: list[Path | dict[str, Any]] = [SHEET]
    if scheme == "dark":
        sheets.append(DARK)
    if language == "ko":
        sheets.append({"font.family": [korean_font(), "DejaVu Sans"]})
    formulas = logging.getLogger("matplotlib.mathtext")
    formulas.addFilter(refuse)
    try:
        with style.context(sheets, after_reset=True), warnings.catch_warnings():
            warnings.filterwarnings("error", message="Glyph .* missing")
            yield
    finally:
        formulas.removeFilter(refuse)


def korean_font() -> str:
    """Return the name of the Korean font, which is registered with Matplotlib on first use."""
    path = str(NANUM_GOTHIC)
    if not any(font.fname == path for font in font_manager.fontManager.ttflist):
        font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()
