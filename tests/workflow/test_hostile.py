"""Whatever a study, docket, film or data file of somebody else contains is text: in the site, the report and shells."""

import html
import re
import zipfile

import pytest
from support.hostile import HOSTILE, scan, scan_site, study_file
from support.project import ontrial

pytestmark = pytest.mark.slow


def test_the_scan_finds_what_it_looks_for():
    assert len(scan(HOSTILE)) == 3
    assert (
        scan(f'<title>{html.escape(HOSTILE)}</title><script type="application/json">{{"a": "alert(1)"}}</script>') == []
    )


def test_no_text_of_a_study_becomes_markup_on_its_site(hostile):
    assert list(scan_site(hostile / "results/hostile/site")) == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_texts_show_as_they_are(hostile, language):
    site = hostile / "results/hostile/site" / language
    shown = {path: html.unescape(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    for page in (
        "evidence/constructor.html",
        "evidence/not-testable.html",
        "evidence/index.html",
        "references.html",
    ):
        assert HOSTILE in shown[site / page], page


@pytest.mark.parametrize(("language", "words"), [("en", "root mean square error"), ("ko", "평균 제곱근 오차")])
def test_a_site_shows_errors_of_numbers_and_leaves_out_figures_of_accuracies(hostile, language, words):
    site = hostile / "results/hostile/site" / language
    assert words in (site / "evidence/numbers.html").read_text(encoding="utf-8")
    assert not (site / "figures/batch-slope.html").exists()
    assert (site / "figures/boundaries.html").exists()


def test_scripts_of_a_site_are_data(hostile):
    """The scripts of the explorer are single assignments of base64."""
    site = hostile / "results/hostile/site"
    for path in (site / "explorer/grid.js", site / "explorer/curves.js"):
        assert re.fullmatch(r'const PACKED_\w+ = "[\w+/=]*"\n', path.read_text(encoding="utf-8"))


def test_no_text_becomes_markup_in_the_report_and_no_name_runs_as_code(hostile):
    run = ontrial(hostile, "report", "--study", str(study_file(hostile)))
    assert run.returncode == 0, run.stderr
    with zipfile.ZipFile(hostile / "results/hostile/report.zip") as report:
        for name in report.namelist():
            if name.endswith((".html", ".svg")):
                assert scan(report.read(name).decode()) == [], name
    assert not list(hostile.parent.rglob("HACKED"))
