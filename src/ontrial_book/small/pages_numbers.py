"""Numbers of the study that toys draw."""

from collections.abc import Iterable
from typing import Any

from ontrial.nn import ACTIVATIONS
from ontrial.report.pages import lookup, pictures
from ontrial.report.pages.page import Page
from ontrial.report.wording import formatting
from ontrial.study.settings import depth
from ontrial_book import one_curve
from ontrial_book.chapters import dead_units, gradient_norms, mean_field
from ontrial_book.chapters.worked_network import STEPS
from ontrial_book.home import law, pages_batches, pages_law

DIGITS = 4  # significant digits, more than toys say
# Activations and starting weights of the toy on vanishing gradients. Those of the last are too small for ReLU.
ARMS = {"sigmoid": ("sigmoid", "inverse_n"), "tanh": ("tanh", "inverse_n"), "relu": ("relu", "he")}
ARMS["small"] = ("relu", "inverse_n")

VARIANCES = tuple(2.0 ** (step / 4) for step in range(-12, 17))  # of a weight times n, from 1/8 to 16
MEASURED = {"inverse_n": 1.0, "he": 2.0}  # variances times n of initialisations that were measured


def rounded(numbers: Iterable[float]) -> list[float]:
    """Return numbers with a few significant digits, which JSON keeps short."""
    return [float(f"{number:.{DIGITS}g}") for number in numbers]


def gradients_by_layer(page: Page) -> dict[str, Any]:
    """Return measured and predicted gradients, from the first hidden layer to the last, by arm; {} if one lacks."""
    table = gradient_norms.table(page.results).set_index(["activation", "initialisation"])
    if not set(ARMS.values()) <= set(table.index):
        return {}
    arms = {name: table.loc[[arm]] for name, arm in ARMS.items()}
    columns = ("measured", "predicted")
    return {"arms": {name: {column: rounded(arm[column]) for column in columns} for name, arm in arms.items()}}


def gradients_by_variance(page: Page) -> dict[str, Any]:
    """Return gradients of each layer at each variance of the weights, predicted, and measured where they were.

    The result is {} if one of the activations was not measured.
    """
    table = gradient_norms.table(page.results)
    if not {activation for activation, _ in ARMS.values()} <= set(table["activation"]):
        return {}
    layers = int(table["layer"].max())
    arms = {}
    for activation, rows in table.groupby("activation", sort=False):
        entry = ACTIVATIONS[activation]
        predicted = [mean_field.gradient_norms(entry.function, entry.slope, [q] * layers) for q in VARIANCES]
        measured = {
            f"{MEASURED[name]:g}": rounded(arm["measured"])
            for name, arm in rows.groupby("initialisation")
            if name in MEASURED
        }
        arms[activation] = {"predicted": [rounded(norms) for norms in predicted], "measured": measured}
    return {"variances": rounded(VARIANCES), "arms": arms}


def dead_by_rate(page: Page) -> dict[str, Any]:
    """Return the share of dead units and how many networks learn, by activation, depth and rate."""
    table = dead_units.by_rate(page.results)
    rates = sorted(table["learning_rate"].unique())
    arms: dict[str, Any] = {
        name: {} for name in page.results.study.experiments[dead_units.EXPERIMENT].grid["activation"]
    }
    for (activation, hidden), rows in table.groupby(["activation", "hidden"]):
        rows = rows.set_index("learning_rate").loc[rates]
        numbers = zip(rounded(rows["dead"]), rows["learn"] * rows["seeds"], rows["seeds"], strict=True)
        arms[activation][depth(hidden)] = [
            {"dead": share, "learn": round(learn), "seeds": int(seeds)} for share, learn, seeds in numbers
        ]
    return {"rates": rates, "arms": {name: dict(sorted(arm.items())) for name, arm in arms.items() if arm}}


def road(page: Page) -> dict[str, Any]:
    """Return the median accuracy in per cent after equally many updates, and what is below the limit, by batch size."""
    if one_curve.NAME not in page.results.measurements:
        return {}
    table = page.results.measurement(one_curve.NAME).curves
    table = table[(table["experiment"] == "updates") & (table["dataset"] == "digits")]
    batches = {
        int(size): {"accuracy": rounded(rows["median"]), "below": rows["below_wall"].tolist()}
        for size, rows in table.groupby("batch_size")
    }
    return {"rates": [float(rate) for rate in sorted(table["learning_rate"].unique())], "batches": batches}


def leads(page: Page) -> dict[str, Any]:
    """Return the lead of small batches on each data set and with each way to train, by what is held equal."""
    if not (tried := pages_law.tried(page)):
        return {}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for each in law.leads(tried, page.texts):
        row = rows.setdefault((each.dataset, each.way), {"group": each.dataset, "name": f"{each.dataset}, {each.way}"})
        numbers = rounded((each.estimate, each.low, each.high))
        row[each.budget] = dict(zip(("estimate", "low", "high"), numbers, strict=True)) | {"ahead": each.ahead}
    groups = list(dict.fromkeys(dataset for dataset, _ in rows))
    ordered = sorted(rows.values(), key=lambda row: groups.index(row["group"]))
    small, large = law.sizes(tried)
    close = tried.verdicts[law.CLAIMS["epochs"]].smallest_effect
    return {"small": small, "large": large, "close": close, "rows": ordered}


def passes(page: Page) -> dict[str, Any]:
    """Return the steps of both passes, and the drawing of the figure in each scheme."""
    schemes = {scheme: pictures.drawings(page, "backpropagation", scheme)[-1] for scheme in pictures.SCHEMES}
    sizes = {scheme: drawing.size or (1, 1) for scheme, drawing in schemes.items()}
    return {
        "steps": STEPS,
        "schemes": {
            scheme: {"address": drawing.address, "width": sizes[scheme][0], "height": sizes[scheme][1]}
            for scheme, drawing in schemes.items()
        },
    }


def by_batch(page: Page) -> dict[str, Any]:
    """Return the accuracy of all batch sizes and the answer at each rate and at their own, by what is held equal.

    The answers are those of the home page. The result is {} without its claim.
    """
    if not lookup.has_claim(page, pages_batches.CLAIM):
        return {}
    panels = {}
    for budget, grid in pages_batches.grids(page).items():
        panel = pages_batches.panel(page, budget, grid)
        rates = {formatting.rate(rate): rate for rate in grid.rates} | {pages_batches.OWN: None}
        panels[budget] = {
            "sizes": [int(size) for size in grid.tuned.index],
            "own": [formatting.rate(rate) for rate in grid.own],
            "rates": panel["rates"],
            "states": {
                name: {
                    "means": rounded(grid.at(rates[name])["mean"]),
                    "answer": state["answer"],
                    "said": state["said"],
                }
                for name, state in panel["states"].items()
            },
        }
    answers = {answer: page.texts[f"home answer {answer}"] for answer in pages_batches.ANSWERS}
    return {"panels": panels, "answers": answers, "rivals": pages_batches.sizes(page)}
