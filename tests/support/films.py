"""A short list of films, and the sources of a page about them."""

import json
from pathlib import Path

import pandas as pd

from ontrial.judge.docket import Docket
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Docs, Sources
from ontrial.report.site.templates import render
from ontrial.report.summaries.findings import Findings
from ontrial.steps import film as step
from ontrial.study import configuration, films
from support.contents import SITE
from support.pages import WORDS
from support.project import ROOT, read_yaml
from support.sites import NAMES, assemble, build, theme

ENTRY = """
  - id: {id}
    title: {{en: Title of {id} <b> which is much longer than a phone is wide, ko: {id}의 제목}}
    reason: {{en: Because of {id}., ko: {id} 때문이다.}}
    both: {{dataset: xor, epochs: 12, seed: 1, {both}}}
    arms: [{{{first}}}, {{{second}}}]
"""
SHARED = {
    "hidden": "[4]", "activation": "relu", "initialisation": "he", "objective": "softmax+cross_entropy",
    "batch_size": "16", "learning_rate": "0.25",
}  # fmt: skip


def entry(id: str, first: str, second: str, **both: str) -> str:
    """Return a film whose arms differ in a setting, as YAML.

    both: Settings that replace those in SHARED. Empty ones are removed.
    """
    differs = first.split(":")[0]
    settings = {name: value for name, value in (SHARED | {differs: ""} | both).items() if value}
    return ENTRY.format(id=id, first=first, second=second, both=", ".join(f"{n}: {v}" for n, v in settings.items()))


RATES = entry("rates", "learning_rate: 0.25", "learning_rate: 1.0e+6", hidden="[4, 3]", activation="leaky_relu")
BEND = entry("bend", "activation: tanh", "activation: identity", objective="sigmoid+mse")
LAYER = entry("layer", "hidden: [4]", "hidden: []")
LIST = f"films:{RATES}{BEND}{LAYER}"


def parsed(text: str) -> dict[str, films.Film]:
    return films.parse(text, "film.yaml")


def one(text: str) -> films.Film:
    """Return the film of a list with one film."""
    (film,) = parsed(f"films:{text}").values()
    return film


def sources(language: str, folder: Path | None = None) -> Sources:
    """Return the sources of the film page. Without a folder there are no films."""
    tiny = configuration.read_study(ROOT / "config/smoke.yaml")
    by_id = parsed(LIST) if folder else {}
    return Sources(
        language=language,
        contents=SITE,
        results=Findings(tiny, pd.DataFrame(), pd.DataFrame()),
        docs=Docs({}, {}, {}, WORDS["figures"] | WORDS["pages"], differing=read_yaml("docs/differing.yaml")),
        docket=Docket({}, {}),
        sizes=json.loads((folder / "sizes.json").read_text(encoding="utf-8")) if folder else {},
        films=by_id,
        film_tables={id: pd.read_csv(folder / f"film/film-{id}.csv") for id in by_id},
    )


def make_films(folder: Path) -> None:
    """Train the networks of the films, draw them, and write what the page needs."""
    (folder / "film.yaml").write_text(LIST, encoding="utf-8")
    files = (str(folder / name) for name in ("film", "sizes.json"))
    step.make_films(str(folder / "film.yaml"), str(ROOT / "docs/words.yaml"), list(NAMES), *files)


def make_site(folder: Path, frames: Path) -> None:
    """Build a site of two languages with the film page, and the films of a folder."""
    theme(folder)
    for config in (folder / "theme").glob("??.yml"):
        config.write_text(config.read_text(encoding="utf-8").replace("more.md", "film.md"), encoding="utf-8")
    pages = {f"{language}/{name}.md": "# Page\n" for language in NAMES for name in ("index", "how-it-was-made")}
    for language in NAMES:
        text = (ROOT / f"docs/{language}/film.md").read_text(encoding="utf-8")
        pages[f"{language}/film.md"] = render(text, "film.md", Page(sources(language, frames), "film.md").names)
    for language in NAMES:
        build(folder, pages, language)
    assemble(folder, (frames / "film").iterdir())
