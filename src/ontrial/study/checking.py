"""Read a YAML file and check it against its schema: return plain values, or report every mistake at once."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ontrial.errors import InputError, legible
from ontrial.storage import files, json_files
from ontrial.storage.yaml_files import (
    MAX_DEPTH,
    TOO_DEEP,
    KeyPath,
    Lines,
    Mistake,
    NameCheck,
    input_error,
    parse,
)

MAX_BYTES = 65_536  # a checked study travels on a command line, which has room for twice as many
MAX_FILES = 10  # listed where one is missing

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
        if not json_files.is_valid(schema, value, name_checks):
            from ontrial.study import schema_mistakes  # jsonschema says what is wrong, and takes a second to import

            mistakes = schema_mistakes.find(value, name_checks, schema)
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
        others = sorted(legible(str(other), 200) for other in Path(path).parent.glob("[!.]*.yaml"))
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


def repeated_ids(key: str, items: list[dict]) -> Iterator[Mistake]:
    """Yield a mistake for each item of a list that has the id of an earlier one.

    key: Key of the list, such as "claims".
    """
    ids = [item["id"] for item in items]
    for i, id in enumerate(ids):
        if id in ids[:i]:
            yield (key, i, "id"), f'another {key.removesuffix("s")} has the id "{id}". Choose a different one.'
