import markdown
import pytest

from ontrial.errors import InputError
from ontrial.report.site import mathml


def html(text: str) -> str:
    """Return the HTML of Markdown as the site converts it, before formulas are typeset."""
    arithmatex = {"generic": True, "inline_syntax": ["dollar"], "block_syntax": ["dollar"]}
    extensions = ["tables", "pymdownx.superfences", "pymdownx.arithmatex"]
    return markdown.markdown(text, extensions=extensions, extension_configs={"pymdownx.arithmatex": arithmatex})


def test_formulas_become_mathml_on_one_line_with_their_marks():
    page = mathml.typeset(html("So $a_1 < b$ holds."), "x.md")
    assert page == "<p>So <math><msub><mi>a</mi><mn>1</mn></msub><mo>&lt;</mo><mi>b</mi></math> holds.</p>"
    page = mathml.typeset(html("$$\n\\frac{1}{2}\n$$"), "x.md")
    formula = '<math display="block"><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'
    assert page == f'<div class="formula">{formula}</div>'
    page = mathml.typeset(html("Take $z$."), "x.md")
    assert page == '<p>Take <span class="unbroken"><math><mi>z</mi></math>.</span></p>'
    page = mathml.typeset(html("합은 $z$이다. 곧 $z$ 때문이다."), "x.md")
    math = "<math><mi>z</mi></math>"
    assert page == f'<p>합은 <span class="unbroken">{math}이다.</span> 곧 {math} 때문이다.</p>'
    with pytest.raises(
        InputError, match=r"losses\.md: the formula \$\\frac\{1\$ cannot be typeset: .*never closed|closing"
    ):
        mathml.typeset(html(r"Here $\frac{1$ breaks."), "losses.md")


@pytest.mark.parametrize(
    ("latex", "text"), [(r"\eta_{16}", "η16"), ("a &lt; b", "a&lt;b"), (r"\frac12", "…"), ("e^2", "…"), ("", "")]
)
def test_a_formula_becomes_a_line_of_text_if_one_can_show_it(latex, text):
    assert mathml.to_text(latex) == text


def test_code_is_left_alone():
    page = html("Costs `$1` and `$2`.\n\n```python\nprint('$x$')\n```\n")
    assert mathml.typeset(page, "x.md") == page
    assert "$x$" in page


def test_checkers_and_browsers_understand_heads_brackets_and_styles():
    page = mathml.typeset(html("| $z$ | a |\n|---|---|\n| $z$ | 1 |"), "x.md")
    assert "<th><math><mi>z</mi></math>&#8288;</th>" in page
    assert "<td><math><mi>z</mi></math></td>" in page
    page = mathml.typeset(html(r"$\bigl(x\bigr)^2$"), "x.md")
    assert '<msup><mrow><mo minsize="1.2em" maxsize="1.2em">)</mo></mrow><mn>2</mn></msup>' in page
    page = mathml.typeset(html(r"$\tfrac{1}{2}$ $\dfrac{1}{2}$ $\begin{pmatrix}1\end{pmatrix}$"), "x.md")
    for name in ('mfrac class="compact"', 'mfrac class="displayed"', 'mtable class="compact level"'):
        assert name in page
    assert "displaystyle" not in page
    assert "scriptlevel" not in page


def test_the_characters_of_formulas_are_those_within_them():
    page = "<p>≠ <math><mo>&#8721;</mo><mi>∂</mi></math> and <math><mo>&lt;</mo><mi>𝐖</mi></math>"
    assert mathml.characters(page) == set("∑∂<𝐖")
