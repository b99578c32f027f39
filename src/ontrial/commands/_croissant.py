"""The tables of a study in Croissant, the format in which machine learning describes data sets.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html defines it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyarrow.types as types

from ontrial.storage import files
from ontrial.study.schema_files import load_schema

TABLES = {"runs": "tables/runs.parquet", "records": "tables/records.parquet"}
CONTEXT = {  # the standard one, whose terms the validator compares
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        term: f"cr:{term}"
        for term in (
            *("citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet"),
            *("format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet"),
            *("references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField"),
            "transform",
        )
    },
}
KINDS = ((types.is_boolean, "sc:Boolean"), (types.is_integer, "sc:Integer"), (types.is_floating, "sc:Float"))


def croissant(results: Path, names: Mapping[str, str], work: Mapping[str, Any], finished: datetime) -> str:
    """Return the text of croissant.json. The parameters are those of `_crate.crate`."""
    described = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": work["name"],
        "description": work["description"],
        "license": work["license"],
        "version": work["version"],
        "datePublished": finished.date().isoformat(),
        "creator": [{"@type": f"sc:{author['type']}", "name": author["name"]} for author in work["authors"]],
        "keywords": work["keywords"],
        "citeAs": work["cite"],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": path,
                "name": Path(path).name,
                "description": names[path],
                "contentUrl": path,
                "contentSize": f"{(results / path).stat().st_size} B",
                "encodingFormat": "application/x-parquet",
                "sha256": files.sha256(results / path),
            }
            for path in TABLES.values()
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": table,
                "name": table,
                "description": names[path],
                "field": fields(results / path, table, path),
            }
            for table, path in TABLES.items()
        ],
    }
    if work["repository"]:
        described["url"] = work["repository"]
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def fields(file: Path, table: str, path: str) -> list[dict[str, Any]]:
    """Return a field for each column of a table. Settings are described as in a configuration."""
    settings = load_schema("config")["$defs"]["experiment"]["properties"]
    return [
        {
            "@type": "cr:Field",
            "@id": f"{table}/{column.name}",
            "name": column.name,
            "description": settings.get(column.name, {}).get("description", column.name.replace("_", " ").capitalize()),
            "dataType": next((kind for is_kind, kind in KINDS if is_kind(column.type)), "sc:Text"),
            "source": {"fileObject": {"@id": path}, "extract": {"column": column.name}},
        }
        for column in pq.read_schema(file)
    ]
