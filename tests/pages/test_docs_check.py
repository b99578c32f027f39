"""Docs are checked before a run, once for each state of what matters."""

import re
import shutil
from pathlib import Path

import pytest
from support.messages import message_of
from support.project import ROOT

from ontrial.report import contents, docs_check
from ontrial.report.contents import OF_EVERY_SITE
from ontrial.report.docs_check import CHECKED, require_docs
from ontrial.report.figures.formats import EVIDENCE
from ontrial_book import BOOK

LANGUAGES = ("en", "ko")
CONTENTS = OF_EVERY_SITE | BOOK
ADDED = '\n\n[[ acuracy("main-grid") ]]\n\n'


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A working folder with copies of the docs and the docket."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("assets", "decisions"))
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config/claims.yaml", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "old", "new", "message"),
    [
        (["words.yaml"], "\n  gelu:", "\n  glu:", "under figures:\n  gelu: {en: …, ko: …}"),
        (["en/losses.md", "ko/losses.md"], "\n\n", ADDED, 'docs/en/losses.md:3: unknown name "acuracy".'),
    ],
)
def test_a_mistake_is_reported_until_it_is_mended(root, files, old, new, message):
    for file in files:
        replace(root / "docs" / file, old, new)
    assert message in message_of(require_docs, root, LANGUAGES, None, CONTENTS)
    assert not CHECKED.exists()
    assert message in message_of(require_docs, root, LANGUAGES, None, CONTENTS)


def test_the_same_docs_are_checked_once_and_changed_ones_again(root, monkeypatch):
    checks = []
    monkeypatch.setattr(docs_check, "require_names", lambda *_: checks.append("names"))
    require_docs(root, LANGUAGES, None, CONTENTS, keep=False)
    assert not CHECKED.exists()
    require_docs(root, LANGUAGES, None, CONTENTS)
    require_docs(root, LANGUAGES, None, CONTENTS)
    assert len(checks) == 2
    replace(root / "docs/ko/index.md", "\n", "\n\n한 문장 더.\n")
    require_docs(root, LANGUAGES, None, CONTENTS)
    assert len(checks) == 3


def test_pages_can_name_claims_of_the_study(root):
    own = root / "config/own.yaml"
    own.write_text("claims: [{id: own-claim}]\n", encoding="utf-8")
    for language in LANGUAGES:
        replace(root / f"docs/{language}/losses.md", "\n\n", '\n\n[[ figure("evidence-own-claim") ]]\n\n')
    assert 'unknown figure "evidence-own-claim"' in message_of(require_docs, root, LANGUAGES, None, CONTENTS)
    require_docs(root, LANGUAGES, own, CONTENTS)


def test_where_nothing_can_be_written_the_docs_are_checked_all_the_same(root):
    Path(".snakemake").write_text("", encoding="utf-8")
    require_docs(root, LANGUAGES, None, CONTENTS)
    replace(root / "docs/words.yaml", "\n  gelu:", "\n  glu:")
    assert "gelu" in message_of(require_docs, root, LANGUAGES, None, CONTENTS)


def test_pages_of_every_site_need_nothing_of_a_book(root):
    require_docs(root, LANGUAGES, None, OF_EVERY_SITE)
    for language in LANGUAGES:
        replace(root / f"docs/{language}/index.md", 'law() if has_measurement("law") else ""', "law()")
    assert 'unknown name "law"' in message_of(require_docs, root, LANGUAGES, None, OF_EVERY_SITE)


def test_pages_ask_for_pages_figures_and_measurements_that_there_are():
    """If one is asked for by a wrong name, its part of a page is left out without a message."""
    docs = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")]
    code = " ".join(part for text in docs for part in re.findall(r"\[[\[%].*?[\]%]\]", text, re.DOTALL))
    for asked, known in (
        ("has_page", CONTENTS.pages),
        ("has_figure", CONTENTS.figures),
        ("has_measurement", [contents.name_of(path.name) for path in (ROOT / "results/reference").iterdir()]),
    ):
        names = {name for name in re.findall(rf'{asked}\("([\w-]+)"\)', code) if not name.startswith(EVIDENCE)}
        assert names
        assert names <= {*known}
