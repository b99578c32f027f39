"""Read and check verdicts and published results, which a pull request or a stranger may have changed.

The schemas are in study/schemas: verdicts.schema.yaml, and published.schema.yaml with an entry for each file name.
"""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ontrial.errors import InputError, unknown
from ontrial.storage import files, json_files, shipped
from ontrial.study.cell import SETTINGS
from ontrial.study.schema_files import load_schema

if TYPE_CHECKING:  # what reads verdicts alone needs no tables
    import pandas as pd

# Files of a study that are published with its verdicts, if it has them, and compared with those of another run
TIMES = "timing/time.json"
TUNED = "tables/tuned.csv"
# Files that are written when a study is published, if its claims need no learning rate
CURVES = "tables/curves.csv"
TWO_NUMBERS = "tables/two_numbers.csv"
# Numbers per seed of each context that is published with its verdict
SEEDS = "seeds.json"
# File with the configuration, the docket and the origin of a study whose claims other sites show
DESIGN = "design.json"


def read_table(path: str | Path) -> pd.DataFrame:
    """Return a published table. Raises InputError with the line of the first value that its schema does not allow.

    A sparse setting that the table lacks has its default, and so has a setting that is newer than the table.
    """
    import pandas as pd

    schema = schema_of(Path(path).name)
    words = [name for name, column in schema["properties"].items() if column["items"].get("type") == "string"]
    try:
        with files.reading(path):
            content = io.StringIO(files.read_csv(path))
        table = pd.read_csv(content, dtype=dict.fromkeys(words, str), keep_default_na=False, na_values=[""])
    except ValueError as error:
        raise InputError(f"{path}: this is not a table: {error}. {remedy(path)}") from None
    newer = {name: SETTINGS[name] for name in schema["required"] if name in SETTINGS and name not in table}
    if all(setting.default is not None for setting in newer.values()) and set(schema["required"]) <= {*table, *newer}:
        rows = list(table.itertuples())
        for name, setting in newer.items():
            table[name] = [setting.meaning(setting.default, row) for row in rows]
    finite = table.replace({math.inf: sys.float_info.max, -math.inf: -sys.float_info.max})  # JSON has no infinity
    values = {str(name): column.dropna().unique().tolist() for name, column in finite.items()}
    if violation := json_files.find_violation(schema, values):
        column = str(violation.absolute_path[0]) if violation.absolute_path else None
        line = f":{int((finite[column] == violation.instance).argmax()) + 2}" if column else ""
        raise InputError(f"{path}{line}: {json_files.sentence(violation, column)} {remedy(path)}")
    return table


def read_record(path: str | Path) -> Any:
    """Return the content of a published JSON file. Raises InputError with the key of a forbidden value."""
    content = read_json(path)
    check(path, content, schema_of(Path(path).name))
    return content


def read_verdicts(path: str | Path) -> Any:
    """Return the content of a file of verdicts. Raises InputError like `read_record`."""
    content = read_json(path)
    check(path, content, load_schema("verdicts"))
    return content


def read_file(path: str | Path) -> Any:
    """Return the content of a published file. Raises InputError if it violates the schema for its name."""
    return read_table(path) if Path(path).suffix == ".csv" else read_record(path)


def read_json(path: str | Path) -> Any:
    """Return the content of a published JSON file without checking it. Raises InputError if it can't be read."""
    return json_files.parse(path, remedy(path))


def check(path: str | Path, content: Any, schema: Mapping[str, Any]) -> None:
    """Raise InputError if the content of a published JSON file violates its schema."""
    json_files.check(path, content, schema, remedy(path))


def remedy(path: str | Path) -> str:
    """Return advice on how to get a published file, and for verdicts the folders that have some."""
    tried = chain.from_iterable(map(Path("results").glob, ("*/verdicts.json", "reference/*/verdicts.json")))
    others = ", ".join(sorted({str(file.parent) for file in tried} - {str(Path(path).parent)}))
    listing = f" Folders with verdicts: {others}." if others and Path(path).name == "verdicts.json" else ""
    if shipped.in_checkout():
        return f"`make` computes the results of a study, `make publish` publishes them.{listing}"
    return f"`{shipped.run_command(shipped.STUDY_FILE)}` computes the results of a study.{listing}"


def is_known(name: str) -> bool:
    """Return whether files of this name are published."""
    return name in ("verdicts.json", "verdicts.csv") or name in load_schema("published")


def schema_of(name: str) -> dict[str, Any]:
    """Return the schema of a published file by the file's name. Raises InputError if no such file is published."""
    schemas = {name: schema for name, schema in load_schema("published").items() if not name.startswith("$")}
    if name not in schemas:
        raise InputError(unknown("published file", name, schemas))
    return schemas[name]
