"""The style of each value of a setting in the explorer's charts.

Colours are CSS variables (`--c0` to `--c15`), so that a chart follows the page's colour scheme, also in print, without
being redrawn.
"""

from collections.abc import Sequence

from matplotlib.colors import to_hex
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from ontrial.report.figures import drawing
from ontrial.report.figures.formats import SCHEMES
from ontrial.report.wording.styles import (
    BLUE,
    GOLD,
    STYLES,
    LineStyle,
    style_of,
)

LOWEST, HIGHEST = GOLD, BLUE  # ends of the colour scale for a counted setting
DISTINCT = tuple(STYLES.values())[:9]  # styles whose markers and pairs of colour and line style are distinct
SELECTORS = dict(zip(SCHEMES, (":root", '[data-md-color-scheme="slate"]'), strict=True))
WIDTH = 1.8  # pixels, width of a line, by which lengths of dashes are multiplied
COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}  # in an SVG path


def style_sheet() -> str:
    """Return CSS that defines the colours of figures in both schemes."""
    blocks = []
    for scheme, selector in SELECTORS.items():
        with drawing.appearance("en", scheme):
            colours = "".join(f"  --c{i}: {to_hex(f'C{i}')};\n" for i in range(16))
        blocks.append(f"{selector} {{\n{colours}}}\n")
    return "\n".join(blocks)


def _colour(name: str) -> str:
    """Return the CSS variable of a colour of `wording.styles`, "C0" to "C9"."""
    return f"var(--{name.lower()})"


def styles(values: Sequence[object], counted: bool) -> dict[str, list]:
    """Return the colour, dash and shape of each value of a setting.

    counted: Whether the values are numbers, whose colours follow their order.
    """
    if set(values) <= set(STYLES):
        chosen = [style_of(str(value)) for value in values]
    else:
        chosen = [DISTINCT[i % len(DISTINCT)] for i in range(len(values))]
    colours = [_colour(one.colour) for one in chosen]
    if counted:
        shares = [round(100 * i / max(1, len(values) - 1)) for i in range(len(values))]
        colours = [f"color-mix(in oklab, {_colour(HIGHEST)} {share}%, {_colour(LOWEST)})" for share in shares]
    return {
        "colour": colours,
        "dash": [_dash(one.line) for one in chosen],
        "shape": [shape(one.marker) for one in chosen],
    }


def _dash(line: LineStyle) -> list[float]:
    """Return the lengths of a line style's dashes and gaps in pixels."""
    if isinstance(line, str):
        return [1, 0]
    _, lengths = line
    return [round(WIDTH * length, 1) for length in lengths]


def shape(marker: str) -> str:
    """Return the outline of a marker: an SVG path from -1 to 1, whose vertical axis points down."""
    style = MarkerStyle(marker)
    outline = style.get_path().transformed(style.get_transform() + Affine2D().scale(2, -2))
    path = ""
    for points, code in outline.iter_segments():
        path += COMMANDS[code]
        if code != Path.CLOSEPOLY:
            path += " ".join(f"{round(number, 3) + 0.0:g}" for number in points)
    return path
