"""The colour, line style and marker of every activation, policy, objective, outcome and contestant."""

from typing import Literal, NamedTuple

# The colours of Okabe & Ito, adjusted so that each has a contrast of at least 3 with the background and colour-blind
# readers can tell any two apart. Figures use these names; the colour scheme defines the actual colours.
BLUE, VERMILLION, GREEN, PURPLE, GOLD, SKY, INK, MUTED, PAPER, FILL = (f"C{i}" for i in range(10))
RAMP = tuple(f"C{i}" for i in range(10, 16))  # from the colour that stands out most to one close to PAPER
ON_RAMP = "C16"  # text on the colours of RAMP that stand out
BEHIND = (0, 0.5, 1, 2, 5, 10)  # percentage points below the best, where the colours of a heatmap change


LineStyle = Literal["solid"] | tuple[float, tuple[float, ...]]  # Matplotlib's: (offset, lengths of dashes and gaps)

DOTTED = (0, (1, 1.3))
DASHED = (0, (3.5, 1.5))
LONG = (0, (7, 2))
DASH_DOT = (0, (5, 1.5, 1, 1.5))


class Look(NamedTuple):
    """Colour, line style and marker of a series; any one of them is enough to recognise it."""

    colour: str
    line: LineStyle
    marker: str


LOOKS = {
    "sigmoid": Look(PURPLE, DASHED, "s"),
    "tanh": Look(GREEN, DASH_DOT, "^"),
    "relu": Look(BLUE, "solid", "o"),
    "leaky_relu": Look(VERMILLION, LONG, "D"),
    "gelu": Look(SKY, DOTTED, "v"),
    "elu": Look(GOLD, DASH_DOT, "P"),
    "silu": Look(INK, DASHED, "X"),
    "softplus": Look(MUTED, "solid", "h"),
    "identity": Look(MUTED, DOTTED, "d"),
    "fixed": Look(VERMILLION, "solid", "o"),
    "linear": Look(GREEN, DASHED, "^"),
    "sqrt": Look(PURPLE, DASH_DOT, "s"),
    "tuned": Look(BLUE, LONG, "D"),
    "softmax+cross_entropy": Look(BLUE, "solid", "o"),
    "softmax+mse": Look(VERMILLION, DASHED, "s"),
    "identity+mse": Look(GREEN, DASH_DOT, "^"),
    "sigmoid+cross_entropy": Look(SKY, LONG, "D"),
    "sigmoid+mse": Look(GOLD, DOTTED, "v"),
    "positive": Look(BLUE, "solid", "o"),
    "negligible": Look(MUTED, "solid", "s"),
    "reversed": Look(VERMILLION, "solid", "v"),
    "below": Look(PURPLE, "solid", "D"),
    "undecided": Look(INK, "solid", "X"),
    "ontrial": Look(BLUE, "solid", "o"),
    "jax": Look(VERMILLION, DASHED, "s"),
    "jax_vmap": Look(VERMILLION, DASHED, "s"),
    "jax_scan": Look(GOLD, DOTTED, "v"),
    "torch_vmap": Look(GREEN, DASH_DOT, "^"),
    "torch_eager": Look(SKY, LONG, "D"),
    "sklearn": Look(PURPLE, DOTTED, "P"),
    "numpy_loop": Look(MUTED, "solid", "X"),
    "torch_bmm": Look(GREEN, "solid", "d"),
    "numba_loop": Look(PURPLE, DASHED, "h"),
    "limit": Look(INK, "solid", ""),
}
# For names without a look of their own. No look above has one of these markers, or pairs of colour and line style.
SPARE = (
    Look(MUTED, DASHED, "p"),
    Look(PURPLE, LONG, "*"),
    Look(GOLD, "solid", "<"),
    Look(INK, DOTTED, ">"),
)


def look(name: str) -> Look:
    """Return the look of a name in the tables. An unknown name gets one of the spare looks, always the same one."""
    return LOOKS.get(name) or SPARE[sum(map(ord, name)) % len(SPARE)]
