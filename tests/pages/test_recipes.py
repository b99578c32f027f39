"""What optimisers and other settings cost: the benchmark, and the table on a page."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from support.pages import sources_of, tiny_results, with_findings

from benchmarks import recipes
from benchmarks.contestants import ontrial as contestant
from benchmarks.work import make_work
from ontrial.nn import Network, Recipe, training
from ontrial.report.pages.page import Page
from ontrial.report.pages.studies import measured


def test_every_recipe_is_timed_and_named():
    rows = list(recipes.time_cell((6, 5, 10), 2, repeats=3, seconds=0.001))
    assert [row.recipe for row in rows] == list(recipes.RECIPES)
    assert measured.RECIPES.keys() == recipes.RECIPES.keys() - {recipes.PLAIN}
    assert all(row.microseconds > 0 for row in rows)


def test_blocks_are_those_of_the_recipe(monkeypatch):
    sizes = []

    def recorded(architecture, weights, dtype):
        sizes.append(len(weights[0][0]))
        return Network(architecture, weights, dtype)

    monkeypatch.setattr(contestant, "Network", recorded)
    work = replace(make_work((784, 64, 10), 1, 48, updates=2), settings={"updates": 2, "optimiser": "adam"})
    contestant.prepare(work)
    recipe = Recipe(1, **work.settings)
    blocks = training.split_runs(contestant.architecture(work.layers), recipe, work.runs, np.float32)
    assert sizes == [block.stop - block.start for block in blocks]
    assert len(sizes) > len(contestant.split_runs(work.layers, 1, work.runs))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_has_a_row_per_setting_and_a_column_per_batch_size(language):
    rows = [
        {"network": "6-5-10", "batch_size": size, "runs": 1_048, "recipe": recipe, "ratio": 10.26 / size}
        for recipe, size in product([*recipes.RECIPES], (1, 8))
    ]
    table = pd.DataFrame(rows).assign(processor="A Processor")
    page = Page(with_findings(sources_of(tiny_results(), language), measurements={"recipes": table}), "statistics.md")
    head, _, *lines = measured.recipe_costs(page, "6-5-10").splitlines()
    assert head.endswith(" | ".join(["", *(page.say["costs batch"].format(size) for size in (1, 8))]) + " |")
    assert len(lines) == len(measured.RECIPES)
    assert all(line.endswith("| 10.3 | 1.3 |") for line in lines)
    assert measured.conditions(page, "recipes") == {"runs": "1,048", "processor": "A Processor"}
