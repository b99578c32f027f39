"""Tell fast whether a value meets a schema, by the keywords that the schemas of small files have."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

REMARKS = ("$schema", "$defs", "title", "description")
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
    "exclusiveMaximum": ((int, float), lambda number, bound: number < bound),
    "minItems": (list, lambda items, least: len(items) >= least),
    "maxItems": (list, lambda items, most: len(items) <= most),
    "uniqueItems": (list, lambda items, _: not any(item in items[:i] for i, item in enumerate(items))),
    "minProperties": (dict, lambda mapping, least: len(mapping) >= least),
    "maxProperties": (dict, lambda mapping, most: len(mapping) <= most),
    "required": (dict, lambda mapping, keys: set(keys) <= mapping.keys()),
}


def is_valid(value: Any, schema: Mapping[str, Any] | bool, root: Mapping[str, Any] | None = None) -> bool:
    """Return whether a value is certain to meet a schema: one with another keyword may be met all the same.

    >>> is_valid({"n": 1}, {"additionalProperties": {"type": "integer", "minimum": 1}})
    True
    >>> is_valid({"n": 1}, {"additionalProperties": {"anyOf": []}})
    False

    root: Schema with the definitions. Default: this one.
    """
    if isinstance(schema, bool):
        return schema
    root = root or schema
    keys: Mapping[str, Any] = value if isinstance(value, dict) else {}
    known = schema.get("properties", {})
    for keyword, rule in schema.items():
        if keyword in KEYWORDS:
            of, meets = KEYWORDS[keyword]
            holds = not isinstance(value, of) or meets(value, rule)
        elif keyword == "$ref":
            holds = is_valid(value, root["$defs"][rule.removeprefix("#/$defs/")], root)
        elif keyword == "properties":
            holds = all(is_valid(keys[key], part, root) for key, part in rule.items() if key in keys)
        elif keyword == "additionalProperties":
            holds = all(is_valid(each, rule, root) for key, each in keys.items() if key not in known)
        elif keyword == "propertyNames":
            holds = all(is_valid(key, rule, root) for key in keys)
        elif keyword == "items":
            holds = not isinstance(value, list) or all(is_valid(item, rule, root) for item in value)
        else:
            holds = keyword in REMARKS
        if not holds:
            return False
    return True
