"""Fonts that a reader's system may lack, cut down to what the pages use: of formulas, and of Korean text."""

import io
import re
from collections.abc import Iterable

from fontTools import subset
from fontTools.ttLib import TTFont

from ontrial.report.fonts import NANUM_GOTHIC, STIX_TWO_MATH
from ontrial.report.site import mathml

# What any formula may need without naming it: the keyboard, the italic that browsers give to single letters, the root.
ALWAYS = ((0x20, 0x7E), (0x210E, 0x210E), (0x221A, 0x221A), (0x1D434, 0x1D467), (0x1D6A4, 0x1D6A5), (0x1D6E2, 0x1D71B))
HANGUL = re.compile("[ㄱ-ㅣ가-힣]")
NAMES = {1: "Hangul", 3: "Hangul, cut down", 4: "Hangul", 6: "Hangul"}  # a changed font must not be called Nanum
UNUSED = ["DSIG", "EBDT", "EBLC", "TSI0", "TSI1", "TSI2", "TSI3", "TSI5"]  # a signature, bitmaps, sources of hints
LICENCE = "This font is licensed under the SIL Open Font License, version 1.1: https://openfontlicense.org"


def fonts(pages: Iterable[str]) -> dict[str, bytes]:
    """Name → WOFF of each font that the style sheet names. pages: HTML of every page."""
    formulas, letters = set(), set()
    for page in pages:
        formulas |= mathml.characters(page)
        letters |= set(HANGUL.findall(page))
    return {
        "mathematics.woff": stix(formulas),
        "hangul.woff": nanum(letters),
    }


def stix(used: set[str]) -> bytes:
    """WOFF of STIX Two Math with the characters that formulas use; its licence (OFL) is in its name table."""
    font = TTFont(STIX_TWO_MATH, recalcTimestamp=False)
    always = (code for first, last in ALWAYS for code in range(first, last + 1))
    return cut(font, {*map(ord, used), *always}, layout_features=["ssty", "dtls", "flac"])


def nanum(used: set[str]) -> bytes:
    """WOFF of Nanum Gothic with the Hangul that is used, under another name and with its licence (OFL)."""
    font = TTFont(NANUM_GOTHIC, recalcTimestamp=False)
    for number, text in (NAMES | {13: LICENCE}).items():
        font["name"].removeNames(nameID=number)
        font["name"].setName(text, number, 3, 1, 0x409)
    return cut(font, set(map(ord, used)), layout_features=[], hinting=False, drop_tables=UNUSED)


def cut(font: TTFont, codes: set[int], **options) -> bytes:
    """WOFF of a font with these code points alone; the same bytes whenever they are the same."""
    cutter = subset.Subsetter(subset.Options(name_IDs=["*"], **options))
    cutter.populate(unicodes=sorted(codes))
    cutter.subset(font)
    font.flavor = "woff"
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()
