"""The names of settings and of their values, as figures and pages write them."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from ontrial.nn.initialisers import parse
from ontrial.report.wording import formatting
from ontrial.study.cell import SETTINGS, Cell
from ontrial.study.settings import OWN, ObjectiveName, read_widths

HIDDEN = ("no hidden layer", "one hidden layer", "several hidden layers")  # terms, filled in with layer widths


def batch_sizes(sizes: Iterable[int], full: Container[int], words: Mapping[str, str]) -> list[str]:
    """Return the names of batch sizes.

    full: Batch sizes that cover all training samples, which are called full.
    """
    return [words["full"] if size in full else str(size) for size in sizes]


def initialisation(name: str, words: Mapping[str, str]) -> str:
    """Return the name of an initialisation, with the mean of its weights unless that is 0."""
    base, mean = parse(name)
    return f"{words[base]}, {words['mean']} {mean:+g}/n".replace("-", "−") if mean else words[base]


def objective(name: str, words: Mapping[str, str]) -> str:
    """Return the name of an objective such as "softmax+mse", with its output and its loss."""
    return ", ".join(words[part] for part in ObjectiveName(name).parts)


def axis(name: str, words: Mapping[str, str]) -> str:
    """Return the name of a setting."""
    return words.get(f"setting {name}", name)


def value(name: str, value: Any, words: Mapping[str, str]) -> str:
    """Return a value of a setting for a sentence that also names the setting."""
    if name == "learning_rate":
        return formatting.rate(value)
    for term in (f"value {name} {value}", f"{name} {value}"):
        if term in words:
            return words[term]
    if isinstance(value, int | float):
        return formatting.signed(str(value))
    if name == "initialisation":
        base, _, mean = initialisation(value, words).partition(", ")
        return f"{base} ({mean})" if mean else base
    if name == "objective":
        return " + ".join(words[part] for part in ObjectiveName(value).parts)
    return words.get(value, value)


def choice(name: str, value: Any, words: Mapping[str, str]) -> str:
    """Return a value of a setting for an axis, a legend, a table or a list of choices."""
    if name == "learning_rate":
        return formatting.rate(value)
    if name == "objective":
        return objective(value, words)
    if name == "initialisation" and value != OWN:
        return initialisation(value, words)
    if name == "hidden":
        return layers(value) or words["no hidden layer"]
    if isinstance(value, float):
        return f"{value:g}"
    return words[value] if name != "experiment" and value in words else str(value)


def configured(name: str, value: Any) -> str:
    """Return a value of a cell or an experiment as claims write it. Numbers have their shortest form."""
    if value is None:
        return formatting.NO_VALUE
    plain = SETTINGS[name].plain(value) if name in SETTINGS else value
    return formatting.rate(plain) if isinstance(plain, float) else str(plain)


def layers(hidden: str) -> str:
    """Return the widths of hidden layers, such as 12 × 256 for three or more equal ones; "" without hidden layers."""
    widths = read_widths(hidden)
    return f"{len(widths)} × {widths[0]}" if len(widths) > 2 and len(set(widths)) == 1 else "-".join(map(str, widths))


def setting(name: str, value: Any, words: Mapping[str, str]) -> str:
    """Return a setting of a context: the term for its value, or its name and its value."""
    text = str(value)
    if name == "initialisation" and value != OWN:
        return initialisation(text, words)
    if name == "objective":
        return objective(text, words)
    if name == "experiment":
        return text
    if name == "learning_rate":
        return f"{words['learning rate']} {formatting.rate(float(value))}"
    for term in (f"{name} {text}", text):
        if term in words:
            return words[term]
    if isinstance(value, int | float):
        text = formatting.signed(text)
    return f"{words[f'setting {name}' if name in SETTINGS else name.replace('_', ' ')]} {text}"


def settings(values: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Return settings, each with its name and its value, or the values of a list."""
    texts = []
    for name, given in values.items():
        each = given if isinstance(given, list | tuple) else [given]
        texts.append(f"{axis(name, words)} {', '.join(value(name, one, words) for one in each)}")
    return "; ".join(texts)


def context(settings: Mapping[str, str | float], words: Mapping[str, str]) -> str:
    """Return the settings that distinguish a context from the others of its claim, in words."""
    return ", ".join(setting(name, value, words) for name, value in settings.items())


def arm(cell: Cell, settings: Iterable[str], words: Mapping[str, str]) -> str:
    """Return some settings of a cell with a single run, with names where values alone are unclear."""
    return ", ".join(setting_of(cell, name, words) for name in settings)


def setting_of(cell: Cell, name: str, words: Mapping[str, str]) -> str:
    """Return a setting of a cell with a single run, in words."""
    if name == "hidden" and len(cell.hidden) > 1 and len(set(cell.hidden)) == 1:
        return words["equal hidden layers"].format(len(cell.hidden), cell.hidden[0])
    if name == "hidden":
        return words[HIDDEN[min(len(cell.hidden), 2)]].format(cell.layers)
    if name == "batch_size":
        return words.get(f"batch_size {cell.batch_size}") or f"{words['setting batch_size']} {cell.batch_size}"
    if name == "learning_rate":
        return setting(name, cell.learning_rates[0], words)
    if name == "initialisation":
        return words["initialisation by name"].format(initialisation(cell.initialisation, words))
    return setting(name, getattr(cell, name), words)
