"""The rules of the workflow: those written in its files, and the graph that Snakemake sees."""

import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path

from support.project import ROOT, snakemake

SOURCES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflow/rules").glob("*.smk"))]
RULE = re.compile(r"^(?:use rule (\w+) as |rule |checkpoint )(\w+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
STEPS = sorted({path.stem for path in (ROOT / "src/ontrial/steps").glob("[!_]*.py")} - {"code"})  # a table of them
BLOCKS = {name: (base, block) for text in SOURCES for base, name, block in RULE.findall(text)}


def step_function(name: str) -> Callable[..., None]:
    """Return the function that a step runs, which is the first of its module."""
    module = importlib.import_module(f"ontrial.steps.{name}")
    return next(
        each for each in vars(module).values() if inspect.isfunction(each) and inspect.getmodule(each) is module
    )


def graph(folder: Path, file: str) -> dict[str, set[str]]:
    """Return the rules that Snakemake plans for a study, each with the rules whose outputs it reads."""
    run = snakemake(folder, "--rulegraph", "dot", "--forceall", study=file)
    rules = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)"', run.stdout, re.MULTILINE))
    reads: dict[str, set[str]] = {rule: set() for rule in rules.values()}
    for read, rule in re.findall(r"^\s*(\d+) -> (\d+)", run.stdout, re.MULTILINE):
        reads[rules[rule]].add(rules[read])
    del reads["all"]
    return reads
