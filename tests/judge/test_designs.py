"""What a design could show before anything is trained: twins, and times between records."""

from dataclasses import replace

import pytest
from support.simulated import STUDY, simulated

from ontrial.errors import InputError
from ontrial.judge import checks, designs
from ontrial.judge.claims import Arm
from ontrial.judge.metrics import METRICS
from ontrial.study.cell import Training

STUDIED = simulated(STUDY.replace("initialisation: [inverse_n, he]", "initialisation: [inverse_n, glorot, he]"))
CELL = next(cell for cell in STUDIED.cells.values() if (cell.experiment, cell.activation) == ("depths", "relu"))


def check(*lines: str, study=STUDIED):
    claim = "\n  ".join(("claims:\n- id: mine", "statement: {en: It is so.}", *lines))
    return checks.parse(claim, "claims.yaml", study)


def refusal(*lines: str, study=STUDIED) -> str:
    with pytest.raises(InputError) as error:
        check(*lines, study=study)
    return str(error.value)


@pytest.mark.parametrize(
    ("hidden", "first", "second", "between_hidden", "same"),
    [
        ((8, 8, 8), "inverse_n", "glorot", True, True),
        ((8, 8, 8), "inverse_n", "glorot", False, False),  # the inputs are 64
        ((64, 64), "inverse_n", "glorot", False, False),  # the outputs are 10
        ((16, 8), "inverse_n", "glorot", True, False),
        ((8, 8, 8), "inverse_n", "he", True, False),
        ((8, 8, 8), "inverse_n", "inverse_n_mean-8", True, False),
        ((8, 8, 8), "he", "own", False, True),
    ],
)
def test_networks_are_the_same_if_their_weights_have_the_same_distributions(
    hidden, first, second, between_hidden, same
):
    keys = (
        designs.networks_key(replace(CELL, hidden=hidden, initialisation=name), between_hidden=between_hidden)
        for name in (first, second)
    )
    assert (next(keys) == next(keys)) == same


def test_the_activation_matters_only_to_hidden_layers():
    for hidden, kinds in (((), 1), ((8,), 2)):
        cells = (replace(CELL, hidden=hidden, initialisation="he", activation=name) for name in ("relu", "tanh"))
        assert len(set(map(designs.networks_key, cells))) == kinds


GRADIENT = ("experiment: start", "metric: gradient_per_layer", "smallest_effect: factor 1.25")


def test_contexts_and_arms_with_the_same_networks_are_refused():
    sigmoid = "difference: {of: 0, minus: {activation: sigmoid, depth: 3}}"
    reason = (
        "since inverse_n and glorot draw the same weights between hidden layers, the only ones that the metric looks at"
    )
    message = refusal(*GRADIENT, sigmoid, "contexts: {initialisation: [inverse_n, glorot, he]}")
    assert 'contexts.initialisation: the contexts "inverse_n" and "glorot" compare the same networks' in message
    assert f"{reason}. Remove one of the two." in message
    of, minus = (f"{{activation: relu, depth: 3, initialisation: {name}}}" for name in ("inverse_n", "glorot"))
    message = refusal(*GRADIENT, f"difference: {{of: {of}, minus: {minus}}}")
    assert f"both arms select the same networks, {reason}, so there is nothing to compare." in message
    assert check(*GRADIENT, sigmoid, "contexts: {initialisation: [inverse_n, he]}").claims


def test_networks_without_a_hidden_layer_are_the_same_with_any_activation():
    message = refusal(
        "experiment: depths",
        "metric: test_accuracy",
        "difference: {of: {activation: tanh}, minus: {activation: sigmoid}}",
        "where: {depth: 0, initialisation: glorot, objective: softmax+mse, policy: tuned}",
        "smallest_effect: 1 point",
    )
    assert "the same networks, since tanh and sigmoid are the same without a hidden layer, so there is" in message


def faster(effect: str, form: str = "ratio", metric: str = "epochs_to_accuracy", threshold: float = 0.9):
    """Return the lines of a claim on the experiment depths, which has four records in four epochs."""
    other = "over" if form == "ratio" else "minus"
    return (
        "experiment: depths",
        f"metric: {metric}",
        f"threshold: {threshold}",
        f"{form}: {{of: {{depth: 3}}, {other}: {{depth: 1}}}}",
        "where: {activation: relu, initialisation: he, objective: softmax+mse, policy: tuned}",
        f"smallest_effect: {effect}",
    )


def test_records_that_cannot_show_the_smallest_effect_on_a_time_are_refused():
    assert "span a factor of 4, less than the smallest effect, a factor of 5, which they" in refusal(
        *faster("factor 5")
    )
    assert "span 4 epochs, less than the smallest effect, 5 epochs" in refusal(*faster("5 epochs", "difference"))
    message = refusal(*faster("factor 1.5"))
    assert 'records of experiment "depths" are up to a factor of 2 apart, more than the smallest effect' in message
    assert "are up to 1 epochs apart" in refusal(*faster("0.5 epochs", "difference"))
    for lines in (faster("factor 2"), faster("1 epoch", "difference")):
        assert check(*lines).claims


def test_records_are_fine_enough_for_a_time_and_a_training_loss_is_measured_often():
    old, new = "budget: {epochs: 4}, record: 4", "budget: {updates: 64}, record: {per_doubling: 6, first: 1}"
    assert old in STUDY
    fine = simulated(STUDY.replace(old, new))
    assert check(*faster("factor 1.25", metric="updates_to_accuracy"), study=fine).claims
    coarse = simulated(STUDY.replace(old, new.replace("6", "2")))
    assert "up to a factor of 1.5 apart" in refusal(*faster("factor 1.25", metric="updates_to_accuracy"), study=coarse)
    lines = faster("factor 1.25", metric="epochs_to_train_loss", threshold=2.5)
    finer = STUDY.replace("record: 4", "record: {per_doubling: 4, first: 8}")
    assert "Add record_train: true." in refusal(*lines, study=simulated(finer))
    often = finer.replace("first: 8}", "first: 8}, record_train: true")
    assert check(*lines, study=simulated(often)).claims


def test_the_largest_factor_between_two_times_is_from_the_first_record_to_the_shortest_budget():
    metric = METRICS["epochs_to_accuracy"]
    long, short = (Arm(replace(CELL, training=Training(epochs=epochs, per_doubling=1, first=9))) for epochs in (8, 4))
    assert designs.recorded_times(short.cell, metric) == [0.5, 1, 2, 4]  # an epoch has 18 updates
    assert designs.largest_factor([long, short], metric) == 8
