"""Use the workflow as a module of another one, as in docs/module.md, with an installed wheel and no clone."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.project import ROOT, ontrial, output_of, snakemake

pytestmark = pytest.mark.slow

CONFIGURATION = """study: ours
docket: claims.yaml
datasets:
  points: {csv: ../data/points.csv, label: side}
experiments:
  ours: {purpose: Show that another workflow can use this one., dataset: [points], hidden: [[4]],
    activation: [relu, tanh], initialisation: [own], objective: [softmax+cross_entropy], batch_size: [16],
    learning_rates: [0.125, 0.5], seeds: {confirmatory: {from: 101, to: 108}}, budget: {epochs: 2}}
"""

DOCKET = """claims:
  - {id: tanh-beats-relu, statement: {en: Tanh is more accurate than ReLU on points in the plane.}, experiment: ours,
    metric: test_accuracy, difference: {of: {activation: tanh}, minus: {activation: relu}},
    contexts: {policy: [fixed_of, fixed_minus, tuned]}, smallest_effect: 1 point}
"""

POINTS = "x,y,side\n" + "".join(f"{i % 17},{i % 19},{'left' if i % 17 < 8 else 'right'}\n" for i in range(1000))

RULE = """

rule train:
    input:
        rules.theory_judge.output.csv,
    output:
        "results/yours.txt",
    shell:
        "tail -n 1 {input} > {output}"
"""

README = (ROOT / "docs/module.md").read_text(encoding="utf-8")
SNAKEFILE = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1] + RULE


@pytest.fixture
def other(tmp_path, installed) -> Path:
    """A folder with another workflow and the environment that runs it."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/study.yaml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "config/claims.yaml").write_text(DOCKET, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/points.csv").write_text(POINTS, encoding="utf-8")
    (tmp_path / "Snakefile").write_text(SNAKEFILE, encoding="utf-8")
    (tmp_path / ".venv").symlink_to(installed.parents[1])
    return tmp_path


def test_another_workflow_trains_its_grid_and_tries_its_claim(other):
    done = snakemake(other, "results/yours.txt", study=None)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "\nStudy ours: 2 cells, 32 runs.\nTraining takes about " in done.stderr, done.stderr[:4000]
    (claim,) = json.loads((other / "results/ours/verdicts.json").read_text(encoding="utf-8"))["claims"]
    assert claim["id"] == "tanh-beats-relu"
    assert [context["n"] for context in claim["contexts"]] == [8, 8, 8]
    assert (other / "results/yours.txt").read_text(encoding="utf-8").startswith("ours,tanh-beats-relu,measured,")
    assert not (ROOT / "results/ours").exists()


def replaced(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with the first occurrence of each old part replaced."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def refusal(other: Path, *changes: tuple[str, str]) -> str:
    """Change the other workflow, check that it is refused, and return the output."""
    (other / "Snakefile").write_text(replaced(SNAKEFILE, *changes), encoding="utf-8")
    done = snakemake(other, "--dry-run", study=None)
    assert done.returncode != 0
    output = done.stdout + done.stderr  # a dry run reports errors on stdout
    assert "Traceback" not in output
    return output


def test_a_prefix_is_refused(other):
    output = refusal(other, ("\n    config:", '\n    prefix: "trial"\n    config:'))
    assert "Remove prefix. The name of the study sets the folder of its results." in output
    assert "Nothing was started." in output


def test_rules_can_come_from_a_repository_and_code_from_the_package(other):
    """As snakedeploy writes it, with github(…) in place of gitfile(…)."""
    repository = other / "repository"
    shutil.copytree(ROOT / "workflow", repository / "workflow")
    shutil.copy(ROOT / "environment.yml", repository)
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "rules"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *command], cwd=repository, check=True)
    source = f'gitfile("{repository}", path="workflow/Snakefile", ref="HEAD")'
    (other / "Snakefile").write_text(SNAKEFILE.replace("snakefile: SNAKEFILE", f"snakefile: {source}"))
    done = snakemake(other, "results/ours/study.json", study=None)
    assert done.returncode == 0, done.stderr[-4000:]
    assert (other / "results/ours/study.json").exists()


def test_the_shipped_workflow_runs_in_any_folder(other):
    snakefile = ontrial(other, "snakefile").stdout.strip()
    planned = snakemake(other, "--dry-run", "--snakefile", snakefile, "--configfile", "config/study.yaml", study=None)
    assert planned.returncode == 0, planned.stderr[-4000:]
    assert "profiles/default" in planned.stderr
    assert "results/ours/site/index.html" in planned.stdout


def loaded(path: str) -> tuple[str, str]:
    """Return the change to the other workflow after which Snakemake loads a configuration file."""
    return "\n\nmodule", f'\n\nconfigfile: "{path}"\n\n\nmodule'


PASSED = 'config: {"study": "config/study.yaml"}'


@pytest.mark.parametrize("changes", [(), (loaded("config/study.yaml"), (PASSED, "config: config"))])
def test_the_study_is_read_by_the_package(other, changes):
    (other / "Snakefile").write_text(replaced(SNAKEFILE, *changes), encoding="utf-8")
    (other / "config/study.yaml").write_text(replaced(CONFIGURATION, ("tanh]", "tahn]")), encoding="utf-8")
    done = snakemake(other, "--dry-run", study=None)
    assert done.returncode == 1
    assert 'config/study.yaml:7: experiments.ours.activation[1]: unknown activation "tahn".' in output_of(done)
    assert "Nothing was started." in output_of(done)
    assert "Traceback" not in output_of(done)


def test_a_study_within_a_larger_configuration_is_checked(other):
    content = replaced(SNAKEFILE, loaded("config/all.yaml"), (PASSED, 'config: config["trial"]'))
    (other / "Snakefile").write_text(content, encoding="utf-8")
    lines = "".join(f"  {line}\n" for line in CONFIGURATION.splitlines())
    for text, message in ((lines, "theory_train"), (lines.replace("tanh]", "tahn]"), 'unknown activation "tahn".')):
        (other / "config/all.yaml").write_text(f"title: All\ntrial:\n{text}", encoding="utf-8")
        assert message in output_of(snakemake(other, "--dry-run", study=None))
