"""Break the numerics and the judging in a sample of places, one at a time: a test must notice each.

python tests/mutation.py [--rooms nn judge] [--sample 120] [--minutes 40] [--seed 0]

Prints the share of mutants that tests kill, and every survivor: it is either a change without a meaning, or a gap.
"""

import argparse
import ast
import copy
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT, copy_project

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
TESTS_OF = {"claims": ("estimands",), "estimands": ("policies",), "objectives": ("losses",), "outputs": ("losses",)}


def changes(tree: ast.AST) -> Iterator[tuple[int, ast.AST]]:
    """Line and changed copy of a module, for every place that can be changed."""
    for number, node in enumerate(ast.walk(tree)):
        for field, new in replacements(node):
            changed = copy.deepcopy(tree)
            twin = next(each for i, each in enumerate(ast.walk(changed)) if i == number)
            setattr(twin, field, new)
            yield node.lineno, ast.fix_missing_locations(changed)


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


def mutants(rooms: list[str]) -> list[tuple[Path, int, str]]:
    """File, line and changed text of every mutant."""
    found = []
    for path in sorted(path for room in rooms for path in (ROOT / "src/ontrial" / room).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [(path.relative_to(ROOT), line, ast.unparse(changed)) for line, changed in changes(tree)]
    return found


def killed(project: Path, file: Path, text: str) -> bool:
    """Whether a test fails, or never ends, with a changed module."""
    own, original = project / file, (ROOT / file).read_text(encoding="utf-8")
    own.write_text(text, encoding="utf-8")
    try:
        return bool(tested(project, tests_of(project, file)).returncode)
    except subprocess.TimeoutExpired:
        return True
    finally:
        own.write_text(original, encoding="utf-8")


def tests_of(project: Path, file: Path) -> list[str]:
    """Test files that must notice a change of a module."""
    names = (file.stem, *TESTS_OF.get(file.stem, ()), *TESTS[file.parent.name])
    return [f"tests/test_{name}.py" for name in names if (project / f"tests/test_{name}.py").exists()]


def tested(project: Path, tests: list[str]) -> subprocess.CompletedProcess:
    """A run of some test files in the copied project."""
    command = [sys.executable, "-m", "pytest", "-xq", "-m", "not full", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)


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
        unbroken = tested(project, sorted({test for file, *_ in sample for test in tests_of(project, file)}))
        if unbroken.returncode:
            sys.exit(f"Tests fail before anything is broken, so they would seem to notice all:\n{unbroken.stdout}")
        for file, line, text in sample:
            if time.monotonic() > end:
                break
            outcomes.append(killed(project, file, text))
            if not outcomes[-1]:
                print(f"survived: {file}:{line}: {difference(file, text)}", flush=True)
    print(f"{sum(outcomes)} of {len(outcomes)} mutants killed, of {len(found):,} that there are.")


def difference(file: Path, text: str) -> str:
    """The changed line of a module."""
    before = ast.unparse(ast.parse((ROOT / file).read_text(encoding="utf-8"))).splitlines()
    changed = (
        f"{old.strip()}  →  {new.strip()}" for old, new in zip(before, text.splitlines(), strict=False) if old != new
    )
    return next(changed, "nothing")


if __name__ == "__main__":
    main()
