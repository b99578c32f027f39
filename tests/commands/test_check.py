"""`ontrial check`: what a study plans, and what its seeds can detect."""

import numpy as np
import pytest
from scipy import stats
from support.examples import GOOD
from support.project import ROOT
from support.simulated import STUDY as TEXT
from support.simulated import simulated

from ontrial.commands.check import check, claim_lines, docket_warnings, half_width
from ontrial.errors import InputError
from ontrial.judge import checks


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_the_plan_names_cells_runs_time_memory_arms_and_what_can_be_detected(capsys):
    check("config/smoke.yaml", cores=2)
    plan, *claims = capsys.readouterr().out.split("\n\n")
    assert plan.startswith("Study smoke: 23 cells, ")
    assert "with 2 jobs at a time" in plan
    costs = plan.partition("Seconds of one core by experiment:\n")[2].splitlines()
    assert sorted(line.split()[0] for line in costs) == ["batch-size", "batch-size-updates", "main-grid"]
    claim = next(text for text in claims if text.startswith("small-batch-accuracy: difference of test_accuracy"))
    assert "    of: batch-size/digits/" in claim
    assert "    minus: batch-size/digits/" in claim
    assert "Called positive from 1 point + " in claim


def test_a_plan_names_the_looks_that_the_study_leaves_and_what_it_costs_at_most(capsys):
    check("config/config.yaml", cores=2)
    plan, claim, *_ = capsys.readouterr().out.split("\n\n")
    assert "\nIt stops after look 2 and leaves others undecided. Looks that are left: at 80 seeds.\n" in plan
    costs = plan.partition("Seconds of one core by experiment, and at most with all looks:\n")[2].splitlines()
    most = [float(line.split()[-1].replace(",", "")) for line in costs]
    assert most == sorted(most, reverse=True)
    assert "20 to 40 seeds" in claim


@pytest.mark.parametrize(("epochs", "allowed", "warned"), [(3, "", False), (50_000, "", True), (50_000, "true", False)])
def test_a_plan_says_if_it_must_be_allowed_to_take_hours(tmp_path, capsys, epochs, allowed, warned):
    text = (ROOT / "config/smoke.yaml").read_text(encoding="utf-8").replace("epochs: 3}", f"epochs: {epochs}}}")
    text = text.replace("docket: claims.yaml", f"docket: {ROOT / 'config/claims.yaml'}")
    study = tmp_path / "study.yaml"
    study.write_text(text + f"\nmay_take_hours: {allowed}\n" * bool(allowed), encoding="utf-8")
    check(str(study), cores=1)
    assert ("`may_take_hours: true`" in capsys.readouterr().out) == warned


STUDY = """
study: mine
datasets: {pets: {csv: pets.csv, label: animal}, prices: {csv: pets.csv, target: weight, drop: [animal]}}
experiments:
  grid: {purpose: Try it., dataset: [pets, prices], hidden: [[]], activation: [relu], initialisation: [he],
    objective: [identity+mse], batch_size: [4], learning_rates: [0.5], seeds: {descriptive: {from: 1, to: 1}},
    budget: {epochs: 1}}
"""


def test_data_sets_of_a_study_are_described_with_what_may_mislead(tmp_path, capsys):
    rows = "".join(f"{i},{i * i % 7},{'dog' if i % 3 else 'cat'}\n" for i in range(40))
    (tmp_path / "pets.csv").write_text(f"weight,legs,animal\n{rows}", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    check(str(tmp_path / "study.yaml"), cores=1)
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
    check(str(tmp_path / "study.yaml"), cores=1)
    assert 'column "weight\\x1b[2J" seems to number the rows.' in capsys.readouterr().out


def test_a_threshold_that_guessing_reaches_is_told(tmp_path, capsys):
    random = np.random.default_rng(1)
    rows = "".join(f"{x},{'rare' if i % 16 == 0 else 'common'}\n" for i, x in enumerate(random.normal(size=320)))
    (tmp_path / "rare.csv").write_text(f"x,kind\n{rows}", encoding="utf-8")
    study = STUDY.replace("pets.csv, label: animal", "rare.csv, label: kind").replace("[pets, prices]", "[pets]")
    study = study.replace("identity+mse", "softmax+mse").replace("hidden: [[]]", "hidden: [[], [4]]")
    study = study.replace("descriptive: {from: 1, to: 1}", "confirmatory: {from: 1, to: 20}").replace(
        "[0.5]", "[0.5, 1]"
    )
    study = study.replace("{epochs: 1}", "{epochs: 1}, record: {per_doubling: 4, first: 8}")
    study += "docket: claims.yaml\n"
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    for threshold, warned, is_hard in ((0.9, True, False), (0.95, False, False), (0.99, False, True)):
        (tmp_path / "claims.yaml").write_text(
            "claims: [{id: fast, statement: {en: Fast.}, experiment: grid, metric: epochs_to_accuracy, threshold: "
            f"{threshold}, ratio: {{of: {{hidden: none}}, over: {{hidden: 4}}}}, where: {{policy: tuned}}, "
            "smallest_effect: factor 1.25}]"
        )
        check(str(tmp_path / "study.yaml"), cores=1)
        printed = capsys.readouterr().out
        assert "  The budget can prove at most a factor of 6.5 between two times.\n" in printed  # updates 8 to 52
        warning = (
            "  Warning: 93.8% of the samples of pets belong to one class, so a network that always names it reaches "
            f"the threshold of {threshold}.\n"
        )
        assert (warning in printed) == warned
        assert ("Warning: only networks that get all 64 test samples of pets right reach 0.99." in printed) == is_hard


def test_each_context_says_whose_learning_rate_its_arms_have():
    claim = checks.parse(GOOD, "claims.yaml", simulated(TEXT)).claims["small-is-better"]
    lines = list(claim_lines(simulated(TEXT), claim, claim.estimand))
    minus = [line.partition(", ")[2] for line in lines if line.startswith("    minus: batches/")]
    assert minus == ["own rate of `of`", "own rate of `minus`", "own rate"]


def test_the_half_width_is_that_of_a_normal_sample():
    # the signed-rank interval is nearly as short as Student's: an efficiency of 3/π
    assert half_width(80, 0.05, censored=False) == pytest.approx(
        stats.t.ppf(0.975, 79) / np.sqrt(80 * 3 / np.pi), rel=0.05
    )


def lines_of(claim: str, study: str = TEXT) -> str:
    head = "claims: [{id: mine, statement: {en: So.}, experiment: batches, where: {policy: tuned}, "
    parsed = checks.parse(f"{head}{claim}}}]", "claims.yaml", simulated(study)).claims["mine"]
    return "\n".join(claim_lines(simulated(study), parsed, parsed.estimand))


OF_16 = "of: {batch_size: 16}"


@pytest.mark.parametrize(("claim", "expected"), [
    (f"metric: test_accuracy, difference: {{{OF_16}, minus: {{batch_size: 256}}}}, smallest_effect: 1 point",
     "test_accuracy of batch_size 16 is at least 1 point above test_accuracy of batch_size 256."),
    (f"metric: test_loss, ratio: {{{OF_16}, over: {{batch_size: [1, 4]}}}}, smallest_effect: factor 2",
     "test_loss of batch_size 16 is at least a factor of 2 above test_loss of batch_size 1 or 4, in every "
     "context."),
    (f"metric: test_accuracy, at_most: {{{OF_16}, and: {{batch_size: 256}}}}, smallest_effect: 1 point",
     "test_accuracy of batch_size 16 is less than 1 point above test_accuracy of batch_size 256."),
    ("metric: test_accuracy, slope: {of: {}, along: batch_size}, smallest_effect: 1 point",
     "test_accuracy of the networks grows along batch_size by at least 1 point per doubling."),
])  # fmt: skip
def test_a_plan_says_what_would_support_a_claim(claim, expected):
    assert f"  Supported if {expected}\n" in lines_of(claim)


def test_shares_of_failures_have_the_interval_that_judges_them():
    form = f"{{{OF_16}, minus: {{batch_size: 256}}}}, smallest_effect: 10 points"
    text = lines_of(f"metric: fails, difference: {form}", TEXT.replace("to: 120", "to: 112"))
    assert "  If no run of either arm fails, the difference is between ±24.2 points (12 seeds).\n" in text
    assert " s " not in text


GUESSED = "  Warning: a network that learns nothing has a loss of 2.3 (softmax+cross_entropy on digits), which reaches"
FEW = (
    "  Warning: own rates of experiment batches are chosen from 2 that span a factor of 4. Many will be the smallest or"
)


SHORT = "  Warning: the largest learning rate of experiment batches times the number of updates is 0.0"


@pytest.mark.parametrize(
    ("threshold", "rates", "warned"),
    [
        (3, None, GUESSED),
        (2, None, None),
        (2, "[0.125, 0.5]", FEW),
        (2, "{powers_of_two: {from: -20, to: -15}}", SHORT),
    ],
)
def test_a_loss_that_guessing_reaches_and_too_few_or_small_rates_are_told(threshold, rates, warned):
    study = TEXT.replace("[1, 4, 16, 64, 256, full]", "[16, 64]", 1)
    study = study.replace("record: 2", "record: {per_doubling: 4, first: 8}, record_train: true", 1)
    if rates:
        study = study.replace("{powers_of_two: {from: -8, to: 2}}", rates, 1)
    form = f"ratio: {{{OF_16}, over: {{batch_size: 64}}}}, smallest_effect: factor 1.25"
    printed = lines_of(f"metric: epochs_to_train_loss, threshold: {threshold}, {form}", study)
    told = (GUESSED, FEW, SHORT)
    assert [text in printed for text in told] == [warned == text for text in told]


def test_a_factor_that_is_hardly_more_than_one_is_not_written_as_one():
    form = f"metric: epochs_to_accuracy, threshold: 0.9, ratio: {{{OF_16}, over: {{batch_size: 64}}}}"
    with pytest.raises(InputError, match=r"more than the smallest effect, a factor of 1\.001:"):
        lines_of(f"{form}, smallest_effect: factor 1.001")


def test_claims_that_make_the_same_test_and_experiments_that_share_seeds_are_told():
    claims, references = GOOD.split("references:\n")
    first = claims.removeprefix("claims:\n").partition("  - id: deep")[0]
    twice = f"{claims}{first.replace('small-is-better', 'again')}references:\n{references}"
    warnings = [*docket_warnings(simulated(TEXT), checks.parse(twice, "claims.yaml", simulated(TEXT)))]
    assert warnings[0] == "the claims small-is-better and again make the same test."
    assert "the experiments batches and depths share the seed 101 and others. Give each seeds of its own" in warnings[2]
