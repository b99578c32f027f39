"""Read YAML 1.2 strictly: one value per key, no aliases, and the line of each value for messages."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ontrial.errors import InputError, legible, require_plain
from ontrial.storage import files

MAX_DEPTH = 10  # levels of nesting, more than any schema has
MAX_MISTAKES = 20  # reported at once

KeyPath = tuple[str | int, ...]  # the keys and list positions that lead from the top of a document to a value
Mistake = tuple[KeyPath, str]  # place, and sentence that describes it
NameCheck = Callable[[str], object]  # raises ValueError, with the sentence to report, for an unknown name
Lines = dict[KeyPath, int]  # line number of each value of a file; empty for a mapping

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


def read_yaml(path: str | Path) -> Any:
    """Return the content of a YAML file. Raises InputError if it is invalid."""
    return parse(files.read_text(path), str(path))[0]


def _compose(text: str) -> yaml.Node | None:
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


def parse(text: str, where: str) -> tuple[Any, Lines]:
    """Return the value of a YAML document and the line of each value in it. Raises InputError if it is invalid.

    where: Name of the document in messages.
    """
    require_plain(text, where, is_file=True)
    try:
        node = _compose(text)
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


def input_error(
    where: str, lines: Mapping[KeyPath, int], mistakes: Iterable[Mistake], value: object = None
) -> InputError:
    """Return an error with one line per mistake, in the order of the file: `where:line: key.path[2]: sentence`."""
    located = [(_line(path, lines), _dotted(_with_ids(path, value)), sentence) for path, sentence in mistakes]
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


def _dotted(path: KeyPath) -> str:
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
