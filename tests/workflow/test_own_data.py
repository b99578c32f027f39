"""A study with a CSV file of its own: what it trains, and what a changed or wrong file does."""

import json

import numpy as np
import pandas as pd
from support.project import copy_project, output_of, planned_jobs, snakemake

from ontrial.storage import files

OWN = """\
study: own
datasets:
  flowers: {csv: ../data/flowers.csv, label: target, categories: [colour], missing: median}
  unused: {csv: lost.csv, label: target}
experiments:
  grid:
    purpose: Try your own file.
    dataset: [flowers]
    hidden: [[8]]
    activation: [tanh]
    initialisation: [own]
    objective: [softmax+cross_entropy]
    batch_size: [16]
    learning_rates: [0.1]
    seeds: {descriptive: {from: 1, to: 2}}
    budget: {epochs: 30}
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
