"""Write the data of the explorer: the grid summarised over seeds, its learning curves, and the charts."""

import argparse
import base64
import json
import zlib
from pathlib import Path

import pandas as pd
import vl_convert

from ontrial.judge.results import Results
from ontrial.report.figures import explorer as charts
from ontrial.report.pages import explorer as pages
from ontrial.report.summaries import explorer
from ontrial.storage import files, run_files
from ontrial.study.study import load_study


def explore(study_file: str, records: str, folder: str) -> None:
    """Write the points as a table and as a script, the learning curves, which load on demand, and the charts."""
    no_runs = pd.DataFrame()  # the records contain them
    results = Results(load_study(study_file), no_runs, run_files.read(records).to_pandas())
    points = explorer.build_points(results)
    curves = explorer.build_curves(results, points)
    grid = pages.grid(points)
    for name, values in grid["settings"].items():
        counted = name in pages.COUNTED
        grid["settings"][name] = {"values": values, "counted": counted, **charts.looks(values, counted)}
    texts = {
        "points.csv": points.to_csv(index=False),
        "grid.js": packed_script("PACKED_GRID", grid | {"charts": charts.templates()}),
        "curves.js": packed_script("PACKED_CURVES", pages.learning_curves(points, curves)),
        "looks.css": charts.style_sheet(),
        "vega.js": vl_convert.javascript_bundle(),  # type: ignore[call-arg]  # its type stub lacks a default
    }
    for name, text in texts.items():
        files.write_text(Path(folder, name), text)


def packed_script(name: str, value: object) -> str:
    """Return JavaScript that assigns a value to a constant, as JSON compressed by zlib, in base64.

    Pages opened from a folder can load a script, but not JSON. Compressed, it takes a quarter of the bytes.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f'const {name} = "{base64.b64encode(zlib.compress(text.encode())).decode()}"\n'


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", required=True, help="study.json")
    parser.add_argument("--records", required=True, help="the table of all records (.parquet)")
    parser.add_argument("--folder", required=True, help="the folder to write to")
    files.run(explore, parser)
