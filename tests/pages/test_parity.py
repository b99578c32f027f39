import re
import shutil
from pathlib import Path

import pytest
from support.contents import SITE
from support.messages import message_of
from support.project import ROOT

from ontrial.errors import InputError
from ontrial.report import docs_check
from ontrial.report.pages.sources import Docs
from ontrial.report.site import docs, parity
from ontrial.report.site.docs import languages
from ontrial.report.wording.phrases import Phrases

PAGE = """\
# Losses

## Mean {#mean}

Of 1,797 images, [[ accuracy("grid", batch_size=16) ]] are right: $p - y$.

[% if has("grid") -%]
[[ figure("curve") ]]
[% endif %]

### Sum {: #sum }

$$L = \\sum_i p_i, \\text{ a sum}$$

```python
# Add up.
print("## 1")
```

[A paper](https://doi.org/10.1/a)
"""
GERMAN = """\
# Verluste

## Mittel {#mean}

Von 1,797 Bildern sind [[ accuracy("grid",   batch_size=16) | particle("이/가") ]] richtig,
mit $p - y$ und noch einmal $p - y$.

[% if has("grid") -%]
[[ figure("curve") ]]
[% endif %]

### Summe {#sum}

$$L = \\sum_i p_i, \\text{ eine Summe}$$

```python
print("## 1")  # Zusammenzählen.
```

[Ein Aufsatz](https://doi.org/10.1/a)
"""


def messages(page: str) -> list[str]:
    return list(parity.differences({"en": {"{}/losses.md": PAGE}, "de": {"{}/losses.md": page}}))


def test_words_particles_spaces_and_remarks_in_code_are_the_languages_own():
    assert messages(GERMAN) == []


@pytest.mark.parametrize(
    ("old", "new", "lacking", "part"),
    [
        ("## Mittel {#mean}\n", "", "de", "heading ## #mean"),
        ("{#sum}", "{#summe}", "en", "heading ### #summe"),
        ("### Summe", "## Summe", "de", "heading ### #sum"),
        ("## Mittel {#mean}", "## Mittel", "de", "heading ## #mean"),
        ('"curve"', '"line"', "de", 'expression [[ figure("curve") ]]'),
        ("=16", "=61", "en", 'expression [[ accuracy("grid", batch_size=61) ]]'),
        ('if has("grid")', "if 1", "de", 'statement [% if has("grid") %]'),
        ("Von 1,797", "Von 1,979", "de", "number 1,797"),
        ("$p - y$", "$p + y$", "en", "formula $p+y$"),
        ("\\sum_i", "\\prod_i", "de", "formula $$L=\\sum_ip_i,$$"),
        ('"## 1"', '"## 2"', "de", "code print('## 1')"),
        ("10.1/a", "10.1/b", "en", "link https://doi.org/10.1/b"),
    ],
)
def test_what_one_language_lacks_is_named(old, new, lacking, part):
    other = {"en": "de", "de": "en"}[lacking]
    message = f"docs/{lacking}/losses.md: {part} is missing, docs/{other}/losses.md has it."
    assert old in GERMAN
    assert message in messages(GERMAN.replace(old, new))


def test_what_is_shown_twice_or_in_another_order_is_named():
    twice = GERMAN + '\n[[ figure("curve") ]]\n\n[[ figure("curve") ]]\n'
    message = 'docs/en/losses.md: expression [[ figure("curve") ]] is missing 2 times, docs/de/losses.md has it.'
    assert messages(twice) == [message]
    one = {"{}/a.md": "# A\n\n## B {#b}\n\n## C {#c}\n"}
    other = {"{}/a.md": "# A\n\n## C {#c}\n\n## B {#b}\n"}
    message = "docs/ko/a.md: heading ## #c comes where docs/en/a.md has ## #b."
    assert list(parity.differences({"en": one, "ko": other})) == [message]


def test_texts_in_words_may_differ_and_names_may_not():
    def differing(expression: str) -> list[str]:
        return list(parity.differences({"en": {"{}": '[[ lead("small", "a lead of") ]]'}, "ko": {"{}": expression}}))

    assert differing('[[ lead("small", "앞선 정도는") ]]') == []
    assert len(differing('[[ lead("large", "앞선 정도는") ]]')) == 2


def test_all_differences_are_in_one_message():
    english = {"{}/a.md": "# A", "{}/figures.yaml: neuron.alt": "A neuron.", "words.yaml: loss": "loss"}
    korean = {"{}/b.md": "# B", "words.yaml: weight": "가중치"}
    with pytest.raises(InputError) as refused:
        parity.require({"en": english, "ko": korean})
    assert str(refused.value).splitlines()[1:] == [
        "- docs/ko/a.md: missing, docs/en/a.md exists.",
        "- docs/ko/figures.yaml: neuron.alt: missing, docs/en/figures.yaml: neuron.alt exists.",
        "- docs/words.yaml: loss in ko: missing, docs/words.yaml: loss in en exists.",
        "- docs/en/b.md: missing, docs/ko/b.md exists.",
        "- docs/words.yaml: weight in en: missing, docs/words.yaml: weight in ko exists.",
    ]


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("# A\n\n[[ 'a ]]\n", "docs/ko/a.md:3: "),
        ("# A\n\n```python\nif:\n```\n", "docs/ko/a.md: code that is not Python: invalid syntax: if:"),
    ],
)
def test_what_cannot_be_read_is_named(page, message):
    with pytest.raises(InputError, match=re.escape(message)):
        parity.require({"en": {"{}/a.md": "# A\n"}, "ko": {"{}/a.md": page}})


def test_what_a_new_language_needs_besides_its_pages_is_named(tmp_path):
    (tmp_path / "theme").mkdir()
    (tmp_path / "de").mkdir()
    (tmp_path / "theme/en.yml").write_text("extra: {name: English}\n")
    with pytest.raises(InputError, match=r"^docs/theme/de\.yml: missing\. Copy docs/theme/en\.yml and translate it\.$"):
        docs.language_names(tmp_path, ("en", "de"))
    (tmp_path / "theme/de.yml").write_text("extra: {}\n")
    with pytest.raises(InputError, match=r"^docs/theme/de\.yml: extra\.name is missing"):
        docs.language_names(tmp_path, ("en", "de"))
    (tmp_path / "theme/de.yml").write_text("extra: {name: Deutsch}\n")
    assert docs.language_names(tmp_path, ("en", "de")) == {"en": "English", "de": "Deutsch"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  loss: {en: loss}\n  weight: en: weight\n", ":3:13: invalid YAML: "),
        ("  loss: {en: loss}\n  loss: {en: cost}\n", ":3: figures.loss: duplicate key, first given on line 2. Remove"),
    ],
)
def test_words_are_read_strictly(tmp_path, text, message):
    (tmp_path / "words.yaml").write_text(f"figures:\n{text}", encoding="utf-8")
    assert f"words.yaml{message}" in message_of(docs.read_words, tmp_path / "words.yaml")


@pytest.mark.release
def test_all_texts_of_the_docs_say_the_same_in_every_language():
    assert languages(ROOT / "docs")[0] == "en"
    docs.require_parity(ROOT / "docs", languages(ROOT / "docs"))
    korean = docs.texts_by_language(ROOT / "docs", ["ko"])["ko"]
    for place in ("{}/losses.md", "templates/{}/claim.md", "{}/figures.yaml: neuron.alt", "words.yaml: loss"):
        assert place in korean
    assert "words.yaml: verdict of" in korean
    assert "glossary.yaml: loss.definition" in korean


# What stands in English for good reason: code, formulas, names of controls, what is marked as English, works cited.
ENGLISH = re.compile(
    r"<script.*?</script>|```.*?```|`[^`]*`|<code>.*?</code>|data-[a-z]+=\"[^\"]*\""
    r"|\$[^$]*\$|<(span|q) lang=\"en\">.*?</\1>|\]\([^)]*\)"
    r"|^(?:#+ [^\n]*#(?:further-reading|references)\b|참고 문헌:$).*?(?=^#|\Z)|<details id=\"references\".*?</details>",
    re.DOTALL | re.MULTILINE,
)
SENTENCE = re.compile(r"(?:[A-Za-z’'-]+ ){5,}[A-Za-z’'-]+")


def english_sentences(page: str) -> list[str]:
    """Return sequences of six or more English words where Korean is expected."""
    return SENTENCE.findall(" ".join(ENGLISH.sub("|", page).split()))


def test_an_english_sentence_is_found_and_a_work_cited_is_not():
    page = "# 손실\n\nsoftmax와 ReLU다. This one was\nleft in English.\n\n"
    assert english_sentences(
        page + "## 읽을거리 {#further-reading}\n\n- A book of so many words.\n"
    ) == english_sentences(page)
    assert english_sentences(page) == ["This one was left in English"]


def test_no_english_sentence_is_left_on_a_korean_page(smoke):
    folder = smoke / "results/smoke/pages/ko"
    pages: list[Path] = [path for path in folder.rglob("*.md") if path.name != "references.md"]
    assert len(pages) > 15
    assert {path.name: left for path in pages if (left := english_sentences(path.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize("text", ["neuron: neuron", "neuron: [neuron, 뉴런]", "neuron: {en: [neuron]}"])
def test_a_term_that_is_not_a_text_for_each_language_is_an_error(tmp_path, text):
    for name in ("differing.yaml", "glossary.yaml"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    (tmp_path / "words.yaml").write_text("figures: {}\npages: {}", encoding="utf-8")
    assert docs.texts_by_language(tmp_path, ["en"]) == {"en": {}}
    (tmp_path / "words.yaml").write_text(f"figures: {{}}\npages:\n  {text}", encoding="utf-8")
    with pytest.raises(InputError, match=r"docs/words.yaml: neuron: write a text for each language"):
        docs.texts_by_language(tmp_path, ["en"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "write its terms in two parts, figures and pages"),
        ("loss: {en: loss, ko: 손실}", "write its terms in two parts, figures and pages"),
        ("figures:\npages: {loss: {en: loss}}", "write its terms in two parts, figures and pages"),
        ("figures: {loss: {en: loss}}", "write its terms in two parts, figures and pages"),
        ("figures: {loss: {}}\npages: {loss: {}}", "in figures and in pages: loss. Write them once"),
    ],
)
def test_words_have_two_parts_and_each_term_once(tmp_path, text, message):
    (tmp_path / "words.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"words.yaml: {message}"):
        docs.read_words(tmp_path / "words.yaml")


def test_names_without_words_are_reported_at_once(tmp_path):
    words = "figures:\n  relu: {en: ReLU, ko: ReLU}\npages:\n  yours: {en: yours, ko: 내 것}\n"
    (tmp_path / "words.yaml").write_text(words, encoding="utf-8")
    docs.require_words(tmp_path, ["relu"])
    assert message_of(docs.require_words, tmp_path, ["relu", "yours", "mine", "yours"]).endswith(
        "under figures:\n  yours: {en: …, ko: …}\n  mine: {en: …, ko: …}"
    )


def test_a_text_in_one_language_is_enough(tmp_path):
    """What is not translated yet stands in the other language, and says so: a term, a caption, a template, a page."""
    folder = tmp_path / "docs"
    shutil.copytree(ROOT / "docs", folder, ignore=shutil.ignore_patterns("assets", "decisions"))
    (folder / "ko/the-valley.md").unlink()
    (folder / "templates/ko/reason.md").unlink()
    for path, old, new in (
        ("words.yaml", "\npages:", "\n  yours: {en: Yours}\npages:"),
        ("ko/figures.yaml", "\nneuron:", "\nneurone:"),
    ):
        text = (folder / path).read_text(encoding="utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), encoding="utf-8")
    names = docs_check._names_for_pages(SITE, [ROOT / "config/claims.yaml"])
    docs.require_names(folder, ("en", "ko"), names)
    found, english = (Docs.read(folder, language, SITE.pages) for language in ("ko", "en"))
    assert found.captions["neuron"]["title"] == f"{english.captions['neuron']['title']} [en]"
    assert found.templates["reason.md"] == english.templates["reason.md"]
    note = "\n\n!!! note\n    이 페이지는 아직 번역하지 않았다."
    assert f"\n# The valley{note}\n" in found.pages["the-valley.md"]
    assert found.pages["the-valley.md"].replace(note, "") == english.pages["the-valley.md"]
    assert Phrases(found.words, "ko", "words.yaml")["yours"] == "Yours [en]"
    assert "docs/ko/the-valley.md: missing" in message_of(docs.require_parity, folder, ("en", "ko"))
