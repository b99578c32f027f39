"""The register of seeds, config/seeds.yaml: it has those of every study, and no undeclared overlap."""

import itertools
import os
from pathlib import Path

from support.project import ROOT, read_yaml

REGISTER = read_yaml("config/seeds.yaml")
RANGES = {
    (study, name): tuple(map(int, text.split("-")))
    for study, experiments in REGISTER["studies"].items()
    for name, text in experiments.items()
}


def configured(path: Path) -> dict[str, tuple[int, int]]:
    """Return the first and the last seed of each experiment to which a file gives seeds."""
    ranges, content = {}, read_yaml(str(path.relative_to(ROOT)))
    for name, experiment in content.get("experiments", {}).items():
        for seeds in (content.get("defaults", {}) | experiment).get("seeds", {}).values():
            ranges[name] = seeds["from"], seeds["to"] if "to" in seeds else seeds["from"] + max(seeds["looks"]) - 1
    return ranges


def test_the_register_has_the_seeds_of_every_study():
    paths = [*(ROOT / "config").glob("**/*.yaml"), ROOT / "examples/activation/config/config.yaml"]
    found = {}
    for path in paths:
        study = os.path.relpath(path.with_suffix(""), ROOT / "config")
        found |= {(study, name): seeds for name, seeds in configured(path).items()}
    assert found == {key: seeds for key, seeds in RANGES.items() if not key[1].startswith("pilots")}


def test_experiments_share_seeds_only_if_they_say_why():
    shared = [set(entry["between"]) for entry in REGISTER["shared"]]
    assert all(entry["because"] for entry in REGISTER["shared"])
    undeclared = []
    for (one, (first, last)), (other, (start, end)) in itertools.combinations(RANGES.items(), 2):
        overlap = first <= end and start <= last
        if overlap and not any(all({key[0], "/".join(key)} & names for key in (one, other)) for names in shared):
            undeclared.append((one, other))
    assert undeclared == []


def test_what_shares_seeds_is_in_the_register():
    known = {*REGISTER["studies"], *map("/".join, RANGES)}
    assert {name for entry in REGISTER["shared"] for name in entry["between"]} <= known


def test_ranges_are_in_order():
    assert all(0 < first <= last for first, last in RANGES.values())
