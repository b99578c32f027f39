"""The widgets, and the checks of what they show."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import anywidget
import pandas as pd
import traitlets

from ontrial.book.teaching import pages_playground as playground_page
from ontrial.errors import InputError, unknown
from ontrial.judge import checks
from ontrial.judge.result_files import read_verdicts
from ontrial.report.pages import lookup
from ontrial.report.pages.chapters import heading
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Docs, Sources
from ontrial.report.pages.tools import trial as trial_page
from ontrial.report.site.build import languages
from ontrial.report.site.docs import read_words
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import shipped
from ontrial.study import configuration
from ontrial.widget.frame import frame

VERDICTS = "results/reference/default/verdicts.json"


class Tool(anywidget.AnyWidget):
    """A tool of the site in a frame of its own.

    page: HTML of the frame, with everything that it needs.
    """

    _esm = files("ontrial.widget").joinpath("widget.js").read_text(encoding="utf-8")
    page = traitlets.Unicode().tag(sync=True)


class Playground(Tool):
    """The playground.

    networks: Settings, records and layers of each network that has been trained. Numbers that are not finite are None.
    """

    networks: traitlets.List[Any] = traitlets.List().tag(sync=True)


def trial(claim: str, *, language: str = "en") -> Tool:
    """Return a widget that trains networks of a claim of the default study with seeds of your own.

    Raises InputError for an unknown claim or language, and for a claim that a browser cannot repeat.

    claim: Id of the claim, such as "relu-faster-than-tanh".
    language: Language of the texts.
    """
    page = Page(published(language), f"evidence/{claim}.md")
    claims = page.results.claims
    if claim not in claims:
        raise InputError(unknown("claim", claim, claims))
    in_english = Page(published("en"), page.path)
    if obstacle := trial_page.obstacle(in_english, claims[claim]):
        raise InputError(f'claim "{claim}": {in_english.say[obstacle]}')
    estimand = claims[claim].estimand
    if estimand is None:
        raise InputError(f'claim "{claim}": its verdict rests on no networks that a browser could train.')
    data, words = trial_page.describe(page, claims[claim]), trial_page.words(page, estimand)
    return Tool(page=frame("trial", f"“{lookup.statement(page, claim)}”", language, data, words))


def playground(*, language: str = "en", **settings: Any) -> Playground:
    """Return a widget with the playground, which trains one or two networks.

    Raises InputError for an unknown language, and for settings or values that the playground does not offer.

    language: Language of the texts.
    settings: Values of settings, under the names that a study has for them: hidden (such as [8, 8], or [] for no hidden
        layer), activation, initialisation, objective, optimiser, batch_size and learning_rate. A list of two values
        compares two networks. dataset, epochs and seed have one value for both.
    """
    choice = playground_page.choice_text(_with_shapes(settings))
    texts = _texts_in(language)
    data, words = playground_page.describe(texts), playground_page.words(texts)
    title = heading((shipped.DOCS / language / "playground.md").read_text(encoding="utf-8"))
    return Playground(page=frame("playground", title, language, data, words, choice=choice))


def _with_shapes(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings with the depth and the width that the playground has in place of `hidden`.

    Raises InputError for unknown names, and for hidden layers that differ in width.
    """
    known = ["hidden", *(name for name in playground_page.START if name not in ("depth", "width"))]
    for name in settings:
        if name not in known:
            raise InputError(unknown("setting of the playground", name, known))
    if "hidden" not in settings:
        return settings
    others = {name: value for name, value in settings.items() if name != "hidden"}
    hidden = settings["hidden"]
    shapes = [hidden] if _is_widths(hidden) else hidden
    if not isinstance(shapes, Sequence) or len(shapes) > 2 or not all(map(_is_widths, shapes)):
        raise InputError(
            f"hidden: {hidden!r} is neither a list of widths, such as [8, 8], nor a list of two such lists."
        )
    for widths in shapes:
        if len(set(widths)) > 1:
            raise InputError(f"hidden: layers of the playground have the same width, but {widths!r} has several.")
    # A network without hidden layers has the width of the other one, which it does not use.
    widths = [shape[0] for shape in shapes if shape] or [playground_page.START["width"]]
    depths = [len(shape) for shape in shapes]
    return {**others, "depth": _distinct(depths), "width": _distinct(widths)}


def _is_widths(value: Any) -> bool:
    return isinstance(value, Sequence) and all(isinstance(width, int) for width in value)


def _distinct(values: list[Any]) -> list[Any]:
    """Return the one value that two networks share, or their values."""
    return list(values) if len(set(values)) > 1 else values[:1]


@cache
def _texts_in(language: str) -> Phrases:
    """Return the texts of docs/words.yaml in a language. Raises InputError if the site has none in it."""
    if language not in languages(shipped.DOCS):
        raise InputError(unknown("language", language, languages(shipped.DOCS)))
    words = read_words(shipped.DOCS / "words.yaml")
    return Phrases(words["figures"] | words["pages"], language, "docs/words.yaml")


@cache
def published(language: str) -> Sources:
    """Return the sources of pages with the claims of the default study and its published verdicts."""
    _texts_in(language)
    words = read_words(shipped.DOCS / "words.yaml")
    study = configuration.read_study(shipped.ROOT / shipped.STUDY_FILE)
    assert study.docket is not None
    docket = checks.read_docket(study.docket, study)
    none = pd.DataFrame()
    findings = Findings(study, none, none, read_verdicts(shipped.ROOT / VERDICTS).by_claim, docket.claims)
    docs = Docs(pages={}, templates={}, captions={}, words=words["figures"] | words["pages"])
    return Sources(language, findings, docs, docket)
