"""Draw your own path: what its script knows of the study, and what it says."""

import json
import re
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
from support.pages import STUDY, page_of, sources_of
from support.scripts import read_scripts

from ontrial.report.pages import numbers, surface
from ontrial.report.pages.page import Page
from ontrial.report.summaries import selection
from ontrial.report.summaries.findings import Findings
from ontrial.study import configuration

LANGUAGES = ("en", "ko")


def changed_study(results: Findings, old: str, new: str) -> Findings:
    """Return the results of the tiny study as those of a study whose configuration differs."""
    study = configuration.parse(STUDY.replace(old, new), "tiny.yaml")
    cells = zip((16, 64), study.cells.values(), strict=True)
    records = results.records
    records = pd.concat(records[records["batch_size"] == size].assign(**cell.columns) for size, cell in cells)
    return Findings(study, records[records["updates"] == 1], records)


def test_the_script_has_the_numbers_of_the_figure_and_of_the_tuned_policy(results):
    page = page_of(results)
    described = surface.describe(page)
    cells, _ = selection.cells_and_choices(results)
    expected = cells.pivot(index="batch_size", columns="learning_rate", values="mean").to_numpy()
    np.testing.assert_allclose(described["accuracies"], 100 * expected, rtol=1e-5)
    assert described["sizes"] == ["16", "64"]
    assert described["rateNames"] == ["1/4", "1/2", "1"]
    assert described["tuned"] == [96.5, 95.0]  # each seed at 1/4, and at 1
    for size, accuracy in zip((16, 64), described["tuned"], strict=True):
        assert numbers.accuracy(page, "batch-size", policy="tuned", batch_size=size).startswith(f"{accuracy:.1f}%")
    assert (described["reference"], described["start"]) == (0, 0)


def test_cells_in_which_half_of_the_seeds_diverge_are_marked(results):
    assert surface.describe(page_of(results))["diverged"] == [[0, 0, 0], [0, 1, 0]]  # of two seeds, one diverges


def test_without_batches_of_16_a_path_starts_from_the_middle_size(results):
    described = surface.describe(page_of(changed_study(results, "[16, 64]", "[64, full]"), "ko"))
    assert described["sizes"] == ["64", "전체"]
    assert described["samples"] == [64, 1150]
    assert described["full"] == [False, True]
    assert (described["reference"], described["start"]) == (1, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_data_and_words_as_text(results, language):
    html = str(surface.surface(page_of(results, language)))
    data, words = (json.loads(unescape(text)) for text in re.findall(r'data-(?:surface|words)="([^"]*)"', html))
    assert data["samples"] == [16, 64]
    assert "&" not in json.dumps(words)


def test_the_script_says_every_word(results):
    script = read_scripts("surface")
    said = set(re.findall(r'\bwords\.(\w+)|\b(?:phrase|at|slider|words)[(\[]"([\w ]+)"', script))
    names = {one or other for one, other in said} | set(surface.EXPONENTS)
    assert names == set(surface.words(page_of(results)))


def test_a_study_without_the_map_has_nothing(results):
    assert surface.surface(page_of(changed_study(results, "batch-size:", "other:"))) == ""
    sources = replace(sources_of(results), failed_figures={surface.FIGURE: "no colour"})
    assert surface.surface(Page(sources, "batch-size.md")) == ""
