"""Draw your own path: readers draw a policy for the learning rate on the map of batch size and learning rate."""

from typing import Any

from ontrial.judge import policies
from ontrial.report.pages import numbers, pictures
from ontrial.report.pages.explorer import compact
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.summaries.selection import cells_and_choices
from ontrial.report.wording import formatting
from ontrial.report.wording.styles import BEHIND
from ontrial.study.cell import Cell

EXPERIMENT = "batch-size"
FIGURE = "batch-rate-surface"  # which shows the same map with the paths of the policies
DIGITS = 6  # significant digits of accuracies, more than the script shows, so that it does not round twice
PREFIX = "surface "  # of the script's texts in docs/phrases.yaml
EXPONENTS = {"fixed": 0, "sqrt": 0.5, "linear": 1}  # of the batch size, to which a policy's rate is proportional


@template_name("surface")
def surface(page: Page) -> str:
    """Return the element that the script turns into the map; "" if the study has no such map."""
    if not pictures.is_drawn(page, FIGURE):
        return ""
    return html("surface", root=page.root, map=describe(page), words=words(page))


def describe(page: Page) -> dict[str, Any]:
    """Return what the script needs to know of the experiment, by batch size in ascending order.

    sizes: names of the batch sizes. samples: their numbers of samples. full: whether a batch has all of them.
    accuracies: means over the seeds in per cent, of each rate. diverged: whether at least half of the seeds diverged,
    likewise. tuned: accuracies of the tuned policy. reference: the batch size that the path starts from, start: the
    typical own rate there, both as positions. behind: points below the best accuracy where colours change.
    """
    cells = cells_by_size(page)
    table, _ = cells_and_choices(page.results)
    grid = table.pivot(index="batch_size", columns="learning_rate", values=["mean", "diverged"])
    samples = [cell.batch_sample_count for cell in cells]
    usual = policies.DEFAULT_REFERENCE["batch_size"]
    reference = samples.index(usual) if usual in samples else len(cells) // 2
    rates = grid["mean"].columns.tolist()
    return {
        "sizes": [page.terms["full"] if cell.full_batch else str(cell.batch_size) for cell in cells],
        "samples": samples,
        "full": [cell.full_batch for cell in cells],
        "rates": rates,
        "rateNames": list(map(formatting.rate, rates)),
        "accuracies": [[compact(100 * mean, DIGITS) for mean in means] for means in grid["mean"].to_numpy()],
        "diverged": (grid["diverged"] >= 1 / 2).astype(int).to_numpy().tolist(),
        "tuned": [compact(at_tuned(page, "test_accuracy", cell), DIGITS) for cell in cells],
        "reference": reference,
        "start": rates.index(at_tuned(page, "learning_rate", cells[reference])),
        "behind": BEHIND,
        "policies": EXPONENTS,
    }


def cells_by_size(page: Page) -> list[Cell]:
    """Return the cell of each batch size, with the usual values of other settings, from the smallest batch."""
    sizes = page.results.study.experiments[EXPERIMENT].grid["batch_size"]
    cells = (numbers.find_cell(page.results, EXPERIMENT, {"batch_size": size}) for size in sizes)
    return sorted(filter(None, cells), key=lambda cell: cell.batch_sample_count)


def at_tuned(page: Page, metric: str, cell: Cell) -> float:
    """Return the mean of a metric, or the typical learning rate, with each seed at the rate that validation chose."""
    return numbers.value(page, metric, EXPERIMENT, policy="tuned", batch_size=cell.batch_size)


def words(page: Page) -> dict[str, Any]:
    """Return every text of the script."""
    terms = ("batch size", "learning rate", "policy for the learning rate", "tuned", *EXPONENTS)
    names = {term: page.terms[term] for term in terms}
    return page.texts.after(PREFIX) | {"percent": page.texts["explorer percent"]} | names
