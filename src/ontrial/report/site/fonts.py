"""Fonts for formulas and for Korean text, which a reader's system may lack."""

import base64
import io
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

from ontrial.report.fonts import NANUM_GOTHIC, STIX_TWO_MATH
from ontrial.report.site import mathml

ROOT = "√"  # drawn by formulas that do not contain it as a character
ITALICS = map(chr, (*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6A4, 0x1D6A6), *range(0x1D6E2, 0x1D71C)))
TO_ITALIC = {unicodedata.normalize("NFKC", italic): italic for italic in ITALICS}  # as browsers draw single letters
HANGUL = re.compile("[ㄱ-ㅣ가-힣]")
NAMES = {1: "Hangul", 3: "Hangul, cut down", 4: "Hangul", 6: "Hangul"}  # the licence reserves the name Nanum
UNUSED = ["DSIG", "EBDT", "EBLC", "TSI0", "TSI1", "TSI2", "TSI3", "TSI5"]  # signature, bitmaps, sources of hints
# Unused on systems with a Korean font.
HANGUL_STYLE = """@font-face {
  font-family: Hangul;
  src: url(hangul.woff) format("woff");
  unicode-range: U+3131-3163, U+AC00-D7A3;
}
"""
MATHEMATICS_STYLE = """@font-face {{
  font-family: Mathematics;
  src: url(data:font/woff;base64,{}) format("woff");
}}
"""
LICENCE = "This font is licensed under the SIL Open Font License, version 1.1: https://openfontlicense.org"


def assets(pages: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of the fonts and style sheets that pages need, by file name.

    The font for formulas is inside a style sheet, because browsers draw a page only after loading its style sheets.
    The font for Korean is larger, and most systems do not need it.

    pages: HTML of every page.
    """
    formula_characters: set[str] = set()
    hangul: set[str] = set()
    for page in pages:
        formula_characters |= mathml.characters(page)
        hangul |= set(HANGUL.findall(page))
    return {
        "mathematics.css": MATHEMATICS_STYLE.format(base64.b64encode(_stix(formula_characters)).decode()).encode(),
        "hangul.woff": _nanum(hangul),
    }


def _stix(used: set[str]) -> bytes:
    """Return STIX Two Math as WOFF, reduced to these characters. Its name table keeps the licence (OFL)."""
    font = TTFont(STIX_TWO_MATH, recalcTimestamp=False, recalcBBoxes=False)
    drawn = {ROOT, *used, *(TO_ITALIC[letter] for letter in used if letter in TO_ITALIC)}
    return _subset_woff(font, set(map(ord, drawn)))


def _nanum(used: set[str]) -> bytes:
    """Return Nanum Gothic as WOFF, reduced to these characters and renamed. Its name table keeps the licence (OFL)."""
    font = TTFont(NANUM_GOTHIC, recalcTimestamp=False, recalcBBoxes=False)
    for number, text in (NAMES | {13: LICENCE}).items():
        font["name"].removeNames(nameID=number)
        font["name"].setName(text, number, 3, 1, 0x409)
    return _subset_woff(font, set(map(ord, used)), drop_tables=UNUSED)


def _subset_woff(font: TTFont, codes: set[int], **options: Any) -> bytes:
    """Return a font as WOFF, reduced to these code points. Equal code points give equal bytes.

    Hints and alternative glyphs are dropped, since no page needs them.
    """
    subsetter = subset.Subsetter(subset.Options(name_IDs=["*"], layout_features=[], hinting=False, **options))
    subsetter.populate(unicodes=sorted(codes))
    subsetter.subset(font)
    return _woff(font)


def _woff(font: TTFont) -> bytes:
    font.flavor = "woff"
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()
