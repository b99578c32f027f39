"""Read and check JSON files that the program wrote, and that a disk, a stranger or another version may have changed."""

import errno
import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ontrial.errors import REBUILD, DamagedError, legible
from ontrial.storage import files

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema import ValidationError

    from ontrial.storage.yaml_files import NameCheck

MAX_BYTES = 2**26  # of a file: Python takes twenty times as much memory
MAX_LENGTH = 200  # characters that messages quote


def read_json(path: str | Path, schema: Mapping[str, Any]) -> Any:
    """Return the content of a JSON file. Raises InputError if it can't be read, and DamagedError as below."""
    content = parse(path)
    check(path, content, schema)
    return content


def parse(path: str | Path, remedy: str = REBUILD) -> Any:
    """Return the content of a JSON file. Raises DamagedError if it is not JSON, or too large.

    Raises InputError if it can't be read.

    remedy: What the message advises.
    """
    with files.reading(path, f"there is no such file. {remedy.removeprefix('Delete it, and ')}"):
        try:
            text = files.read_bytes(path, MAX_BYTES).decode()
            return json.loads(text, parse_constant=_finite, parse_float=_finite)
        except OSError as error:
            if error.errno != errno.EFBIG:
                raise
            raise DamagedError({path: f"{error.strerror}."}, remedy) from None
        except (ValueError, RecursionError):
            raise DamagedError({path: "broken JSON."}, remedy) from None


def _finite(text: str) -> float:
    """Return a number. Raises ValueError for NaN and Infinity, which JSON does not have, and for one such as 1e999."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def check(path: str | Path, content: Any, schema: Mapping[str, Any], remedy: str = REBUILD) -> None:
    """Raise DamagedError if the content of a JSON file violates its schema."""
    if violation := find_violation(schema, content):
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in violation.absolute_path)
        raise DamagedError({path: sentence(violation, key.removeprefix("."))}, remedy)


def find_violation(schema: Mapping[str, Any], content: Any) -> "ValidationError | None":
    """Return the most informative violation of a schema; None if there is none."""
    if is_valid(schema, content):
        return None
    from jsonschema import Draft202012Validator  # which takes a second to import, and most files have no mistake
    from jsonschema.exceptions import best_match

    return best_match(Draft202012Validator(schema).iter_errors(content))


def is_valid(schema: Mapping[str, Any], content: Any, name_checks: "Mapping[str, NameCheck] | None" = None) -> bool:
    """Return whether content is known to fulfil a schema. This is a hundred times faster than to say what is wrong.

    name_checks: Check of each kind of name that the schema refers to with its keyword `known`.
    """
    try:
        return compiled(json.dumps(schema), tuple((name_checks or {}).items())).is_valid(content)
    except (ModuleNotFoundError, ValueError):  # the judge may lack it; Rust has no half of a surrogate pair
        return False


@cache
def compiled(schema: str, name_checks: "tuple[tuple[str, NameCheck], ...]" = ()) -> "jsonschema_rs.Validator":
    """Return the validator of a schema in JSON. Surrogates leave its patterns, because Rust's strings have none."""
    import jsonschema_rs

    class Known:
        def __init__(self, part: object, kind: str, path: object) -> None:
            self.check = dict(name_checks)[kind]

        def validate(self, instance: object) -> None:
            if isinstance(instance, str):
                self.check(instance)

    keywords: Any = {"known": Known} if name_checks else None
    return jsonschema_rs.validator_for(json.loads(schema.replace(r"\\ud800-\\udfff", "")), keywords=keywords)


def sentence(violation: "ValidationError", place: str | None) -> str:
    """Return the sentence that describes a violation of a schema.

    place: Key or column. Empty for the whole file.
    """
    schema: Any = violation.schema  # a mapping: the schemas of this project are never just true or false
    title = None if isinstance(violation.instance, dict | list) else schema.get("title")
    message = legible(f"{violation.instance!r} is not {title}" if title else violation.message, MAX_LENGTH)
    return f"{legible(place, MAX_LENGTH) if place else 'top level'}: {message}. It was not written by this version."
