"""The plan of a site: figures and files, with and without the book."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.messages import message_of
from support.pages import CLAIMS, claim
from support.pages import STUDY as TINY
from support.project import ROOT

from ontrial.report.site_plan import SitePlan
from ontrial.study import configuration
from ontrial.study.study import Study
from ontrial_judge.core.verdicts import Kind

TIMED = {"cheap": claim("cheap", Kind.TIMED, None)}


@pytest.fixture(scope="module")
def study() -> Study:
    """A study that names the book of this site."""
    return configuration.parse(f"book: ontrial_book\n{TINY}", "tiny.yaml")


@pytest.fixture
def plan(study) -> SitePlan:
    """The plan for a study whose site has the book."""
    return SitePlan.read(study, {}, ROOT)


@pytest.fixture
def own(study) -> SitePlan:
    """The plan for a study with claims of its own and no book."""
    return SitePlan.read(configuration.parse(TINY, "tiny.yaml"), CLAIMS | TIMED, ROOT)


@pytest.fixture
def root(tmp_path) -> Path:
    """A folder with copies of the docs, and no published results."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("assets", "decisions"))
    return tmp_path


def test_a_site_with_the_book_has_its_figures(plan):
    assert {"activation-curves", "layers"} <= set(plan.figures)


def test_a_site_of_other_claims_has_their_figures(own):
    assert "evidence-small" in own.figures
    assert not {"evidence-usual", "activation-curves", "layers"} & set(own.figures)
    assert "evidence-cheap" in own.figures


def test_a_figure_has_a_file_for_each_language_scheme_and_width(own):
    files = own.files_of(["evidence-small"])
    assert [file.name for file in files if file.language == "ko"] == [
        "evidence-small-ko-light.svg",
        "evidence-small-ko-light-wide.svg",
        "evidence-small-ko-dark.svg",
        "evidence-small-ko-dark-wide.svg",
    ]
    assert [file.name for file in files if file.is_in_report] == [
        "evidence-small-en-light-wide.svg",
        "evidence-small-ko-light-wide.svg",
    ]


def test_the_report_finds_the_widest_light_files_of_a_folder(plan):
    assert plan.patterns_of([]) == []
    assert plan.patterns_of(["evidence-small", "layers", "evidence-usual"]) == [
        "{figure,evidence-small|evidence-usual}-{language,en|ko}-light-wide.svg",
        "{figure,layers}-{language,en|ko}-light.svg",
    ]


def beside(study: Study, *names: str) -> Study:
    """Return the study with the names of published studies beside it."""
    return replace(study, configuration=study.configuration | {"beside": [*names]})


def test_a_site_shows_the_claims_of_the_studies_beside_its_own(plan, study):
    default = SitePlan.read(beside(study, "atlas"), {}, ROOT)
    atlas = json.loads((ROOT / "results/reference/atlas/design.json").read_text(encoding="utf-8"))["docket"]["claims"]
    measured = [claim["id"] for claim in atlas if claim.get("kind", "measured") == "measured"]
    assert {f"evidence-{id}" for id in measured} <= set(default.figures)
    assert [Path(path).name for path in default.measured["atlas"]] == ["design.json", "verdicts.json"]
    assert "atlas-claims.answers.yaml" in [Path(path).name for path in default.answers]
    assert "atlas" not in plan.measured
    assert plan.answers == []
    assert not {f"evidence-{id}" for id in measured} & set(plan.figures)


def test_a_study_beside_another_must_be_published_with_its_design(study):
    for name, missing in (("atlass", "atlass/design.json"), ("mish", "mish/design.json")):
        message = message_of(SitePlan.read, beside(study, name), {}, ROOT)
        assert message.startswith(f"tiny.yaml: beside: {name}: there is no ")
        assert f"{missing}. Publish that study, or remove its name." in message


def test_docs_are_listed_by_pattern_without_compiled_hooks(root, study, monkeypatch):
    monkeypatch.chdir(root)
    (root / "docs/theme/__pycache__").mkdir(exist_ok=True)  # where Python has compiled the hooks before
    (root / "docs/theme/__pycache__/hooks.pyc").touch()
    plan = SitePlan.read(study, {}, root)
    assert plan.docs("theme/*.yml") == ["docs/theme/base.yml", "docs/theme/en.yml", "docs/theme/ko.yml"]
    theme = plan.docs("theme/**/*")
    assert "docs/theme/hooks.py" in theme
    assert not [path for path in theme if path.endswith((".pyc", "theme"))]
    assert plan.docs_folder == "docs"


def test_published_verdicts_are_those_of_the_study(root, study, monkeypatch):
    monkeypatch.chdir(root)
    plan = SitePlan.read(study, {}, root)
    assert (plan.published, plan.of_other_studies("verdicts.json")) == ([], [])

    def publish(name: str) -> None:
        (root / f"results/reference/{name}/tables").mkdir(parents=True)
        for path in ("verdicts.json", "tables/tuned.csv"):
            (root / f"results/reference/{name}/{path}").touch()

    publish("default")
    publish("another")
    assert plan.published == []
    publish("tiny")
    assert plan.published == ["results/reference/tiny/verdicts.json"]
    assert plan.of_other_studies("verdicts.json", "tables/tuned.csv") == [
        "results/reference/another/verdicts.json",
        "results/reference/default/verdicts.json",
        "results/reference/another/tables/tuned.csv",
        "results/reference/default/tables/tuned.csv",
    ]


def test_figures_and_pages_read_the_measurements_that_they_show(plan):
    assert [Path(path).name for path in plan.measured["scale"]] == ["scale.csv"]
    assert "circumstances.csv" in {Path(path).name for path in plan.measurements}
    tables = ("curves.csv", "tuned.csv", "two_numbers.csv")
    assert [Path(path).name for path in plan.measured["one-curve"]] == ["verdicts.json", *tables]
    assert "default" not in plan.measured


def test_figures_read_the_studies_beside_their_own(study):
    assert not SitePlan.read(study, {}, ROOT).drawn_from
    plan = SitePlan.read(beside(study, "law"), {}, ROOT)
    assert "results/reference/law/verdicts.json" in plan.drawn_from


def test_answers_are_beside_the_docket(study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "claims.yaml").write_text("claims: [{id: small}]\n", encoding="utf-8")
    tried = replace(study, configuration=study.configuration | {"docket": "claims.yaml"}, source="tiny.yaml")
    assert SitePlan.read(tried, {}, ROOT).answers == []
    (tmp_path / "claims.answers.yaml").write_text("answers: {}\n", encoding="utf-8")
    assert SitePlan.read(tried, {}, ROOT).answers == ["claims.answers.yaml"]
    (tmp_path / "claims.answers.yaml").write_text("answers: {other: []}\n", encoding="utf-8")
    assert message_of(SitePlan.read, tried, {}, ROOT).startswith("claims.answers.yaml:1: answers.other: ")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("docs/theme/ko.yml", "name: ", "nom: ", "docs/theme/ko.yml: extra.name is missing."),
    ],
)
def test_a_mistake_in_what_a_site_reads_is_reported(root, study, file, old, new, message):
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert message in message_of(SitePlan.read, study, {}, root)
