"""Standard JSON Schemas, with which editors explain, complete and check configuration files."""

import json
from collections.abc import Mapping
from typing import Any

from ontrial import data
from ontrial.data.splits import SCALINGS
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.nn.probes import PROBES
from ontrial.nn.schedules import SCHEDULES
from ontrial.study.schema_files import load_schema
from ontrial.study.settings import OBJECTIVES, OWN

SCHEMAS = {  # published name → file
    "study": "config",
    "docket": "claims",
    "answers": "answers",
    "verdicts": "verdicts",
    "claims": "tried",
}
OWN_KEYWORDS = ("known", "needed", "removed", "renamed")  # this project's extensions of JSON Schema

# What replaces `known` for each kind of name. It gives examples of what a study can bring itself.
NAMES: dict[str, dict[str, list[str]]] = {
    "activation": {"examples": [*ACTIVATIONS]},
    "initialisation": {"examples": [OWN, *INITIALISATIONS]},
    "objective": {"examples": [*OBJECTIVES]},
    "optimiser": {"examples": [*OPTIMISERS]},
    "plane": {"enum": [*filter(data.is_plane, data.DATASETS)]},
    "probe": {"enum": [*PROBES]},
    "scaling": {"enum": [*SCALINGS]},
    "schedule": {"examples": [*SCHEDULES]},
}


def json_schemas() -> dict[str, str]:
    """Return the JSON text of each schema by file name, such as study.schema.json."""
    schemas = {name: _standard(load_schema(file)) for name, file in SCHEMAS.items()}
    return {
        f"{name}.schema.json": json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in schemas.items()
    }


def _standard(schema: Any) -> Any:
    """Return a schema, or a part of one, with only the keywords of JSON Schema."""
    if isinstance(schema, Mapping):
        kept = {key: _standard(value) for key, value in schema.items() if key not in OWN_KEYWORDS}
        return kept | NAMES.get(schema.get("known", ""), {})
    return [*map(_standard, schema)] if isinstance(schema, list) else schema
