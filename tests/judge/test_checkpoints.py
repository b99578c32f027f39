"""The best checkpoint: the record of each run with the smallest validation loss, for every metric and for own rates."""

import pytest
from support.messages import message_of
from support.simulated import STUDY as STUDY_TEXT
from support.simulated import results, simulated

from ontrial.judge import checks, measurements

STUDY = simulated()
WHERE = "where: {depth: 1, activation: relu, initialisation: own, objective: softmax+mse, policy: tuned}"
BEST_MINUS_LAST = "difference: {of: {checkpoint: best}, minus: {checkpoint: last}}"
LOSSES = (2.0, 1.0, 0.5, 0.5, 0.9)  # on validation data at each record: the third is the best, the fourth as good
ACCURACIES = (0.1, 0.5, 0.8, 0.7, 0.6)  # on test data


def parse(*lines: str, study=STUDY, metric="test_accuracy", smallest="1 point"):
    text = ["claims:\n- id: mine", "statement: {en: It is so.}", "experiment: depths", f"metric: {metric}", *lines]
    return checks.parse("\n  ".join([*text, f"smallest_effect: {smallest}"]), "claims.yaml", study).claims["mine"]


def measured(measures, *lines: str, **options):
    estimand = parse(*lines, **options).estimand
    return measurements.measure(results(options.get("study", STUDY), measures, "depths"), estimand)


def overfitting(settings, rate, seed, record):
    """The validation loss falls and rises again. The run of seed 101 diverges after its best record."""
    if seed == 101 and record > 2:
        return None
    return {
        "validation_accuracy": 0.5 if rate == 0.2 else 0.4,
        "validation_loss": LOSSES[record],
        "test_accuracy": ACCURACIES[record],
    }


def test_the_best_checkpoint_is_the_earliest_record_with_the_smallest_validation_loss():
    (context,) = measured(overfitting, BEST_MINUS_LAST, WHERE)
    best, last = (arm.seeds["number"] for arm in context.arms)
    assert best.tolist() == pytest.approx([80] * 20)
    assert last.tolist() == pytest.approx([10] + [60] * 19)  # a run that diverged counts as guessing
    assert context.numbers == pytest.approx([70] + [20] * 19)
    assert [arm.seeds["failed"].tolist() for arm in context.arms] == [[False] * 20, [True] + [False] * 19]


def test_clean_labels_lead_at_the_best_checkpoint_and_no_longer_at_the_last():
    def memorising(settings, rate, seed, record):
        clean, noisy = (0.1, 0.6, 0.9, 0.95, 1.0)[record], (0.1, 0.1, 0.2, 0.6, 1.0)[record]
        learnt = {"train_accuracy": clean, "train_accuracy_clean": clean, "train_accuracy_noisy": noisy}
        return None if seed == 101 and record > 0 else overfitting(settings, rate, 102, record) | learnt

    probes = "probes: [labels], record_train: true, label_noise: [0.4]"
    text = STUDY_TEXT.replace("probes: [units, probabilities]", probes, 1)
    arms = "difference: {of: {depth: 1}, minus: 50 points}"
    where = WHERE.replace("depth: 1, ", "")
    study = simulated(text)
    (context,) = measured(
        memorising, arms, where.replace("}", ", checkpoint: best}"), study=study, metric="lead_of_clean_labels"
    )
    assert context.numbers == pytest.approx([-50] + [20] * 19)  # a run that diverged has learnt neither
    (context,) = measured(memorising, arms, where, study=study, metric="lead_of_clean_labels")
    assert context.numbers == pytest.approx([-50] * 20)


def test_a_checkpoint_can_be_a_context():
    contexts = measured(
        overfitting,
        "difference: {of: {activation: relu}, minus: 50 points}",
        "contexts: {checkpoint: [last, best]}",
        WHERE.replace("activation: relu, ", ""),
    )
    assert [context.context for context in contexts] == [{"checkpoint": "last"}, {"checkpoint": "best"}]
    assert [context.numbers[1] for context in contexts] == pytest.approx([10, 30])


def test_seeds_choose_their_rates_at_the_checkpoint_of_the_arm_whose_rate_it_is():
    def early_or_late(settings, rate, seed, record):
        """A rate of 0.1 is best on validation data at the end, and 0.4 at the best checkpoint, which comes earlier."""
        accuracies = {0.1: (0.1, 0.3, 0.5, 0.7, 0.8), 0.4: (0.1, 0.6, 0.9, 0.6, 0.4)}.get(rate, (0.1,) * 5)
        return {
            "validation_accuracy": accuracies[record],
            "validation_loss": LOSSES[record] if rate == 0.4 else 2 - record / 4,
            "test_accuracy": accuracies[record] - 0.05,
        }

    contexts = measured(
        early_or_late,
        BEST_MINUS_LAST,
        "contexts: {policy: [tuned, fixed_of, fixed_minus]}",
        WHERE.replace(", policy: tuned", ""),
    )
    chosen = [[arm.seeds["rate"].iloc[0] for arm in context.arms] for context in contexts]
    assert chosen == [[0.4, 0.1], [0.4, 0.4], [0.1, 0.1]]
    assert [context.numbers[0] for context in contexts] == pytest.approx([10, 50, 0])


RECORDED_AT_THE_END = STUDY_TEXT.replace("record: 4", "record: 1")
EVERY_TRAINING_SET = STUDY_TEXT.replace("record: 4", "record: 4, record_train: true")


@pytest.mark.parametrize(
    ("study", "options", "message"),
    [
        (STUDY_TEXT, {"metric": "train_accuracy"}, "Add record_train: true."),
        (STUDY_TEXT, {"metric": "dead_units"}, "Add record_train: true."),
        (
            STUDY_TEXT,
            {"metric": "epochs_to_accuracy", "smallest": "1 epoch\n  threshold: 0.5"},
            "Use checkpoint: last.",
        ),
        (RECORDED_AT_THE_END, {}, "records only the start and the end of training"),
    ],
)
def test_claims_that_no_best_checkpoint_can_answer_are_refused(study, options, message):
    assert message in message_of(lambda text: parse(text, WHERE, study=simulated(study), **options), BEST_MINUS_LAST)


def test_what_every_record_measures_has_a_best_checkpoint():
    assert parse(BEST_MINUS_LAST, WHERE, study=simulated(EVERY_TRAINING_SET), metric="dead_units").estimand
