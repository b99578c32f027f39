"""Tables → what the explorer shows: the grid summed up over seeds, its learning curves, charts and their script."""

import json
from pathlib import Path

import vl_convert

from ontrial.report.figures import explorer as charts
from ontrial.report.pages import explorer as pages
from ontrial.report.summaries import explorer
from ontrial.storage import files, inputs


def explore(folder: str, **given: str | list[str] | None) -> None:
    """Write the points, as a table and for the script; the curves, which are loaded when a reader asks for some."""
    results, _ = inputs.read_results(**given)
    points = explorer.build_points(results)
    grid = pages.grid(points)
    for name, values in grid["settings"].items():
        counted = name in pages.COUNTED
        grid["settings"][name] = {"values": values, "counted": counted, **charts.looks(values, counted)}
    written = {
        "points.csv": points.to_csv(index=False),
        "grid.js": assignment("GRID", grid | {"charts": charts.templates()}),
        "curves.js": assignment("CURVES", pages.learning_curves(points, explorer.build_curves(results, points))),
        "looks.css": charts.style_sheet(),
        "vega.js": vl_convert.javascript_bundle(),
    }
    for name, text in written.items():
        files.write_text(Path(folder, name), text)


def assignment(name: str, value: object) -> str:
    """JavaScript that gives a value a name: a page opened from a folder can load it, but no JSON."""
    return f"const {name} = {json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(',', ':'))}\n"


if __name__ == "__main__":
    parser = inputs.argument_parser(__doc__)
    parser.add_argument("--folder", required=True, help="where the files go")
    files.run(explore, parser)
