"""A site has the book that its study names, besides the contents of every site."""

import ast
import json
import re
import runpy
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.contents import SITE
from support.messages import message_of
from support.pages import DOCS, STUDY, build_pages, sources_of, with_docs
from support.project import ROOT, read_yaml

from ontrial.report import contents
from ontrial.report.contents import OF_EVERY_SITE, Contents
from ontrial.report.figures.formats import EVIDENCE
from ontrial.report.pages.assemble_pages import without_links
from ontrial.report.site import docs, names
from ontrial.study import command_line, configuration
from ontrial_book import BOOK

LANGUAGES = ("en", "ko")
TO_THE_BOOK = re.compile(rf"\]\([./]*(?:{'|'.join(BOOK.pages)})\.md")


def hand_written(language: str, contents: Contents) -> dict[str, str]:
    """Return the texts of the hand-written pages of a site by path."""
    return docs.with_names(DOCS / language, contents.pages)[0]


def test_a_site_has_the_book_that_its_study_names():
    study = configuration.parse(STUDY, "tiny.yaml")
    assert contents.of_study(study) is OF_EVERY_SITE
    with_book = configuration.parse(f"book: ontrial_book\n{STUDY}", "tiny.yaml")
    assert contents.of_study(with_book) == SITE
    for name in ("ontrial_bok", "ontrial_bok.pages", "no_such_package.book"):
        message = message_of(configuration.parse, f"{STUDY}\nbook: {name}\n", "tiny.yaml")
        assert f"there is no module {name} in this environment. Write ontrial_book, or install yours." in message


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("ontrial.judge", "the module ontrial.judge has no BOOK, a Contents of ontrial.report.contents."),
        ("json.no_such_module", "the module json.no_such_module can't be imported: No module named"),
    ],
)
def test_a_book_that_can_not_be_loaded_is_reported(module, message):
    study = configuration.parse(f"{STUDY}\nbook: {module}\n", "tiny.yaml")
    assert message_of(contents.of_study, study).startswith(f"tiny.yaml: book: {message}")


def test_a_book_of_somebody_else_needs_trust():
    study = configuration.parse(f"{STUDY}\nbook: json.tool\n", "tiny.yaml")
    message = "tiny.yaml: its book is Python code, the module json.tool, which can do anything that you can."
    assert message_of(command_line.require_trust, study, None).startswith(message)
    command_line.require_trust(study, "yes")
    command_line.require_trust(configuration.parse(f"{STUDY}\nbook: ontrial_book\n", "tiny.yaml"), None)


def test_the_book_has_the_chapters_and_other_pages_that_exist():
    assert set(BOOK.chapters) < set(BOOK.pages)
    assert [*read_yaml("config/claims.yaml")["chapters"]] == [*BOOK.chapters]
    for language in LANGUAGES:
        everything, few = (set(hand_written(language, site)) for site in (SITE, OF_EVERY_SITE))
        assert everything - few == {f"{name}.md" for name in BOOK.pages}
        assert everything == set(docs.markdown(DOCS / language))
        assert few == {"index.md", "explorer.md", "guess.md", "methods.md", "statistics.md", "how-it-was-made.md"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the [one-hot](losses.md#one-hot) verdict", "the one-hot verdict"),
        ("[films](../film.md) and [methods](methods.md#seeds)", "films and [methods](methods.md#seeds)"),
        ("[a [b](film.md) c](guess.md), [d](films.md)", "[a b c](guess.md), [d](films.md)"),
    ],
)
def test_a_link_to_a_page_that_is_left_out_is_only_its_words(text, shown):
    assert without_links(text, ["losses.md", "film.md"]) == shown


@pytest.fixture
def without_book(monkeypatch) -> None:
    """Without the book, nothing can be imported from it."""
    for name in [name for name in sys.modules if name.startswith("ontrial_book")]:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_a_site_without_the_book_leads_to_it(results, without_book, language):
    few, others = docs.with_names(DOCS / language, OF_EVERY_SITE.pages)
    written = {path: few[path] for path in ("index.md", "guess.md", "statistics.md", "how-it-was-made.md")}
    captions = read_yaml(f"docs/{language}/figures.yaml")
    sources = with_docs(sources_of(results, language), pages=written, left_out=others, captions=captions)
    pages = build_pages(replace(sources, contents=OF_EVERY_SITE))
    assert all(TO_THE_BOOK.search(text) for text in written.values())
    assert {path for path, text in pages.items() if TO_THE_BOOK.search(text)} == set()
    assert "evidence/small.md" in pages


def known(site: Contents) -> names.Known:
    """Return the names that pages of a site can use, with those of all claims."""
    takes = {name: function.takes for name, function in site.functions.items()}
    claims = [claim["id"] for claim in read_yaml("config/claims.yaml")["claims"]]
    figures = [*site.figures, *(EVIDENCE + id for id in claims)]
    return names.Known(takes, claims, figures, site.pages, site.templates, site.measured)


@pytest.mark.parametrize("site", [OF_EVERY_SITE, SITE], ids=["without", "with"])
def test_pages_use_only_names_that_the_site_has_or_that_they_ask_for(site):
    docs.require_names(DOCS, LANGUAGES, known(site))


def test_a_part_that_asks_for_a_name_may_use_names_that_the_site_lacks():
    site = names.Known({"has_page": "", "has_measurement": ""}, pages=("a",))
    for text in (
        '[% if has_page("b") and has_page("a") %][[ there(beyond()) ]][% endif %]',
        '[[ there() if has_measurement("b") ]]',
    ):
        names.require({"a.md": text}, {}, site)
        assert 'a.md:1: unknown name "there".' in message_of(names.require, {"a.md": f"{text}[[ there() ]]"}, {}, site)
    text = '[% if has_page("a") %][[ there() ]][% endif %]'
    assert 'a.md:1: unknown name "there".' in message_of(names.require, {"a.md": text}, {}, site)


def words_of(path: Path) -> set[str]:
    """Return the texts in the code of a module, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    owners = [node for node in ast.walk(tree) if isinstance(node, documented) and ast.get_docstring(node)]
    docstrings = {id(owner.body[0].value) for owner in owners}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings]
    return {node.value for node in constants if isinstance(node.value, str)}


def test_the_report_names_no_experiment_and_no_claim_of_the_default_study():
    claims = {claim["id"] for claim in read_yaml("config/claims.yaml")["claims"]}
    others = {"titanic", "speed"}  # also a data set, and a key of a script
    named = (claims | read_yaml("config/config.yaml")["experiments"].keys()) - others
    modules = sorted((ROOT / "src/ontrial/report").rglob("*.py"))
    assert len(modules) > 50
    assert {path.name: found for path in modules if (found := words_of(path) & named)} == {}


def test_the_tool_names_neither_the_book_nor_a_study():
    studies = {path.name for path in (ROOT / "results/reference").iterdir() if path.is_dir()}
    others = {"adam", "momentum", "default", "letter", "pendigits", "satimage", "mnist"}  # also settings and data sets
    for path in (path for path in (ROOT / "src/ontrial").rglob("*.*") if path.suffix in (".py", ".yaml", ".html")):
        assert "ontrial_book" not in path.read_text(encoding="utf-8"), path
        assert path.suffix != ".py" or not words_of(path) & (studies - others), path


def test_the_navigation_drops_pages_and_sections_that_the_site_lacks(tmp_path):
    hooks = runpy.run_path(str(DOCS / "theme/hooks.py"))
    for name in ("index.md", "guess.md"):
        (tmp_path / name).touch()
    navigation = [{"Theory": ["index.md", "losses.md"]}, {"Try it": ["film.md", "guess.md"]}, {"More": ["film.md"]}]
    assert hooks["expand"](navigation, tmp_path) == ["index.md", {"Try it": ["guess.md"]}]


def test_search_results_begin_with_the_answer_to_a_claim():
    hooks = runpy.run_path(str(DOCS / "theme/hooks.py"))
    quoted, answer = "<p>“Small ones win.” notes</p>", "<p>✗ refuted No.</p>"
    entries = [{"location": f"{page}.html", "title": "", "text": f"{quoted} {answer}"} for page in ("evidence/a", "a")]
    claim, other = (entry["text"] for entry in json.loads(hooks["shrink"]({"docs": entries}))["docs"])
    assert (claim.split("> <")[0] + ">", other) == (answer, f"{quoted} {answer}")


def test_the_search_index_keeps_cells_apart_and_figures_read_listed_measurements():
    hooks = runpy.run_path(str(DOCS / "theme/hooks.py"))
    page = "<table><tr><th>Adam</th><td>Who<br>wins</td></tr></table>"
    apart = hooks["BLOCK_END"].sub("\\g<0>\n", page)
    assert re.sub("<[^>]*>", "", apart).split() == ["Adam", "Who", "wins"]
    published = ROOT / "results/reference"
    assert all(list(published.glob(pattern)) for pattern in SITE.measurements)
    sources = {figure.source for figure in SITE.figures.values()} - {None, "verdicts"}
    assert sources <= {path.name for path in published.iterdir()}
