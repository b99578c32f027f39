"""Change nn and judge in a sample of places, one at a time, and check that a test notices each change.

cd tests && python -m long.mutation [--packages nn judge] [--sample 120] [--minutes 40] [--seed 0]

Prints the share of mutants that tests kill, and every survivor. A survivor is either an equivalent change or a gap in
the tests.
"""

import argparse
import ast
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from support.project import ROOT, active, copy_project, python

SWAPS = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult},
    **{ast.Pow: ast.Mult, ast.MatMult: ast.Add, ast.And: ast.Or, ast.Or: ast.And, ast.USub: ast.UAdd},
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
}
NAMES = {
    "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any", "sum": "max",
}  # fmt: skip
# Tests of a package besides test_<module>.py: they concern all of its modules.
TESTS = {"nn": ("gradients", "training"), "judge": ("docket", "verdicts")}
TESTS_OF = {
    "checks": ("own_metrics", "regression", "arrays", "network", "probes"),
    "claims": ("measuring",),
    "estimands": ("measuring", "policies"),
    "measuring": ("policies",),
    "metrics": ("measuring", "policies", "explorer"),
    "results": ("measuring", "explorer"),
    "timing": ("measuring",),
    "losses": ("identities", "stress"),
    "objectives": ("losses", "stress"),
    "outputs": ("losses", "identities", "stress"),
    "samples": ("stress", "products"),
    "recipe": ("stress",),
}
WITHOUT_MEANING = ("frozen", "strict")  # they guard against programming errors and change no result
CPU = 300  # CPU seconds for the tests of one mutant; the limit stops mutants that never end, even on a busy machine


class Mutant(NamedTuple):
    """A module and one change of it: the number of the node, the field, and its new value."""

    file: Path
    line: int
    number: int
    field: str
    new: object

    def text(self) -> str:
        """Return the source of the changed module."""
        tree = ast.parse((ROOT / self.file).read_text(encoding="utf-8"))
        setattr([*ast.walk(tree)][self.number], self.field, self.new)
        return ast.unparse(ast.fix_missing_locations(tree))


def replacements(node: ast.AST) -> Iterator[tuple[str, object]]:
    """Yield the fields of a node that can be changed, with their new values."""
    operator = getattr(node, "op", None)
    if type(operator) in SWAPS:
        yield "op", SWAPS[type(operator)]()
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        yield "ops", [SWAPS[type(node.ops[0])](), *node.ops[1:]]
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        yield "value", not node.value if isinstance(node.value, bool) else node.value + 1
    if isinstance(node, ast.Name) and node.id in NAMES:
        yield "id", NAMES[node.id]
    if isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield "attr", NAMES[node.attr]


def mutants(packages: list[str]) -> list[Mutant]:
    """Return every possible change of every module."""
    return [
        Mutant(path.relative_to(ROOT), node.lineno, number, field, new)
        for path in sorted(path for package in packages for path in (ROOT / "src/ontrial" / package).glob("*.py"))
        for number, node in changeable_nodes(path.read_text(encoding="utf-8"))
        for field, new in replacements(node)
    ]


def changeable_nodes(module: str) -> list[tuple[int, ast.AST]]:
    """Return the nodes of a module with their numbers, without arguments that change no result."""
    nodes = [*ast.walk(ast.parse(module))]
    guards = {node.value for node in nodes if isinstance(node, ast.keyword) and node.arg in WITHOUT_MEANING}
    return [(number, node) for number, node in enumerate(nodes) if node not in guards]


def is_killed(project: Path, mutant: Mutant) -> bool:
    """Return whether a test fails, or never ends, with a changed module."""
    path = project / mutant.file
    original = path.read_text(encoding="utf-8")
    path.write_text(mutant.text(), encoding="utf-8")
    try:
        return bool(run_tests(project, tests_of(project, mutant.file)).returncode)
    finally:
        path.write_text(original, encoding="utf-8")


def tests_of(project: Path, file: Path) -> list[str]:
    """Return the test files that must notice a change of a module."""
    names = (file.stem, *TESTS_OF.get(file.stem, ()), *TESTS[file.parent.name])
    paths = {path.stem: path for path in (project / "tests").glob("[!b]*/test_*.py")}  # without the browser's
    return [str(paths[f"test_{name}"].relative_to(project)) for name in names if f"test_{name}" in paths]


def run_tests(project: Path, tests: list[str]) -> subprocess.CompletedProcess:
    """Run what `make test` runs of some test files, in the copied project."""
    selected = ["-m", "not slow and not long", "-p", "no:cacheprovider", *tests]
    command = [python(project), "-m", "pytest", "-xq", *selected]
    return subprocess.run(command, cwd=project, env=active(project), preexec_fn=limit, capture_output=True, text=True)


def limit() -> None:
    """Limit the CPU time of this process."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))


def main() -> None:
    """Test a sample of mutants and print the survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", nargs="+", default=list(TESTS), choices=TESTS)
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    candidates = mutants(options.packages)
    sample = random.Random(options.seed).sample(candidates, min(options.sample, len(candidates)))
    end, outcomes = time.monotonic() + 60 * options.minutes, []
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        unbroken = run_tests(project, sorted({test for mutant in sample for test in tests_of(project, mutant.file)}))
        if unbroken.returncode:
            sys.exit(f"The tests fail without any change, so they cannot judge mutants:\n{unbroken.stdout}")
        for mutant in sample:
            if time.monotonic() > end:
                break
            outcomes.append(is_killed(project, mutant))
            if not outcomes[-1]:
                print(f"survived: {mutant.file}:{mutant.line}: {difference(mutant)}", flush=True)
    print(f"{sum(outcomes)} of {len(outcomes)} mutants killed, out of {len(candidates):,} possible ones.")


def difference(mutant: Mutant) -> str:
    """Return the changed line of a module."""
    before = ast.unparse(ast.parse((ROOT / mutant.file).read_text(encoding="utf-8"))).splitlines()
    pairs = zip(before, mutant.text().splitlines(), strict=False)
    changed = (f"{old.strip()}  →  {new.strip()}" for old, new in pairs if old != new)
    return next(changed, "nothing")


if __name__ == "__main__":
    main()
