"""Read the JSON files of a study's results, and find damaged ones before a run starts."""

from pathlib import Path
from typing import Any

from ontrial.errors import DamagedError
from ontrial.storage import json_files
from ontrial.study.schema_files import load_schema


def read_result(path: str | Path, pattern: str) -> Any:
    """Return the content of a JSON file of a study. Raises InputError if it is missing or damaged.

    pattern: Pattern of its path, which has a schema in results.schema.yaml.
    """
    return json_files.read_json(path, load_schema("results")[pattern])


def require_intact(results: str | Path) -> None:
    """Raise DamagedError, which names every JSON file of a study that steps could not read."""
    problems: dict[str | Path, str] = {}
    for pattern in load_schema("results"):
        for path in sorted(Path(results).glob(pattern)):
            try:
                read_result(path, pattern)
            except DamagedError as error:
                problems |= error.problems
    if problems:
        raise DamagedError(problems)
