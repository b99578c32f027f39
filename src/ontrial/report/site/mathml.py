"""Convert the LaTeX formulas of a page to MathML, which browsers draw, print and read aloud without a script."""

import html
import re

from math_core import LatexError, LatexToMathML

from ontrial.errors import InputError

# Formulas as marked by pymdownx.arithmatex, which keeps Markdown out of formulas and ignores dollar signs in code.
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
HEAD_WITHOUT_TEXT = re.compile(
    r"(<th[^>]*><math>(?:(?!</?th).)*</math>)(</th>)"
)  # accessibility checkers call it empty
# A formula and the punctuation or Korean particle after it, which must not begin the next line.
WITH_SUFFIX = re.compile(r"<math>(?:(?!</math>).)*</math>(?:[가-힣]+|[.,;:!?)\]])[.,;:!?)\]]*")
SIZED_BASE = re.compile(
    r"(<m(?:sub|sup|subsup)>)(<mo minsize[^<]*</mo>)"
)  # as in \bigr)^2, which is off the line unless in a row
STYLE = re.compile(r' displaystyle="(true|false)"( scriptlevel="0")?')  # valid MathML Core, but not for HTML checkers
CLASSES = {"true": "displayed", "false": "compact"}  # in the style sheet
LATEX = LatexToMathML(fancy_error=False)

TWO_LINES = re.compile(r"<m(frac|root|sqrt|sup|subsup|over|under|underover|table)\b")  # changes its meaning on one line
MATHML = re.compile(r"<math.*?</math>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def typeset(page: str, name: str) -> str:
    """Return the HTML of a page with its formulas as MathML.

    Raises InputError for a formula that is not valid LaTeX.

    name: Name of the page, for messages.
    """

    def to_mathml(match: re.Match[str]) -> str:
        latex, display = html.unescape(match[3]).strip(), match[2] == "["
        try:
            formula = LATEX.convert_with_local_state(latex, displaystyle=display)
        except LatexError as error:
            raise InputError(f"{name}: the formula ${latex}$ cannot be typeset: {error}") from None
        formula = SIZED_BASE.sub(r"\1<mrow>\2</mrow>", formula)
        formula = STYLE.sub(lambda style: f' class="{CLASSES[style[1]]}{" level" if style[2] else ""}"', formula)
        return f'<div class="formula">{formula}</div>' if display else formula

    page = HEAD_WITHOUT_TEXT.sub(r"\1&#8288;\2", FORMULA.sub(to_mathml, page))
    return WITH_SUFFIX.sub(r'<span class="unbroken">\g<0></span>', page)


def to_text(latex: str) -> str:
    """Return a LaTeX formula, escaped for HTML, as a line of text such as η16, or "…" if a line cannot show it."""
    formula = LATEX.convert_with_local_state(html.unescape(latex), displaystyle=False)
    return "…" if TWO_LINES.search(formula) else TAG.sub("", formula)


def characters(page: str) -> set[str]:
    """Return the characters used by formulas in the HTML of a page."""
    return set(html.unescape("".join(TAG.sub("", formula) for formula in MATHML.findall(page))))
