"""Cut Source Sans 3 down to the characters and weights that figures and pages use. It needs the package brotli.

    python -m ontrial.report.fonts.cut RELEASE ASSETS

RELEASE is the folder of an unpacked release of Source Sans 3. ASSETS is the one with the style sheets of the site.
"""

import base64
import io
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from ontrial.report.fonts import SANS

FAMILY = "Trial Sans"  # the licence reserves the name Source
WEIGHTS = (400, 400, 700)  # of text, by default, and of headings
ASCENT, DESCENT = 930, 240  # thousandths of an em above and below the baseline; the release asks for 1024 and 400
FEATURES = ["kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum"]
# A font inside a style sheet is there when the page is first drawn: no text moves or changes later. It is scaled to the
# height of letters in Korean fonts. Browsers slant it for emphasis.
STYLE = """/* Source Sans 3, cut down by ontrial.report.fonts.cut; licences.txt has its licence. */
@font-face {{
  font-family: "Trial Sans";
  src: url(data:font/woff2;base64,{})
    format("woff2");
  font-weight: 400 700;
  size-adjust: 108%;
}}
"""
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),  # letters with accents
    (0x391, 0x3C9),  # Greek
    (0x2010, 0x2044),  # punctuation
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x2190, 0x2195),  # arrows
    (0x2200, 0x22A5),  # operators
)


def main(release: Path, assets: Path) -> None:
    """Write the font of the figures, and the style sheet that contains the one of the pages."""
    cut(release / "TTF/SourceSans3-Regular.ttf", hinting=True).save(SANS)
    font = instantiateVariableFont(cut(release / "VF/SourceSans3VF-Upright.ttf", hinting=False), {"wght": WEIGHTS})
    font.flavor = "woff2"
    file = io.BytesIO()
    font.save(file)
    encoded = base64.b64encode(file.getvalue()).decode()
    (assets / "sans.css").write_text(STYLE.format(encoded), encoding="ascii")


def cut(path: Path, hinting: bool) -> TTFont:
    """Return a font with the characters above, under another name and with its licence in its name table."""
    font = TTFont(path, recalcTimestamp=False)
    for number in (1, 3, 4, 6, 16, 25):
        if font["name"].getDebugName(number):
            font["name"].removeNames(nameID=number)
            font["name"].setName(FAMILY.replace(" ", "") if number in (6, 25) else FAMILY, number, 3, 1, 0x409)
    subsetter = subset.Subsetter(subset.Options(name_IDs=["*"], layout_features=FEATURES, hinting=hinting))
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    header, metrics = font["hhea"], font["OS/2"]
    header.ascent = metrics.sTypoAscender = metrics.usWinAscent = ASCENT
    metrics.usWinDescent = DESCENT
    header.descent = metrics.sTypoDescender = -DESCENT
    return font


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
