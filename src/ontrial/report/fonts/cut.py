"""Cut Source Sans 3 down to the characters and weights that figures and pages use.

python -m ontrial.report.fonts.cut RELEASE ASSETS
"""

import argparse
import base64
import hashlib
import io
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from ontrial.errors import InputError
from ontrial.report.fonts import SANS
from ontrial.storage import process

SHA256 = {  # of release 3.052
    "TTF/SourceSans3-Regular.ttf": "4644c81b86ec9caaa76b634889968ed3c4f4f52f054855933acc7c2b21e53b0f",
    "VF/SourceSans3VF-Upright.ttf": "1147db9a3f0edd4956068de77930148acce2742dd76d57f7239b2b1c687ac63f",
}
FAMILY = "Trial Sans"  # the licence reserves the name Source
NAMES = (1, 3, 4, 6, 16, 25)  # ids of the entries in the name table that contain the family
WEIGHTS = (400, 400, 700)  # lightest, default, heaviest
ASCENT, DESCENT = 930, 240  # thousandths of an em above and below the baseline; the release has 1024 and 400
FEATURES = ["kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum"]
# A font inside a style sheet is ready when the page is first drawn, if a script asks for it, so that no text moves
# later. It is scaled to match the height of letters in Korean fonts. Browsers slant it for emphasis.
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


def cut_fonts(release: Path, assets: Path) -> None:
    """Write the font for figures, and the style sheet that contains the font for pages."""
    static, variable = (_verified(release, name) for name in SHA256)
    _cut(static, hinting=True).save(SANS)
    font = instantiateVariableFont(_cut(variable, hinting=False), {"wght": WEIGHTS})
    font.flavor = "woff2"
    file = io.BytesIO()
    font.save(file)
    encoded = base64.b64encode(file.getvalue()).decode()
    (assets / "sans.css").write_text(STYLE.format(encoded), encoding="ascii")


def _verified(release: Path, name: str) -> TTFont:
    """Return a font of the release. Raises InputError if its checksum is wrong."""
    content = (release / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise InputError(f"{release / name}: this is not the file of release 3.052. For a later one, change SHA256.")
    return TTFont(io.BytesIO(content), recalcTimestamp=False)


def _cut(font: TTFont, hinting: bool) -> TTFont:
    """Return a font reduced to the characters in RANGES and renamed. Its name table keeps the licence."""
    for number in NAMES:
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", type=Path, help="folder of the unpacked release, which contains TTF and VF")
    parser.add_argument("assets", type=Path, help="folder of the site's style sheets")
    process.run(cut_fonts, parser)
