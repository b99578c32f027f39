"""Terms of the glossary in chapters: the first mention is a link with the definition."""

import json

import pytest
from support.pages import build_pages, sources_of, tiny_results

from ontrial.report.pages import assemble_pages
from ontrial.report.site.glossary import explain

TERMS = [
    {"id": "batch", "term": "batch", "definition": "Samples of <one> update."},
    {"id": "batch-size", "term": "batch size", "definition": "How many there are."},
    {"id": "sgd", "term": "stochastic gradient descent (SGD)", "definition": "Small steps."},
    {"id": "ko", "term": "배치", "definition": "표본 묶음."},
]


def explained(page: str) -> list[str]:
    """Return the words of a page that are explained."""
    return [part.split(">")[1].split("</a")[0] for part in explain(page, TERMS, "glossary.html").split("<a ")[1:]]


def test_the_first_mention_is_a_link_and_has_its_definition():
    page = explain("<p>A batch, and a batch.</p>", TERMS, "glossary.html")
    assert page == (
        '<p>A <span class="term"><a href="glossary.html#batch" aria-describedby="term-batch">batch</a>'
        '<span id="term-batch" role="tooltip" data-search-exclude>Samples of &lt;one&gt; update.</span></span>'
        ", and a batch.</p>"
    )


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>The batch size. A batch.</p>", ["batch size", "batch"]),
        ("<p>Batches: batchwise, mini-batch.</p>", ["Batches"]),
        ('<blockquote class="claim"><p>A batch.</p></blockquote><p>The batch.</p>', ["batch"]),
        ("<p>By SGD, that is stochastic gradient descent.</p>", ["SGD"]),
        ("<ul><li>A <strong>batch</strong><br>of it</li></ul>", ["batch"]),
        ("<p>배치마다 배치하다.</p>", ["배치"]),
        ("<p>재배치하거나 배치하다.</p>", []),
        ("<p>SGD는 작은 batch를 쓴다.</p>", ["SGD", "batch"]),
        ("<p>SGD식 걸음, batch2는 아니다.</p>", []),
    ],
)
def test_terms_are_whole_words_in_any_form(page, words):
    assert explained(page) == words


@pytest.mark.parametrize("page", [
    "<h2>A batch</h2>", "<p><a href='x'>batch</a></p>", "<p><code>batch</code></p>",
    '<p><span class="arithmatex">\\(batch\\)</span></p>', "<table><tr><td><p>batch</p></td></tr></table>",
    "<blockquote><p>batch</p></blockquote>", "<div>batch</div>", '<p class="admonition-title">A batch</p>',
])  # fmt: skip
def test_other_text_stays_as_it_is(page):
    assert explain(page, TERMS, "glossary.html") == page


def test_without_terms_a_page_stays_as_it_is():
    assert explain("<p>A batch.</p>", [], "glossary.html") == "<p>A batch.</p>"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_everyday_words_are_in_the_glossary_but_not_explained(language):
    pages = build_pages(sources_of(tiny_results(), language))
    listed = json.loads(pages[assemble_pages.GLOSSARY])
    ids = [entry["id"] for entry in listed["terms"]]
    assert "gradient" in ids
    assert "run" not in ids
    assert "#run" in pages["glossary.md"]
    assert {"batch-size.md", "evidence/small.md", "guess.md"} <= {*listed["pages"]}
