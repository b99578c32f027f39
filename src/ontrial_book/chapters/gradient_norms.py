"""Gradients by layer before training, as measured and as mean-field theory predicts them."""

import itertools

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge.results import Results, cached
from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS, parse
from ontrial.study.settings import depth, read_widths, resolve_own
from ontrial_book.chapters import mean_field, selection

EXPERIMENT = "vanishing"


@cached  # the same in every language and width
def table(results: Results) -> pd.DataFrame:
    """Return gradient norms of the hidden layers of the deepest networks, relative to the last of these layers.

    The rows are the initialisations, activations and layers. `measured` is the mean over the seeds, `low` and `high`
    are their quartiles.
    """
    grid = results.study.experiments[EXPERIMENT].grid
    rows = selection.of_experiment(results.records, EXPERIMENT)
    rows = selection.narrowed(rows[rows["updates"] == 0], free=["hidden", "activation", "initialisation"])
    hidden = max(rows["hidden"].unique(), key=depth)
    rows, layers = rows[rows["hidden"] == hidden], np.arange(1, depth(hidden) + 1)
    starts = dict.fromkeys(resolve_own(name, one) for name in grid["initialisation"] for one in grid["activation"])
    arms = []
    for initialisation, activation in itertools.product(starts, grid["activation"]):
        runs = rows[(rows["activation"] == activation) & (rows["initialisation"] == initialisation)]
        if runs.empty:
            continue
        norms = runs[[f"gradient_norm_{layer}" for layer in layers]].to_numpy(float)
        norms = norms / np.where(norms[:, -1:] > 0, norms[:, -1:], np.nan)
        low, high = np.quantile(norms, [0.25, 0.75], axis=0)
        columns = {
            "initialisation": initialisation,
            "activation": activation,
            "seeds": len(norms),
            "layer": layers,
            "measured": norms.mean(0),
            "low": low,
            "high": high,
            "predicted": predicted_norms(activation, initialisation, runs["dataset"].iloc[0], hidden),
        }
        arms.append(pd.DataFrame(columns))
    return pd.concat(arms, ignore_index=True)


def predicted_norms(activation: str, initialisation: str, dataset: str, hidden: str) -> np.ndarray:
    """Return the mean-field gradient norms of hidden layers relative to the last; NaN if the mean weight is not 0."""
    name, mean = parse(initialisation)
    widths = [data.sizes(dataset).features, *read_widths(hidden)]
    if mean:
        return np.full(len(widths) - 1, np.nan)
    sigma_w2 = [n_in * INITIALISATIONS[name](n_in, n_out) ** 2 for n_in, n_out in itertools.pairwise(widths)]
    entry = ACTIVATIONS[activation]
    return mean_field.gradient_norms(entry.function, entry.slope, sigma_w2)  # inputs should have a mean square of 1
