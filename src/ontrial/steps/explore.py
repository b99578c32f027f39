"""Write the data of the explorer: the grid summarised over seeds, its learning curves, and the charts."""

import json
from pathlib import Path
from typing import Unpack

import vl_convert

from ontrial.report.figures import explorer as charts
from ontrial.report.pages import explorer as pages
from ontrial.report.summaries import explorer
from ontrial.storage import files, inputs


def explore(folder: str, **paths: Unpack[inputs.Paths]) -> None:
    """Write the points as a table and as a script, the learning curves, which load on demand, and the charts."""
    results, _ = inputs.read_results(**paths)
    points = explorer.build_points(results)
    grid = pages.grid(points)
    for name, values in grid["settings"].items():
        counted = name in pages.COUNTED
        grid["settings"][name] = {"values": values, "counted": counted, **charts.looks(values, counted)}
    texts = {
        "points.csv": points.to_csv(index=False),
        "grid.js": assignment("GRID", grid | {"charts": charts.templates()}),
        "curves.js": assignment("CURVES", pages.learning_curves(points, explorer.build_curves(results, points))),
        "looks.css": charts.style_sheet(),
        "vega.js": vl_convert.javascript_bundle(),  # type: ignore[call-arg]  # its type stub lacks a default
    }
    for name, text in texts.items():
        files.write_text(Path(folder, name), text)


def assignment(name: str, value: object) -> str:
    """Return JavaScript that assigns a value to a constant. Pages opened from a folder can load it, but not JSON."""
    return f"const {name} = {json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(',', ':'))}\n"


if __name__ == "__main__":
    parser = inputs.argument_parser(__doc__)
    parser.add_argument("--folder", required=True, help="the folder to write to")
    files.run(explore, parser)
