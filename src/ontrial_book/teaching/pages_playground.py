"""The playground, where readers train networks of their choice: data of its script, and presets for exercises."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ontrial import data
from ontrial.errors import InputError, unknown
from ontrial.nn import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.objectives import LEGAL
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.tools import trial
from ontrial.report.wording import labels
from ontrial.report.wording.phrases import Phrases
from ontrial.study.cell import DEFAULTS
from ontrial.study.components import of_package
from ontrial.study.settings import FULL, OBJECTIVES, OWN

PREFIX = "playground "  # of the script's texts in docs/words.yaml, besides those of other scripts:
OTHERS = (
    *("trial loading", "trial failed", "film diverged"),
    *("player at", "player picture", "player accuracy", "player loss", "player dead", "player percent"),
    *("player loss_chart", "player rim", "player undecided"),
)
DATASETS = ("xor", "moons", "spirals", "digits")  # that the engine of the page knows
SEED_DIGITS = 9
ERRORS = (0.1, 1, 10, 100)  # per cent, ticks of the axis of errors
SHARED = ("dataset", "epochs", "seed")  # settings with the same value for both networks
Value = str | int | float
Values = Value | list[Value] | tuple[Value, ...]  # of one network, or of two to compare

CHOICES: dict[str, tuple[Value, ...]] = {  # any seed of at most SEED_DIGITS digits can be chosen
    "dataset": DATASETS,
    "epochs": (1, 2, 5, 10, 20, 30, 50, 100, 200, 500),
    "depth": tuple(range(9)),
    "width": (1, 2, 4, 8, 16, 32, 64, 128),
    "activation": tuple(ACTIVATIONS),
    "initialisation": (OWN, *INITIALISATIONS, "inverse_n_mean-8"),
    "objective": OBJECTIVES,
    "optimiser": tuple(OPTIMISERS),
    "batch_size": (1, 4, 16, 32, 64, 256, FULL),
    "learning_rate": (*(2.0**power for power in range(-12, 0)), 1, 2, 4, 8, 16, 32),
}
START: dict[str, Value] = {  # what the page shows at first, and what presets leave out
    "dataset": "xor",
    "epochs": 50,
    "seed": 1,
    "depth": 1,
    "width": 8,
    "activation": "relu",
    "initialisation": OWN,
    "objective": "softmax+cross_entropy",
    "optimiser": "sgd",
    "batch_size": 16,
    "learning_rate": 0.125,
}


@dataclass(frozen=True)
class Playground:
    """The playground on a page, and its presets."""

    page: Page

    @property
    def element(self) -> str:
        """An empty element, which the script turns into the playground."""
        return html(
            "playground",
            root=self.page.root,
            settings=describe(self.page.texts),
            words=words(self.page.texts),
            say=self.page.say,
        )

    def default_of(self, name: str) -> str:
        """Return the default of a setting that is a number."""
        return f"{DEFAULTS[name]:g}"

    def preset(self, anchor: str, **settings: Values) -> str:
        """Return the mark of a preset, to which the script adds a button. Its anchor is that of the heading above.

        Raises InputError for a setting or a value that the playground does not offer.

        settings: Value of a setting, or its values in two networks to compare. The others have their value in START.
        """
        try:
            address = choice_text(settings)
        except InputError as error:
            raise InputError(f"{self.page.path}, preset {anchor}: {error}") from None
        return html("preset", id=anchor, settings=address)


def describe(texts: Phrases) -> dict[str, Any]:
    """Return the data of the script."""
    return {
        "start": START,
        "shared": SHARED,
        "choices": {
            name: [[value, labels.choice(name, value, texts)] for value in values] for name, values in CHOICES.items()
        },
        "datasets": {name: _describe_dataset(name) for name in DATASETS},
        "initialisations": {name: activation.initialisation for name, activation in of_package(ACTIVATIONS).items()},
        "momenta": {
            name: DEFAULTS["momentum"] if optimiser.uses_momentum else 0.0
            for name, optimiser in of_package(OPTIMISERS).items()
        },
        "defaults": DEFAULTS,
        "errors": ERRORS,
    }


def words(texts: Phrases) -> dict[str, Any]:
    """Return the texts of the script."""
    names = {name: texts[f"setting {name}"] for name in START} | {"width": texts["units per layer"]}
    terms = [*(term for term in texts if term.startswith(PREFIX)), *OTHERS]
    return {"settings": names} | {term.split(" ", 1)[1]: texts[term] for term in terms}


def choice_text(settings: Mapping[str, Values]) -> str:
    """Return settings as the address of the playground has them: "dataset=moons&depth=0,2".

    Raises InputError for a setting or a value that the playground does not offer.

    settings: Value of a setting, or its values in two networks to compare.
    """
    texts = {}
    for name, values in settings.items():
        if name not in START:
            raise InputError(unknown("setting of the playground", name, START))
        chosen = list(values) if isinstance(values, list | tuple) else [values]
        most = 1 if name in SHARED else 2
        if not 1 <= len(chosen) <= most:
            raise InputError(f"{name}: {len(chosen)} values. Give {'one' if most == 1 else 'one, or a list of two'}.")
        texts[name] = ",".join(choice(name, value) for value in chosen)
    return urlencode(texts, safe=",")


def choice(name: str, value: Value) -> str:
    """Return a value as the address has it. Raises InputError if the playground does not offer it."""
    if name == "seed":
        if not isinstance(value, int) or not 0 <= value < 10**SEED_DIGITS:
            raise InputError(f"seed: {value!r} is not a whole number of at most nine digits.")
        return str(value)
    offered = CHOICES[name]
    if value not in offered:
        if isinstance(value, str):
            raise InputError(unknown(name.replace("_", " "), value, map(str, offered)))
        raise InputError(f"{name}: the playground lacks {value!r}. It has: {', '.join(map(str, offered))}.")
    return str(offered[offered.index(value)])  # 2 for 2.0


def _describe_dataset(name: str) -> dict[str, Any]:
    """Return the fields of a data set that the script reads."""
    sizes = data.sizes(name)
    return {
        "files": trial.FILES[name],
        "inputs": sizes.features,
        "samples": sizes.train,
        "tests": sizes.test,
        "outputs": {output: data.target_columns(name, output) for output in LEGAL},
        "plane": data.is_plane(name),
    }
