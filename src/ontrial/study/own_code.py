"""Python files that a study brings. `read_code` takes their text and runs nothing; `load` runs them."""

import ast
import hashlib
import io
import runpy
import tokenize
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from ontrial.errors import InputError, legible, require_plain
from ontrial.storage import files

MAX_BYTES = 2**20
MAX_FUNCTIONS = 200  # messages compare an unknown name with all of them
MAX_LENGTH = 500  # characters of a description


def read_code(path: str) -> tuple[ast.Module, str]:
    """Return the syntax tree of a file, without running it, and its SHA-256. Raises InputError if it is not Python."""
    with files.reading(path):
        content = files.read_bytes(path, MAX_BYTES)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        if encoding not in ("utf-8", "utf-8-sig"):  # Python would run other text than people read
            raise InputError(f"{path}:1: its encoding is {legible(encoding, 40)}. Write it in UTF-8.")
        require_plain(content.decode("utf-8", "replace"), path, is_file=True)
        module = ast.parse(content, path)
        if sum(isinstance(node, ast.FunctionDef) for node in module.body) > MAX_FUNCTIONS:
            raise InputError(f"{path}: it has more than {MAX_FUNCTIONS} functions. Keep those that the study needs.")
        return module, hashlib.sha256(content).hexdigest()
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise InputError(f"{path}:{line}: not Python: {getattr(error, 'msg', error)}.") from None
    except (RecursionError, MemoryError):
        raise InputError(f"{path}: nested too deeply.") from None


def functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a file whose names don't start with an underscore."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def description(function: ast.FunctionDef, place: str) -> str:
    """Return the first line of a function's docstring, legible, "" without one.

    Raises InputError if it deceives its readers.

    place: Place of the function, for the message.
    """
    first = (ast.get_docstring(function) or "").split("\n")[0].removesuffix(".")
    require_plain(first, place)  # it may be written as an escape sequence
    return legible(first, MAX_LENGTH)


def notice(path: str, sha256: str, does: str, names: Iterable[str]) -> str:
    """Return a line on code that will run.

    >>> notice("config/metrics.py", "0123456789abcdef", "computes", ["gap"])
    'The code of config/metrics.py (SHA-256 0123456789ab) computes: gap.'
    """
    return f"The code of {path} (SHA-256 {sha256[:12]}) {does}: {', '.join(names)}."


def require_unchanged(path: str, sha256: str) -> None:
    """Raise InputError unless a file still has this SHA-256."""
    if files.sha256(path) != sha256:
        raise InputError(f"{path}: it has changed since the study was read. Run the same command again.")


@cache
def load(path: str) -> Mapping[str, Callable[..., Any]]:
    """Run a file and return what it defines. Raises InputError if that fails."""
    try:
        return runpy.run_path(path, run_name="own")
    except (Exception, SystemExit) as error:
        raise InputError(f"{place(path, error)}: the file can't be run: {reason(error)}") from None


def place(path: str, error: BaseException) -> str:
    """Return the path, with the line of the file in which the error occurred, if any."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f"{path}:{lines[-1]}" if lines else path


def reason(error: BaseException) -> str:
    """Return an error with its type, on one line.

    >>> reason(NameError("name 'y'\\n  is not defined"))
    "NameError: name 'y' is not defined"
    """
    return " ".join(f"{type(error).__name__}: {error}".split())
