import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont
from support.sites import THEME

from ontrial.errors import InputError
from ontrial.report.fonts import SANS, cut
from ontrial.report.site.fonts import assets

PAGES = [
    "<p>≠ <math><mo>∑</mo><mi>∂</mi><mi>x</mi><mo>&lt;</mo></math>",
    "<p>한국어 <math><mi>𝐖</mi></math>",
    '<script type="application/json">{"say": "값"}',
]
ASSETS = assets(PAGES)


def font_in(sheet: str) -> TTFont:
    """Return the font that a style sheet contains."""
    (encoded,) = re.findall(r"base64,([\w+/=]+)\)", sheet)
    return TTFont(io.BytesIO(base64.b64decode(encoded)))


MADE = {
    "Mathematics": font_in(ASSETS["mathematics.css"].decode("ascii")),
    "Hangul": TTFont(io.BytesIO(ASSETS["hangul.woff"])),
}


@pytest.mark.parametrize(
    ("name", "has", "lacks"), [("Mathematics", "x∑∂<𝐖𝑥𝜕√", "≠한𝑦"), ("Hangul", "한국어값", "글x∑")]
)
class TestAFont:
    def test_has_what_the_pages_use_and_no_more(self, name, has, lacks):
        assert MADE[name].flavor == "woff"
        known = {chr(code) for code in MADE[name].getBestCmap()}
        assert set(has) <= known
        assert not set(lacks) & known

    def test_carries_its_licence(self, name, has, lacks):
        assert "SIL Open Font License" in MADE[name]["name"].getDebugName(13)


def test_formulas_are_laid_out_by_a_font_without_reserved_name():
    assert "MATH" in MADE["Mathematics"]
    names = MADE["Hangul"]["name"]
    assert [names.getDebugName(number) for number in (1, 4, 6)] == ["Hangul"] * 3
    assert "Sandoll" in names.getDebugName(0)  # the font still names its maker


SHEET = THEME / "overrides/assets/sans.css"


@pytest.mark.parametrize("font", [TTFont(SANS), font_in(SHEET.read_text(encoding="ascii"))], ids=["figures", "pages"])
def test_the_font_of_text_has_the_letters_of_the_theory_and_no_reserved_name(font):
    assert set("azÅšβφ×−≤₂√") <= {chr(code) for code in font.getBestCmap()}
    names = [font["name"].getDebugName(number) for number in cut.NAMES]
    assert not [name for name in names if name and "Source" in name]
    assert "SIL Open Font License" in font["name"].getDebugName(13)


def test_only_the_release_that_was_checked_is_cut(tmp_path):
    path = tmp_path / "TTF/SourceSans3-Regular.ttf"
    path.parent.mkdir()
    path.write_bytes(SANS.read_bytes())
    with pytest.raises(InputError, match="not the file of release"):
        cut.cut_fonts(tmp_path, tmp_path)


def test_fonts_are_the_same_bytes_every_time():
    assert assets(PAGES) == assets(reversed(PAGES))
