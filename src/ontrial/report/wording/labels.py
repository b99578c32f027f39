"""Names of settings and values, as figures and pages write them."""

from collections.abc import Container, Iterable, Mapping

from ontrial.nn.initialisers import parse
from ontrial.report.wording import formatting
from ontrial.study.cell import Cell
from ontrial.study.settings import ObjectiveName

HIDDEN = ("no hidden layer", "one hidden layer", "several hidden layers")  # terms, which take the layer widths


def batch_sizes(sizes: Iterable[int], full: Container[int], words: Mapping[str, str]) -> list[str]:
    """Return the names of batch sizes; those in `full`, which cover all training samples, are called full."""
    return [words["full"] if size in full else str(size) for size in sizes]


def initialisation(name: str, words: Mapping[str, str]) -> str:
    """Return the name of an initialisation, with the mean of its weights unless that is 0."""
    base, mean = parse(name)
    return f"{words[base]}, {words['mean']} {mean:+g}/n".replace("-", "−") if mean else words[base]


def objective(name: str, words: Mapping[str, str]) -> str:
    """Return the name of an objective such as "softmax+mse": its output and its loss."""
    return ", ".join(words[part] for part in ObjectiveName(name).parts)


def setting(name: str, value: str | float, words: Mapping[str, str]) -> str:
    """Return one setting of a context in words: the term for its value, or its name and its value."""
    text = str(value)
    if name == "initialisation" and value != "own":
        return initialisation(text, words)
    if name == "objective":
        return objective(text, words)
    if name == "learning_rate":
        return f"{words['learning rate']} {formatting.rate(float(value))}"
    if name == "experiment":
        return text
    for term in (f"{name} {text}", text):
        if term in words:
            return words[term]
    if isinstance(value, int | float):
        text = formatting.signed(text)
    return f"{words['hidden layers' if name == 'hidden' else name.replace('_', ' ')]} {text}"


def context(settings: Mapping[str, str | float], words: Mapping[str, str]) -> str:
    """Return the settings that distinguish a context from the others of its claim, in words."""
    return ", ".join(setting(name, value, words) for name, value in settings.items())


def arm(cell: Cell, settings: Iterable[str], words: Mapping[str, str]) -> str:
    """Return some settings of a cell with a single run, each with its name where the value alone is unclear."""
    return ", ".join(setting_of(cell, name, words) for name in settings)


def setting_of(cell: Cell, name: str, words: Mapping[str, str]) -> str:
    """Return one setting of a cell with a single run, in words."""
    if name == "hidden" and len(cell.hidden) > 1 and len(set(cell.hidden)) == 1:
        return words["equal hidden layers"].format(len(cell.hidden), cell.hidden[0])
    if name == "hidden":
        return words[HIDDEN[min(len(cell.hidden), 2)]].format(cell.layers)
    if name == "batch_size":
        return words.get(f"batch_size {cell.batch_size}") or f"{words['batch size']} {cell.batch_size}"
    if name == "learning_rate":
        return setting(name, cell.learning_rates[0], words)
    if name == "initialisation":
        return words["initialisation by name"].format(initialisation(cell.initialisation, words))
    return setting(name, getattr(cell, name), words)
