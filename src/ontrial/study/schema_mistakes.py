"""The mistakes of a value according to a schema, in sentences."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from ontrial.errors import unknown
from ontrial.storage.yaml_files import NUMBER, WORD, Mistake, NameCheck, bare, show


def find(value: object, name_checks: Mapping[str, NameCheck], schema: Mapping[str, Any]) -> list[Mistake]:
    """Return the mistakes of a value according to a schema, without duplicates."""
    errors = _validator(tuple(name_checks.items()))(schema).iter_errors(value)
    return list(dict.fromkeys((tuple(error.absolute_path), _sentence(error)) for error in errors))


@cache
def _validator(name_checks: tuple[tuple[str, NameCheck], ...]) -> Any:
    """Return the class that validates with the keywords of this project. Creating it takes a millisecond."""

    def known(validator: Any, kind: str, instance: object, schema: Mapping) -> Iterator[ValidationError]:
        if isinstance(instance, str):
            try:
                dict(name_checks)[kind](bare(instance))
            except ValueError as error:
                yield ValidationError(str(error))

    types = Draft202012Validator.TYPE_CHECKER.redefine("number", _is_finite)
    return extend(Draft202012Validator, KEYWORDS | {"known": known, "pattern": _check_pattern}, type_checker=types)


def _sentence(error: ValidationError) -> str:
    """Return the sentence that says what is wrong with a value, and what is allowed instead."""
    if error.validator == "known" or error.validator in KEYWORDS:
        return error.message
    schema: Any = error.schema  # a mapping: the schemas of this project are never just true or false
    sentence = f"{show(error.instance)} is not {schema['title']}."
    types = schema.get("type", [])
    takes_number = "integer" in types or "number" in types  # types is a name or a list of names
    if takes_number and isinstance(error.instance, str) and NUMBER.fullmatch(error.instance):
        return f"{sentence} It is text, not a number: write it without quotes."
    return sentence


def _is_finite(checker: object, value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf


def _check_keys(validator: Any, allowed: Any, instance: object, schema: Mapping) -> Iterator[ValidationError]:
    """Check additionalProperties. The error is at each unknown key, and suggests the nearest known one."""
    if isinstance(instance, dict):
        properties = schema.get("properties", {})
        renamed, removed = schema.get("renamed", {}), schema.get("removed", {})
        for key in instance:
            if key in renamed:
                yield ValidationError(f'this key is now called "{renamed[key]}", and takes a list.', path=[key])
            elif key in removed:
                yield ValidationError(f"this key {removed[key]} Remove it.", path=[key])
            elif key not in properties and allowed is False:
                torn = instance[key] is None and not WORD.fullmatch(key)  # {en: Deep, but slow} has the key "but slow"
                hint = " Put text that contains a comma in quotes." if torn else ""
                yield ValidationError(unknown("key", bare(key), properties) + hint, path=[key])
            elif key not in properties:
                yield from validator.descend(instance[key], allowed, path=key)


def _check_names(validator: Any, rule: Mapping, instance: object, schema: Mapping) -> Iterator[ValidationError]:
    """Check propertyNames. The error is at the key, and so has its line."""
    if isinstance(instance, dict):
        for key in instance:
            yield from validator.descend(key, rule, path=key)


def _check_required(
    validator: Any, required: list[str], instance: object, schema: Mapping
) -> Iterator[ValidationError]:
    """Check required. The error says what the missing key takes."""
    if isinstance(instance, dict):
        for key in required:
            if key not in instance:
                yield ValidationError(f'the key "{key}" is missing: {schema["properties"][key]["title"]}.')


def _check_distinct(validator: Any, unique: bool, instance: object, schema: Mapping) -> Iterator[ValidationError]:
    """Check uniqueItems. The error is at each repetition of a valid item. 1 and 1.0 are the same."""
    if isinstance(instance, list):
        seen = set()
        item_validator = validator.evolve(schema=schema["items"])
        for i, item in enumerate(instance):
            value = _hashable(item)
            if value in seen and item_validator.is_valid(item):
                yield ValidationError(f"{show(item)} is already in this list. Remove one of the two.", path=[i])
            seen.add(value)


def _check_pattern(validator: Any, pattern: str, instance: object, schema: Mapping) -> Iterator[ValidationError]:
    """Check pattern against the whole text: for Python, `$` also matches before a line break at the end."""
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield ValidationError(f"{show(instance)} does not match {pattern}")


def _hashable(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else repr(value)


KEYWORDS: dict[str, Callable] = {
    "additionalProperties": _check_keys,
    "propertyNames": _check_names,
    "required": _check_required,
    "uniqueItems": _check_distinct,
}
