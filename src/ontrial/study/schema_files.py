"""The schemas of files that people write, publish or pass on, in the folder schemas."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("schemas")


@cache
def load_schema(name: str) -> dict[str, Any]:
    """Return a schema by name. Its titles say which values are allowed; its descriptions say what they mean.

    Files that people write have complete schemas. In those of results, the settings are added here.
    "study" is that of a configuration with all that it takes from another one and from its defaults.
    """
    file = FOLDER / f"{'config' if name == 'study' else name}.schema.yaml"
    schema = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    if name == "study":
        for part in (schema, schema["$defs"]["experiment"]):
            part["required"] = part["needed"]
    if name == "verdicts":
        from ontrial.study.cell import SETTINGS  # which need the engine

        axis = schema["$defs"]["axis"]
        axis["enum"] = sorted([*axis["enum"], *SETTINGS])
    if name == "tried":
        schema["$defs"] |= load_schema("verdicts")["$defs"]
    if name == "published":
        from ontrial.study.cell import SETTINGS

        types = {column: each.column_type for name, each in SETTINGS.items() for column in each.columns or (name,)}
        for name in ("tuned.csv", "curves.csv", "two_numbers.csv"):
            table = schema[name]
            table["properties"] |= {column: {"items": schema["$defs"][type]} for column, type in types.items()}
            table["required"] += types
    return schema
