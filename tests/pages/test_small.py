"""Small pages: one plain sentence, one toy with numbers of the study, few words, and the cards of their chapters."""

import json
import re
from dataclasses import replace
from html import unescape
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from support.pages import page_of, sources_of, tiny_results, with_docs
from support.project import ROOT
from support.scripts import ASSETS

from ontrial.report.pages.page import Page
from ontrial.report.site import docs
from ontrial_book.chapters import gradient_norms
from ontrial_book.small import NAMES, SMALL, pages, pages_numbers
from ontrial_book.small.pages_sketches import SKETCHES

LANGUAGES = ("en", "ko")
DOCS = {language: docs.markdown(ROOT / "docs" / language) for language in LANGUAGES}


@pytest.mark.parametrize("name", NAMES)
def test_a_small_page_has_one_toy_and_two_lines(name):
    for language in LANGUAGES:
        _, _, _, toy, *rest = DOCS[language][f"{name}.md"].split("\n\n")
        assert toy.startswith(f'[[ toy("{name}"')
        lines = [part for part in rest if "{: .small-line }" in part or part.startswith(("[[ really(", "[[ asked("))]
        assert len(lines) == 2  # "Really?" and "More"
    assert name in SKETCHES


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripts_use_the_texts_that_they_are_given(language):
    words = page_of(tiny_results(), language).texts
    for name in NAMES:
        given = words.after(f"toy {name} ")
        script = (ASSETS / f"toys/{name}.js").read_text(encoding="utf-8")
        asked = set(re.findall(r'phrase\("([\w -]+)"', script)) | {"picture"}
        assert asked - given.keys() == set(), name


@pytest.mark.parametrize("chapter", SMALL)
def test_the_cards_of_a_chapter_have_the_titles_and_sentences_of_its_pages(results, chapter):
    sources = with_docs(sources_of(results), pages=DOCS["en"])
    cards = unescape(pages.small_cards(Page(sources, f"{chapter}.md"), chapter))
    for name in SMALL[chapter]:
        title, sentence = re.search(r"^# (.+)\n\n((?:.+\n)+)", DOCS["en"][f"{name}.md"], re.M).groups()
        assert f'href="{name}.html"' in cards
        assert title in cards
        assert " ".join(sentence.split()) in cards
    assert f'[[ small_cards("{chapter}") ]]' in DOCS["en"][f"{chapter}.md"]


def test_a_toy_of_what_was_measured_is_left_out_where_it_was_not(results):
    page = page_of(results)
    assert pages.toy(page, "how-much-is-left") == ""
    toy = pages.toy(page, "the-valley")
    words = json.loads(unescape(re.search(r'data-words="([^"]*)"', toy)[1]))
    assert words["hint"] == page.texts["toy hint"]
    assert 'assets/toys/the-valley.js"' in toy


# What the pages say in numbers, in every language, and the formulas that give them.
SIGMOID = 1 / (1 + np.exp(-5))
SHARES = np.exp([2.0, 1.0, 0.0]) / np.exp([2.0, 1.0, 0.0]).sum()
SAID = {
    "four-chains": [f"0.25^5 = {0.25**5:.5f}", "8", f"{2**5}", f"{0.5**5:.3f}"],
    "a-neuron": ["2.4 + 1 - 1.5 - 2 = -0.1", f"{3 * 0.8:.1f}"],
    "flat-ends": [f"{SIGMOID * (1 - SIGMOID):.4f}"],
    "shares-that-sum-to-one": [f"{share:.3f}" for share in SHARES],
    "only-the-true-answer": [
        f"{-np.log(0.6):.3f}",
        *(f"{((np.array(p) - (1, 0, 0)) ** 2).sum() / 2:.2f}" for p in ((0.6, 0.3, 0.1), (0.6, 0.2, 0.2))),
    ],
    "what-a-batch-is": ["24", f"{24 // 4}"],
}


@pytest.mark.parametrize("name", SAID)
def test_numbers_of_a_page_are_those_of_its_formulas(name):
    for language in LANGUAGES:
        text = DOCS[language][f"{name}.md"]
        assert [number for number in SAID[name] if number not in text] == []


def test_gradients_by_variance_keep_their_size_at_the_variance_of_he(results, monkeypatch):
    arms = [("sigmoid", "inverse_n"), ("tanh", "inverse_n"), ("relu", "he"), ("relu", "inverse_n")]
    columns = {"layer": np.arange(1, 13), "measured": 0.5, "predicted": 0.25}
    rows = [pd.DataFrame({"activation": name, "initialisation": start, **columns}) for name, start in arms]
    monkeypatch.setattr(gradient_norms, "table", lambda _: pd.concat(rows, ignore_index=True))
    numbers = pages_numbers.gradients_by_variance(page_of(results))
    relu = numbers["arms"]["relu"]
    assert relu["predicted"][numbers["variances"].index(2.0)] == pytest.approx([1.0] * 12, rel=1e-3)
    assert relu["predicted"][numbers["variances"].index(1.0)][0] == pytest.approx(2**-5.5, rel=1e-3)
    assert relu["measured"] == {"1": [0.5] * 12, "2": [0.5] * 12}
    by_layer = pages_numbers.gradients_by_layer(page_of(results))["arms"]
    assert by_layer["small"] == {"measured": [0.5] * 12, "predicted": [0.25] * 12}
    del rows[2]
    assert pages_numbers.gradients_by_layer(page_of(results)) == {}


def test_the_road_has_what_was_measured_after_equally_many_updates(results, monkeypatch):
    rows = [
        {
            "experiment": experiment,
            "dataset": dataset,
            "batch_size": size,
            "learning_rate": rate,
            "median": 90 + size * rate,
        }
        for experiment in ("updates", "epochs")
        for dataset in ("digits", "letter")
        for size in (16, 4)
        for rate in (0.25, 0.5)
    ]
    curves = pd.DataFrame(rows).assign(below_wall=lambda table: table["learning_rate"] < 0.5)
    measured = replace(results, measurements={"one-curve": SimpleNamespace(curves=curves)})
    assert pages_numbers.road(page_of(measured)) == {
        "rates": [0.25, 0.5],
        "batches": {
            4: {"accuracy": [91.0, 92.0], "below": [True, False]},
            16: {"accuracy": [94.0, 98.0], "below": [True, False]},
        },
    }
