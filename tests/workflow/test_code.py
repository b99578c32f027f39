"""Compare the code that a rule depends on with what its step imports, what its jobs open, and what then reruns."""

import ast
from collections.abc import Iterable
from pathlib import Path

import grimp
import pytest
from support.contents import SITE
from support.project import ROOT
from support.rules import BLOCKS

from ontrial.steps import code

BOOK = "ontrial_book"
STEPS = [rule for rule in BLOCKS if rule in code.CODE and rule != "look"]  # which is not of the smoke study


def inside(paths: Iterable[Path]) -> set[str]:
    """Return the paths of files relative to the package, or to the folder of both packages."""
    return {path.relative_to(code.PACKAGE.parent).as_posix().removeprefix("ontrial/") for path in paths}


@pytest.fixture(scope="module")
def graph_of_imports() -> grimp.ImportGraph:
    """The imports of the package, also those within functions, but not those for types alone."""
    return grimp.build_graph("ontrial", "ontrial_book", exclude_type_checking_imports=True, cache_dir=None)


def imported(graph_of_imports: grimp.ImportGraph, *modules: str) -> set[str]:
    """Return the files of modules and of all modules that they import, directly or indirectly."""
    names = set(modules).union(*map(graph_of_imports.find_upstream_modules, modules))
    files = [code.PACKAGE.parent.joinpath(*name.split(".")) for name in names]
    return inside(file / "__init__.py" if file.is_dir() else file.with_suffix(".py") for file in files)


@pytest.mark.parametrize("step", code.CODE)
def test_the_code_of_a_step_includes_every_module_that_it_imports(graph_of_imports, step):
    """No module is left out. Files that are not modules are those that the jobs below open."""
    assert imported(graph_of_imports, f"ontrial.steps.{step}") - inside(code.code_of(step)) == set()


@pytest.mark.parametrize(
    ("step", "entries"),
    [
        ("draw", [*(figure.entry for figure in SITE.figures.values()), *SITE.predictions]),
        ("write", [*(function.entry for function in SITE.functions.values()), *SITE.page_makers, *SITE.titles]),
    ],
)
def test_the_code_of_a_step_includes_the_modules_of_entry_points(graph_of_imports, step, entries):
    modules = {entry.partition(":")[0] for entry in entries}
    assert len(modules) > 10
    assert imported(graph_of_imports, *modules) - inside(code.code_of(step, BOOK)) == set()


def test_the_code_of_build_includes_what_the_hooks_import(graph_of_imports):
    tree = ast.parse((ROOT / "docs/theme/hooks.py").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    names = {name for node in imports for each in node.names for name in (node.module, f"{node.module}.{each.name}")}
    modules = sorted(names & graph_of_imports.modules)
    assert len(modules) > 3
    assert imported(graph_of_imports, *modules) - inside(code.code_of("build")) == set()


def test_every_pattern_names_files_and_every_exception_takes_some_away():
    for step, patterns in code.CODE.items():
        before: set[Path] = set()
        for pattern in patterns:
            files = code.matched(pattern.removeprefix("!"))
            assert files & before if pattern.startswith("!") else files, (step, pattern)
            before |= files


CHECKS = {"study/checking.py", "study/configuration.py", "judge/checks.py", "judge/obstacles.py"}


@pytest.mark.parametrize(
    ("changed", "reruns"),
    [
        ("nn/activations.py", {"train", "collect", "judge", "draw", "write"}),
        ("data/optdigits.csv.gz", {"train", "collect", "judge", "draw", "write"}),
        ("judge/verdicts.py", {"judge", "draw", "write"}),
        ("report/wording/styles.py", {"draw", "write"}),
        ("report/pages/claims/sentences.py", {"write"}),
        ("ontrial_book/axes.py", {"draw", "write"}),
        *((f"ontrial_book/{name}.py", {"write"}) for name in ("home/pages_law", "chapters/titles")),
        *((name, {"write"}) for name in sorted(CHECKS)),
    ],
)
def test_a_change_reruns_the_steps_that_it_can_matter_to(changed, reruns):
    main = ("train", "collect", "judge", "draw", "write")
    assert {
        step for step in main if any(path.startswith(changed) for path in inside(code.code_of(step, BOOK)))
    } == reruns


@pytest.mark.parametrize("step", STEPS)
def test_the_code_of_a_step_includes_every_file_that_its_jobs_open(smoke, step):
    packages = (smoke / "src").resolve()
    logged = (smoke / ".venv/used" / step).read_text(encoding="utf-8").splitlines()
    opened = {Path(path).relative_to(packages).as_posix().removeprefix("ontrial/") for path in logged}
    assert f"steps/{step}.py" in opened
    assert opened - inside(code.code_of(step, BOOK)) == set()
