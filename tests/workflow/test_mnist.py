"""Run a reduced MNIST study through the workflow as a user would, and check its numbers and those of the literature."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from support.pages import sources_of, tiny_results, with_docs
from support.project import ROOT, copy_project, planned_jobs, read_yaml, snakemake
from support.shared import copy

from ontrial.data.files import MNIST
from ontrial.errors import InputError
from ontrial.judge import checks
from ontrial.report.pages.page import Page
from ontrial.report.summaries.replications import Published
from ontrial.study.configuration import read_study
from ontrial_book.replications.pages_literature import literature

CLAIMS = ("relu-faster-than-sigmoid", "cross-entropy-or-mse", "small-batch-accuracy")
LITERATURE = read_yaml("docs/literature.yaml")
ROW = {"experiment": "plain-nets", "dataset": "mnist", "hidden": "800", "activation": "relu", "initialisation": "he"}
ROW |= {
    "output": "softmax",
    "loss": "cross_entropy",
    "batch_size": 64,
    "epochs": 20,
    "updates": None,
    "optimiser": "sgd",
}
ROW |= {"momentum": 0.0, "weight_decay": 0.0, "training_samples": 48_000}
ROW |= {"learning_rate": 0.25, "on_edge": False, "seeds": 5, "mean": 98.214, "sd": 0.051}


def table(language: str, **changes) -> str:
    page_sources = replace(with_docs(sources_of(tiny_results(), language), literature=LITERATURE), **changes)
    return literature(Page(page_sources, "evidence/robustness.md"))


def test_a_study_without_mnist_shows_the_literature():
    text = table("en")
    assert "| 784-800-10 | Cross-entropy; stochastic gradient descent" in text
    assert "1.6% |" in text
    assert "1.6%" in table("ko")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_published_results_on_mnist_are_shown(language):
    text = table(language, other_studies={"mnist": Published({}, pd.DataFrame([ROW]))})
    assert "1.79" in text
    assert "(±\N{NO-BREAK SPACE}0.05)" in text
    assert "48,000" in text


def test_the_study_tries_the_same_claims_as_the_default_study():
    ours = read_study(ROOT / "config/mnist.yaml")
    theirs = read_study(ROOT / "config/config.yaml")
    claims = {study.name: checks.read_docket(ROOT / "config/claims.yaml", study).claims for study in (ours, theirs)}
    assert tuple(claims["mnist"]) == CLAIMS
    assert all(claims["mnist"][id].test_hash == claims["default"][id].test_hash for id in CLAIMS)
    assert min(cell.batch_size for cell in ours.cells.values()) == 16
    seeds = {name: len(experiment.confirmatory) for name, experiment in ours.experiments.items()}
    assert seeds.pop("plain-nets") == 5
    assert set(seeds.values()) == {10}  # the fewest that can decide the claims


def test_a_metric_of_groups_is_refused_before_mnist_is_fetched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ours = read_study(ROOT / "config/mnist.yaml")
    text = (ROOT / "config/claims.yaml").read_text(encoding="utf-8")
    claims = text.replace(
        "experiment: losses\n    metric: test_accuracy", "experiment: losses\n    metric: group_error"
    )
    with pytest.raises(InputError, match="needs the probe groups: add it to experiment"):
        checks.parse(claims, "claims.yaml", ours)


def reduced() -> str:
    """Return the MNIST study with few images, few rates and a short budget, as YAML."""
    study = json.loads(read_study(ROOT / "config/mnist.yaml").to_json()) | {"study": "mnist-small"}
    for experiment in study["experiments"].values():
        experiment |= {"dataset": ["mnist_small"], "record": 2}
        experiment["learning_rates"] = [0.015625, 0.0625, 0.25]  # as scaling by 4 and by 16 needs
        experiment["batch_size"] = experiment["batch_size"][::2]  # those that the claims compare
        experiment["budget"] = {"updates": 60} if "updates" in experiment["budget"] else {"epochs": 2}
    study["experiments"]["plain-nets"]["seeds"] = {"confirmatory": {"from": 101, "to": 102}}
    return yaml.safe_dump(study, sort_keys=False, allow_unicode=True)


TARGETS = [f"results/mnist-small/{name}" for name in ("tables/tuned.csv", "verdicts.json", "pages/en")]


@pytest.fixture(scope="module")
def small(shared, mnist) -> Path:
    """A copy of the project with a copy of MNIST, after a clean run of the reduced study up to its pages."""

    def make(folder: Path) -> None:
        copy_project(folder)
        (folder / "config/mnist-small.yaml").write_text(reduced(), encoding="utf-8")
        copy(mnist / "data/mnist", folder / "data/mnist")
        run = snakemake(folder, *TARGETS, study="config/mnist-small.yaml")
        assert run.returncode == 0, run.stderr[-8000:]

    return shared("mnist-small", make)


@pytest.mark.slow
def test_a_reduced_study_uses_the_existing_files(small):
    results = small / "results/mnist-small"
    assert not (results / "logs/fetch").exists()
    verdicts = json.loads((results / "verdicts.json").read_text(encoding="utf-8"))
    assert tuple(claim["id"] for claim in verdicts["claims"]) == CLAIMS
    tuned = pd.read_csv(results / "tables/tuned.csv", dtype={"hidden": str})
    assert tuned.loc[tuned["experiment"] == "plain-nets", "hidden"].tolist() == ["300", "800"]
    assert tuned["mean"].between(5, 100).all()  # after so little training, a deep sigmoid is at chance
    assert len(tuned) == len(read_study(small / "config/mnist-small.yaml").cells)


@pytest.mark.slow
def test_its_pages_show_its_numbers(small):
    pages = small / "results/mnist-small/pages/en"
    text = (pages / "evidence/robustness.md").read_text(encoding="utf-8")
    assert "<code>mnist-small</code>" in text
    assert "784-300-10" in text


@pytest.mark.slow
def test_newer_or_missing_files_retrain_nothing_and_are_fetched_only_for_training(small, tmp_path):
    folder = copy(small, tmp_path / "project")
    for file in MNIST:
        (folder / file.name).touch()
    assert planned_jobs(folder, *TARGETS, study="config/mnist-small.yaml") == {}
    shutil.rmtree(folder / "data/mnist")
    assert "train" not in planned_jobs(folder, *TARGETS, study="config/mnist-small.yaml")
    for name in ("runs/losses", "tables"):
        shutil.rmtree(folder / "results/mnist-small" / name)
    jobs = planned_jobs(folder, *TARGETS, study="config/mnist-small.yaml")
    cells = read_study(folder / "config/mnist-small.yaml").cells
    assert (jobs["fetch"], jobs["train"]) == (1, len(cells))  # Snakemake treats fetched files as new
