"""The names of settings and of their values, as figures and pages write them."""

import functools
import itertools
from collections.abc import Mapping
from typing import Any

from ontrial.judge.estimands import EACH, Estimand
from ontrial.judge.policies import TUNED
from ontrial.nn.initialisers import parse
from ontrial.report.wording import formatting
from ontrial.study.cell import SETTINGS
from ontrial.study.settings import OWN, ObjectiveName, read_widths

AMBIGUOUS = ("schedule", "clip_norm", "scaling")  # settings whose values are words that name something else as well


def initialisation(name: str, words: Mapping[str, str]) -> str:
    """Return the name of an initialisation, with the mean of its weights unless that is 0.

    >>> initialisation("inverse_n_mean-8", {"inverse_n": "1/n", "mean": "mean"})
    '1/n, mean −8/n'
    """
    base, mean = parse(name)
    return f"{words[base]}, {words['mean']} {mean:+g}/n".replace("-", "−") if mean else words[base]


def objective(name: str, words: Mapping[str, str]) -> str:
    """Return the name of an objective, with its output and its loss.

    >>> objective("softmax+mse", {"softmax": "softmax", "mse": "squared error"})
    'softmax, squared error'
    """
    return ", ".join(words[part] for part in ObjectiveName(name).parts)


def axis(name: str, words: Mapping[str, str]) -> str:
    """Return the name of a setting."""
    return words.get(f"setting {name}", name)


def value(name: str, value: Any, words: Mapping[str, str]) -> str:
    """Return a value of a setting for a sentence that also names the setting."""
    if name == "learning_rate":
        return formatting.rate(value)
    if value == TUNED and name in SETTINGS:
        return words["tuned"]
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
    if name == "policy":
        return policy_of_size(value, words)
    if isinstance(value, float):
        return f"{value:g}"
    if name in AMBIGUOUS:
        return words.get(f"value {name} {value}", str(value))
    return words[value] if name != "experiment" and value in words else str(value)


def configured(name: str, value: Any) -> str:
    """Return a value of a cell or an experiment as claims write it. Numbers have their shortest form.

    >>> configured("learning_rate", 0.0625), configured("batch_size", 16), configured("batch_size", None)
    ('1/16', '16', '–')
    """
    if value is None:
        return formatting.NO_VALUE
    plain = SETTINGS[name].plain(value) if name in SETTINGS else value
    return formatting.rate(plain) if isinstance(plain, float) else str(plain)


def layers(hidden: str) -> str:
    """Return the widths of hidden layers, those of three or more equal ones as a product.

    >>> layers("256-256-256"), layers("32-16"), layers("none")
    ('3 × 256', '32-16', '')
    """
    widths = read_widths(hidden)
    return f"{len(widths)} × {widths[0]}" if len(widths) > 2 and len(set(widths)) == 1 else "-".join(map(str, widths))


def shape(hidden: str, words: Mapping[str, str]) -> str:
    """Return hidden layers as a noun.

    >>> words = {"one layer": "one layer of {width}", "equal layers": "{n} layers of {width}"}
    >>> words |= {"unequal layers": "layers of {}"}
    >>> shape("128", words), shape("32-32-32-32", words), shape("32-16", words)
    ('one layer of 128', '4 layers of 32', 'layers of 32-16')
    """
    widths = read_widths(hidden)
    if not widths:
        return words["no hidden layer"]
    if len(set(widths)) > 1:
        return words["unequal layers"].format(layers(hidden))
    return words["one layer" if len(widths) == 1 else "equal layers"].format(n=len(widths), width=widths[0])


def setting(name: str, value: Any, words: Mapping[str, str]) -> str:
    """Return a setting of a context: the term for its value, or its name and its value."""
    text = str(value)
    if value == TUNED and name in SETTINGS:
        return words["tuned setting"].format(axis(name, words))
    if name == "initialisation" and value != OWN:
        return initialisation(text, words)
    if name == "objective":
        return objective(text, words)
    if name == "experiment":
        return words.get(f"experiment {text}", text)
    if name == "learning_rate":
        return f"{words['learning rate']} {formatting.rate(float(value))}"
    for term in (f"{name} {text}", text):
        if term in words:
            return words[term]
    if name == "hidden":
        return shape(text, words)
    if name == "depth":
        return words["depth of"].format(text)
    if isinstance(value, int | float):
        text = formatting.signed(text)
    return f"{words[f'setting {name}' if name in SETTINGS else name.replace('_', ' ')]} {text}"


def settings(values: Mapping[str, Any], words: Mapping[str, str], estimand: Estimand) -> str:
    """Return settings of a claim in words: "tanh or ReLU; batch size 16, 64"."""
    if EACH in values:
        return words["each arm"].format(", ".join(settings(arm, words, estimand) for arm in values[EACH]))
    texts = []
    for name, given in values.items():
        each = given if isinstance(given, list | tuple) else [given]
        if name == "policy":
            texts.append(", ".join(policy(one, words, estimand) for one in each))
        elif name == "hidden" and all(str(one).isdigit() for one in each):
            texts.append(words["one layer"].format(width=", ".join(map(str, each))))
        elif name != "depth" and len(each) > 1 and all(isinstance(one, int | float) for one in each):
            texts.append(f"{axis(name, words)} {', '.join(value(name, one, words) for one in each)}")
        else:
            listed = [setting(name, one, words) for one in each]
            texts.append(functools.reduce(words["answer value or"].format, listed))
    return "; ".join(texts)


def context(settings: Mapping[str, str | float], words: Mapping[str, str], estimand: Estimand | None = None) -> str:
    """Return the settings that distinguish a context from the others of its claim, in words.

    estimand: Estimand of the claim, None if only another study tests it.
    """
    return ", ".join(
        policy(value, words, estimand, settings) if name == "policy" else setting(name, value, words)
        for name, value in settings.items()
    )


def policy(
    name: Any,
    words: Mapping[str, str],
    estimand: Estimand | None,
    settings: Mapping[str, Any] | None = None,
) -> str:
    """Return a policy of a claim, with the arm from whose own rate it starts: "at the rate of 16".

    settings: Settings of the context. Without them, an arm that varies has the names of all its values.
    """
    rule, _, side = str(name).partition("_")
    if not side:
        return setting("policy", name, words)
    return words[f"policy {rule} of"].format(arm_name(side, words, estimand, settings or {}))


def policy_of_size(name: str, words: Mapping[str, str]) -> str:
    """Return a policy that starts from the own rate of a batch size, such as "fixed_16", or "tuned"."""
    rule, _, size = name.partition("_")
    return words[f"policy {rule} of"].format(words["arm batch_size"].format(size)) if size else words["policy tuned"]


def arm_name(side: str, words: Mapping[str, str], estimand: Estimand | None, settings: Mapping[str, Any]) -> str:
    """Return the settings that distinguish an arm of a claim from the other, such as "16" or "ReLU"."""
    if estimand is None:
        return words[f"side {side}"]
    arms = {name: {**settings, **arm_settings(arm, settings)} for name, arm in estimand.arms.items()}
    (other,) = (arm for name, arm in arms.items() if name != side)
    names = [name for name in dict.fromkeys(itertools.chain(*estimand.arms.values())) if name in arms[side]]
    differing = [name for name in names if name != EACH and arms[side][name] != other.get(name)]
    texts = [_alone(name, arms[side][name], words) for name in differing]
    return ", ".join(texts) or words[f"side {side}"]


def arm_settings(arm: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an arm in a context, whose settings replace those that vary within the arm."""
    return {name: settings.get(name, value) if isinstance(value, list) else value for name, value in arm.items()}


def _alone(name: str, given: Any, words: Mapping[str, str]) -> str:
    """Return a value of a setting, or the values of a list, in words that do without the name of the setting."""
    if isinstance(given, list):
        return functools.reduce(words["answer value or"].format, [_alone(name, one, words) for one in given])
    if pattern := words.get(f"arm {name} {given}") or words.get(f"arm {name}"):
        return pattern.format(choice(name, given, words))
    return setting(name, given, words) if isinstance(given, int | float) else value(name, given, words)
