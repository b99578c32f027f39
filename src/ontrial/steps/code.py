"""Which files of the package a step depends on. Their digest tells Snakemake which jobs are out of date.

A room counts as a whole: a folder with all files in it. Files are named, or left out with "!", where the whole room
would train, judge or draw again after a change that cannot matter. A test compares the table with what steps import.
The package with the book of a study counts as well; figures do not depend on what only its pages need.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ontrial.storage import files
from ontrial.storage.shipped import PACKAGE

# Folders and files of the package, as patterns, that several steps depend on
STEP = ("errors.py", *(f"storage/{name}.py" for name in ("files", "json_files", "options", "process", "system")))
CELL = (
    *("nn", "data", "components.py", "storage/arrow.py", "storage/run_files.py"),
    *(f"study/{name}.py" for name in ("cell", "components", "own_code", "settings")),
)
STUDY = (
    *(f"study/{name}.py" for name in ("schema_files", "study", "study_files")),
    *(f"study/schemas/{name}.schema.yaml" for name in ("config", "results")),
)
JUDGE = (
    *("judge", "ontrial_judge/core", "storage/shipped.py"),
    *(f"!judge/{name}.py" for name in ("*checks", "designs", "judging_plan", "obstacles", "smallest_effects", "times")),
    *("!judge/ledger*.py", "!judge/questions.py", "!judge/table*.py"),  # judge anybody's runs
    *(f"study/schemas/{name}.schema.yaml" for name in ("claims", "published", "verdicts")),
)
TEXTS = (
    *("report/markdown.py", "report/fonts", "report/wording", "storage/project.py", "storage/yaml_files.py"),
    *(f"report/site/{name}.py" for name in ("docs", "korean_particles", "names", "parity", "templates", "words")),
)
FIGURES = ("report/contents.py", "report/figures", "report/summaries")
ROOMS = ("errors.py", "nn", "data", "study", "judge", "ontrial_judge", "storage")  # all below the report

CODE: dict[str, tuple[str, ...]] = {
    "train": (*STEP, *CELL, "storage/versions.py"),
    "look": (*STEP, *CELL, *STUDY, *JUDGE),
    "collect": (*STEP, *CELL, *STUDY, "storage/versions.py"),
    "judge": (*STEP, *CELL, *STUDY, *JUDGE),
    "provenance": (*STEP, *CELL, *STUDY, "storage"),
    "job_times": (*STEP, *CELL, *STUDY),
    "draw": (*STEP, *CELL, *STUDY, *JUDGE, *TEXTS, *FIGURES, "storage/workers.py"),
    "explore": (
        *(*STEP, *CELL, *STUDY, *JUDGE, *TEXTS, *FIGURES, "report/pages/macros.html", "report/pages/tools/explorer.py"),
        *(f"report/pages/{name}.py" for name in ("macros", "page", "sources")),
    ),
    "write": (*ROOMS, "report"),
    "build": ("errors.py", "storage", "report/markdown.py", "report/fonts", "report/site"),
    "assemble": (*ROOMS, "report/markdown.py", "report/site", "report/summaries"),
    "check_figures": (*STEP, *CELL, *STUDY),
}


WITH_BOOK = {"draw": ("pages*.py", "titles.py"), "explore": ("pages*.py", "titles.py"), "write": ()}  # without these


def code_of(step: str, book: str | None = None) -> list[Path]:
    """Return the files that a step depends on, sorted by name.

    book: Module of the book of the study, if it has one.
    """
    found = {PACKAGE / f"steps/{step}.py"}
    for pattern in CODE[step]:
        found = found - matched(pattern[1:]) if pattern.startswith("!") else found | matched(pattern)
    folders = {folder for path in found for folder in path.parents if folder.is_relative_to(PACKAGE.parent)}
    found = found.union(*(folder.glob("__init__.py") for folder in folders))
    if book and step in WITH_BOOK:
        found |= {path for path in package_of(book) if not any(map(path.match, WITH_BOOK[step]))}
    return sorted(found)


def digest_of(step: str, book: str | None = None) -> str:
    """Return a digest of the code of a step."""
    return files.digest(code_of(step, book), PACKAGE)


def package_of(module: str) -> frozenset[Path]:
    """Return the files of the package of a module, which is not imported; none if there is no such package."""
    spec = find_spec(module.partition(".")[0])
    roots = [Path(path) for path in (spec.submodule_search_locations or [spec.origin or ""])] if spec else []
    return frozenset(path for root in roots for path in inside(root))


@cache
def matched(pattern: str) -> frozenset[Path]:
    """Return the files of the package, or of the judge, that a pattern names, with all files in folders."""
    base = PACKAGE.parent if pattern.startswith("ontrial_judge") else PACKAGE
    return frozenset(path for root in base.glob(pattern) for path in inside(root))


def inside(root: Path) -> list[Path]:
    """Return a file, or all files in a folder that Python has not compiled."""
    return [path for path in (root, *root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
