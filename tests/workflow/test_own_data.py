"""A study with a CSV file of classes or numbers: what it trains, and what a changed or wrong file does."""

import json

import numpy as np
import pandas as pd
import pytest
from support.project import copy_project, output_of, planned_jobs, snakemake

from ontrial.storage import files

pytestmark = pytest.mark.slow

OWN = """\
study: own
datasets:
  flowers: {csv: ../data/flowers.csv, label: target, categories: [colour], missing: median}
  unused: {csv: lost.csv, label: target}
experiments:
  grid: {purpose: Try your own file., dataset: [flowers], hidden: [[8]], activation: [tanh], initialisation: [own],
    objective: [softmax+cross_entropy], batch_size: [16], learning_rates: [0.1],
    seeds: {descriptive: {from: 1, to: 2}}, budget: {epochs: 30}}
"""


def test_a_study_trains_on_its_own_csv_file_with_words_and_missing_values(tmp_path):
    project = copy_project(tmp_path)
    generator = np.random.default_rng(1)
    flowers = pd.DataFrame({"length": generator.normal(np.repeat([1, 4, 6], 50), 0.4)})
    flowers["colour"] = generator.choice(["blue", "white", ""], 150)
    flowers["target"] = np.repeat(["setosa", "versicolor", "virginica"], 50)
    flowers.loc[[3, 70], "length"] = None
    path, target = project / "data/flowers.csv", "results/own/tables/runs.csv"
    path.parent.mkdir(exist_ok=True)
    flowers.to_csv(path, index=False)
    (project / "config/own.yaml").write_text(OWN, encoding="utf-8")
    run = snakemake(project, target, "results/own/provenance.json", study="config/own.yaml")
    assert run.returncode == 0, run.stderr[-4000:]
    assert pd.read_csv(project / target)["test_accuracy"].min() > 0.8
    provenance = json.loads((project / "results/own/provenance.json").read_text(encoding="utf-8"))
    assert provenance["data_sha256"] == {"flowers": files.sha256(path)}
    assert "train" not in planned_jobs(project, target, study="config/own.yaml")
    flowers.iloc[:-1].to_csv(path, index=False)
    assert planned_jobs(project, target, study="config/own.yaml")["train"] == 1
    flowers.assign(target=None).to_csv(path, index=False)
    run = snakemake(project, "--dry-run", study="config/own.yaml")
    assert run.returncode != 0
    message = 'config/own.yaml:3: datasets.flowers: data/flowers.csv:2: column "target": the value is missing.'
    assert message in output_of(run)
    assert "Nothing was started." in output_of(run)


NUMBERS = """\
study: numbers
docket: numbers-claims.yaml
datasets:
  houses: {csv: ../data/houses.csv, target: price}
experiments:
  grid: {purpose: Predict a number., dataset: [houses], hidden: [[], [8]], activation: [relu], initialisation: [own],
    objective: [identity+mse, identity+mae], batch_size: [8], learning_rates: [0.03125, 0.125, 64],
    seeds: {confirmatory: {from: 1, to: 8}}, budget: {epochs: 20}}
"""
NUMBERS_CLAIMS = """\
claims:
- {id: a-hidden-layer-helps, statement: {en: A hidden layer makes errors smaller.}, experiment: grid,
  metric: test_rmse, difference: {of: {hidden: none}, minus: {hidden: 8}},
  where: {objective: identity+mse, policy: tuned}, smallest_effect: 100}
"""


def test_a_study_predicts_numbers_and_judges_by_their_errors(tmp_path):
    project = copy_project(tmp_path)
    size = np.random.default_rng(1).uniform(-1, 1, 150).round(3)
    (project / "data").mkdir(exist_ok=True)
    pd.DataFrame({"size": size, "price": 5000 + 2000 * abs(size)}).to_csv(project / "data/houses.csv", index=False)
    for name, text in {"numbers.yaml": NUMBERS, "numbers-claims.yaml": NUMBERS_CLAIMS}.items():
        (project / "config" / name).write_text(text, encoding="utf-8")
    folder = project / "results/numbers"
    run = snakemake(project, "results/numbers/verdicts.json", study="config/numbers.yaml")
    assert run.returncode == 0, run.stderr[-4000:]
    runs = pd.read_csv(folder / "tables/runs.csv")
    assert not [name for name in runs if "accuracy" in name]
    assert runs.loc[runs["learning_rate"] == 64, "diverged"].any()
    trained = runs[runs["learning_rate"] == 0.125].groupby("hidden")["test_rmse"].median()
    assert 500 < trained["none"] < 700  # a line cannot do better than about the standard deviation, 2000 / √12
    assert trained["8"] < 250
    (claim,) = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))["claims"]
    assert (claim["verdict"], claim["unit"]) == ("supported", "number")
    assert len(pd.read_csv(folder / "tables/tuned.csv")) == 0
