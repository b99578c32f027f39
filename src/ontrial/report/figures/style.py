"""The widths and the colour schemes of figures; ontrial.mplstyle has the other settings of Matplotlib."""

from pathlib import Path

SCHEMES = ("light", "dark")
SHEET = Path(__file__).with_name("ontrial.mplstyle")
NARROW, WIDE = 4.8, 8.96  # inches: 461 CSS pixels for phones, 860 for larger windows
WIDTHS = {NARROW: "", WIDE: "-wide"}  # and how the names of their files end
LETTER = 16  # points: symbols in formulas, which look smaller than words of the same size

DARK = {
    "axes.prop_cycle": "cycler('color', ['4C9FE0', 'FF7F3F', '2BC79A', 'E08CC3', 'F0D042', 'A9DDF7', 'F2F2F2',"
    " '9AA0A8', '1E2129', '343A46', 'F4C63D', 'C79E2F', 'A08029', '67551F', '443B1E', '2A2824', '14161B'])",
    "text.color": "F2F2F2",
    "axes.labelcolor": "F2F2F2",
    "axes.edgecolor": "9AA0A8",
    "xtick.color": "9AA0A8",
    "ytick.color": "9AA0A8",
    "xtick.labelcolor": "F2F2F2",
    "ytick.labelcolor": "F2F2F2",
    "hatch.color": "F2F2F2",
    "grid.color": "3A404C",
}
