"""The training films on their page: what each compares, its strip of frames, and the player."""

from typing import Any

import pandas as pd

from ontrial.report.figures.catalogue import FILM
from ontrial.report.pages import numbers, pictures
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.wording import formatting, labels
from ontrial.study.cell import Cell
from ontrial.study.films import VARIED, Film

PLAYER = "player "  # what the script says, in docs/phrases.yaml


@template_name("films")
def films(page: Page) -> list[dict[str, Any]]:
    """Every film in the words of a language: id, title, reason, facts (heading → text), strip (HTML)."""
    return [
        {
            "id": id,
            "title": formatting.plain(film.title[page.language]),
            "reason": formatting.plain(film.reason[page.language]),
            "facts": facts(page, film),
            "strip": strip(page, film),
        }
        for id, film in page.sources.films.items()
    ]


def facts(page: Page, film: Film) -> dict[str, str]:
    """What both networks share, and how each of them differs and ends."""
    say, (one, other) = page.say, film.arms
    common = say["film settings"].format(
        dataset=page.terms[one.dataset],
        settings=labels.arm(one, [name for name in VARIED if name not in film.differ], page.terms),
        epochs=one.training.epochs,
        seed=one.seeds[0],
    )
    return {
        say["film alike"]: f"{common}. {shared(page, film)}",
        say["film first"]: f"{name(page, film, one)}: {end(page, film, 1)}.",
        say["film second"]: f"{name(page, film, other)}: {end(page, film, 2)}.",
    }


def shared(page: Page, film: Film) -> str:
    """What the networks share besides their settings: initial weights, as far as shapes allow, and samples."""
    say, (one, other) = page.say, film.arms
    order = "film same order" if one.batch_samples == other.batch_samples else "film same order, other batches"
    return f"{say[start(film)].format(n=film.shared_layers)} {say[order]}"


def start(film: Film) -> str:
    """The phrase that says how much the initial weights are the same."""
    one, other = (arm.architecture for arm in film.arms)
    if film.shared_layers == len(one.shapes) == len(other.shapes):
        return "film same weights"
    if film.shared_layers:
        return "film same first layer" if film.shared_layers == 1 else "film same first layers"
    return "film same draws" if one.shapes == other.shapes else "film other shapes"


def name(page: Page, film: Film, arm: Cell) -> str:
    """What sets an arm apart."""
    return labels.arm(arm, film.differ, page.terms)


def end(page: Page, film: Film, number: int) -> str:
    """How the first or second arm fares at last."""
    table = page.sources.filmed[film.id]
    last: pd.Series = table[table["arm"] == number].iloc[-1]
    if pd.isna(last["train_loss"]):
        return page.say["film diverged"].format(epochs=int(last["epoch"]))
    accuracy = numbers.percent(page, 100 * last["test_accuracy"])
    return page.say["film end"].format(accuracy=accuracy, epochs=int(last["epoch"]))


def strip(page: Page, film: Film) -> str:
    """HTML of a few frames of a film as a figure."""
    one, other = film.arms
    alt = page.say["film alt"].format(
        first=name(page, film, one),
        first_end=end(page, film, 1),
        second=name(page, film, other),
        second_end=end(page, film, 2),
    )
    title = formatting.plain(film.title[page.language])
    return pictures.markup(page, FILM + film.id, title, page.say["film caption"], alt)


@template_name("film_player")
def player(page: Page) -> str:
    """HTML that the script turns into the player; empty, and so nothing without scripts."""
    listed = [
        {
            "id": id,
            "title": film.title[page.language],
            "names": [name(page, film, arm) for arm in film.arms],
            "shared": shared(page, film),
        }
        for id, film in page.sources.films.items()
    ]
    words = {term.removeprefix(PLAYER): said for term, said in page.say.items() if term.startswith(PLAYER)}
    return html("film_player", root=page.root, films=listed, words=words)
