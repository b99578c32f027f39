"""`ontrial check`: what a study plans, and what its seeds can detect."""

import numpy as np
import pytest
from scipy import stats
from support.project import ROOT

from ontrial.commands.check import check, half_width
from ontrial.errors import InputError


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_the_plan_names_cells_runs_time_memory_arms_and_what_can_be_detected(capsys):
    check(["config/smoke.yaml"], cores=2)
    plan, *claims = capsys.readouterr().out.split("\n\n")
    assert plan.startswith("Study smoke: 23 cells, ")
    assert "with 2 jobs at a time" in plan
    claim = next(text for text in claims if text.startswith("small-batch-accuracy: difference of test_accuracy"))
    assert "    of: batch-size/digits/" in claim
    assert "    minus: batch-size/digits/" in claim
    assert "Called positive from 1 point + " in claim


@pytest.mark.parametrize(("epochs", "allowed", "warned"), [(3, "", False), (50_000, "", True), (50_000, "true", False)])
def test_a_plan_says_if_it_must_be_allowed_to_take_hours(tmp_path, capsys, epochs, allowed, warned):
    text = (ROOT / "config/smoke.yaml").read_text(encoding="utf-8").replace("epochs: 3}", f"epochs: {epochs}}}")
    text = text.replace("docket: claims.yaml", f"docket: {ROOT / 'config/claims.yaml'}")
    study = tmp_path / "study.yaml"
    study.write_text(text + f"\nmay_take_hours: {allowed}\n" * bool(allowed), encoding="utf-8")
    check([str(study)], cores=1)
    assert ("`may_take_hours: true`" in capsys.readouterr().out) == warned


def test_a_mistake_is_told_with_its_line(tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text("study: mine\nexperiment: {}\n")
    with pytest.raises(InputError, match=r"study\.yaml:2: experiment: unknown key"):
        check([str(study)], cores=1)


STUDY = """
study: mine
datasets: {pets: {csv: pets.csv, label: animal}, prices: {csv: pets.csv, target: weight, drop: [animal]}}
experiments:
  grid:
    purpose: Try it.
    dataset: [pets, prices]
    hidden: [[]]
    activation: [relu]
    initialisation: [he]
    objective: [identity+mse]
    batch_size: [4]
    learning_rates: [0.5]
    seeds: {descriptive: {from: 1, to: 1}}
    budget: {epochs: 1}
"""


def test_data_sets_of_a_study_are_described_with_what_may_mislead(tmp_path, capsys):
    rows = "".join(f"{i},{i * i % 7},{'dog' if i % 3 else 'cat'}\n" for i in range(40))
    (tmp_path / "pets.csv").write_text(f"weight,legs,animal\n{rows}", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    check([str(tmp_path / "study.yaml")], cores=1)
    _, pets, prices = capsys.readouterr().out.rstrip().split("\n\n")
    assert pets.split("\n") == [
        "Data set pets: 40 samples (26 for training, 6 for validation, 8 for testing), 2 features from 2 columns.",
        '  2 classes: 26 "dog", 14 "cat".',
        '  Warning: column "weight" seems to number the rows. If so, list it under drop.',
    ]
    assert prices.split("\n") == [
        "Data set prices: 40 samples (26 for training, 6 for validation, 8 for testing), 1 feature from 1 column.",
        "  The target ranges from 0 to 39, with a median of 19.5.",
    ]


def test_names_of_columns_do_not_control_the_terminal(tmp_path, capsys):
    rows = "".join(f"{i},{i * i % 7},{'dog' if i % 3 else 'cat'}\n" for i in range(40))
    (tmp_path / "pets.csv").write_text(f"weight\x1b[2J,legs,animal\n{rows}", encoding="utf-8")
    study = STUDY.replace("target: weight", "target: legs")
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    check([str(tmp_path / "study.yaml")], cores=1)
    assert 'column "weight\\x1b[2J" seems to number the rows.' in capsys.readouterr().out


def test_a_threshold_that_guessing_reaches_is_told(tmp_path, capsys):
    random = np.random.default_rng(1)
    rows = "".join(f"{x},{'rare' if i % 16 == 0 else 'common'}\n" for i, x in enumerate(random.normal(size=320)))
    (tmp_path / "rare.csv").write_text(f"x,kind\n{rows}", encoding="utf-8")
    study = STUDY.replace("pets.csv, label: animal", "rare.csv, label: kind").replace("[pets, prices]", "[pets]")
    study = study.replace("identity+mse", "softmax+mse").replace("hidden: [[]]", "hidden: [[], [4]]")
    study = study.replace("descriptive: {from: 1, to: 1}", "confirmatory: {from: 1, to: 20}") + "docket: claims.yaml\n"
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    for threshold, warned in ((0.9, True), (0.95, False)):
        (tmp_path / "claims.yaml").write_text(
            "claims: [{id: fast, statement: {en: Fast.}, experiment: grid, metric: epochs_to_accuracy, threshold: "
            f"{threshold}, ratio: {{of: {{hidden: none}}, over: {{hidden: 4}}}}, where: {{policy: tuned}}, "
            "smallest_effect: factor 1.25}]"
        )
        check([str(tmp_path / "study.yaml")], cores=1)
        warning = (
            "  Warning: 93.8% of the samples of pets belong to one class, so a network that always names it reaches "
            f"the threshold of {threshold}.\n"
        )
        assert (warning in capsys.readouterr().out) == warned


@pytest.mark.parametrize("censored", [False, True])
def test_more_seeds_detect_smaller_effects(censored):
    widths = [half_width(seeds, 0.05, censored) for seeds in (10, 20, 40, 80, 160)]
    assert widths == sorted(widths, reverse=True)


def test_the_half_width_is_that_of_a_normal_sample():
    # the signed-rank interval is nearly as short as Student's: an efficiency of 3/π
    assert half_width(80, 0.05, censored=False) == pytest.approx(
        stats.t.ppf(0.975, 79) / np.sqrt(80 * 3 / np.pi), rel=0.05
    )
