"""Names of settings and values as figures write them."""

from collections.abc import Iterable, Mapping

from ontrial.nn.initialisers import parse
from ontrial.report.wording import formatting
from ontrial.study.cell import Cell

HIDDEN = ("no hidden layer", "one hidden layer", "several hidden layers")  # and their widths


def batch_sizes(sizes: list[int], full: set[int], words) -> list[str]:
    """Batch sizes; those that are all training samples are called full."""
    return [words["full"] if size in full else str(size) for size in sizes]


def initialisation(name: str, words) -> str:
    """An initialisation, with the mean of its weights where that isn't 0."""
    base, mean = parse(name)
    return f"{words[base]}, {words['mean']} {mean:+g}/n".replace("-", "−") if mean else words[base]


def objective(name: str, words) -> str:
    """An objective, "softmax+mse", as its output and its loss."""
    return ", ".join(words[part] for part in name.split("+"))


def setting(name: str, value: object, words) -> str:
    """One setting of a context: the word for its value, or its name and value."""
    if name == "initialisation" and value != "own":
        return initialisation(value, words)
    if name == "objective":
        return objective(value, words)
    if name == "learning_rate":
        return f"{words['learning rate']} {formatting.rate(value)}"
    if name == "experiment":
        return str(value)
    if value in words:
        return words[value]
    shown = str(value).replace("-", "−") if isinstance(value, int | float) else value
    return f"{words['hidden layers' if name == 'hidden' else name.replace('_', ' ')]} {shown}"


def context(settings: Mapping[str, object], words) -> str:
    """What sets a context apart from the others."""
    return ", ".join(setting(name, value, words) for name, value in settings.items())


def arm(cell: Cell, settings: Iterable[str], words) -> str:
    """Some settings of a cell of one run, each with its name where the value alone says little."""
    return ", ".join(setting_of(cell, name, words) for name in settings)


def setting_of(cell: Cell, name: str, words) -> str:
    """One setting of a cell of one run."""
    if name == "hidden":
        return words[HIDDEN[min(len(cell.hidden), 2)]].format(cell.layers)
    if name == "batch_size":
        return f"{words['batch size']} {words.get(cell.batch_size, cell.batch_size)}"
    if name == "learning_rate":
        return setting(name, cell.learning_rates[0], words)
    if name == "initialisation":
        return words["initialisation by name"].format(initialisation(cell.initialisation, words))
    return setting(name, getattr(cell, name), words)
