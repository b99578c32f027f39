"""The published study under other circumstances: what pages say of it."""

import pandas as pd
import pytest
from support.pages import VERDICTS, sources_of, with_findings
from support.project import ROOT

from ontrial.report.pages.page import Page
from ontrial.report.site.templates import render
from ontrial_book.studies.pages_circumstances import Circumstances, sentences

ALIKE = {  # of a claim whose answers stay the same
    "claim": "small", "kind": "measured", "verdict": "inconclusive", "verdict_before": "inconclusive", "contexts": 3,
    "contexts_moved": 0, "contexts_opposite": 0, "contexts_open": 0, "largest_change": 0.0, "smallest_effect": 1.0,
}  # fmt: skip
MOVED = ALIKE | {"verdict": "supported", "contexts_moved": 1, "contexts_open": 1, "largest_change": 0.5}


def published() -> pd.DataFrame:
    """Return published rows on a study of a claim."""
    common = {
        "study": "tiny", "python": "3.11.7", "numpy": "2.4.6", "blas": "openblas 0.3", "processor": "A <fine> one",
        "commit": "0123456789abcdef", "runs": 200,
    }  # fmt: skip
    kinds = {
        "baseline": ("baseline", "SkylakeX", ALIKE, 0),
        "kernel-haswell": ("kernel", "Haswell", MOVED, 50),
        "numpy-2.3": ("numpy", "SkylakeX", ALIKE, 0),
        "float64": ("precision", "SkylakeX", ALIKE, 200),
        "seeds": ("seeds", "SkylakeX", MOVED, None),
    }
    return pd.DataFrame(
        {**common, "circumstance": name, "differs": kind, "blas_kernel": kernel, "runs_moved": moved, **row}
        for name, (kind, kernel, row, moved) in kinds.items()
    )


@pytest.fixture
def page(results):
    return Page(with_findings(sources_of(results), measurements={"circumstances": published()}), "statistics.md")


def test_the_baseline_names_what_it_ran_on(page):
    baseline = Circumstances(page).baseline
    assert baseline["processor"] == "A <fine> one"  # escaped where it is shown
    assert (baseline["commit"], baseline["runs"]) == ("0123456789ab", "200")


def test_the_overview_has_a_line_for_each_circumstance(page):
    lines = Circumstances(page).table.replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]
    assert lines == [
        "| nothing (the original study) | 3.11.7 | 2.4.6 | SkylakeX | 0.0% | 0 / 3 | 0 / 1 | 0 |",
        "| kernel: Haswell | 3.11.7 | 2.4.6 | Haswell | 25.0% | 1 / 3 | 1 / 1 | 0.50 |",
        "| NumPy 2.3 | 3.11.7 | 2.4.6 | SkylakeX | 0.0% | 0 / 3 | 0 / 1 | 0 |",
        "| numbers of 64 bits instead of 32 | 3.11.7 | 2.4.6 | SkylakeX | 100.0% | 0 / 3 | 0 / 1 | 0 |",
        "| all seeds | 3.11.7 | 2.4.6 | SkylakeX | – | 1 / 3 | 1 / 1 | 0.50 |",
    ]


def test_a_site_shows_the_rows_of_its_own_study_or_else_those_of_the_first(page):
    rows = [published().assign(study=name, runs=runs) for name, runs in (("atlas", 300), ("default", 400))]
    both = Page(with_findings(page.sources, measurements={"circumstances": pd.concat(rows)}), "statistics.md")
    assert Circumstances(both).baseline["runs"] == "300"
    three = pd.concat([*rows, published()])
    all_three = Page(with_findings(page.sources, measurements={"circumstances": three}), "statistics.md")
    assert Circumstances(all_three).baseline["runs"] == "200"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_has_a_section_on_circumstances_if_they_are_published(results, language):
    written = (ROOT / f"docs/{language}/statistics.md").read_text(encoding="utf-8")
    section = written[written.index("{#circumstances}") : written.index("{#tries}")]
    bare = sources_of(results, language)
    full = with_findings(bare, measurements={"circumstances": published()})
    empty, full = (render(section, "statistics.md", Page(sources, "statistics.md").names) for sources in (bare, full))
    assert "Haswell" not in empty
    assert "Haswell" in full
    assert "0123456789ab" in full


def test_the_page_of_a_claim_names_the_circumstances_that_change_its_answers(results):
    row = {"claim": "small", "verdict_before": VERDICTS["small"].conclusion, "contexts_opposite": 0, "contexts_open": 0}
    rows = [row | {"differs": "kernel"}, row | {"differs": "seeds", "contexts_open": 1}, row | {"differs": "seeds"}]
    table = pd.DataFrame([*rows, row | {"differs": "precision", "verdict_before": "refuted"}]).assign(study="tiny")
    sources = sources_of(results)
    assert sentences(Page(sources, "evidence/small.md"), "small") == ""
    page = Page(with_findings(sources, measurements={"circumstances": table}), "evidence/small.md")
    assert sentences(page, "small") == (
        "No answer changes with: other kernels. A setting is decided on one side only with: other seeds."
    )
    opposite = table.assign(contexts_opposite=1).query("differs == 'kernel'")
    page = Page(with_findings(sources, measurements={"circumstances": opposite}), "evidence/small.md")
    assert sentences(page, "small") == "The opposite answer appears in some setting with: other kernels."
