"""Training films on their page: the settings that each compares, its film strip, and the player."""

from typing import Any

import pandas as pd

from ontrial.report.figures.formats import FILM
from ontrial.report.markdown import Markdown
from ontrial.report.pages import numbers, pictures
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.wording import labels
from ontrial.study.cell import Cell
from ontrial.study.films import VARIED, Film

PLAYER = "player "  # prefix of the script's texts in docs/words.yaml


def films(page: Page) -> list[dict[str, Any]]:
    """Return the films in the language of the page: id, title, reason, facts (heading → text) and strip (HTML)."""
    return [
        {
            "id": id,
            "title": film.title[page.language],
            "reason": film.reason[page.language],
            "facts": _facts(page, film),
            "strip": _strip(page, film),
        }
        for id, film in page.sources.films.items()
    ]


def _facts(page: Page, film: Film) -> dict[str, str]:
    """Return the facts of a film by heading: common settings, and the settings and final accuracy of each network."""
    say = page.say
    first, second = film.arms
    settings = say["film settings"].format(
        dataset=page.texts[first.dataset],
        settings=labels.arm(first, [setting for setting in VARIED if setting not in film.differ], page.texts),
        epochs=first.training.epochs,
        seed=first.seeds[0],
    )
    return {
        say["film alike"]: settings + ". " + _shared(page, film),
        say["film first"]: Markdown("{}: {}.").format(_arm_name(page, film, first), _ending(page, film, 1)),
        say["film second"]: Markdown("{}: {}.").format(_arm_name(page, film, second), _ending(page, film, 2)),
    }


def _shared(page: Page, film: Film) -> str:
    """Return the sentence on what networks share besides settings: samples' order, and initial weights if possible."""
    first, second = film.arms
    order = (
        "film same order" if first.batch_sample_count == second.batch_sample_count else "film same order, other batches"
    )
    return page.say[weights_phrase(film)].format(n=film.shared_layers) + " " + page.say[order]


def weights_phrase(film: Film) -> str:
    """Return the term for how many of the initial weights are the same."""
    first, second = (arm.architecture.shapes for arm in film.arms)
    if film.shared_layers == len(first) == len(second):
        return "film same weights"
    if film.shared_layers:
        return "film same first layer" if film.shared_layers == 1 else "film same first layers"
    return "film same draws" if first == second else "film other shapes"


def _arm_name(page: Page, film: Film, arm: Cell) -> str:
    """Return the name of an arm: the settings that distinguish it from the other."""
    return labels.arm(arm, film.differ, page.texts)


def _ending(page: Page, film: Film, number: int) -> str:
    """Return the final accuracy of the first or second arm (number 1 or 2), or that it diverged."""
    table = page.sources.film_tables[film.id]
    last: pd.Series = table[table["arm"] == number].iloc[-1]
    if pd.isna(last["train_loss"]):
        return page.say["film diverged"].format(epochs=int(last["epoch"]))
    accuracy = numbers.percent(page, 100 * last["test_accuracy"])
    return page.say["film end"].format(accuracy=accuracy, epochs=int(last["epoch"]))


def _strip(page: Page, film: Film) -> str:
    """Return the HTML of a few frames of a film as a figure with its title."""
    first, second = film.arms
    alt = page.say["film alt"].format(
        first=_arm_name(page, film, first),
        first_end=_ending(page, film, 1),
        second=_arm_name(page, film, second),
        second_end=_ending(page, film, 2),
    )
    return pictures.picture_html(page, FILM + film.id, film.title[page.language], alt.unescape())


def player(page: Page) -> str:
    """Return an empty element, which the script turns into the player."""
    return html("film_player", root=page.root, films=_entries(page), words=page.texts.after(PLAYER))


def _entries(page: Page) -> list[dict[str, Any]]:
    """Return the data of the script on each film: id, title, names of the networks, and what they have in common."""
    return [
        {
            "id": id,
            "title": film.title[page.language],
            "names": [_arm_name(page, film, arm) for arm in film.arms],
            "shared": _shared(page, film),
        }
        for id, film in page.sources.films.items()
    ]
