"""Lines of the engine beside formulas."""

import re

import pytest
from support.messages import message_of
from support.pages import DOCS, page_of
from support.project import ROOT

from ontrial.nn import reference
from ontrial_book.chapters import pages_excerpts as excerpts
from ontrial_book.chapters.pages_excerpts import EXCERPTS, Excerpt, excerpt, lines

BLOCK = re.compile(r'```python title="(src/ontrial/nn/\w+\.py)"\n(.*)\n```', re.DOTALL)


@pytest.mark.parametrize("name", EXCERPTS)
def test_an_excerpt_is_a_few_lines_of_the_file_that_its_title_names(results, name):
    path, code = BLOCK.fullmatch(excerpt(page_of(results), name)).groups()
    source = (ROOT / path).read_text(encoding="utf-8").splitlines()
    shown = code.splitlines()
    assert 1 <= len(shown) <= 5
    stripped = [line.strip() for line in source]
    start = stripped.index(shown[0].strip())
    assert [line.strip() for line in shown] in [
        stripped[i : i + len(shown)] for i in range(start, len(stripped)) if stripped[i] == shown[0].strip()
    ]
    assert not shown[0].startswith(" ")


def test_every_excerpt_is_shown_once():
    text = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "en").glob("*.md"))
    assert sorted(re.findall(r'\[\[ excerpt\("([\w -]+)"\) \]\]', text)) == sorted(EXCERPTS)


@pytest.mark.parametrize(
    ("first", "last"), [("for w, b in layers", ""), ("for W, b in layers:", "z.prepend"), ("a.append", "for W, b")]
)
def test_lines_that_the_source_no_longer_has_are_an_error(monkeypatch, first, last):
    monkeypatch.setitem(EXCERPTS, "layer", Excerpt(reference.forward, first, last))
    assert message_of(lines, "layer") == 'excerpt "layer": forward has changed. Correct its lines in excerpts.py.'


def test_an_unknown_excerpt_is_an_error(results):
    assert message_of(excerpts.excerpt, page_of(results), "layr").startswith(
        'unknown excerpt "layr". Did you mean "layer"?'
    )
