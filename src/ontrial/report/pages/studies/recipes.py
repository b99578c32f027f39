"""Table of what optimisers and other settings cost: the time of an update over that of plain gradient descent."""

from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting

TERMS = {  # recipe → its name in the words of pages
    "momentum": "momentum",
    "nesterov": "nesterov",
    "adam": "adam",
    "weight_decay": "setting weight_decay",
    "clip_norm": "clipping",
    "dropout": "setting dropout",
    "label_smoothing": "setting label_smoothing",
    "schedule": "schedule cosine",
}


def costs(page: Page, network: str) -> str:
    """Return a row per setting and a column per batch size.

    network: Widths of its layers, such as 64-32-32-10.
    """
    table = page.results.measurement("recipes").query("network == @network")
    ratios = table.pivot(index="recipe", columns="batch_size", values="ratio")
    heads = (page.say["setting"], *(page.say["costs batch"].format(size) for size in ratios))
    rows = [(page.say[term], *(f"{ratio:.1f}" for ratio in ratios.loc[name])) for name, term in TERMS.items()]
    return markdown(heads, rows)


def facts(page: Page) -> dict[str, str]:
    """Return the number of networks that were trained together, and the processor."""
    first = page.results.measurement("recipes").iloc[0]
    return {"networks": formatting.count(first["runs"]), "processor": first["processor"]}
