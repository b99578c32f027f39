"""Read a YAML file and check it against its schema: return plain values, or report every mistake at once."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from ontrial.errors import InputError, legible, unknown
from ontrial.storage import files

MAX_BYTES = 65_536  # a checked study travels on a command line, which has room for twice as many
MAX_DEPTH = 10  # levels of nesting, more than any schema has
MAX_FILES = 10  # listed where one is missing
MAX_MISTAKES = 20  # reported at once

KeyPath = tuple[str | int, ...]  # the keys and list positions that lead from the top of a document to a value
Mistake = tuple[KeyPath, str]  # place, and sentence that describes it
Lines = dict[KeyPath, int]  # line number of each value of a file; empty for a mapping
NameCheck = Callable[[str], object]  # raises ValueError, with the sentence to report, for an unknown name
ConflictCheck = Callable[[Any, list[Mistake]], Iterable[Mistake]]  # (value, mistakes so far) → further mistakes


def check(
    source: str | Mapping,
    where: str,
    schema: Mapping[str, Any],
    name_checks: Mapping[str, NameCheck],
    find_conflicts: ConflictCheck,
) -> dict[str, Any]:
    """Return the value of a YAML document, or a copy of nested mappings. Raises InputError with every mistake in it.

    where: Name of the source in messages, usually its path.
    name_checks: Check of each kind of name that the schema refers to with its keyword `known`.
    find_conflicts: Function that finds what a schema cannot express, such as values that contradict each other.
    """
    value, lines = parse_yaml(source, where) if isinstance(source, str) else (copy_mapping(source, where), {})
    mistakes = find_mistakes(value, name_checks, schema)
    mistakes += find_conflicts(value, mistakes)
    if mistakes:
        raise input_error(where, lines, mistakes, value)
    return value


def read_text(path: str | Path) -> str:
    """Return the text of a configuration file.

    Raises InputError if it can't be read, or if Snakemake, its report or a page would not show its path literally.
    """
    if not str(path).isprintable() or set("<>{}") & set(str(path)):
        raise InputError(
            f"{legible(str(path), 200)}: the path of a configuration file can't contain < > {{ }} or control "
            "characters. Rename the file or its folder."
        )
    try:
        return files.read_bytes(path, MAX_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        others = sorted(map(str, Path(path).parent.glob("[!.]*.yaml")))
        listed = others if len(others) <= MAX_FILES else get_close_matches(str(path), others, MAX_FILES, cutoff=0)
        more = f", and {len(others) - MAX_FILES} more" if len(others) > MAX_FILES else ""
        raise InputError(
            f"{path}: there is no such file. YAML files in that folder: {', '.join(listed) or 'none'}{more}."
        ) from None
    except OSError as error:
        raise InputError(f"{path}: the file can't be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: the text is not valid UTF-8. Save the file as UTF-8.") from None


def copy_mapping(value: object, where: str, path: KeyPath = ()) -> Any:
    """Return a copy in plain dicts and lists. Raises InputError for values that a YAML file could not contain."""
    if len(path) > MAX_DEPTH:
        raise input_error(where, {}, [(path, TOO_DEEP)])
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise input_error(where, {}, [(path, f"a key must be text, not {type(key).__name__}.")])
        return {key: copy_mapping(item, where, (*path, key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [copy_mapping(item, where, (*path, i)) for i, item in enumerate(value)]
    if isinstance(value, int) and abs(value) >= 10**18:
        raise input_error(where, {}, [(path, "the number has more than 18 digits.")])
    return value


# YAML -----------------------------------------------------------------------------------------------------------------


def compose(text: str) -> yaml.Node | None:
    """Compose the nodes of a document, or None if it is empty. Raises the exceptions of `Loader`."""
    try:
        for event in yaml.parse(text, yaml.CBaseLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
                return yaml.compose(text, Loader)
        return yaml.compose(text, yaml.CBaseLoader)  # many times faster than `Loader`, which explains mistakes better
    except yaml.YAMLError:
        return yaml.compose(text, Loader)


class Loader(yaml.BaseLoader):
    """Composer of a document's nodes. It refuses tags, and aliases, because a few of them can expand to gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:  # noqa: D102
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            self.refuse(event, f"the alias *{event.anchor} is not allowed", "Write out the value instead.")
        if event.tag:
            self.refuse(event, f"the tag {event.tag} is not allowed", "Remove it.")
        return super().compose_node(parent, index)

    def refuse(self, event: yaml.Event, problem: str, remedy: str) -> None:
        """Raise the parser's exception for invalid YAML at the position of an event."""
        mark: Any = event.start_mark  # the type stubs confuse the marks of the two parsers
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark, note=remedy)


NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORD = re.compile(r"[\w-]{1,60}")
TOO_DEEP = f"nested too deeply: at most {MAX_DEPTH} levels are allowed."
# The scalars of YAML 1.2, which agrees with JSON: 1e-3 is a number, 010 is ten, yes is a word.
SCALARS: tuple[tuple[re.Pattern[str], Callable[[str], object]], ...] = (
    (re.compile(r"[-+]?[0-9]{1,18}"), int),
    (NUMBER, float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), lambda text: float(text.replace(".", ""))),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text.lower() == "true"),
    (re.compile(r"~|null|Null|NULL|"), lambda text: None),
)


def parse_yaml(text: str, where: str) -> tuple[Any, Lines]:
    """Return the value of a YAML document and the line of each value in it. Raises InputError if it is invalid."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise InputError(f"{where}: the file is larger than {MAX_BYTES // 1024} KiB. No configuration needs that much.")
    try:
        node = compose(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InputError(f"{where}:{line}: the character U+{error.character:04X} is not allowed.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        position = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
        problem = ", ".join(filter(None, (error.context, error.problem)))
        hint = "Indent with spaces, not tabs." if "\\t" in problem else "Check this line and the one before it."
        raise InputError(f"{position}: invalid YAML: {legible(problem, 200)}. {error.note or hint}") from None
    except (ValueError, OverflowError):  # from chr()
        raise InputError(f"{where}: invalid YAML: an escape sequence in double quotes is not a character.") from None
    except RecursionError:
        raise InputError(f"{where}: {TOO_DEEP}") from None
    if node is None:
        raise InputError(f"{where}: the file is empty. The project's own files in config/ are examples.")
    lines: Lines = {(): node.start_mark.line + 1}
    return _value(node, (), lines, where), lines


def _value(node: yaml.Node, path: KeyPath, lines: Lines, where: str) -> object:
    """Return the value of a node, and add the lines of its items and keys to `lines`."""
    if len(path) > MAX_DEPTH:
        raise input_error(where, lines, [(path, TOO_DEEP)])
    if isinstance(node, yaml.SequenceNode):
        lines |= {(*path, i): item.start_mark.line + 1 for i, item in enumerate(node.value)}
        return [_value(item, (*path, i), lines, where) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, where)
    if isinstance(node, yaml.ScalarNode) and not node.style:  # without quotes: not necessarily text
        for pattern, convert in SCALARS:
            if pattern.fullmatch(node.value):
                return convert(node.value)
    return node.value


def _mapping(node: yaml.MappingNode, path: KeyPath, lines: Lines, where: str) -> dict[str, object]:
    values = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise input_error(where, lines | {path: line}, [(path, "a key must be text, not a list or a mapping.")])
        inside = (*path, key.value)
        if inside in lines:
            sentence = f"duplicate key, first given on line {lines[inside]}. Remove one of the two."
            raise input_error(where, lines | {inside: line}, [(inside, sentence)])
        lines[inside] = line
        values[key.value] = _value(item, inside, lines, where)
    return values


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


# Messages -------------------------------------------------------------------------------------------------------------


def input_error(
    where: str, lines: Mapping[KeyPath, int], mistakes: Iterable[Mistake], value: object = None
) -> InputError:
    """Return an error with one line per mistake, in the order of the file: `where:line: key.path[2]: sentence`."""
    located = [(_line(path, lines), dotted(_with_ids(path, value)), sentence) for path, sentence in mistakes]
    located.sort(key=lambda mistake: mistake[0])
    messages = []
    for line, key, sentence in located:
        parts = (f"{where}:{line}" if line else where, key, sentence)
        messages.append(legible(": ".join(filter(None, parts)), 1000))
    if len(messages) > MAX_MISTAKES:
        messages[MAX_MISTAKES:] = [f"{where}: and {len(messages) - MAX_MISTAKES} more mistakes."]
    return InputError("\n".join(messages))


def _with_ids(path: KeyPath, value: Any) -> KeyPath:
    """Return a path in which unique ids of list items replace their positions."""
    named: list[str | int] = []
    for part in path:
        items = value if isinstance(value, list) else []
        ids = [item.get("id") if isinstance(item, dict) else None for item in items]
        id = ids[part] if ids and isinstance(part, int) else None
        named.append(id if isinstance(id, str) and ids.index(id) == part else part)
        if isinstance(value, list) and isinstance(part, int):
            value = value[part]
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return tuple(named)


def _line(path: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """Return the line of a value, or of the nearest enclosing value that has one; 0 if there is none."""
    return next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), 0)


def dotted(path: KeyPath) -> str:
    """Return a path in dotted form: experiments.main-grid.activation[2]."""
    parts = []
    for part in path:
        if isinstance(part, int):
            parts.append(f"[{part}]")
        else:
            parts.append(f".{part if WORD.fullmatch(part) else show(part)}")
    return "".join(parts).removeprefix(".")


def show(value: object) -> str:
    """Return a value as in a YAML file, on one line, without its middle if it is long."""
    return legible(json.dumps(value, ensure_ascii=False, default=repr), 80)


def bare(name: str) -> str:
    """Return a name as `show` writes it, without the quotes."""
    return show(name)[1:-1]
