"""The files of the package that a step depends on, found by reading its imports, which Snakemake does not watch."""

import ast
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from ontrial.storage.files import sha256
from ontrial.storage.shipped import PACKAGE

# What a module reads or loads by name, which its imports don't show: patterns below the package.
RESOURCES = {
    "data/files.py": ("data/*.csv", "data/*.gz"),
    "study/configuration.py": ("study/schemas/config.schema.yaml",),
    "study/films.py": ("study/schemas/film.schema.yaml",),
    "judge/checks.py": ("study/schemas/claims.schema.yaml",),
    "report/figures/style.py": ("report/figures/*.mplstyle",),
    "report/figures/by_name.py": ("report/figures/*.py",),
    "report/fonts/__init__.py": ("report/fonts/*.ttf",),
    "report/pages/macros.py": ("report/pages/macros.html",),
}


@cache
def closure(*starts: Path) -> frozenset[Path]:
    """The files that Python code depends on within the package, these included: modules and what they read."""
    seen, waiting = set(), list(starts)
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += dependencies(path)
    return frozenset(seen)


@cache
def dependencies(path: Path) -> frozenset[Path]:
    """The files that one file needs directly: modules that it imports, their packages, and what it reads by name."""
    if path.suffix != ".py":
        return frozenset()
    inside = path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else ""
    read = (found for pattern in RESOURCES.get(inside, ()) for found in PACKAGE.glob(pattern))
    modules = (
        module for name in imported_names(ast.parse(path.read_text(encoding="utf-8"))) for module in module_files(name)
    )
    return frozenset((*read, *modules))


def imported_names(node: ast.AST) -> Iterator[str]:
    """Dotted names that code imports from the package, also within functions, but not for type checkers alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom):
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif not (isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING"):
            yield from imported_names(child)


def module_files(name: str) -> Iterator[Path]:
    """The files of a dotted name such as ontrial.nn.train: of its packages and, if it is or lies in one, its module."""
    package, *parts = name.split(".")
    if package != PACKAGE.name:
        return
    folder = PACKAGE
    yield folder / "__init__.py"
    for part in parts:
        if (folder / part).is_dir():
            folder /= part
            yield folder / "__init__.py"
        elif (module := folder / f"{part}.py").exists():
            yield module
            return


def code_of(step: str, *others: Path) -> list[Path]:
    """The files that a step and other code depend on, in the order of their names."""
    return sorted(closure(PACKAGE / "steps/__init__.py", PACKAGE / f"steps/{step}.py", *others))


def documented_modules(docs: Path) -> list[Path]:
    """Return the modules whose docstrings the reference of the package shows. They are read, not imported."""
    pages = [page.read_text(encoding="utf-8") for page in docs.glob("*/api.md")]
    names = {name for page in pages for name in re.findall(r"^::: (\S+)", page, re.MULTILINE)}
    return sorted({path for name in names for path in defining_files(name)})


def defining_files(name: str) -> Iterator[Path]:
    """The files of a dotted name and, if its package imports it from a module, those of that module."""
    *_, last = paths = list(module_files(name))
    yield from paths
    if last.name == "__init__.py":
        for other in imported_names(ast.parse(last.read_text(encoding="utf-8"))):
            if other.rpartition(".")[2] == name.rpartition(".")[2]:
                yield from module_files(other)


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 of the names and contents of files of the package, and of others that code was loaded from."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{os.path.relpath(path, PACKAGE)}\0{sha256(path)}\n".encode())
    return total.hexdigest()
