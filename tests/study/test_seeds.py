"""No two studies use the same seeds, unless config/seeds.yaml says why."""

import itertools
import os
from pathlib import Path

from support.project import ROOT, read_yaml

REGISTER = read_yaml("config/seeds.yaml")
FILES = [*(ROOT / "config").glob("**/*.yaml"), ROOT / "examples/activation/config/config.yaml"]


def configured(path: Path) -> dict[str, tuple[int, int]]:
    """Return the first and the last seed of each experiment to which a file gives seeds."""
    ranges, content = {}, read_yaml(str(path.relative_to(ROOT)))
    for name, experiment in content.get("experiments", {}).items():
        for seeds in (content.get("defaults", {}) | experiment).get("seeds", {}).values():
            ranges[name] = seeds["from"], seeds["to"] if "to" in seeds else seeds["from"] + max(seeds["looks"]) - 1
    return ranges


RANGES = {
    (os.path.relpath(path.with_suffix(""), ROOT / "config"), name): seeds
    for path in FILES
    for name, seeds in configured(path).items()
} | {
    (study, f"pilots-{text}"): tuple(map(int, text.split("-")))
    for study, ranges in REGISTER["pilots"].items()
    for text in ranges
}


def test_experiments_share_seeds_only_if_they_say_why():
    shared = [set(entry["between"]) for entry in REGISTER["shared"]]
    assert all(entry["because"] for entry in REGISTER["shared"])
    undeclared = []
    for (one, (first, last)), (other, (start, end)) in itertools.combinations(RANGES.items(), 2):
        overlap = first <= end and start <= last
        if overlap and not any(all({key[0], "/".join(key)} & names for key in (one, other)) for names in shared):
            undeclared.append((one, other))
    assert undeclared == []


def test_what_shares_seeds_exists():
    known = {study for study, _ in RANGES} | {*map("/".join, RANGES)}
    assert {name for entry in REGISTER["shared"] for name in entry["between"]} <= known
