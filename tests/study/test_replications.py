"""Replications: their configurations, and the accuracy that counts as learnt in a study."""

import pytest
from support.project import ROOT

from ontrial import data
from ontrial.errors import InputError
from ontrial.judge import checks
from ontrial.nn import OPTIMISERS
from ontrial.report.summaries.replications import Condition, cells_of, find_condition
from ontrial.study import configuration
from ontrial.study.study import Study

FILES = sorted((ROOT / "config/replications").glob("*.yaml"))
NAMES = [path.stem for path in FILES]
ATLAS_NAMES = [path.stem for path in sorted((ROOT / "config/atlas-replications").glob("*.yaml"))]


@pytest.fixture(autouse=True)
def files_of_fetched_data_are_not_checked(monkeypatch):
    monkeypatch.setattr(data, "check_files", lambda name: None)
    monkeypatch.chdir(ROOT)


def replication(name: str) -> Study:
    return configuration.read_study(f"config/replications/{name}.yaml")


@pytest.mark.parametrize("name", NAMES)
def test_a_replication_tries_claims_of_the_default_study_on_other_data_optimisers_or_shapes(name):
    study = replication(name)
    docket = checks.read_docket(study.docket, study)
    default = configuration.read_study("config/config.yaml")
    tests = {id: claim.test_hash for id, claim in checks.read_docket(default.docket, default).claims.items()}
    assert study.name == name
    assert len(docket.claims) >= 8
    assert all(tests[id] == claim.test_hash for id, claim in docket.claims.items())
    value = name.replace("-", "_")
    if name.startswith("hidden-"):
        setting, value = "hidden", "32-32-32-32" if name == "hidden-32x4" else name.removeprefix("hidden-")
    else:
        setting = "dataset" if value in data.DATASETS else "optimiser"
        assert value in (*data.DATASETS, *OPTIMISERS)
    assert {cell.columns[setting] for cell in study.cells.values()} == {value}
    assert {experiment.looks for experiment in study.experiments.values()} == {(20, 40)}


@pytest.mark.parametrize("name", ATLAS_NAMES)
def test_a_replication_of_the_atlas_tries_sentences_about_digits_on_other_data_with_the_same_seeds(name):
    study = configuration.read_study(f"config/atlas-replications/{name}.yaml")
    atlas = configuration.read_study("config/atlas.yaml")
    docket, tried = (checks.read_docket(each.docket, each) for each in (study, atlas))
    assert study.name == name
    assert len(docket.claims) >= 8
    assert all(tried.claims[id].test_hash == claim.test_hash for id, claim in docket.claims.items())
    condition = find_condition(cells_of(atlas), cells_of(study))
    assert condition == Condition("dataset", name.removeprefix("atlas-"))
    of_digits = {cell.experiment for cell in atlas.cells.values()} - {
        cell.experiment for cell in atlas.cells.values() if cell.dataset != "digits"
    }
    assert study.experiments.keys() <= of_digits
    assert {path.split("/", 2)[2] for path in study.cells} <= {path.split("/", 2)[2] for path in atlas.cells}
    for id, experiment in study.experiments.items():
        assert experiment.confirmatory == atlas.experiments[id].confirmatory  # those of the first look


def test_a_threshold_of_the_study_replaces_that_of_the_claims_and_is_another_design_of_the_same_test():
    plain, other = (
        checks.read_docket(study.docket, study) for study in (replication("pendigits"), replication("letter"))
    )
    assert (plain.threshold, other.threshold) == (None, 0.7)
    faster, accurate = "cross-entropy-faster", "small-batch-accuracy"
    assert plain.claims[faster].estimand.threshold == 0.9
    assert other.claims[faster].estimand.threshold == 0.7
    assert plain.claims[faster].hash != other.claims[faster].hash
    assert plain.claims[faster].test_hash == other.claims[faster].test_hash
    assert other.claims[accurate].estimand.threshold is None
    assert plain.claims[accurate].hash == other.claims[accurate].hash


@pytest.mark.parametrize("threshold", ["0", "1.5", "most"])
def test_a_threshold_is_a_share(threshold):
    text = (ROOT / "config/smoke.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="is not a number above 0 and at most 1"):
        configuration.parse(f"{text}\nthreshold: {threshold}\n", "smoke.yaml")
