"""The colour, line style and marker of every activation, policy, objective and outcome."""

from typing import Literal, NamedTuple

# The colours of Okabe & Ito, adjusted so that each has a contrast of at least 3 with the background, and colour-blind
# readers can tell them apart. Figures use these names, and the colour scheme defines the actual colours.
BLUE, VERMILLION, GREEN, PURPLE, GOLD, SKY, INK, MUTED, PAPER, FILL = (f"C{i}" for i in range(10))
RAMP = tuple(f"C{i}" for i in range(10, 16))  # from the colour that stands out most to one close to PAPER
BEHIND = (0, 0.5, 1, 2, 5, 10)  # percentage points below the best at which colours of a heatmap change


LineStyle = Literal["solid"] | tuple[float, tuple[float, ...]]  # Matplotlib's: (offset, lengths of dashes and gaps)

DOTTED = (0, (1, 1.3))
DASHED = (0, (3.5, 1.5))
LONG = (0, (7, 2))
DASH_DOT = (0, (5, 1.5, 1, 1.5))


class Style(NamedTuple):
    """The style of a series, of which any part is enough to recognise it.

    colour: Name of a colour above.
    line: Line style.
    marker: Matplotlib's code of the marker; "" for none.
    """

    colour: str
    line: LineStyle
    marker: str


STYLES = {
    "sigmoid": Style(PURPLE, DASHED, "s"),
    "tanh": Style(GREEN, DASH_DOT, "^"),
    "relu": Style(BLUE, "solid", "o"),
    "leaky_relu": Style(VERMILLION, LONG, "D"),
    "gelu": Style(SKY, DOTTED, "v"),
    "elu": Style(GOLD, DASH_DOT, "P"),
    "silu": Style(INK, DASHED, "X"),
    "softplus": Style(MUTED, "solid", "h"),
    "identity": Style(MUTED, DOTTED, "d"),
    "fixed": Style(VERMILLION, "solid", "o"),
    "linear": Style(GREEN, DASHED, "^"),
    "sqrt": Style(PURPLE, DASH_DOT, "s"),
    "tuned": Style(INK, LONG, "D"),
    "softmax+cross_entropy": Style(BLUE, "solid", "o"),
    "softmax+mse": Style(VERMILLION, DASHED, "s"),
    "identity+mse": Style(GREEN, DASH_DOT, "^"),
    "sigmoid+cross_entropy": Style(SKY, LONG, "D"),
    "sigmoid+mse": Style(GOLD, DOTTED, "v"),
    "positive": Style(BLUE, "solid", "o"),
    "negligible": Style(MUTED, "solid", "s"),
    "reversed": Style(VERMILLION, "solid", "v"),
    "below": Style(PURPLE, "solid", "D"),
    "undecided": Style(INK, "solid", "X"),
    "equal": Style(BLUE, "solid", "s"),
    "apart": Style(VERMILLION, "solid", "D"),
    "within": Style(BLUE, "solid", "v"),
    "beyond": Style(VERMILLION, "solid", "^"),
}
# Styles for names that have none. No style above has one of these markers, or pairs of colour and line style.
SPARE = (
    Style(MUTED, DASHED, "p"),
    Style(PURPLE, LONG, "*"),
    Style(GOLD, "solid", "<"),
    Style(INK, DOTTED, ">"),
)


def style_of(name: str) -> Style:
    """Return the style of a name in a study's tables. An unknown name always gets the same spare style."""
    return STYLES.get(name) or SPARE[sum(map(ord, name)) % len(SPARE)]
