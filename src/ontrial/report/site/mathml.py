"""Formulas: LaTeX in the HTML of a page → MathML, which browsers draw, print and read aloud without a script."""

import html
import re

from math_core import LatexError, LatexToMathML

from ontrial.errors import InputError

# As pymdownx.arithmatex leaves them: it keeps Markdown from reading a formula, and formulas from being read in code.
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
ONLY_A_FORMULA = re.compile(r"(<th[^>]*><math>(?:(?!</?th).)*</math>)(</th>)")  # checkers take such a head for empty
# Else a line might begin with the mark, or with the Korean particle.
WITH_A_MARK = re.compile(r"<math>(?:(?!</math>).)*</math>(?:[가-힣]+|[.,;:!?)\]])[.,;:!?)\]]*")
SIZED_BASE = re.compile(r"(<m(?:sub|sup|subsup)>)(<mo minsize[^<]*</mo>)")  # as in \bigr)^2: drawn off its line alone
STYLE = re.compile(r' displaystyle="(true|false)"( scriptlevel="0")?')  # valid MathML Core, but not to HTML checkers
CLASSES = {"true": "displayed", "false": "compact"}  # of the style sheet
LATEX = LatexToMathML(fancy_error=False)

MATHML, TAG = re.compile(r"<math.*?</math>", re.DOTALL), re.compile(r"<[^>]*>")


def typeset(page: str, name: str) -> str:
    """HTML of a page with its formulas as MathML; InputError names the page and the formula that isn't one."""

    def mathml(match: re.Match) -> str:
        latex, display = html.unescape(match[3]).strip(), match[2] == "["
        try:
            formula = LATEX.convert_with_local_state(latex, displaystyle=display)
        except LatexError as error:
            raise InputError(f"{name}: the formula ${latex}$ can't be typeset: {error}") from None
        formula = SIZED_BASE.sub(r"\1<mrow>\2</mrow>", formula)
        formula = STYLE.sub(lambda style: f' class="{CLASSES[style[1]]}{" level" if style[2] else ""}"', formula)
        return f'<div class="formula">{formula}</div>' if display else formula

    page = ONLY_A_FORMULA.sub(r"\1&#8288;\2", FORMULA.sub(mathml, page))
    return WITH_A_MARK.sub(r'<span class="unbroken">\g<0></span>', page)


def characters(page: str) -> set[str]:
    """Characters of the formulas in the HTML of a page."""
    return set(html.unescape("".join(TAG.sub("", formula) for formula in MATHML.findall(page))))
