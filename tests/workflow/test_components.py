"""A study with an activation of its own: its code needs a switch, is checked first, and is an input of its cells."""

import json

import pytest
from support.project import copy_project, output_of, planned_jobs, snakemake

from ontrial.storage import files

pytestmark = pytest.mark.slow

STUDY = """\
study: own
docket: own-claims.yaml
components: own.py
experiments:
  grid:
    purpose: Try your own activation.
    dataset: [xor]
    hidden: [[4]]
    activation: [rectifier, relu]
    initialisation: [own]
    objective: [softmax+cross_entropy]
    batch_size: [16]
    learning_rates: [0.125, 0.25]
    seeds: {confirmatory: {from: 1, to: 8}}
    budget: {epochs: 3}
"""
CLAIMS = """\
claims:
- id: ours-better
  statement: {en: Ours is more accurate than ReLU.}
  experiment: grid
  metric: test_accuracy
  difference: {of: {activation: rectifier}, minus: {activation: relu}}
  where: {policy: tuned}
  smallest_effect: 1 point
"""
CODE = '''\
import numpy as np

from ontrial.components import activation


def slope(z, a):
    return np.greater(z, 0).astype(z.dtype)


@activation(derivative=slope, initialisation="he")
def rectifier(z):
    """A copy of ReLU."""
    return np.maximum(z, 0)
'''


def test_networks_train_with_an_activation_of_the_study(tmp_path):
    project = copy_project(tmp_path)
    for name, text in {"own.yaml": STUDY, "own-claims.yaml": CLAIMS, "own.py": CODE}.items():
        (project / "config" / name).write_text(text, encoding="utf-8")
    study, code, results = "config/own.yaml", project / "config/own.py", project / "results/own"

    refused = snakemake(project, "--dry-run", study=study)
    assert refused.returncode != 0
    assert "config/own.yaml: its components are Python code, config/own.py, which can do anything" in output_of(refused)

    run = snakemake(project, study=study, trust_code=True)
    assert run.returncode == 0, run.stderr[-4000:]
    said = f"The code of config/own.py (SHA-256 {files.sha256(code)[:12]}) is part of networks: rectifier."
    assert said in run.stderr
    (claim,) = json.loads((results / "verdicts.json").read_text(encoding="utf-8"))["claims"]
    assert (claim["contexts"][0]["outcome"], claim["contexts"][0]["estimate"]) == ("negligible", 0)
    provenance = json.loads((results / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["components_sha256"] == files.sha256(code)
    page = (results / "site/en/evidence/ours-better.html").read_text(encoding="utf-8")
    assert "rectifier" in page
    assert "the study’s own code is part of its networks" in page
    assert planned_jobs(project, study=study, trust_code=True) == {}

    code.write_text(CODE.replace("A copy", "Our copy"), encoding="utf-8")
    assert planned_jobs(project, study=study, trust_code=True)["train"] == 1
    code.write_text(CODE.replace("greater(z, 0)", "greater(z, 1)"), encoding="utf-8")
    wrong = snakemake(project, "--dry-run", study=study, trust_code=True)
    assert wrong.returncode != 0
    assert "config/own.py:6: slope is 0 at z = " in output_of(wrong)
    assert "Nothing was started." in output_of(wrong)
