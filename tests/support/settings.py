"""The reference of all keys of studies and dockets, docs/settings.md: `python -m tests.support.settings` prints it."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from ontrial.study.schema_files import load_schema

HEAD = """\
# Settings

What a study such as `config/config.yaml` and a file of claims such as `config/claims.yaml` may contain. Both are
checked before anything runs: an unknown key or value is reported with its line number, and the message says what is
allowed.

Editors that understand YAML explain the keys while you type, complete them and mark mistakes: Visual Studio Code, for
instance, with the extension *YAML* by Red Hat. The first line of a file names its schema; `ontrial init` writes that
line and the schemas.
"""

NAMES = """\
## Names

Names of [activations](../src/ontrial/nn/activations.py), [losses](../src/ontrial/nn/losses.py),
[outputs](../src/ontrial/nn/outputs.py), [initialisations](../src/ontrial/nn/initialisers.py),
[optimisers](../src/ontrial/nn/optimisers.py), [schedules](../src/ontrial/nn/schedules.py),
[probes](../src/ontrial/nn/probes.py) and
[data sets](../src/ontrial/data/registry.py) are the keys of registries, whose entries say what each of them computes.
"""


def reference() -> str:
    """Return the Markdown of the reference, made from the schemas of studies and dockets."""
    study, docket = load_schema("study"), load_schema("claims")
    sections = {
        "The file": (study, study),
        "An experiment": (study["$defs"]["experiment"], study),
        "A data set of your own": (study["$defs"]["dataset"], study),
        "The file of claims": (docket, docket),
        "A claim": (docket["$defs"]["claim"], docket),
        "A source": (docket["properties"]["sources"]["additionalProperties"], docket),
        "A quotation": (docket["$defs"]["claim"]["properties"]["quotations"]["items"], docket),
        "A reference": (docket["properties"]["references"]["additionalProperties"], docket),
    }
    parts = [HEAD]
    for title, (schema, root) in sections.items():
        lines = "\n".join(_keys(schema, root["$defs"]))
        parts.append(f"## {title}\n\n{schema['description']}\n\n{lines}\n")
    return "\n".join([*parts, NAMES])


def _keys(schema: Mapping[str, Any], definitions: Mapping[str, Any], outer: str = "") -> Iterator[str]:
    """Yield an item for each key of an object in a schema, and for those of objects within it as "budget.epochs".

    definitions: Definitions of the schema.
    outer: Key of the object that contains these, with a dot. Deeper objects are left to the schema.

    >>> seed = {"title": "a whole number", "description": "First seed.", "default": 1}
    >>> print(*_keys({"properties": {"from": seed}}, definitions={}, outer="seeds."))
    - `seeds.from` (optional): First seed. *Allowed:* a whole number. *Default:* `1`.
    """
    for name, key in schema.get("properties", {}).items():
        base = definitions[key["$ref"].removeprefix("#/$defs/")] if "$ref" in key else {}
        resolved = base | key
        optional = "" if name in schema.get("required", []) else " (optional)"
        default = f" *Default:* {code(_value(resolved['default']))}." if "default" in resolved else ""
        examples = [
            example for example in map(_value, resolved.get("examples", ())) if example not in resolved["title"]
        ]
        shown = f" *For example:* {', '.join(code(f'{name}: {example}') for example in examples)}." if examples else ""
        description, allowed = (resolved[part].replace("<", "\\<") for part in ("description", "title"))
        yield f"- {code(outer + name)}{optional}: {description} *Allowed:* {allowed}.{default}{shown}"
        if not outer:
            yield from _keys(resolved, definitions, f"{name}.")


def _value(content: Any) -> str:
    """Return a value as in a configuration file, on one line.

    >>> _value({"from": 1, "to": 8}), _value([32, "full"]), _value(True)
    ('{from: 1, to: 8}', '[32, full]', 'true')
    """
    dumped = yaml.safe_dump([content], default_flow_style=True, allow_unicode=True, sort_keys=False, width=math.inf)
    return dumped.strip()[1:-1]


def code(text: str) -> str:
    """Return text as code in Markdown."""
    return f"`{text}`"


if __name__ == "__main__":
    print(reference(), end="")
