import io

import pytest
from fontTools.ttLib import TTFont

from ontrial.report.fonts import SANS
from ontrial.report.site.fonts import fonts

PAGES = [
    "<p>≠ <math><mo>∑</mo><mi>∂</mi></math>",
    "<p>한국어 <math><mi>𝐖</mi></math>",
    '<script type="application/json">{"say": "값"}',
]
MADE = {name: TTFont(io.BytesIO(font)) for name, font in fonts(PAGES).items()}


@pytest.mark.parametrize(
    ("name", "has", "lacks"),
    [
        ("mathematics.woff", "x∑∂<𝐖𝑥𝛼√", "≠한"),
        ("hangul.woff", "한국어값", "글x∑"),
    ],
)
class TestAFont:
    def test_has_what_the_pages_use_and_no_more(self, name, has, lacks):
        assert MADE[name].flavor == "woff"
        known = {chr(code) for code in MADE[name].getBestCmap()}
        assert set(has) <= known
        assert not set(lacks) & known

    def test_carries_its_licence(self, name, has, lacks):
        assert "SIL Open Font License" in MADE[name]["name"].getDebugName(13)


def test_formulas_are_laid_out_by_their_font():
    assert "MATH" in MADE["mathematics.woff"]


def test_a_changed_font_does_not_keep_a_reserved_name():
    names = MADE["hangul.woff"]["name"]
    assert [names.getDebugName(number) for number in (1, 4, 6)] == ["Hangul"] * 3
    assert "Sandoll" in names.getDebugName(0)  # the font still names its maker


def test_figures_have_a_font_with_the_letters_of_the_theory_and_no_reserved_name():
    font = TTFont(SANS)
    assert set("azÅšβφ×−≤₂") <= {chr(code) for code in font.getBestCmap()}
    names = [font["name"].getDebugName(number) for number in (1, 3, 4, 6)]
    assert not [name for name in names if "Source" in name]
    assert "SIL Open Font License" in font["name"].getDebugName(13)


def test_fonts_are_the_same_bytes_every_time():
    assert fonts(PAGES) == fonts(reversed(PAGES))
