"""Break the numerics and the judging in a sample of places, one at a time: a test must notice each.

python tests/long/mutation.py [--rooms nn judge] [--sample 120] [--minutes 40] [--seed 0]

Prints the share of mutants that tests kill, and every survivor: it is either a change without a meaning, or a gap.
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

from support.project import ROOT, copy_project, python

SWAPS = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult},
    **{ast.Pow: ast.Mult, ast.MatMult: ast.Add, ast.And: ast.Or, ast.Or: ast.And, ast.USub: ast.UAdd},
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
}
NAMES = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "any": "all",
    "all": "any",
    "sum": "max",
}
# Tests of a room beside test_<module>.py: what they hold concerns all of it.
TESTS = {"nn": ("gradients", "training"), "judge": ("docket", "verdicts")}
TESTS_OF = {
    "claims": ("estimands",),
    "comparison": ("compare",),
    "estimands": ("policies",),
    "metrics": ("estimands", "policies", "explorer"),
    "results": ("estimands", "explorer"),
    "speed": ("benchmark",),
    "timing": ("estimands",),
    "losses": ("identities", "stress"),
    "objectives": ("losses", "stress"),
    "outputs": ("losses", "identities", "stress"),
    "samples": ("stress", "products"),
    "schedule": ("stress",),
}
WITHOUT_MEANING = ("frozen", "strict")  # they guard against programmers, not against what is computed
CPU = 300  # seconds that the tests of one mutant may compute: one that never ends is noticed, on a busy machine, too


class Mutant(NamedTuple):
    """A module and one change of it: the node by its number, the field, what stands there instead."""

    file: Path
    line: int
    number: int
    field: str
    new: object

    def text(self) -> str:
        """The changed module."""
        tree = ast.parse((ROOT / self.file).read_text(encoding="utf-8"))
        setattr([*ast.walk(tree)][self.number], self.field, self.new)
        return ast.unparse(ast.fix_missing_locations(tree))


def replacements(node: ast.AST) -> Iterator[tuple[str, object]]:
    """Fields of a node with what may stand there instead."""
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


def mutants(rooms: list[str]) -> list[Mutant]:
    """Every place of every module that can be changed."""
    return [
        Mutant(path.relative_to(ROOT), node.lineno, number, field, new)
        for path in sorted(path for room in rooms for path in (ROOT / "src/ontrial" / room).glob("*.py"))
        for number, node in places(path.read_text(encoding="utf-8"))
        for field, new in replacements(node)
    ]


def places(module: str) -> list[tuple[int, ast.AST]]:
    """The nodes of a module by their numbers, but for arguments that mean nothing to what is computed."""
    nodes = [*ast.walk(ast.parse(module))]
    guards = {node.value for node in nodes if isinstance(node, ast.keyword) and node.arg in WITHOUT_MEANING}
    return [(number, node) for number, node in enumerate(nodes) if node not in guards]


def killed(project: Path, mutant: Mutant) -> bool:
    """Whether a test fails, or never ends, with a changed module."""
    own = project / mutant.file
    original = own.read_text(encoding="utf-8")
    own.write_text(mutant.text(), encoding="utf-8")
    try:
        return bool(tested(project, tests_of(project, mutant.file)).returncode)
    finally:
        own.write_text(original, encoding="utf-8")


def tests_of(project: Path, file: Path) -> list[str]:
    """Test files that must notice a change of a module."""
    names = (file.stem, *TESTS_OF.get(file.stem, ()), *TESTS[file.parent.name])
    found = {path.stem: path for path in (project / "tests").rglob("test_*.py")}
    return [str(found[f"test_{name}"].relative_to(project)) for name in names if f"test_{name}" in found]


def tested(project: Path, tests: list[str]) -> subprocess.CompletedProcess:
    """A run of some test files in the copied project."""
    command = [
        python(project),
        "-m",
        "pytest",
        "-xq",
        "-m",
        "not full and not workflow and not browser",
        "-p",
        "no:cacheprovider",
        *tests,
    ]
    return subprocess.run(command, cwd=project, preexec_fn=limit, capture_output=True, text=True)


def limit() -> None:
    """Let a process end after its share of computing."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))


def main() -> None:
    """Try a sample and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", nargs="+", default=list(TESTS), choices=TESTS)
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    found = mutants(given.rooms)
    sample = random.Random(given.seed).sample(found, min(given.sample, len(found)))
    end, outcomes = time.monotonic() + 60 * given.minutes, []
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        unbroken = tested(project, sorted({test for mutant in sample for test in tests_of(project, mutant.file)}))
        if unbroken.returncode:
            sys.exit(f"Tests fail before anything is broken, so they would seem to notice all:\n{unbroken.stdout}")
        for mutant in sample:
            if time.monotonic() > end:
                break
            outcomes.append(killed(project, mutant))
            if not outcomes[-1]:
                print(f"survived: {mutant.file}:{mutant.line}: {difference(mutant)}", flush=True)
    print(f"{sum(outcomes)} of {len(outcomes)} mutants killed, of {len(found):,} that there are.")


def difference(mutant: Mutant) -> str:
    """The changed line of a module."""
    before = ast.unparse(ast.parse((ROOT / mutant.file).read_text(encoding="utf-8"))).splitlines()
    pairs = zip(before, mutant.text().splitlines(), strict=False)
    changed = (f"{old.strip()}  →  {new.strip()}" for old, new in pairs if old != new)
    return next(changed, "nothing")


if __name__ == "__main__":
    main()
