"""A study with code of its own, a metric and an activation: it needs a switch, is checked, and is an input of rules."""

import json

import pytest
from support.project import copy_project, output_of, planned_jobs, snakemake

from ontrial.storage import files

pytestmark = pytest.mark.slow

STUDY = """\
study: own
docket: own-claims.yaml
metrics: metrics.py
components: parts.py
experiments:
  grid: {purpose: Try your own code., dataset: [xor], hidden: [[4]], activation: [rectifier, relu],
    initialisation: [own], objective: [softmax+cross_entropy], batch_size: [16], learning_rates: [0.125, 0.25],
    seeds: {confirmatory: {from: 1, to: 8}}, budget: {epochs: 3}}
"""
CLAIMS = """\
claims:
- {id: ours-earlier, statement: {en: Ours learns earlier than ReLU.}, experiment: grid, metric: mean_accuracy,
  difference: {of: {activation: rectifier}, minus: {activation: relu}}, where: {policy: tuned}, smallest_effect: 0.05}
- {id: ours-better, statement: {en: Ours is more accurate than ReLU.}, experiment: grid, metric: test_accuracy,
  difference: {of: {activation: rectifier}, minus: {activation: relu}}, where: {policy: tuned},
  smallest_effect: 1 point}
"""
METRICS = '''\
def mean_accuracy(curves):
    """Mean test accuracy of all records."""
    return curves["test_accuracy"].mean() if not curves["diverged"].any() else 0
'''
PARTS = '''\
import numpy as np

from ontrial.components import activation


def slope(z, a):
    return np.greater(z, 0).astype(z.dtype)


@activation(derivative=slope, initialisation="he")
def rectifier(z):
    """A copy of ReLU."""
    return np.maximum(z, 0)
'''
FILES = {"own.yaml": STUDY, "own-claims.yaml": CLAIMS, "metrics.py": METRICS, "parts.py": PARTS}


def test_a_study_trains_and_judges_with_its_own_code(tmp_path):
    project = copy_project(tmp_path)
    for name, text in FILES.items():
        (project / "config" / name).write_text(text, encoding="utf-8")
    metrics, parts, results = project / "config/metrics.py", project / "config/parts.py", project / "results/own"

    targets = [f"results/own/{name}" for name in ("verdicts.json", "provenance.json", "pages/en")]

    def run(*arguments: str, **options: bool):
        return snakemake(project, *arguments, *targets, study="config/own.yaml", **options)

    def planned() -> dict[str, int]:
        return planned_jobs(project, *targets, study="config/own.yaml", trust_code=True)

    refused = run("--dry-run")
    assert refused.returncode != 0
    assert "config/own.yaml: its " in output_of(refused)
    assert "are Python code, config/" in output_of(refused)
    assert "add: --config trust_code=yes" in output_of(refused)

    done = run(trust_code=True)
    assert done.returncode == 0, done.stderr[-4000:]
    for file, says in ((metrics, "computes: mean_accuracy"), (parts, "is part of networks: rectifier")):
        assert f"The code of config/{file.name} (SHA-256 {files.sha256(file)[:12]}) {says}." in done.stderr
    claims = json.loads((results / "verdicts.json").read_text(encoding="utf-8"))["claims"]
    assert [claim["unit"] for claim in claims] == ["number", "points"]
    assert [(claim["contexts"][0]["outcome"], claim["contexts"][0]["estimate"]) for claim in claims] == [
        ("negligible", 0)
    ] * 2
    provenance = json.loads((results / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["metrics_sha256"] == files.sha256(metrics)
    assert provenance["components_sha256"] == files.sha256(parts)
    page = (results / "pages/en/evidence/ours-better.md").read_text(encoding="utf-8")
    assert "rectifier" in page
    assert "the study’s own code is part of its networks" in page
    assert planned() == {}

    metrics.write_text(METRICS.replace("else 0", "else 0.5"), encoding="utf-8")
    jobs = planned()
    assert "judge" in jobs
    assert "train" not in jobs
    parts.write_text(PARTS.replace("A copy", "Our copy"), encoding="utf-8")
    assert planned()["train"] == 1

    metrics.write_text(METRICS.replace("test_accuracy", "test_acuracy"), encoding="utf-8")
    parts.write_text(PARTS.replace("greater(z, 0)", "greater(z, 1)"), encoding="utf-8")
    wrong = run("--dry-run", trust_code=True)
    assert wrong.returncode != 0
    assert "config/parts.py:6: slope is 0 at z = " in output_of(wrong)
    assert "Nothing was started." in output_of(wrong)
    parts.write_text(PARTS, encoding="utf-8")
    wrong = run("--dry-run", trust_code=True)
    assert wrong.returncode != 0
    message = "config/own-claims.yaml:2: claims.ours-earlier.metric: config/metrics.py:3: mean_accuracy fails for an "
    assert message in output_of(wrong)
