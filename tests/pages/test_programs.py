"""What the site has for programs: the Markdown of each page, llms.txt, and claims.json."""

import html
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from support.project import ROOT
from support.sites import HOSTILE

from ontrial.report.site.llms import llms
from ontrial.report.site.markdown_copies import to_copy
from ontrial.report.summaries import tried
from ontrial.storage import yaml_files

FENCE = re.compile(r"^(?:> |  )*(```+).*?\1$", re.DOTALL | re.MULTILINE)
ALTERNATE = re.compile(r'<link rel="alternate " type="text/markdown" href="([^"]*)">')
LINK = re.compile(r"\]\(<?(?!\w+:|<)([^)>#]+)")  # to a file of the site


def visible(text: str) -> str:
    """Return HTML as its text alone."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


@pytest.mark.parametrize(("page", "expected"), [
    ("# a_1 < b {: #answer }", "# a_1 < b"),
    ("$a_{1} < b$ `<p class='x'>`", "$a_{1} < b$ `<p class='x'>`"),
    ('```html\n<p class="x">\n```', '```html\n<p class="x">\n```'),
    ('<a class="b" href="../a.html#b">c</a> <a href="https://x.org/a.html">d</a>', '<a href="../a.md#b">c</a> <a href="https://x.org/a.html">d</a>'),
    ('<figure id="f"><a href="a.svg"><img src="b.svg" alt="c" width="1"></a></figure>', "[c](b.svg)"),
    ('<div data-words="{&#34;a&#34;: 1}">a<button>c</button><script>d</script></div>', "a"),
])  # fmt: skip
def test_a_copy_lacks_what_needs_a_browser(page, expected):
    assert to_copy(page) == expected + "\n"


def test_hostile_text_is_text_in_the_copy(two_languages):
    copy = (two_languages / "en/index.md").read_text(encoding="utf-8")
    assert HOSTILE in html.unescape(visible(MarkdownIt("commonmark").render(copy)))
    assert "<script" not in MarkdownIt("commonmark").render(copy)


def test_each_page_has_a_copy_with_its_title_and_links_to_copies(smoke_site):
    pages = [path for path in smoke_site.rglob("*.html") if path.parent != smoke_site]
    assert pages
    for path in pages:
        page = path.read_text(encoding="utf-8")
        (name,) = ALTERNATE.findall(page)
        assert Path(name).stem == path.stem
        copy = FENCE.sub("", (path.parent / name).read_text(encoding="utf-8"))
        assert re.search("^# .", copy, re.MULTILINE), path
        assert not re.search(r"<(script|svg|button)|md-nav|data-", copy), path
        for link in LINK.findall(copy):
            assert (path.parent / link).exists(), (path, link)


def test_llms_txt_leads_to_the_main_pages_and_the_data_in_both_languages(smoke_site):
    text = (smoke_site / "llms.txt").read_text(encoding="utf-8")
    links = re.findall(r"^- \[.+\]\((.+?)\)", text, re.MULTILINE)
    assert all((smoke_site / link).exists() for link in links)
    assert {"en/index.md", "ko/batch-size.md", "en/evidence/index.md", "verdicts/claims.json"} <= {*links}
    assert text.startswith("# Theory on Trial\n\n> ")


def test_llms_txt_has_the_pages_of_a_menu_within_a_menu(tmp_path):
    for name in ("index", "a", "b"):
        (tmp_path / f"en/{name}.md").parent.mkdir(exist_ok=True)
        (tmp_path / f"en/{name}.md").write_text(f"# The {name}\n", encoding="utf-8")
    programs = {"copies": "Copies.", "data": "Data"}
    nav = [{"Theory": ["index.md", {"Rates": ["a.md", "b.md"]}]}]
    theme = {"site_name": "S", "site_description": "D", "extra": {"programs": programs}, "nav": nav}
    assert re.findall(r"\((en/\w+)\.md\)", llms(tmp_path, {"en": theme}, "")) == ["en/index", "en/a", "en/b"]


def test_llms_txt_has_absolute_links_if_the_address_is_known(two_languages):
    themes = {language: yaml_files.read_yaml(ROOT / f"docs/theme/{language}.yml") for language in ("en", "ko")}
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
