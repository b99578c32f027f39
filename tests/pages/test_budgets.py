"""Pages keep within docs/budgets.yaml. `make lint` runs what is marked here, which needs no site."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.budgets import BUDGETS, require
from support.project import ROOT, read_yaml
from support.published import STUDIES, measured, published

from ontrial.report.pages import written_answers
from ontrial.report.pages.assemble_pages import claim_pages
from ontrial.report.site import docs
from ontrial.report.summaries.evidence import rows_of
from ontrial_book.small import NAMES

LANGUAGES = ("en", "ko")
TOYS = ROOT / "docs/theme/overrides/assets/toys"
MARKS = re.compile(r"\[%.*?%\]|\[\[.*?\]\]|\{:.*?\}|\]\(.*?\)", re.DOTALL)


def words_of(text: str) -> list[str]:
    """Return the words of a hand-written text, without what is filled in."""
    return [word for word in MARKS.sub("", text).split() if re.search(r"\w", word)]


@pytest.mark.budget
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", STUDIES)
def test_the_pages_of_claims(study, language):
    sources = published(language, study)
    file = ROOT / f"config/{'' if study == 'default' else f'{study}-'}claims.answers.yaml"
    texts = {part: written_answers.read_texts(file, part) for part in ("questions", "objections")}
    pages, _ = claim_pages(replace(sources, answers=written_answers.read_answers(file), **texts))
    for path, page in pages.items():
        text = re.sub(r"\]\([^)]*\)|<[^>]*>|[|*#{}:-]+", " ", page.split("---\n", 2)[2])
        require("claim words", len(text.split()), f"{language}/{path}")
        require("claim folds", len(re.findall("<details class=.part. ", page)), f"{language}/{path}")
    for id in measured(study):
        require("claim rows", len(rows_of(sources.results.verdicts[id])), id)


@pytest.mark.budget
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_captions_of_figures(language):
    for name, texts in read_yaml(f"docs/{language}/figures.yaml").items():
        require("caption words", len(words_of(texts["caption"])), f"docs/{language}/figures.yaml: {name}")


@pytest.mark.budget
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_small_pages(language):
    pages = docs.markdown(ROOT / "docs" / language)
    for name in NAMES:
        _, _, sentence, _, *rest = pages[f"{name}.md"].split("\n\n")
        require("small sentence words", len(sentence.split()), f"docs/{language}/{name}.md")
        require("small words", len(words_of(" ".join(rest))), f"docs/{language}/{name}.md")
        script = (TOYS / f"{name}.js").read_text(encoding="utf-8")
        require("small script lines", len(script.splitlines()), f"{name}.js")


@pytest.mark.budget
@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.answers.yaml")), ids=lambda path: path.stem)
def test_the_objections(path):
    for id, texts in written_answers.read_texts(path, "objections").items():
        require("answer words", len(texts["en"].split()), f"config/{path.name}: objections.{id}")


def test_a_page_that_is_too_long_says_what_to_cut():
    with pytest.raises(AssertionError) as failed:
        require("claim words", 1004, "en/evidence/small.md")
    most, cut = BUDGETS["claim words"]["most"], BUDGETS["claim words"]["cut"]
    assert str(failed.value).startswith(
        f"en/evidence/small.md: 1,004, and docs/budgets.yaml allows {most:,} words on the"
    )
    assert cut in str(failed.value)


def test_every_budget_is_kept_by_a_test():
    tests = " ".join(path.read_text(encoding="utf-8") for path in Path(ROOT / "tests").rglob("test_*.py"))
    assert [name for name in BUDGETS if f'"{name}"' not in tests] == []
