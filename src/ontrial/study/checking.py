"""Read a YAML file and check it against its schema: return plain values, or report every mistake at once."""

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from ontrial.errors import InputError, legible, unknown
from ontrial.storage import files
from ontrial.storage.yaml_files import (
    MAX_DEPTH,
    NUMBER,
    TOO_DEEP,
    WORD,
    KeyPath,
    Lines,
    Mistake,
    bare,
    input_error,
    parse,
    show,
)

MAX_BYTES = 65_536  # a checked study travels on a command line, which has room for twice as many
MAX_FILES = 10  # listed where one is missing

NameCheck = Callable[[str], object]  # raises ValueError, with the sentence to report, for an unknown name
ConflictCheck = Callable[[Any, list[Mistake]], Iterable[Mistake]]  # (value, mistakes so far) → further mistakes


def check(
    source: str | Mapping,
    where: str,
    schema: Mapping[str, Any],
    name_checks: Mapping[str, NameCheck],
    find_conflicts: ConflictCheck,
    prepare: Callable[[Any], tuple[Any, list[Mistake]]] = lambda value: (value, []),
) -> tuple[dict[str, Any], Lines]:
    """Return the value of a YAML document and the line of each value in it. Raises InputError with every mistake.

    Of nested mappings in place of a document, return a copy and no lines.

    where: Name of the source in messages, usually its path.
    name_checks: Check of each kind of name that the schema refers to with its keyword `known`.
    find_conflicts: Function that finds what a schema cannot express, such as values that contradict each other.
    prepare: Function that completes the value, and finds what must be right before the rest can be checked.
    """
    value, lines = parse(source, where) if isinstance(source, str) else (_copy_mapping(source, where), {})
    value, mistakes = prepare(value)
    if not mistakes:
        mistakes = find_mistakes(value, name_checks, schema)
        mistakes += find_conflicts(value, mistakes)
    if mistakes:
        placed = dict.fromkeys((_place(path, lines), sentence) for path, sentence in mistakes)
        raise input_error(where, lines, placed, value)
    return value, lines


def _place(path: KeyPath, lines: Lines) -> KeyPath:
    """Return where a file gives a setting of an experiment: there, or in the defaults of all experiments."""
    default = ("defaults", *path[2:])
    return default if path[:1] == ("experiments",) and path not in lines and default in lines else path


def read_text(path: str | Path) -> str:
    """Return the text of a configuration file.

    Raises InputError if it can't be read, or if Snakemake, its report or a page would not show its path literally.
    """
    if not str(path).isprintable() or set("<>{}") & set(str(path)):
        raise InputError(
            f"{legible(str(path), 200)}: the path of a configuration file can't contain < > {{ }} or control "
            "characters. Rename the file or its folder."
        )
    if not os.path.exists(path):  # unlike Path.exists, also for names that are too long
        others = sorted(map(str, Path(path).parent.glob("[!.]*.yaml")))
        listed = others if len(others) <= MAX_FILES else get_close_matches(str(path), others, MAX_FILES, cutoff=0)
        more = f", and {len(others) - MAX_FILES} more" if len(others) > MAX_FILES else ""
        raise InputError(
            f"{path}: there is no such file. YAML files in that folder: {', '.join(listed) or 'none'}{more}."
        )
    return files.read_text(path, MAX_BYTES)


def _copy_mapping(value: object, where: str, path: KeyPath = ()) -> Any:
    """Return a copy in plain dicts and lists. Raises InputError for values that a YAML file could not contain."""
    if len(path) > MAX_DEPTH:
        raise input_error(where, {}, [(path, TOO_DEEP)])
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise input_error(where, {}, [(path, f"a key must be text, not {type(key).__name__}.")])
        return {key: _copy_mapping(item, where, (*path, key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copy_mapping(item, where, (*path, i)) for i, item in enumerate(value)]
    if isinstance(value, int) and abs(value) >= 10**18:
        raise input_error(where, {}, [(path, "the number has more than 18 digits.")])
    return value


# Schema ---------------------------------------------------------------------------------------------------------------


def find_mistakes(value: object, name_checks: Mapping[str, NameCheck], schema: Mapping[str, Any]) -> list[Mistake]:
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


def repeated_ids(key: str, items: list[dict]) -> Iterator[Mistake]:
    """Yield a mistake for each item of a list that has the id of an earlier one.

    key: Key of the list, such as "films".
    """
    ids = [item["id"] for item in items]
    for i, id in enumerate(ids):
        if id in ids[:i]:
            yield (key, i, "id"), f'another {key.removesuffix("s")} has the id "{id}". Choose a different one.'


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
