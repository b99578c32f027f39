"""The explorer's charts: Vega-Lite templates that its script fills in, and the look of each value of a setting.

Colours are variables of a style sheet (`--c0` to `--c9`), so that a chart follows the scheme of the page, on paper too,
without being drawn again. The fields of a template are x, y, low, high and so on: which setting or measure each stands
for is chosen in the browser.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt
from matplotlib.colors import to_hex
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path

from ontrial.report.figures import drawing
from ontrial.report.figures.style import SCHEMES
from ontrial.report.wording.looks import BLUE, DASHED, FILL, GOLD, INK, LOOKS, MUTED, PAPER, SPARE, VERMILLION, look

COUNTED = (GOLD, BLUE)  # values that are counted go from the one to the other
DISTINCT = (*LOOKS.values(), *SPARE)[:9]  # looks that differ from each other in all three ways
SELECTORS = dict(zip(SCHEMES, (":root", '[data-md-color-scheme="slate"]'), strict=True))
WIDTH = 1.8  # pixels: dashes are in widths of a line
SIZE = 80  # square pixels of a marker
LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}  # of an SVG path


def style_sheet() -> str:
    """CSS that names the ten colours in both schemes."""
    blocks = []
    for scheme, selector in SELECTORS.items():
        with drawing.appearance("en", scheme):
            colours = "".join(f"  --c{i}: {to_hex(f'C{i}')};\n" for i in range(10))
        blocks.append(f"{selector} {{\n{colours}}}\n")
    return "\n".join(blocks)


def colour(name: str) -> str:
    """A colour of looks.py, C0 to C9, by its variable."""
    return f"var(--{name.lower()})"


def looks(values: Sequence[object], counted: bool) -> dict[str, list]:
    """Colour, dash and shape of each value of a setting; what is counted has colours in an order, too."""
    known = set(values) <= set(LOOKS)
    chosen = [look(value) if known else DISTINCT[i % len(DISTINCT)] for i, value in enumerate(values)]
    colours = [colour(one.colour) for one in chosen]
    if counted:
        first, last = map(colour, COUNTED)
        shares = [round(100 * i / max(1, len(values) - 1)) for i in range(len(values))]
        colours = [f"color-mix(in oklab, {last} {share}%, {first})" for share in shares]
    return {
        "colour": colours,
        "dash": [dash(one.line) for one in chosen],
        "shape": [shape(one.marker) for one in chosen],
    }


def dash(line: str | tuple) -> list[float]:
    """A line style of Matplotlib as Vega's lengths of dashes and gaps, in pixels."""
    return [1, 0] if line == "solid" else [round(WIDTH * length, 1) for length in line[1]]


def shape(marker: str) -> str:
    """A marker of Matplotlib as an SVG path, between -1 and 1 with the vertical axis downwards, as Vega takes it."""
    style = MarkerStyle(marker)
    outline = style.get_path().transformed(style.get_transform().scale(2, -2))
    parts = []
    for corners, code in outline.iter_segments():
        numbers = "" if code == Path.CLOSEPOLY else " ".join(f"{round(number, 3) + 0.0:g}" for number in corners)
        parts.append(LETTERS[code] + numbers)
    return "".join(parts)


def templates() -> dict[str, dict[str, Any]]:
    """Vega-Lite of the chart of points and of that of learning curves; what the reader's choice sets is left out."""
    return {"points": points().to_dict(), "curves": curves().to_dict()}


def points() -> alt.LayerChart:
    """Spread, connecting line and marker of each point."""
    base = alt.Chart(alt.NamedData("rows")).encode(x="x:O")
    spread = base.mark_rule(strokeWidth=1.2, opacity=0.65).encode(y="low:Q", y2="high:Q")
    line = base.mark_line(strokeWidth=WIDTH, interpolate="linear").encode(y="y:Q")
    marker = base.mark_point(
        filled=True, opacity=1, stroke=colour(PAPER), strokeWidth=0.8, size=SIZE, cursor="pointer"
    ).encode(
        y="y:Q",
        stroke=alt.when("datum.chosen").then(alt.value(colour(INK))).otherwise(alt.value(colour(PAPER))),
        strokeWidth=alt.when("datum.chosen").then(alt.value(3)).otherwise(alt.value(0.8)),
    )
    return configured(alt.layer(spread, line, marker))


def curves() -> alt.ConcatChart:
    """Accuracy and loss against epochs: median and quartiles on training and on test samples."""
    base = alt.Chart(alt.NamedData("rows")).encode(x=alt.X("epochs:Q").scale(nice=False))
    colours = [colour(VERMILLION), colour(BLUE)]
    inside = alt.Fill("part:N", legend=None).scale(range=colours)
    part = alt.Color("part:N").scale(range=colours)
    dashes = alt.StrokeDash("part:N").scale(range=[dash(DASHED), dash("solid")])
    panels = []
    for name in ("accuracy", "loss"):
        y = alt.Y(f"{name}:Q").scale(**({"type": "log"} if name == "loss" else {"zero": False}))
        band = base.mark_area(opacity=0.2).encode(y=f"{name}_low:Q", y2=f"{name}_high:Q", fill=inside)
        line = base.mark_line(strokeWidth=WIDTH).encode(y=y, color=part, strokeDash=dashes)
        panels.append(alt.layer(band, line))
    return configured(alt.concat(*panels))


def configured(chart: alt.LayerChart | alt.ConcatChart) -> alt.LayerChart | alt.ConcatChart:
    """The chart with the colours and sizes of text, axes and legends."""
    text = {"labelColor": colour(INK), "titleColor": colour(INK), "labelFontSize": 12, "titleFontSize": 13}
    lines = {"domainColor": colour(MUTED), "tickColor": colour(MUTED), "gridColor": colour(FILL)}
    return (
        chart.configure(background="transparent", font="system-ui, sans-serif")
        .configure_axis(**text, **lines, titleFontWeight="normal", aria=False, labelOverlap="greedy", labelSeparation=3)
        .configure_legend(**text, orient="top", titleFontWeight="normal", aria=False, symbolSize=SIZE, symbolOpacity=1)
        .configure_header(**text, titleFontWeight="normal")
        .configure_view(stroke=None)
        .configure_mark(aria=False)  # the chart is one picture with a name; its table is for those who can't see it
    )
