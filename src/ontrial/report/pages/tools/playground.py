"""The playground, where readers train networks of their choice: data of its script, and presets for exercises."""

from typing import Any
from urllib.parse import urlencode

from ontrial import data
from ontrial.errors import InputError
from ontrial.nn import ACTIVATIONS
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.objectives import LEGAL
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.pages.tools import trial
from ontrial.report.wording import labels
from ontrial.study.cell import DEFAULTS
from ontrial.study.settings import FULL, OBJECTIVES, OWN

PREFIX = "playground "  # of the script's texts in docs/words.yaml, besides those of other scripts:
OTHERS = (
    *("trial loading", "trial failed", "film diverged"),
    *("player at", "player picture", "player accuracy", "player loss", "player dead", "player percent"),
    *("player loss_chart", "player rim", "player undecided"),
)
DATASETS = ("xor", "moons", "spirals", "digits")  # data sets that the engine of the page knows
ERRORS = (0.1, 1, 10, 100)  # per cent, ticks of the axis of errors
SHARED = ("dataset", "epochs", "seed")  # settings with the same value for both networks
Value = str | int | float

CHOICES: dict[str, tuple[Value, ...]] = {  # any seed can be chosen
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


@template_name("playground")
def playground(page: Page) -> str:
    """Return an empty element, which the script turns into the playground."""
    texts = page.texts
    settings = {
        "start": START,
        "shared": SHARED,
        "choices": {
            name: [[value, labels.choice(name, value, texts)] for value in values] for name, values in CHOICES.items()
        },
        "datasets": {name: describe(name) for name in DATASETS},
        "initialisations": {name: activation.initialisation for name, activation in ACTIVATIONS.items()},
        "momenta": {
            name: DEFAULTS["momentum"] if optimiser.uses_momentum else 0.0 for name, optimiser in OPTIMISERS.items()
        },
        "defaults": DEFAULTS,
        "errors": ERRORS,
    }
    names = {name: texts[f"setting {name}"] for name in START} | {"width": texts["units per layer"]}
    terms = [*(term for term in texts if term.startswith(PREFIX)), *OTHERS]
    words: dict[str, Any] = {term.split(" ", 1)[1]: texts[term] for term in terms}
    return html("playground", root=page.root, settings=settings, words=words | {"settings": names})


@template_name("study_seed")
def study_seed(page: Page) -> int | None:
    """Return a seed of networks that the study trains and the playground can train, too; None if there are none."""
    experiments = page.results.study.experiments.values()
    seeds = (each.judging_seeds for each in experiments if not set(each.grid["dataset"]).isdisjoint(DATASETS))
    return next((first for first, *_ in seeds), None)


@template_name("default_of")
def default_of(page: Page, name: str) -> str:
    """Return the default of a setting that is a number."""
    return f"{DEFAULTS[name]:g}"


@template_name("preset")
def preset(page: Page, anchor: str, **settings: Value | list[Value]) -> str:
    """Return the mark of a preset, to which the script adds a button. Its anchor is that of the heading above.

    Raises InputError for a setting or a value that the playground does not offer.

    settings: Value of a setting, or its values in two networks to compare. Other settings have their value in START.
    """
    texts = {}
    for name, values in settings.items():
        chosen = values if isinstance(values, list) else [values]
        offered = CHOICES.get(name, chosen)
        most = 1 if name in SHARED else 2
        if name not in START or not set(chosen) <= set(offered) or not 1 <= len(chosen) <= most:
            raise InputError(
                f"{page.path}: the playground does not offer {name} = {values}, as the preset {anchor} wants."
            )
        texts[name] = ",".join(str(offered[offered.index(value)]) for value in chosen)  # 2 for 2.0
    return html("preset", id=anchor, settings=urlencode(texts, safe=","))


def describe(name: str) -> dict[str, Any]:
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
