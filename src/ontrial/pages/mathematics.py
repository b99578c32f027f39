"""Formulas: LaTeX in the HTML of a page → MathML, which browsers draw, print and read aloud without a script."""

import html
import io
import re
from importlib.util import find_spec
from pathlib import Path

from math_core import LatexError, LatexToMathML

from ontrial.errors import InputError

# As pymdownx.arithmatex leaves them: it keeps Markdown from reading a formula, and formulas from being read in code.
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
ONLY_A_FORMULA = re.compile(r"(<th[^>]*><math>(?:(?!</?th).)*</math>)(</th>)")  # checkers take such a head for empty
# Else a line might begin with the mark, or with the Korean particle.
WITH_A_MARK = re.compile(r"<math>(?:(?!</math>).)*</math>(?:[가-힣]+|[.,;:!?)\]])[.,;:!?)\]]*")
SIZED_BASE = re.compile(r"(<m(?:sub|sup|subsup)>)(<mo minsize[^<]*</mo>)")  # as in \bigr)^2: drawn off its line alone
LATEX = LatexToMathML(fancy_error=False)

# Letters, punctuation, Greek, mathematical alphanumerics, operators, arrows.
BLOCKS = ((0x20, 0xFF), (0x131, 0x131), (0x237, 0x237), (0x2B0, 0x3FF), (0x2000, 0x23FF), (0x27C0, 0x27FF))
BLOCKS += ((0x2900, 0x2AFF), (0x1D400, 0x1D7FF))


def typeset(page: str, name: str) -> str:
    """HTML of a page with its formulas as MathML; InputError names the page and the formula that isn't one."""

    def mathml(match: re.Match) -> str:
        latex, display = html.unescape(match[3]).strip(), match[2] == "["
        try:
            formula = LATEX.convert_with_local_state(latex, displaystyle=display)
        except LatexError as error:
            raise InputError(f"{name}: the formula ${latex}$ can't be typeset: {error}") from None
        formula = SIZED_BASE.sub(r"\1<mrow>\2</mrow>", formula)
        return f'<div class="formula">{formula}</div>' if display else formula

    page = ONLY_A_FORMULA.sub(r"\1&#8288;\2", FORMULA.sub(mathml, page))
    return WITH_A_MARK.sub(r'<span class="unbroken">\g<0></span>', page)


def font() -> bytes:
    """WOFF of STIX Two Math, cut down to the characters of formulas; its licence (OFL) is in its name table.

    The file ships with ziamath, whose folder is looked up without importing it.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    stix = TTFont(
        Path(find_spec("ziamath").origin).with_name("fonts") / "STIXTwoMath-Regular.ttf", recalcTimestamp=False
    )
    cutter = subset.Subsetter(subset.Options(layout_features=["ssty", "dtls", "flac"], name_IDs=["*"]))
    cutter.populate(unicodes=[code for first, last in BLOCKS for code in range(first, last + 1)])
    cutter.subset(stix)
    stix.flavor = "woff"
    file = io.BytesIO()
    stix.save(file)
    return file.getvalue()
