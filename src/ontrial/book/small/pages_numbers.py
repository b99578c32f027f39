"""Numbers of the study that toys draw."""

from typing import Any

import pandas as pd

from ontrial.book.chapters import gradient_norms
from ontrial.report.pages.page import Page

DIGITS = 4  # significant digits, more than toys say
# Activations and starting weights of the toy on vanishing gradients. Those of the last are too small for ReLU.
ARMS = {"sigmoid": ("sigmoid", "inverse_n"), "tanh": ("tanh", "inverse_n"), "relu": ("relu", "he")}
ARMS["small"] = ("relu", "inverse_n")


def rounded(numbers: pd.Series) -> list[float]:
    """Return numbers with a few significant digits, which JSON keeps short."""
    return [float(f"{number:.{DIGITS}g}") for number in numbers]


def gradients_by_layer(page: Page) -> dict[str, Any]:
    """Return measured and predicted gradients, from the first hidden layer to the last, by arm, and how many seeds."""
    table = gradient_norms.table(page.results).set_index(["activation", "initialisation"])
    arms = {name: table.loc[[arm]] for name, arm in ARMS.items() if arm in table.index}
    columns = ("measured", "predicted")
    return {"arms": {name: {column: rounded(arm[column]) for column in columns} for name, arm in arms.items()}}
