"""Published measurements of ourselves: what the methods page shows of laboratories, tries and the costs of settings."""

from itertools import product

import pandas as pd
import pytest
from support.pages import sources_of, tiny_results, with_findings
from support.project import ROOT

from benchmarks.sentences import Row
from ontrial.report.pages.page import Page
from ontrial.report.site.templates import render
from ontrial_book.studies import pages_measured as measured
from ontrial_book.studies.pages_circumstances import Circumstances

LABORATORIES = pd.DataFrame(
    [
        *(Row("laboratories", way, quantity, 1.25) for way in measured.WAYS for quantity in measured.AGREEMENTS),
        Row("errors", "effect 0.8, normal, correlation 0.0, half width 0.5", "wrong", 0.5, 0.3, 0.7),
        Row("errors", "effect 0.8, normal, correlation 0.5, half width 0.5", "wrong", 1.5, 1.2, 1.8),
        Row("errors", "effect 0.8, upper tail, correlation 0.5, half width 0.5", "wrong", 2.5, 2.2, 2.8),
        Row("errors", "effect 0.8, lower tail, correlation 0.0, half width 0.5", "inconclusive", 50),
        Row("errors", "effect 0.8, normal, correlation 0.5, half width 0.5", "inconclusive", 40),
        Row("errors", "one just below, normal, correlation 0.0, half width 0.5", "wrong", 2.1, 1.7, 2.6),
        Row("errors", "one just below, upper tail, correlation 0.0, half width 0.5", "wrong", 3.1, 2.7, 3.6),
        Row("skewed", "normal, 20 seeds", "missed", 9, 8, 10),
        Row("skewed", "exponential, 20 seeds", "missed", 5.5, 5.3, 5.7),
        Row("skewed", "exponential, 40 seeds", "missed", 6.5, 6.3, 6.7),
        Row("peeking", "after every seed", "errors", 30.5),
    ]
).assign(commit="0123456789abcdef", runs=12_345)
TRIES = pd.DataFrame(
    Row(part, rule, quantity, 1.25) for part, quantity in measured.KEPT.values() for rule in measured.RULES
).assign(runs=8_000)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_compares_the_ways_to_judge_and_shows_the_worst_error_rates(language):
    page = Page(
        with_findings(sources_of(tiny_results(), language), measurements={"laboratories": LABORATORIES}),
        "statistics.md",
    )
    assert measured.table(page, "agreement").count("\n|") == 1 + len(measured.AGREEMENTS)
    effect, mixed = measured.errors(page).replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]
    assert [cell.split("%")[0].strip() for cell in effect.split("|")[1:5]] == ["0.8 S", "1.5", "2.5", "50.0"]
    assert mixed.count("%") == 6
    assert measured.skewed_worst(page, "missed").startswith("6.5%")
    assert measured.conditions(page, "laboratories") == {"runs": "12,345", "commit": "0123456789ab"}
    peeking = measured.measured(page, "laboratories", "peeking", "after every seed", "errors")
    assert peeking.startswith("30.50")


def repeated() -> pd.DataFrame:
    """Return published rows on a study of three claims and two laboratories that trained it again."""
    judged = {
        "baseline": ("supported", "refuted", "depends"),
        "seeds": ("supported", "supported", "inconclusive"),
        "seeds-2": ("supported", "refuted", "depends"),
    }
    rows = [
        {
            "study": "tiny", "circumstance": name, "differs": name.removesuffix("-2"), "claim": claim,
            "kind": "measured", "verdict": verdict, "contexts": 4, "contexts_opposite": int(name == "seeds"),
            "contexts_open": 2 * int(name == "seeds-2"),
        }
        for name, verdicts in judged.items()
        for claim, verdict in zip("abc", verdicts, strict=True)
    ]  # fmt: skip
    by_construction = {**rows[0], "claim": "d", "kind": "by_construction", "verdict": "by_construction"}
    return pd.DataFrame([*rows, by_construction, {**rows[0], "circumstance": "float64", "differs": "precision"}])


def test_each_pair_of_laboratories_has_its_contradictions():
    page = Page(with_findings(sources_of(tiny_results()), measurements={"circumstances": repeated()}), "statistics.md")
    rows = Circumstances(page).laboratories.replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]
    assert rows == [
        "| <code>tiny</code> | the study and laboratory 1 | 1 / 3 | 2 / 3 | 3 / 12 | 0 / 12 |",
        "| <code>tiny</code> | the study and laboratory 2 | 0 / 3 | 0 / 3 | 0 / 12 | 6 / 12 |",
        "| <code>tiny</code> | laboratory 1 and laboratory 2 | 1 / 3 | 2 / 3 | – | – |",
    ]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_shows_laboratories_that_trained_again(language):
    written = (ROOT / f"docs/{language}/statistics.md").read_text(encoding="utf-8")
    section = written[written.index("{#laboratories}") : written.index("{#circumstances}")]
    sources = sources_of(tiny_results(), language)
    alone = repeated().query("differs == 'baseline'")
    for table, expected in ((repeated(), 3), (alone, 0)):
        page = Page(with_findings(sources, measurements={"circumstances": table}), "statistics.md")
        assert render(section, "statistics.md", page.names).count("<code>tiny</code>") == expected
    assert "tiny" not in render(section, "statistics.md", Page(sources, "statistics.md").names)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_compares_the_rules_that_keep_tries(language):
    page = Page(with_findings(sources_of(tiny_results(), language), measurements={"tries": TRIES}), "statistics.md")
    rows = measured.table(page, "tries").splitlines()[2:]
    assert [[cell.strip() for cell in row.split("|")[2:4]] for row in rows] == [["1.25", "1.2%"]] * len(measured.RULES)
    assert measured.conditions(page, "tries") == {"runs": "8,000"}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_has_a_row_per_setting_and_a_column_per_batch_size(language):
    rows = [
        {"network": "6-5-10", "batch_size": size, "runs": 1_048, "recipe": recipe, "ratio": 10.26 / size}
        for recipe, size in product(["sgd", *measured.RECIPES], (1, 8))
    ]
    table = pd.DataFrame(rows).assign(processor="A Processor")
    page = Page(with_findings(sources_of(tiny_results(), language), measurements={"recipes": table}), "statistics.md")
    head, _, *lines = measured.recipe_costs(page, "6-5-10").splitlines()
    assert head.endswith(" | ".join(["", *(page.say["costs batch"].format(size) for size in (1, 8))]) + " |")
    assert len(lines) == len(measured.RECIPES)
    assert all(line.endswith("| 10.3 | 1.3 |") for line in lines)
    assert measured.conditions(page, "recipes") == {"runs": "1,048", "processor": "A Processor"}
