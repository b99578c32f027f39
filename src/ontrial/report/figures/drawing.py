"""Render a figure as SVG in a colour scheme and a language, reproducibly to the byte."""

import gc
import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from matplotlib import font_manager, rcParams, style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from ontrial.report.figures.formats import NARROW, SCHEMES
from ontrial.report.figures.svg import compact
from ontrial.report.fonts import NANUM_GOTHIC, SANS
from ontrial.report.wording.phrases import Phrases

SHEET = Path(__file__).with_name("ontrial.mplstyle")  # Matplotlib's settings in the light scheme
COLOUR = re.compile(rb"#[0-9a-f]{6}")
LATIN = (SANS, 13)  # font and size in points, chosen so that all fonts look equally large
FONTS = {"ko": (NANUM_GOTHIC, 12)}  # the same for languages in another script
FALLBACKS = (Path(font_manager.findfont("DejaVu Sans")), NANUM_GOTHIC)  # for characters that a font lacks
CARD = (1200, 630)  # pixels of a picture that previews a link, as social networks require
CARD_SHARE = 0.92  # share of a card's longer side that the figure fills
DARK = {
    "axes.prop_cycle": "cycler('color', ['4C9FE0', 'FF7F3F', '2BC79A', 'E08CC3', 'F0D042', 'A9DDF7', 'F2F2F2',"
    " '9AA0A8', '1E2129', '343A46', 'F4C63D', 'C79E2F', 'A08029', '67551F', '443B1E', '2A2824'])",
    "text.color": "F2F2F2",
    "axes.labelcolor": "F2F2F2",
    "axes.edgecolor": "9AA0A8",
    "xtick.color": "9AA0A8",
    "ytick.color": "9AA0A8",
    "xtick.labelcolor": "F2F2F2",
    "ytick.labelcolor": "F2F2F2",
    "hatch.color": "F2F2F2",
    "grid.color": "3A404C",
}

COLLECT_AFTER = 20_000  # new objects

Content = TypeVar("Content")  # the findings of a study, or a part of them
Draw = Callable[[Content, Phrases, float], tuple[Figure, pd.DataFrame]]


class Rendered(NamedTuple):
    """A figure: SVGs by colour scheme, the numbers behind them, and a PNG that previews a link to it, if wanted."""

    svgs: dict[str, bytes]
    numbers: pd.DataFrame
    card: bytes | None = None


def collect_rarely() -> None:
    """Let Python look for garbage rarely. Figures are full of cycles, and looking took an eighth of their time."""
    gc.set_threshold(COLLECT_AFTER)


def render(
    draw: Draw[Content], content: Content, words: Phrases, width: float = NARROW, *, with_card: bool = False
) -> Rendered:
    """Return what `draw(content, words, width)` draws. Raises UserWarning for a character that the fonts lack."""
    with appearance(words.language, "light"):
        figure, numbers = draw(content, words, width)
        light, card = svg_of(figure), _card(figure) if with_card else None
    return Rendered({"light": light, "dark": recoloured(light)}, numbers, card)


def svg_of(figure: Figure) -> bytes:
    """Return the SVG of a figure."""
    file = io.BytesIO()
    # Figure.savefig would draw the figure once more, without writing it.
    FigureCanvasSVG(figure).print_svg(file, metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return compact(file.getvalue())


def empty_card() -> bytes:
    """Return the card for a figure that could not be drawn."""
    return _card(Figure())


def _card(figure: Figure) -> bytes:
    """Return a PNG of a figure, which has been drawn before, in the middle of a white card."""
    width, height = figure.get_size_inches()
    figure.set_layout_engine("none")  # parts are in their places
    figure.set_dpi(CARD_SHARE * min(CARD[0] / width, CARD[1] / height))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # Figure.savefig would draw the figure once more to crop it
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba()))
    png = Image.new("RGB", CARD, "white")
    left, top = ((whole - part) // 2 for whole, part in zip(CARD, picture.size, strict=True))
    png.paste(picture, (left, top), picture)
    file = io.BytesIO()
    png.save(file, "png", compress_level=2)  # takes half the time of the default, for files 6 % larger
    return file.getvalue()


def recoloured(light: bytes) -> bytes:
    """Return an SVG in the dark scheme by replacing the colours of the light one, which saves drawing it again.

    Raises ValueError for images, and for colours outside the scheme, such as blends of its colours.
    """
    colours = _dark_colours()
    unknown = sorted(colour.decode() for colour in set(COLOUR.findall(light)) - colours.keys())
    if unknown or b"<image" in light:
        what = ", ".join(unknown) or "an image"
        raise ValueError(f"The figure has {what}. Use the colours of wording/styles.py, with an opacity if need be.")
    return COLOUR.sub(lambda match: colours[match[0]], light)


@cache
def _dark_colours() -> dict[bytes, bytes]:
    """Return the dark colour of each light colour, as written in SVGs."""
    schemes = []
    for scheme in SCHEMES:
        with appearance("en", scheme):
            settings: dict[str, Any] = dict(rcParams.items())
        cycle = settings["axes.prop_cycle"].by_key()["color"]
        others = [settings[name] for name in DARK if name != "axes.prop_cycle"]
        schemes.append([to_hex(colour).encode() for colour in (*cycle, *others)])
    return dict(zip(*schemes, strict=True))


@contextmanager
def appearance(language: str, scheme: str) -> Iterator[None]:
    """Set up Matplotlib for figures in a language and a scheme.

    Characters missing from the fonts are errors, which Matplotlib only warns about in text and logs in formulas.
    """

    def refuse(record: logging.LogRecord) -> bool:
        raise UserWarning(record.getMessage())

    font, points = FONTS.get(language, LATIN)
    families = [*map(_family, dict.fromkeys((font, *FALLBACKS)))]
    sheets: list[Path | dict[str, Any]] = [SHEET, {"font.family": families, "font.size": points}]
    if scheme == "dark":
        sheets.append(DARK)
    formulas = logging.getLogger("matplotlib.mathtext")
    formulas.addFilter(refuse)
    try:
        with style.context(sheets, after_reset=True), warnings.catch_warnings():
            warnings.filterwarnings("error", message="Glyph .* missing")
            yield
    finally:
        formulas.removeFilter(refuse)


@cache
def _family(path: Path) -> str:
    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()
