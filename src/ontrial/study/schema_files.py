"""The schemas of files that people write, publish or pass on, in the folder schemas."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("schemas")


@cache
def load_schema(name: str) -> dict[str, Any]:
    """Return a schema by name. Its titles say which values a key may have; its descriptions say what they mean."""
    return yaml.load((FOLDER / f"{name}.schema.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
