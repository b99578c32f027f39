"""A study with a metric of its own: its code needs a switch on the command line, and is an input of the rules."""

import json

import pytest
from support.project import copy_project, output_of, planned_jobs, snakemake

from ontrial.storage import files

pytestmark = pytest.mark.slow

STUDY = """\
study: own
docket: own-claims.yaml
metrics: own.py
experiments:
  grid:
    purpose: Try your own metric.
    dataset: [xor]
    hidden: [[4]]
    activation: [tanh, relu]
    initialisation: [own]
    objective: [softmax+cross_entropy]
    batch_size: [16]
    learning_rates: [0.125, 0.25]
    seeds: {confirmatory: {from: 1, to: 8}}
    budget: {epochs: 3}
"""
CLAIMS = """\
claims:
- id: earlier
  statement: {en: Tanh learns earlier than ReLU.}
  experiment: grid
  metric: mean_accuracy
  difference: {of: {activation: tanh}, minus: {activation: relu}}
  where: {policy: tuned}
  smallest_effect: 0.05
"""
CODE = '''\
def mean_accuracy(curves):
    """Mean test accuracy of all records."""
    return curves["test_accuracy"].mean() if not curves["diverged"].any() else 0
'''


def test_a_claim_is_judged_by_a_metric_of_the_study(tmp_path):
    project = copy_project(tmp_path)
    for name, text in {"own.yaml": STUDY, "own-claims.yaml": CLAIMS, "own.py": CODE}.items():
        (project / "config" / name).write_text(text, encoding="utf-8")
    study, code, target = "config/own.yaml", project / "config/own.py", "results/own/verdicts.json"

    refused = snakemake(project, "--dry-run", study=study)
    assert refused.returncode != 0
    assert "config/own.yaml: its metrics are Python code, config/own.py, which can do anything" in output_of(refused)
    assert "add: --config trust_code=yes" in output_of(refused)

    run = snakemake(project, target, "results/own/provenance.json", study=study, trust_code=True)
    assert run.returncode == 0, run.stderr[-4000:]
    assert f"The code of config/own.py (SHA-256 {files.sha256(code)[:12]}) computes: mean_accuracy." in run.stderr
    (claim,) = json.loads((project / target).read_text(encoding="utf-8"))["claims"]
    assert claim["unit"] == "number"
    assert abs(claim["contexts"][0]["estimate"]) < 1
    provenance = json.loads((project / "results/own/provenance.json").read_text(encoding="utf-8"))
    assert provenance["metrics_sha256"] == files.sha256(code)

    code.write_text(CODE.replace("else 0", "else 0.5"), encoding="utf-8")
    planned = planned_jobs(project, target, study=study, trust_code=True)
    assert "judge" in planned
    assert "train" not in planned
    code.write_text(CODE.replace("test_accuracy", "test_acuracy"), encoding="utf-8")
    wrong = snakemake(project, "--dry-run", study=study, trust_code=True)
    assert wrong.returncode != 0
    message = "config/own-claims.yaml:5: claims.earlier.metric: config/own.py:3: mean_accuracy fails for an example: "
    assert message in output_of(wrong)
    assert "Nothing was started." in output_of(wrong)
