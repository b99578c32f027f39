"""The page on ideas of one's own: its example and verdicts are those of the battery, and its message is a real one."""

import re
from dataclasses import replace

import pytest
from support.messages import message_of
from support.pages import context, sources_of, tiny_results, verdict, with_docs, with_findings
from support.project import ROOT, read_yaml

from ontrial.judge import checks, result_files
from ontrial.report.pages.page import Page
from ontrial.report.site.templates import render
from ontrial.report.summaries import finding_files
from ontrial.study import components, configuration
from ontrial_judge.core import verdict_files
from ontrial_judge.core.verdicts import Verdicts

BATTERY = "config/batteries/mish.yaml"
CLAIMS = [claim["id"] for claim in read_yaml("examples/activation/config/claims.yaml")["claims"]]
PUBLISHED = ROOT / "results/reference/mish/verdicts.json"
PAGES = [ROOT / f"docs/{language}/own-idea.md" for language in ("en", "ko")]
MINE = (ROOT / "examples/activation/config/mine.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=["en", "ko"])
def test_the_example_is_that_of_the_battery(page):
    code, _ = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert MINE.endswith(code)


@pytest.mark.parametrize("page", PAGES, ids=["en", "ko"])
def test_the_message_is_that_of_a_forgotten_factor(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    wrong = MINE.replace(" / 2 * (1 + np.tanh(z / 2))", "")
    assert wrong != MINE
    (tmp_path / "config/mine.py").write_text(wrong, encoding="utf-8")
    message = message_of(components.require_sound, components.read_components("config/mine.py"))
    assert f"```text\n{message}\n```" in page.read_text(encoding="utf-8")


@pytest.fixture
def published(tmp_path):
    """Return the measurements of a stand-in for the published verdicts: better than one rival with 4 hidden layers."""
    better = context("positive", {"depth": 4})
    close = context("negligible", {"depth": 1}, estimate=0.1, low=-0.4, high=0.6)
    first, *others = CLAIMS
    judged = [verdict(first, "depends", better, close), *(verdict(id, "refuted", close) for id in others)]
    hashed = tuple(replace(each, hash="0" * 64, test_hash="0" * 64) for each in judged)
    path = tmp_path / "mish/verdicts.json"
    path.parent.mkdir()
    path.write_text(verdict_files.to_json(Verdicts("mish", hashed)), encoding="utf-8")
    return finding_files.read_measurements([str(path)])


def page_text(language, measurements):
    text = (ROOT / f"docs/{language}/own-idea.md").read_text(encoding="utf-8")
    sources = with_docs(sources_of(tiny_results(), language), pages={"own-idea.md": text})
    page = Page(with_findings(sources, measurements=measurements), "own-idea.md")
    return render(text, "own-idea.md", page.names)


def test_the_page_has_the_published_verdict_of_every_claim_of_the_battery(published):
    text = page_text("en", published)
    rows = [line for line in text.splitlines() if 'class="badge' in line]
    assert len(rows) == len(CLAIMS)
    assert rows[0].startswith("- **ReLU, images and tables:** <")
    assert "depends" in rows[0]
    assert "(1 of 2) Yes with 4 hidden layers; no with one hidden layer." in rows[0]
    assert all("no clear difference" in row and "0 of 1" in row for row in rows[1:])
    for path in PAGES:
        assert set(re.findall(r'tried_mish\("(.*?)"\)', path.read_text(encoding="utf-8"))) == set(CLAIMS)


def test_published_verdicts_are_those_of_the_battery_as_it_is(monkeypatch):
    monkeypatch.chdir(ROOT)
    study = configuration.read_study(BATTERY)
    claims = checks.read_docket(study.docket, study).claims
    components.forget()
    assert study.name == "mish"
    assert [*claims] == CLAIMS
    if PUBLISHED.exists():
        tried = result_files.read_verdicts(PUBLISHED).by_claim
        assert {id: each.hash for id, each in tried.items()} == {id: each.hash for id, each in claims.items()}


RANDOM = """\
activation,context,outcome,estimate,fresh_low,fresh_high,wrong,commit
random_0,"spirals, depth=1",negligible,0.2,,,False,0123456789abcdef
random_0,"tables, dataset=digits; depth=4",positive,2.5,1.9,3.2,False,0123456789abcdef
random_1,"spirals, depth=1",positive,1.8,-0.4,0.9,True,0123456789abcdef
"""


def test_the_page_counts_how_often_a_random_activation_seems_better(tmp_path):
    path = tmp_path / "random-activations.csv"
    path.write_text(RANDOM, encoding="utf-8")
    measured = finding_files.read_measurements([str(path)])
    for language, sentences in (
        (
            "en",
            ["2 random smooth activations met ReLU in 3 contexts", "2 of these, and wrongly in 1:", "2.5% of contexts"],
        ),
        ("ko", ["활성화 함수 2개", "조건 3가지 가운데 2가지", "그중 1가지가 틀렸다"]),
    ):
        text = " ".join(page_text(language, measured).split())
        assert all(sentence in text for sentence in sentences)
