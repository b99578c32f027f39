"""The explorer's charts: Vega-Lite templates that its script completes, and the style of each value of a setting.

Colours are CSS variables (`--c0` to `--c15`), so that a chart follows the page's colour scheme, also in print, without
being redrawn. The fields of a template have generic names such as x, y, low and high. In the browser, readers choose
the setting or measure of each field.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import altair as alt
from matplotlib.colors import to_hex
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from ontrial.report.figures import drawing
from ontrial.report.figures.formats import SCHEMES
from ontrial.report.wording.styles import (
    BLUE,
    DASHED,
    FILL,
    GOLD,
    INK,
    MUTED,
    PAPER,
    STYLES,
    VERMILLION,
    LineStyle,
    style_of,
)

LOWEST, HIGHEST = GOLD, BLUE  # ends of the colour scale for a counted setting
DISTINCT = tuple(STYLES.values())[:9]  # styles whose markers and pairs of colour and line style are distinct
SELECTORS = dict(zip(SCHEMES, (":root", '[data-md-color-scheme="slate"]'), strict=True))
WIDTH = 1.8  # pixels, width of a line, by which lengths of dashes are multiplied
SIZE = 80  # square pixels, area of a marker
COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}  # in an SVG path

Chart = TypeVar("Chart", alt.LayerChart, alt.ConcatChart)


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
    """Return the lengths of a line style's dashes and gaps in pixels, as Vega takes them."""
    if isinstance(line, str):
        return [1, 0]
    _, lengths = line
    return [round(WIDTH * length, 1) for length in lengths]


def shape(marker: str) -> str:
    """Return the outline of a marker as Vega takes it: an SVG path from -1 to 1, whose vertical axis points down."""
    style = MarkerStyle(marker)
    outline = style.get_path().transformed(style.get_transform() + Affine2D().scale(2, -2))
    path = ""
    for points, code in outline.iter_segments():
        path += COMMANDS[code]
        if code != Path.CLOSEPOLY:
            path += " ".join(f"{round(number, 3) + 0.0:g}" for number in points)
    return path


def templates() -> dict[str, dict[str, Any]]:
    """Return the Vega-Lite templates of points and learning curves, which the reader's choices complete."""
    return {"points": _points().to_dict(), "curves": _curves().to_dict()}


def _points() -> alt.LayerChart:
    """Return the chart of points, with markers, spreads and connecting lines."""
    base = alt.Chart(alt.NamedData("rows")).encode(x="x:O")
    spread = base.mark_rule(strokeWidth=1.2, opacity=0.65).encode(y="low:Q", y2="high:Q")
    line = base.mark_line(strokeWidth=WIDTH, interpolate="linear").encode(y="y:Q")
    marker = base.mark_point(
        filled=True, opacity=1, stroke=_colour(PAPER), strokeWidth=0.8, size=SIZE, cursor="pointer"
    ).encode(
        y="y:Q",
        stroke=alt.when("datum.chosen").then(alt.value(_colour(INK))).otherwise(alt.value(_colour(PAPER))),
        strokeWidth=alt.when("datum.chosen").then(alt.value(3)).otherwise(alt.value(0.8)),
    )
    return _configured(alt.LayerChart(layer=[spread, line, marker]))


def _curves() -> alt.ConcatChart:
    """Return the charts of score and loss against epochs, with medians and quartiles on training and test samples."""
    base = alt.Chart(alt.NamedData("rows")).encode(x=alt.X("epochs:Q").axis(tickMinStep=1).scale(nice=False))
    colours = [_colour(VERMILLION), _colour(BLUE)]
    fill = alt.Fill("part:N", legend=None).scale(range=colours)
    part = alt.Color("part:N").scale(range=colours)
    dashes = alt.StrokeDash("part:N", legend=None).scale(range=[_dash(DASHED), _dash("solid")])
    panels = []
    for name in ("score", "loss"):
        y = alt.Y(f"{name}:Q").scale(**({"type": "log"} if name == "loss" else {"zero": False}))
        band = base.mark_area(opacity=0.2).encode(y=f"{name}_low:Q", y2=f"{name}_high:Q", fill=fill)
        line = base.mark_line(strokeWidth=WIDTH).encode(y=y, color=part, strokeDash=dashes)
        panels.append(alt.layer(band, line))
    return _configured(alt.concat(*panels).resolve_scale(color="shared", fill="shared", strokeDash="shared"))


def _configured(chart: Chart) -> Chart:
    """Return the chart with the colours and sizes of text, axes and legends."""
    text = {"labelColor": _colour(INK), "titleColor": _colour(INK), "labelFontSize": 12, "titleFontSize": 13}
    lines = {"domainColor": _colour(MUTED), "tickColor": _colour(MUTED), "gridColor": _colour(FILL)}
    return (
        chart.configure(background="transparent", font="system-ui, sans-serif")
        .configure_axis(**text, **lines, titleFontWeight="normal", aria=False, labelOverlap="greedy", labelSeparation=3)
        .configure_legend(**text, orient="top", titleFontWeight="normal", aria=False, symbolSize=SIZE, symbolOpacity=1)
        .configure_header(**text, titleFontWeight="normal")
        .configure_view(stroke=None)
        .configure_mark(aria=False)  # the chart is one labelled image, and readers who cannot see it use the table
    )
