"""What the site has for programs: a Markdown twin of each page, llms.txt, and claims.json."""

import html
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from support.project import ROOT
from support.sites import HOSTILE

from ontrial.report.site.llms import llms
from ontrial.report.site.twins import to_markdown
from ontrial.report.summaries import tried
from ontrial.storage import yaml_files

ARTICLE = re.compile(r"<article[^>]*>(.*)</article>", re.DOTALL)
HEADING = re.compile(r"<h([1-6])[^>]*>(.*?)(?:<a class=\"headerlink\".*?)?</h\1>", re.DOTALL)
FENCE = re.compile(r"^(?:> |  )*(```+).*?\1$", re.DOTALL | re.MULTILINE)
ALTERNATE = re.compile(r'<link rel="alternate " type="text/markdown" href="([^"]*)">')
LINK = re.compile(r"\]\(<?(?!\w+:|<)([^)>#]+)")  # to a file of the site
WORDS = st.text("ab1 \\`*_[](){}<>&;#-+.:!~|=$가", max_size=12)


def visible(text: str) -> str:
    """Return HTML as its text alone."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


@given(WORDS, WORDS)
def test_text_stays_text(one, other):
    page = f"<h2>{html.escape(one)}</h2><p>{html.escape(other)}<br>{html.escape(one)}</p><p>{html.escape(other)}</p>"
    rendered = MarkdownIt("commonmark").render(to_markdown(page))
    assert visible(rendered) == visible(page.replace("<br>", " ").replace("><", "> <"))


@pytest.mark.parametrize(
    ("page", "twin"),
    [
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n\n   - b\n2. c\n"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b\n"),
        ("<dl><dt>a</dt><dd><p>b</p></dd></dl>", "a\n:   b\n"),
        ("<p>a<strong> b </strong>c</p>", "a **b** c\n"),
        ("<p><code>a*`b</code></p>", "`` a*`b ``\n"),
        ('<div class="language-python"><pre><code>a\n\n\n*b*\n</code></pre></div>', "```python\na\n\n\n*b*\n```\n"),
        ('<p><span class="arithmatex">\\(a_1 &lt; b\\)</span></p>', "$a_1 < b$\n"),
        ('<div class="arithmatex">\\[\na_1\n\\]</div>', "$$\na_1\n$$\n"),
        ('<p><a href="../a.html#b">c</a> <a href="https://x.org/a.html">d</a></p>', "[c](../a.md#b) [d](https://x.org/a.html)\n"),
        ('<a href="a.svg"><picture><img src="b.svg" alt="c"></picture></a>', "[c](a.svg)\n"),
        ('<p>a<span aria-hidden="true">b</span><button>c</button><script>d</script></p>', "a\n"),
        (
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1|2</td><td></td></tr></tbody></table>",
            "| a | b |\n| --- | --- |\n| 1\\|2 |  |\n",
        ),
    ],
)  # fmt: skip
def test_an_element_has_its_markdown(page, twin):
    assert to_markdown(page) == twin


def test_hostile_text_is_text_in_the_twin(two_languages):
    twin = (two_languages / "en/index.md").read_text(encoding="utf-8")
    assert HOSTILE in html.unescape(visible(MarkdownIt("commonmark").render(twin)))
    assert "<script" not in MarkdownIt("commonmark").render(twin)


def test_each_page_has_a_twin_with_its_headings(smoke_site):
    pages = [path for path in smoke_site.rglob("*.html") if path.parent != smoke_site]
    assert pages
    for path in pages:
        page = path.read_text(encoding="utf-8")
        (name,) = ALTERNATE.findall(page)
        twin = FENCE.sub("", (path.parent / name).read_text(encoding="utf-8"))
        assert Path(name).stem == path.stem
        expected = [(int(level), text) for level, text in HEADING.findall(ARTICLE.search(page)[1])]
        found = [(len(marks), text) for marks, text in re.findall(r"^(#+) (.*)$", twin, re.MULTILINE)]
        assert [level for level, _ in found] == [level for level, _ in expected], path
        for (_, text), (_, markdown) in zip(expected, found, strict=True):
            if "<math" not in text:
                assert visible(text) == visible(MarkdownIt("commonmark").renderInline(markdown)), path
        assert not re.search(r"<(script|svg|button)|md-nav", twin), path
        for link in LINK.findall(twin):
            assert (path.parent / link).exists(), (path, link)


def test_llms_txt_leads_to_the_main_pages_and_the_data_in_both_languages(smoke_site):
    text = (smoke_site / "llms.txt").read_text(encoding="utf-8")
    links = re.findall(r"^- \[.+\]\((.+?)\)", text, re.MULTILINE)
    assert all((smoke_site / link).exists() for link in links)
    assert {"en/index.md", "ko/batch-size.md", "en/evidence/index.md", "verdicts/claims.json"} <= {*links}
    assert text.startswith("# Theory on Trial\n\n> ")


def test_llms_txt_has_absolute_links_if_the_address_is_known(two_languages):
    themes = {language: yaml_files.read(ROOT / f"docs/theme/{language}.yml") for language in ("en", "ko")}
    text = llms(two_languages, themes, "https://example.org/trial")
    assert "- [첫 쪽](https://example.org/trial/ko/index.md)\n" in text
    assert "claims.json" not in text  # the site has no claims


def test_claims_json_follows_its_schema_and_says_what_the_verdicts_say(smoke_site):
    content = json.loads((smoke_site / "verdicts/claims.json").read_text(encoding="utf-8"))
    schema = json.loads((smoke_site / "schemas/claims.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(content)
    assert content["version"] == tried.VERSION
    judged = {
        (of_study["study"], claim["id"]): claim
        for path in smoke_site.glob("verdicts/*.json")
        if "study" in (of_study := json.loads(path.read_text(encoding="utf-8")))
        for claim in of_study["claims"]
    }
    assert {(claim["study"], claim["id"]) for claim in content["claims"]} == judged.keys()
    for claim in content["claims"]:
        expected = judged[claim["study"], claim["id"]]
        assert (claim["verdict"], claim["hash"]) == (expected["verdict"], expected["hash"])
        for one, other in zip(claim["contexts"], expected["contexts"], strict=True):
            flat = one.pop("settings") | one
            assert flat.items() <= other.items()
        for language, address in claim["pages"].items():
            path, _, anchor = address.partition("#")
            page = (smoke_site / "verdicts" / path).read_text(encoding="utf-8")
            assert f'lang="{language}"' in page
            assert not anchor or f'id="{anchor}"' in page
        assert claim["pages"].keys() == {"en", "ko"}
