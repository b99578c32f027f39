"""Write the data of the explorer: the grid summarised over seeds, its learning curves, and the colours of charts."""

import base64
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from ontrial.judge.columns import without_defaults
from ontrial.judge.results import Results
from ontrial.report.figures import explorer as charts
from ontrial.report.pages.tools import explorer as pages
from ontrial.report.summaries import explorer
from ontrial.storage import files, options, run_files
from ontrial.storage.options import Input
from ontrial.study.study import load_study


def explore(study: Input, records: Input, folder: str) -> None:
    """Write the points as a table and a script, the scripts that load on demand (measures, curves), and the colours.

    study: The study (study.json).
    records: Table of all records (.parquet).
    folder: Folder of the files to write.
    """
    no_runs = pd.DataFrame()  # the records contain them
    results = Results(load_study(study), no_runs, run_files.read_sealed(records, encoded=True).to_pandas())
    pa.default_memory_pool().release_unused()  # Arrow would keep the memory that reading needed
    for name, text in _contents(results):  # one at a time: together they would fill the memory in a large study
        files.write_text(Path(folder, name), text)


def _contents(results: Results) -> Iterator[tuple[str, str]]:
    """Yield the name and the content of each file."""
    points = explorer.build_points(results)
    yield "points.csv", without_defaults(points).to_csv(index=False)
    curves = explorer.build_curves(results, points)
    yield "curves.js", _packed_script("PACKED_CURVES", pages.learning_curves(points, curves))
    for name in results.study.experiments:
        numbers = pages.measure_columns(points[points["experiment"] == name])
        content = json.dumps(_packed(numbers))
        yield f"numbers-{name}.js", f";(globalThis.packedNumbers ??= {{}})[{json.dumps(name)}] = {content}\n"
    yield "grid.js", _packed_script("PACKED_GRID", _explorer_grid(points))
    yield "styles.css", charts.style_sheet()


def _explorer_grid(points: pd.DataFrame) -> dict[str, Any]:
    """Return the points in the form of the script, and the styles of each setting's values."""
    content = pages.grid(points)
    for name, values in content["settings"].items():
        counted = name in pages.COUNTED
        content["settings"][name] = {"values": values, "counted": counted, **charts.styles(values, counted)}
    return content


def _packed_script(name: str, value: object) -> str:
    """Return JavaScript that assigns a packed value to a constant.

    Pages opened from a folder can load a script, but not JSON.
    """
    return f'const {name} = "{_packed(value)}"\n'


def _packed(value: object) -> str:
    """Return a value as zlib-compressed JSON in base64, a quarter of the size of JSON."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode())).decode()


if __name__ == "__main__":
    options.run(explore)
