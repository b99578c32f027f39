"""Read a YAML file and check it against its schema: plain values, or one message with every mistake."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from ontrial.errors import InputError, unknown

SCHEMAS = Path(__file__).with_name("schemas")
LIMIT = 65_536  # bytes: a checked study travels on a command line, which has room for twice as many
DEEPEST = 10  # levels of nesting: more than the schema has
MOST = 20  # mistakes told at once

KeyPath = tuple[str | int, ...]  # the keys and list positions that lead from the top to a value
Mistake = tuple[KeyPath, str]  # where, and the sentence that a person reads
Lines = dict[KeyPath, int]  # of a file; empty for a mapping, which has none
Rule = Callable[[str], object]  # of one kind of name; raises ValueError with the sentence for one that it doesn't know
Refusals = Callable[[object, list[Mistake]], Iterable[Mistake]]  # (value, mistakes of the schema) → further mistakes


def check(source: str | Mapping, where: str, schema: dict, rules: Mapping[str, Rule], refusals: Refusals) -> object:
    """Return the value of a YAML document, or of nested mappings; InputError lists every mistake in it.

    where: what messages call the source. rules: what a text must obey where the schema says `known`. refusals: checks
    beyond the schema, such as of values that don't go together.
    """
    value, lines = parse_yaml(source, where) if isinstance(source, str) else (copy_mapping(source, where), {})
    found = find_mistakes(value, rules, schema)
    found += refusals(value, found)
    if found:
        raise input_error(where, lines, found, value)
    return value


def read_text(path: str | Path) -> str:
    """Text of a configuration file, the start of it if it is too large to be one; InputError if it can't be read."""
    try:
        with open(path, "rb") as file:
            content = file.read(LIMIT + 1)
        return content.decode("utf-8-sig", "strict" if len(content) <= LIMIT else "replace")  # what is cut is refused
    except FileNotFoundError:
        others = ", ".join(sorted(str(other) for other in Path(path).parent.glob("*.yaml"))) or "none"
        raise InputError(f"{path}: there is no such file. Configurations in that folder: {others}.") from None
    except OSError as error:
        raise InputError(f"{path}: the file can't be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: a letter that is not UTF-8. Save the file in UTF-8.") from None


def copy_mapping(value: object, where: str, place: KeyPath = ()) -> object:
    """A copy in plain dicts and lists; InputError for what no configuration can hold."""
    if len(place) > DEEPEST:
        raise input_error(where, {}, [(place, "nested too deeply.")])
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise input_error(where, {}, [(place, f"a key must be text, not {type(key).__name__}.")])
        return {key: copy_mapping(item, where, (*place, key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [copy_mapping(item, where, (*place, i)) for i, item in enumerate(value)]
    if isinstance(value, int) and abs(value) >= 10**18:
        raise input_error(where, {}, [(place, "a number of more than 18 digits.")])
    return value


# YAML -----------------------------------------------------------------------------------------------------------------


class Loader(yaml.BaseLoader):
    """Composes the nodes of a document; refuses aliases (a few of which can blow a file up) and tags."""

    def compose_node(self, parent, index):  # noqa: D102
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            self.refuse(event, f"the alias *{event.anchor} is not allowed")
        if event.tag:
            self.refuse(event, f"the tag {event.tag} is not allowed")
        return super().compose_node(parent, index)

    def refuse(self, event: yaml.Event, problem: str) -> None:
        """Raise what the parser raises for broken YAML, at the place of an event."""
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark, note="Write the value itself.")


NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORD = re.compile(r"[\w-]{1,60}")
# The scalars of YAML 1.2, which agrees with JSON: 1e-3 is a number, 010 is ten, yes is a word.
SCALARS = (
    (re.compile(r"[-+]?[0-9]{1,18}"), int),
    (NUMBER, float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), lambda text: float(text.replace(".", ""))),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text.lower() == "true"),
    (re.compile(r"~|null|Null|NULL|"), lambda text: None),
)


def parse_yaml(text: str, where: str) -> tuple[object, Lines]:
    """Value of a YAML document, and the line of each value in it; InputError for text that isn't one."""
    if len(text.encode(errors="replace")) > LIMIT:
        raise InputError(f"{where}: larger than {LIMIT // 1024} KiB, far more than a configuration needs.")
    try:
        node = yaml.compose(text, Loader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InputError(f"{where}:{line}: the character U+{error.character:04X} is not allowed.") from None
    except yaml.MarkedYAMLError as error:
        mark, problem = error.problem_mark, ", ".join(filter(None, (error.context, error.problem)))
        hint = "Indent with spaces, not tabs." if "\\t" in problem else "Look at this line and the one before."
        place = f"{where}:{mark.line + 1}:{mark.column + 1}"
        raise InputError(f"{place}: broken YAML: {legible(problem, 200)}. {error.note or hint}") from None
    except (ValueError, OverflowError):  # from chr()
        raise InputError(f"{where}: broken YAML: an escape in double quotes stands for no character.") from None
    except RecursionError:
        raise InputError(f"{where}: nested too deeply.") from None
    if node is None:
        raise InputError(f"{where}: the file is empty. config/config.yaml shows what belongs in one.")
    lines: Lines = {(): node.start_mark.line + 1}
    return _value(node, (), lines, where), lines


def _value(node: yaml.Node, place: KeyPath, lines: Lines, where: str) -> object:
    """Value of a node; notes the lines of the items in it, and of keys."""
    if len(place) > DEEPEST:
        raise input_error(where, lines, [(place, "nested too deeply.")])
    if isinstance(node, yaml.SequenceNode):
        lines |= {(*place, i): item.start_mark.line + 1 for i, item in enumerate(node.value)}
        return [_value(item, (*place, i), lines, where) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return {
            key.value: _value(item, inside, lines, where) for key, item, inside in _entries(node, place, lines, where)
        }
    if node.style is None:  # no quotes: may be something else than text
        for pattern, make in SCALARS:
            if pattern.fullmatch(node.value):
                return make(node.value)
    return node.value


def _entries(node: yaml.MappingNode, place: KeyPath, lines: Lines, where: str) -> Iterator[tuple]:
    """Key, value and place of each entry of a mapping; InputError for a key that is not a word or comes twice."""
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise input_error(where, lines | {place: line}, [(place, "a key must be a word, not a list or a mapping.")])
        inside = (*place, key.value)
        if inside in lines:
            again = f"this key was given before, in line {lines[inside]}. Remove one of the two."
            raise input_error(where, lines | {inside: line}, [(inside, again)])
        lines[inside] = line
        yield key, item, inside


# Schema ---------------------------------------------------------------------------------------------------------------


@cache
def load_schema(name: str) -> dict:
    """A schema by name; its titles and descriptions say what each key may hold and what it means."""
    return yaml.safe_load((SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"))


def find_mistakes(value: object, rules: Mapping[str, Rule], wanted: dict) -> list[Mistake]:
    """What a schema finds wrong with a value. rules: what a text must obey where the schema says `known`."""
    errors = _validator(tuple(rules.items()))(wanted).iter_errors(value)
    return list(dict.fromkeys((tuple(error.absolute_path), _sentence(error)) for error in errors))


@cache
def _validator(rules: tuple[tuple[str, Rule], ...]) -> type:
    """The validator of JSON Schema with the keywords of this project; making one takes a millisecond."""

    def known(validator, kind, instance, _):
        if isinstance(instance, str):
            try:
                dict(rules)[kind](bare(instance))
            except ValueError as error:
                yield ValidationError(str(error))

    numbers = Draft202012Validator.TYPE_CHECKER.redefine("number", _finite)
    return extend(Draft202012Validator, KEYWORDS | {"known": known}, type_checker=numbers)


def repeated_ids(key: str, entries: list[dict]) -> Iterator[Mistake]:
    """Each entry of a list whose id an earlier one has."""
    ids = [entry["id"] for entry in entries]
    for i, id in enumerate(ids):
        if id in ids[:i]:
            yield (key, i, "id"), f'there is a {key.removesuffix("s")} "{id}" already. Give this one another id.'


def _sentence(error: ValidationError) -> str:
    """What is wrong with a value, and what is allowed in its place."""
    if error.validator == "known" or error.validator in KEYWORDS:
        return error.message
    sentence = f"{show(error.instance)} is not {error.schema['title']}."
    if isinstance(error.instance, str) and "number" in error.schema["title"] and NUMBER.fullmatch(error.instance):
        return f"{sentence} It is text, not a number: write it without quotes, 1e-3 as 1.0e-3."
    return sentence


def _finite(checker, value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf


def _keys(validator, allowed, instance, schema) -> Iterator[ValidationError]:
    """additionalProperties, with an error at each unknown key that names the nearest known one."""
    if isinstance(instance, dict):
        known = schema.get("properties", {})
        for key in instance:
            if key in schema.get("renamed", {}):
                yield ValidationError(f'this key is now "{schema["renamed"][key]}", which takes a list.', path=[key])
            elif key not in known and allowed is False:
                yield ValidationError(unknown("key", bare(key), known), path=[key])
            elif key not in known:
                yield from validator.descend(instance[key], allowed, path=key)


def _names(validator, rule, instance, schema) -> Iterator[ValidationError]:
    """propertyNames, with the error at the key and so in its line."""
    if isinstance(instance, dict):
        for key in instance:
            yield from validator.descend(key, rule, path=key)


def _required(validator, required, instance, schema) -> Iterator[ValidationError]:
    """required, with what belongs there."""
    if isinstance(instance, dict):
        for key in required:
            if key not in instance:
                yield ValidationError(f'the key "{key}" is missing: {schema["properties"][key]["title"]}.')


def _distinct(validator, wanted, instance, schema) -> Iterator[ValidationError]:
    """uniqueItems, with an error at each repetition of something allowed; 1 and 1.0 are the same."""
    if isinstance(instance, list):
        seen, items = set(), validator.evolve(schema=schema["items"])
        for i, item in enumerate(instance):
            if (value := _hashable(item)) in seen and items.is_valid(item):
                yield ValidationError(f"{show(item)} is in this list already. Remove one of the two.", path=[i])
            seen.add(value)


def _hashable(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else repr(value)


KEYWORDS = {"additionalProperties": _keys, "propertyNames": _names, "required": _required, "uniqueItems": _distinct}


# Messages -------------------------------------------------------------------------------------------------------------


def input_error(where: str, lines: Lines, found: Iterable[Mistake], value: object = None) -> InputError:
    """All mistakes as one error, a line each, in the order of the file: `where:line: key.path[2]: sentence`."""
    placed = sorted(
        ((_line(place, lines), dotted(_by_id(place, value)), text) for place, text in found), key=lambda each: each[0]
    )
    told = [": ".join(filter(None, (f"{where}:{line}" if line else where, *rest))) for line, *rest in placed]
    told = [legible(line, 1000) for line in told]
    if len(told) > MOST:
        told[MOST:] = [f"{where}: and {len(told) - MOST} more."]
    return InputError("\n".join(told))


def _by_id(place: KeyPath, value: object) -> KeyPath:
    """A place with the ids of items of a list for their positions, of those that have an id of their own."""
    named = []
    for part in place:
        items = value if isinstance(value, list) else []
        ids = [item.get("id") if isinstance(item, dict) else None for item in items]
        id = ids[part] if ids else None
        named.append(id if isinstance(id, str) and ids.index(id) == part else part)
        value = value[part] if isinstance(value, list) or (isinstance(value, dict) and part in value) else None
    return tuple(named)


def _line(place: KeyPath, lines: Lines) -> int:
    """Line of a place, or of the nearest one around it that has a line; 0 without lines."""
    return next((lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in lines), 0)


def dotted(place: KeyPath) -> str:
    """A place as people write it: experiments.main-grid.activation[2]."""
    parts = (
        f"[{part}]" if isinstance(part, int) else f".{part if WORD.fullmatch(part) else show(part)}" for part in place
    )
    return "".join(parts).removeprefix(".")


def show(value: object) -> str:
    """A value as it would be written in the file, on one line, without its middle if it is long."""
    return legible(json.dumps(value, ensure_ascii=False, default=repr), 80)


def legible(text: str, most: int) -> str:
    """Text on one line, without its middle if it is longer than `most`; what a terminal would obey is escaped."""
    cut = text if len(text) <= most else f"{text[: most - 20]} … {text[-10:]}"
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in cut)


def bare(name: str) -> str:
    """A name as `show` writes it, without quotes."""
    return show(name)[1:-1]
