"""Which files of the package a step depends on. Their digest tells Snakemake which jobs are out of date.

A room counts as a whole: a folder with all files in it. Files are named, or left out with "!", where the whole room
would train, judge or draw again after a change that cannot matter. A test compares the table with what steps import.
"""

from functools import cache
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
    *("judge", "storage/shipped.py"),
    *(f"!judge/{name}.py" for name in ("*checks", "designs", "judging_plan", "obstacles", "smallest_effects", "times")),
    *("!judge/ledger*.py", "!judge/questions.py", "!judge/table*.py"),  # judge anybody's runs
    *(f"study/schemas/{name}.schema.yaml" for name in ("claims", "published", "verdicts")),
)
TEXTS = (
    *("report/markdown.py", "report/fonts", "report/wording", "storage/project.py", "storage/yaml_files.py"),
    *(f"report/site/{name}.py" for name in ("docs", "korean_particles", "names", "parity", "templates", "words")),
)
FIGURES = (
    *("report/contents.py", "report/figures", "report/summaries"),
    *("book", "!book/*/pages*.py", "!book/*/titles.py"),
)
ROOMS = ("errors.py", "nn", "data", "study", "judge", "storage")  # all below the report

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
    "write": (*ROOMS, "report", "book"),
    "build": ("errors.py", "storage", "report/markdown.py", "report/fonts", "report/site"),
    "assemble": (*ROOMS, "report/markdown.py", "report/site", "report/summaries"),
    "check_figures": (*STEP, *CELL, *STUDY),
}


def code_of(step: str) -> list[Path]:
    """Return the files that a step depends on, sorted by name."""
    found = {PACKAGE / f"steps/{step}.py"}
    for pattern in CODE[step]:
        found = found - matched(pattern[1:]) if pattern.startswith("!") else found | matched(pattern)
    folders = {folder for path in found for folder in path.parents if folder.is_relative_to(PACKAGE)}
    return sorted(found.union(*(folder.glob("__init__.py") for folder in folders)))


def digest_of(step: str) -> str:
    """Return a digest of the code of a step."""
    return files.digest(code_of(step), PACKAGE)


@cache
def matched(pattern: str) -> frozenset[Path]:
    """Return the files of the package that a pattern names, and all files in the folders that it names."""
    paths = [path for root in PACKAGE.glob(pattern) for path in (root, *root.rglob("*"))]
    return frozenset(path for path in paths if path.is_file() and "__pycache__" not in path.parts)
