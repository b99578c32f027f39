"""Claims about optimisers and numbers of training samples: a study of seconds, from its docket to its pages."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from ontrial import data
from ontrial.report.pages.tools import explorer as pages
from ontrial.report.summaries import explorer, finding_files
from ontrial.report.summaries.findings import Findings
from ontrial.steps import collect, docket, judge, train
from ontrial.storage import files, run_files
from ontrial.study import configuration
from ontrial.study.study import Study

STUDY = """\
study: optimisers
docket: claims.yaml
experiments:
  optimisers: {purpose: Compare optimisers., dataset: [digits], hidden: [[16]], activation: [relu],
    initialisation: [own], objective: [softmax+cross_entropy], batch_size: [64], optimiser: [sgd, momentum, adam],
    momentum: [0.5, 0.9], weight_decay: [0, 1.0e-3], learning_rates: {powers_of_two: {from: -6, to: -4}},
    seeds: {confirmatory: {from: 11, to: 18}}, budget: {epochs: 8}, record: {per_doubling: 4, first: 8}}
  samples: {purpose: Train on few images and on many., dataset: [digits], hidden: [[16]], activation: [relu],
    initialisation: [own], objective: [softmax+cross_entropy], batch_size: [4, full],
    training_samples: [300, standard], learning_rates: [0.0625, 0.5], seeds: {confirmatory: {from: 11, to: 18}},
    budget: {epochs: 4}}
"""

CLAIMS = """\
claims:
  - {id: adam-needs-fewer-epochs, experiment: optimisers, metric: epochs_to_accuracy, threshold: 0.9,
    statement: {en: Adam needs fewer epochs than SGD., ko: Adam은 SGD보다 에폭이 적게 든다.},
    ratio: {of: {optimiser: sgd}, over: {optimiser: adam}}, contexts: {weight_decay: [0, 0.001]},
    where: {policy: tuned}, smallest_effect: factor 1.25}
  - {id: small-batches-matter-more, experiment: samples, metric: test_accuracy,
    statement: {en: With 300 images small batches matter more., ko: 이미지가 300장이면 작은 배치가 더 중요하다.},
    difference: {of: {batch_size: 4}, minus: {batch_size: full}}, contexts: {training_samples: [300, standard]},
    where: {policy: tuned}, smallest_effect: 1 point}
  - {id: decay-helps, experiment: optimisers, metric: test_accuracy,
    statement: {en: Weight decay helps., ko: 가중치 감쇠는 도움이 된다.},
    difference: {of: {weight_decay: tuned}, minus: {weight_decay: 0}}, where: {optimiser: adam, policy: tuned},
    smallest_effect: 1 point}
  - {id: stopping-helps, experiment: samples, metric: test_accuracy,
    statement: {en: The best checkpoint is better than the last., ko: 가장 좋은 체크포인트가 마지막보다 낫다.},
    difference: {of: {checkpoint: best}, minus: {checkpoint: last}}, contexts: {batch_size: [4, full]},
    where: {training_samples: 300, policy: tuned}, smallest_effect: 1 point}
"""


class Tried(NamedTuple):
    """The study, its folder, and the results read back from it."""

    study: Study
    folder: Path
    results: Findings


@pytest.fixture(scope="module")
def tried(tmp_path_factory) -> Tried:
    folder = tmp_path_factory.mktemp("optimisers")
    (folder / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    study = configuration.parse(STUDY, str(folder / "study.yaml"))
    path = {name: str(folder / name) for name in ("study.json", "docket.json", "verdicts.json", "tables/tuned.csv")}
    files.write_text(path["study.json"], study.to_json())
    docket.write_docket(path["study.json"], str(study.docket), path["docket.json"])
    for name, cell in study.cells.items():
        train.train_cell(cell.to_json(), str(folder / f"runs/{name}.parquet"))
    runs, records, correct = (str(folder / f"{name}.parquet") for name in ("runs", "records", "correct"))
    others = str(folder / "runs.csv"), records, correct, str(folder / "versions.json")
    collect.collect(path["study.json"], [], runs, *others)
    inputs = (path["study.json"], runs, records, path["docket.json"])
    verdicts = path["verdicts.json"]
    judge.judge(*inputs[:3], correct, inputs[3], verdicts, str(folder / "verdicts.csv"), path["tables/tuned.csv"])
    results, _ = finding_files.read_findings(*inputs, [verdicts], [])
    return Tried(study, folder, results)


def test_all_claims_have_verdicts_and_a_tuned_one_says_what_seeds_chose(tried):
    (context,) = tried.results.verdicts["decay-helps"].contexts
    assert [choice.combinations for choice in context.choices] == [6, 3]
    assert set(context.choices[0].values) == {"weight_decay"}
    verdicts_by_id = tried.results.verdicts
    adam, batches = verdicts_by_id["adam-needs-fewer-epochs"], verdicts_by_id["small-batches-matter-more"]
    assert adam.conclusion == "supported", adam.contexts
    assert [context.settings["weight_decay"] for context in adam.contexts] == [0, 0.001]
    assert [context.settings["training_samples"] for context in batches.contexts] == [300, "standard"]
    assert batches.contexts[0].effect.estimate > 0


def test_bits_say_which_test_samples_each_run_gets_right(tried):
    correct, runs = (
        run_files.read_sealed(tried.folder / f"{name}.parquet").to_pandas() for name in ("correct", "runs")
    )
    keys = [name for name in collect.RUN if name in runs]
    assert correct[keys].equals(runs[keys])
    tested = data.sizes(runs["dataset"][0]).test
    bits = np.unpackbits(np.stack(correct["test_correct"]), axis=1)
    assert bits[:, :tested].mean(axis=1) == pytest.approx(runs["test_accuracy"].fillna(0), abs=1e-6)
    assert not bits[:, tested:].any()
    records = run_files.read_schema(tried.folder / "records.parquet").names
    assert records == list(runs)


def test_the_tables_say_with_what_each_run_was_trained(tried):
    runs = pd.read_csv(tried.folder / "runs.csv").groupby("experiment")
    optimisers = runs.get_group("optimisers").groupby(["optimiser", "momentum", "weight_decay"]).size()
    assert list(optimisers.index) == [
        *(("adam", 0.0, decay) for decay in (0.0, 0.001)),
        *(("momentum", share, decay) for share in (0.5, 0.9) for decay in (0.0, 0.001)),
        *(("sgd", 0.0, decay) for decay in (0.0, 0.001)),
    ]
    samples = runs.get_group("samples")
    assert set(samples["training_samples"]) == {300, 1150}
    assert samples.loc[samples["full_batch"], "batch_size"].tolist() == (
        samples.loc[samples["full_batch"], "training_samples"].tolist()
    )


def test_the_explorer_offers_the_settings_in_order(tried):
    grid = pages.grid(explorer.build_points(tried.results))
    assert grid["settings"]["optimiser"] == ["sgd", "momentum", "adam"]
    assert grid["settings"]["momentum"] == [0.0, 0.5, 0.9]
    assert grid["settings"]["training_samples"] == [300, "standard"]
    assert grid["settings"]["batch_size"] == [4, 64, "full"]
