"""Tell fast whether a value meets a schema, by the keywords that the schemas of small files have."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from ontrial.storage.yaml_files import NameCheck, bare

REMARKS = ("$schema", "$defs", "title", "description", "examples", "default", "renamed", "removed", "needed")
TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf,
}
# Whether a value of a type meets a keyword. Values of other types always do.
KEYWORDS: dict[str, tuple[type | tuple[type, ...], Callable[[Any, Any], bool]]] = {
    "type": (
        object,
        lambda value, names: any(TYPES[name](value) for name in ([names], names)[isinstance(names, list)]),
    ),
    "enum": (object, lambda value, allowed: value in allowed),
    "pattern": (str, lambda text, pattern: re.fullmatch(pattern, text) is not None),
    "minLength": (str, lambda text, least: len(text) >= least),
    "maxLength": (str, lambda text, most: len(text) <= most),
    "minimum": ((int, float), lambda number, least: number >= least),
    "maximum": ((int, float), lambda number, most: number <= most),
    "exclusiveMinimum": ((int, float), lambda number, bound: number > bound),
    "exclusiveMaximum": ((int, float), lambda number, bound: number < bound),
    "minItems": (list, lambda items, least: len(items) >= least),
    "maxItems": (list, lambda items, most: len(items) <= most),
    "uniqueItems": (list, lambda items, _: not any(item in items[:i] for i, item in enumerate(items))),
    "minProperties": (dict, lambda mapping, least: len(mapping) >= least),
    "maxProperties": (dict, lambda mapping, most: len(mapping) <= most),
    "required": (dict, lambda mapping, keys: set(keys) <= mapping.keys()),
}


def is_valid(
    value: Any,
    schema: Mapping[str, Any] | bool,
    name_checks: Mapping[str, NameCheck] = {},
    root: Mapping[str, Any] | None = None,
) -> bool:
    """Return whether a value is certain to meet a schema: one with another keyword may be met all the same.

    >>> is_valid({"n": 1}, {"additionalProperties": {"type": "integer", "minimum": 1}})
    True
    >>> is_valid({"n": 1}, {"additionalProperties": {"anyOf": []}})
    False

    name_checks: Check of each kind of name that the schema refers to with its keyword `known`.
    root: Schema with the definitions. Default: this one.
    """
    if isinstance(schema, bool):
        return schema
    root = root or schema

    def meets_part(value: Any, part: Mapping[str, Any] | bool) -> bool:
        return is_valid(value, part, name_checks, root)

    keys: Mapping[str, Any] = value if isinstance(value, dict) else {}
    known = schema.get("properties", {})
    for keyword, rule in schema.items():
        if keyword in KEYWORDS:
            of, meets = KEYWORDS[keyword]
            holds = not isinstance(value, of) or meets(value, rule)
        elif keyword == "$ref":
            holds = meets_part(value, root["$defs"][rule.removeprefix("#/$defs/")])
        elif keyword == "properties":
            holds = all(meets_part(keys[key], part) for key, part in rule.items() if key in keys)
        elif keyword == "additionalProperties":
            holds = all(meets_part(each, rule) for key, each in keys.items() if key not in known)
        elif keyword == "propertyNames":
            holds = all(meets_part(key, rule) for key in keys)
        elif keyword == "items":
            holds = not isinstance(value, list) or all(meets_part(item, rule) for item in value)
        elif keyword == "allOf":
            holds = all(meets_part(value, part) for part in rule)
        elif keyword == "known":
            holds = not isinstance(value, str) or _is_known(value, name_checks[rule])
        else:
            holds = keyword in REMARKS
        if not holds:
            return False
    return True


def _is_known(name: str, check: NameCheck) -> bool:
    try:
        check(bare(name))
    except ValueError:
        return False
    return True
