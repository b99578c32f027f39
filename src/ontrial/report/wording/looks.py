"""The look of every activation, policy, objective, outcome and contestant: the same in every figure and chart."""

from typing import NamedTuple

# Okabe & Ito's colours, shifted until each has a contrast of 3 with its background and any two differ for
# colour-blind readers. A figure names a colour; the scheme says what it looks like.
BLUE, VERMILLION, GREEN, PURPLE, GOLD, SKY, INK, MUTED, PAPER, FILL = (f"C{i}" for i in range(10))


class Look(NamedTuple):
    """Colour, line style and marker: each of the three tells things apart without the others."""

    colour: str
    line: str | tuple
    marker: str


DOTTED, DASHED, LONG, DASH_DOT = (0, (1, 1.3)), (0, (3.5, 1.5)), (0, (7, 2)), (0, (5, 1.5, 1, 1.5))

LOOKS = {
    "sigmoid": Look(PURPLE, DASHED, "s"),
    "tanh": Look(GREEN, DASH_DOT, "^"),
    "relu": Look(BLUE, "solid", "o"),
    "leaky_relu": Look(SKY, LONG, "D"),
    "gelu": Look(VERMILLION, DOTTED, "v"),
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
    "unclear": Look(INK, "solid", "X"),
    "ontrial": Look(BLUE, "solid", "o"),
    "jax": Look(VERMILLION, DASHED, "s"),
    "jax_vmap": Look(VERMILLION, DASHED, "s"),
    "jax_scan": Look(GOLD, DOTTED, "v"),
    "torch_vmap": Look(GREEN, DASH_DOT, "^"),
    "torch_eager": Look(SKY, LONG, "D"),
    "sklearn": Look(PURPLE, DOTTED, "P"),
    "numpy_loop": Look(MUTED, "solid", "X"),
}
# Markers, and pairs of a colour and a line style, that no look above has.
SPARE = (
    Look(MUTED, DASHED, "p"),
    Look(PURPLE, LONG, "*"),
    Look(GOLD, "solid", "<"),
    Look(INK, DOTTED, ">"),
)


def look(name: str) -> Look:
    """Return the look of a thing by its name in the tables; a newcomer has one of the spare looks, always the same."""
    return LOOKS.get(name) or SPARE[sum(map(ord, name)) % len(SPARE)]
