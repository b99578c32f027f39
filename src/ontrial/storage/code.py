"""Find the files of the package that a step depends on by reading its imports, which Snakemake does not track."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from ontrial.storage.files import sha256
from ontrial.storage.shipped import PACKAGE

IMPORT = re.compile(r"^ *(?:from ([\w.]+) )?import (?:\(([^)]*)\)|(.+))", re.MULTILINE)
ONLY_FOR_TYPES = re.compile(r"^( *)if TYPE_CHECKING:.*\n(?:\1 .*\n|\n)*", re.MULTILINE)
COMMENT = re.compile(r"#.*")

# Files that a module reads or loads by name, as patterns within the package. Its imports do not show them.
RESOURCES = {
    "data/files.py": ("data/*.csv", "data/*.gz"),
    "study/configuration.py": ("study/schemas/config.schema.yaml",),
    "study/editors.py": ("study/schemas/*.yaml",),
    "study/films.py": ("study/schemas/film.schema.yaml",),
    "judge/checks.py": ("study/schemas/claims.schema.yaml",),
    "judge/docket.py": ("study/schemas/claims.schema.yaml",),
    "report/figures/catalogue.py": ("report/figures/*.py",),
    "report/figures/drawing.py": ("report/figures/*.mplstyle",),
    "report/fonts/__init__.py": ("report/fonts/*.ttf",),
    "report/pages/functions.py": ("report/pages/**/*.py",),
    "report/pages/macros.py": ("report/pages/macros.html",),
    "report/pages/written_answers.py": ("study/schemas/answers.schema.yaml",),
    "study/study_files.py": ("study/schemas/results.schema.yaml",),
    "study/study.py": ("study/schemas/config.schema.yaml",),
    "judge/published.py": ("study/schemas/published.schema.yaml", "study/schemas/verdicts.schema.yaml"),
}


@cache
def closure(*starts: Path) -> frozenset[Path]:
    """Return these files and all files of the package that they depend on, directly or indirectly."""
    visited: set[Path] = set()
    pending = list(starts)
    while pending:
        path = pending.pop()
        if path not in visited:
            visited.add(path)
            pending += dependencies(path)
    return frozenset(visited)


@cache
def dependencies(path: Path) -> frozenset[Path]:
    """Return the files that a file depends on directly: modules that it imports, their packages, and its resources."""
    if path.suffix != ".py":
        return frozenset()
    inside = path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else ""
    resources = [file for pattern in RESOURCES.get(inside, ()) for file in PACKAGE.glob(pattern)]
    names = imported_names(path.read_text(encoding="utf-8"))
    return frozenset(resources).union(*map(module_files, names))


def imported_names(source: str) -> Iterator[str]:
    """Yield the dotted names that code imports, also within functions, except under `if TYPE_CHECKING`.

    Snakemake reads all modules at every start, and parsing them would take three times as long. Prose that looks like
    an import is harmless, because no module has its names.
    """
    for package, in_brackets, on_line in IMPORT.findall(ONLY_FOR_TYPES.sub("", source)):
        for item in COMMENT.sub("", in_brackets or on_line).split(","):
            if words := item.split():  # "name" or "name as alias"
                yield f"{package}.{words[0]}" if package else words[0]


@cache
def module_files(name: str) -> tuple[Path, ...]:
    """Return the files of a dotted name such as ontrial.nn.train: first its packages, then its module."""
    package, *parts = name.split(".")
    if package != PACKAGE.name:
        return ()
    folder, files = PACKAGE, [PACKAGE / "__init__.py"]
    for part in parts:
        if (folder / part).is_dir():
            folder /= part
            files.append(folder / "__init__.py")
        else:
            module = folder / f"{part}.py"
            return (*files, module) if module.exists() else tuple(files)
    return tuple(files)


def code_of(step: str, *others: Path) -> list[Path]:
    """Return the files that a step and other files depend on, sorted by name."""
    return sorted(closure(PACKAGE / "steps/__init__.py", PACKAGE / f"steps/{step}.py", *others))


def digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of the names and contents of files. The names are relative to the package."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{os.path.relpath(path, PACKAGE)}\0{sha256(path)}\n".encode())
    return total.hexdigest()
