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

from ontrial.book.chapters import pages_surface as surface
from ontrial.book.chapters import selection
from ontrial.report.pages import numbers
from ontrial.report.pages.page import Page
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
    assert (described["references"], described["starts"]) == ([16, 64], [0, 2])


def test_the_axis_has_room_for_all_errors_and_has_round_ticks(results):
    described = surface.describe(page_of(results))
    low, high = described["range"]
    assert 3 < low < 3.5 < 55 < high < 70
    assert described["marks"] == [5, 10, 20, 50]


OCTAVES = np.array([1 / 8, 1 / 4, 1 / 2, 1])


@pytest.mark.parametrize(("rate", "position"), [(1 / 4, 1), (0.35, 1), (0.36, 2), (np.sqrt(0.5) / 2, 1)])
def test_a_rate_is_rounded_to_the_nearest_of_the_grid_in_octaves_in_the_middle_to_the_smaller(rate, position):
    assert surface.nearest(rate, OCTAVES) == position
    assert surface.nearest(3, np.array([0.1, 1, 10])) == 1


@pytest.mark.parametrize(("rate", "position"), [(np.sqrt(2), 3), (1.5, None), (0.09, 0), (0.08, None)])
def test_a_rate_more_than_half_a_step_beyond_either_end_is_off_the_grid(rate, position):
    assert surface.nearest(rate, OCTAVES) == position
    assert surface.nearest(0.5, np.array([0.5])) == 0
    assert surface.nearest(0.51, np.array([0.5])) is None


@pytest.mark.parametrize(
    ("rate", "exponent", "path"),
    [
        (1 / 4, 0, [1, 1, 1, 1, 1]),
        (1 / 4, 0.5, [None, 0, 1, 2, None]),  # × 1/4, 1/2, 1, 2, 8.4
        (1 / 4, 0.25, [0, 0, 1, 1, None]),  # no rate is scaled to a full batch
        (1 / 4, 1, [None, None, 1, 3, None]),
        (1, -0.5, [None, None, 3, 2, None]),
    ],
)
def test_a_path_starts_from_the_reference_and_grows_with_a_power_of_the_batch_size(rate, exponent, path):
    study = configuration.parse(STUDY.replace("[16, 64]", "[1, 4, 16, 64, full]"), "tiny.yaml")
    cells = list(study.cells.values())
    assert surface.path(rate, exponent, OCTAVES, cells, cells[2]) == path


def test_the_script_has_the_path_of_each_exponent_and_rate(results):
    described = surface.describe(page_of(results))
    from_16, from_64 = (dict(zip(described["exponents"], paths, strict=True)) for paths in described["paths"])
    assert from_16[1] == [[0, 2], [1, None], [2, None]]
    assert from_64[1] == [[None, 0], [None, 1], [0, 2]]
    assert from_16[0] == from_64[0] == [[0, 0], [1, 1], [2, 2]]
    assert set(described["policies"].values()) <= set(from_16)


def test_cells_that_learn_nothing_are_marked_and_paths_start_from_the_smallest_batch(results):
    assert surface.describe(page_of(results))["failed"] == [[0, 0, 0], [0, 1, 0]]  # of two seeds, one diverges
    records = results.records.copy()
    chosen = (records["batch_size"] == 16) & (records["learning_rate"] == 1)
    records.loc[chosen, "test_accuracy"] = 0.12  # 2 points above guessing
    worse = Findings(results.study, records[records["updates"] == 1], records)
    assert surface.describe(page_of(worse))["failed"] == [[0, 0, 1], [0, 1, 0]]
    described = surface.describe(page_of(changed_study(results, "[16, 64]", "[64, full]"), "ko"))
    assert described["sizes"] == ["64", "전체"]
    assert (described["references"], described["starts"]) == ([64], [0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_data_and_words_as_text(results, language):
    html = str(surface.surface(page_of(results, language)))
    data, words = (json.loads(unescape(text)) for text in re.findall(r'data-(?:surface|words)="([^"]*)"', html))
    assert data["sizes"] == ["16", "64"]
    assert "&" not in json.dumps(words)


def test_the_script_says_every_word_of_a_study_with_the_map(results):
    script = read_scripts("surface/path", "surface/page")
    said = set(re.findall(r'\bwords\.(\w+)|\b(?:phrase|at|slider|words)[(\[]"([\w ]+)"', script))
    names = {one or other for one, other in said} | set(surface.EXPONENTS)
    assert names == set(surface.words(page_of(results)))
    assert surface.surface(page_of(changed_study(results, "batch-size:", "other:"))) == ""
    sources = replace(sources_of(results), failed_figures={surface.FIGURE: "no colour"})
    assert surface.surface(Page(sources, "batch-size.md")) == ""
