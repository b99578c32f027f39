import json
import math
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pandas as pd
import pytest
from support import twice
from support.messages import message_of
from support.pages import (
    CLAIMS,
    ESTIMAND,
    STUDY,
    VERDICTS,
    build_pages,
    claim,
    context,
    page_of,
    sources_of,
    verdict,
    with_docket,
    with_docs,
    with_findings,
)
from support.project import read_yaml

from ontrial.errors import InputError
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.metrics import METRICS
from ontrial.judge.pilots import PilotChange
from ontrial.report.markdown import Markdown
from ontrial.report.pages import citations, lookup, numbers, pictures, tables
from ontrial.report.pages.claims import estimates, evidence, glance, sentences, verdicts
from ontrial.report.pages.claims.evidence import ClaimPage
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Sources
from ontrial.report.site.korean_particles import particle
from ontrial.report.site.templates import render
from ontrial.report.summaries.findings import Spent
from ontrial.report.wording import formatting, labels, outcomes
from ontrial.study import configuration
from ontrial_judge.core.statistics import Quantifier
from ontrial_judge.core.verdicts import Conclusion, Kind, Outcome, Reading


class Parsed(HTMLParser):
    """Collects the tags and attributes of a piece of HTML."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}


OWN_CHAPTERS = {"own": {"en": "Ours & yours", "ko": "우리 것"}}
HOSTILE = '"x onload="alert(1)"></script><img src="#">'


@pytest.fixture(scope="module")
def sources(results) -> Sources:
    return sources_of(results)


@pytest.fixture(scope="module")
def page(sources) -> Page:
    return Page(sources, "index.md")


def test_text_keeps_formulas_and_code_and_composes_letters():
    assert render(r"$\frac{1}{2}$ {{x}} [[ 1 + 1 ]][# no #]", "x.md", {}) == r"$\frac{1}{2}$ {{x}} 2"
    page = "95 % of `7 % x`\n\n```python\n7 % x\n```\n, 5 %"
    assert render(page, "x.md", {}) == "95\xa0% of `7 % x`\n\n```python\n7 % x\n```\n, 5\xa0%"
    assert render("\u1112\u1161\u11ab", "x.md", {}) == "한"


def test_errors_are_reported_with_page_and_line_and_names_with_the_nearest_one(page):
    message = message_of(render, "a\n\n[[ acuracy ]]", "docs/en/index.md", {"accuracy": 1})
    assert message == 'docs/en/index.md:3: unknown name "acuracy". Did you mean "accuracy"? Known: accuracy.'
    with pytest.raises(InputError, match=r'^docs/en/index\.md:2: unknown experiment "batch-sise"\. Did you mean'):
        render('a\n[[ accuracy("batch-sise") ]]', "docs/en/index.md", {"accuracy": lambda e: numbers.accuracy(page, e)})


@pytest.mark.parametrize("page", ["[[ 1 + ]]", "[% if %]", "[% if true %]", "[[ seeds() ]]"])
def test_syntax_errors_are_reported_with_their_line(page):
    with pytest.raises(InputError, match=r"^x\.md:1: "):
        render(page, "x.md", {"seeds": lambda experiment: 1})


def test_numbers_and_plain_text_by_hand():
    assert (formatting.significant(99.96), formatting.significant(0)) == ("100", "0")
    assert formatting.alike(0.0456, 0.01234) == ("0.0456", "0.0123")
    assert formatting.alike(1.2e-7, 3.4e-8) == ("1.20 × 10⁻⁷", "3.40 × 10⁻⁸")
    assert formatting.decimals(-0.04) == "0.0"
    shown = Markdown.escape('<b>"a"</b> *b* $c$ [d](e) | `f`\n g')
    assert not set('<>"*$[]|`\n') & set(shown)


@pytest.mark.parametrize(
    ("value", "pair", "shown"),
    [
        ("96.5%", "이/가", "96.5%가"),
        ("1/4", "을/를", "1/4을"),
        ("1/8", "을/를", "1/8을"),
        ("7", "으로/로", "7로"),
        ("10", "으로/로", "10으로"),
        ("배치", "와/과", None),
        ("ReLU", "은/는", "ReLU는"),
        ("tanh", "이/가", "tanh가"),
        ("**판정**", "이/가", "**판정**이"),
        ("1.3퍼센트포인트(95% 구간 0.9~1.6)", "이/가", "1.3퍼센트포인트(95% 구간 0.9~1.6)가"),
    ],
)
def test_particles_follow_the_sound(value, pair, shown):
    if shown is None:
        with pytest.raises(InputError, match="unknown pair of particles"):
            particle(value, pair)
    else:
        assert particle(value, pair) == shown


STAR = r"[\*](methods.md#edge)"  # the seeds of the tiny study choose rates at the ends of their grid


def test_accuracy_is_the_mean_over_confirmatory_seeds_with_a_star_at_the_edge(page):
    assert numbers.accuracy(page, "batch-size", batch_size=16, policy="tuned") == f"96.5%{STAR}"
    assert numbers.accuracy(page, "batch-size", batch_size=64, policy="fixed_16") == "61.0%"
    assert numbers.accuracy(page, "batch-size", batch_size=64, policy="linear_16") == "95.0%"
    assert numbers.accuracy(page, "batch-size", batch_size=64, policy="sqrt_16") == "45.0%"  # (0.8 + 0.1) / 2
    for options in ({"policy": "fixed_16"}, {"learning_rate": 0.5}):
        assert "*" not in numbers.accuracy(page, "batch-size", batch_size=64, **options)
    assert particle(f"96.5%{STAR}", "이/가") == f"96.5%{STAR}가"


def test_other_numbers_and_counts_have_the_digits_that_suit_them(page):
    arm = {"batch_size": 64, "policy": "tuned"}
    assert numbers.number(page, "learning_rate", "batch-size", **arm) == f"1{STAR}"
    assert numbers.number(page, "test_accuracy", "batch-size", statistic="min", **arm) == f"94.0%{STAR}"
    assert numbers.number(page, "test_loss", "batch-size", learning_rate=0.25, batch_size=64) == "0.390"
    assert numbers.number(page, "dead_units", "batch-size", learning_rate=0.25, batch_size=64) == "2.0%"
    assert numbers.number(page, "test_nll", "batch-size", learning_rate=0.25, batch_size=64) == "–"
    assert numbers.seeds(page, "batch-size") == "2"
    assert numbers.cells(page, "batch-size") == "2"
    assert numbers.runs(page) == numbers.runs(page, "batch-size") == numbers.runs_of_first_look(page) == "12"
    assert numbers.rates(page, "batch-size") == "1/4 – 1"
    assert numbers.samples(page, "digits", "test") == "1,797"


def test_runs_of_later_looks_count_beside_those_of_the_first(results):
    more = replace(results, runs=pd.concat([results.runs, results.runs.assign(seed=results.runs["seed"] + 100)]))
    page = page_of(more)
    assert (numbers.runs(page), numbers.runs_of_first_look(page)) == ("24", "12")
    assert "| 24 (12 at the first look) |" in tables.table(page, "experiments")
    assert ("runs", "24 (12 at the first look)") in tables.setting_rows(page, "batch-size")
    assert ("batch size", "<code>16</code>, <code>64</code>") in tables.setting_rows(page, "batch-size")


def test_what_this_study_lacks_is_a_dash_and_no_error(page):
    assert numbers.accuracy(page, "batch-size", activation="tanh") == "–"
    assert numbers.has(page, "batch-size")
    assert not numbers.has(page, "batch-size", activation="tanh")
    assert not numbers.has(page, "main-grid")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"activation": "rellu"}, 'unknown activation "rellu". Did you mean "relu"?'),
        ({"batch_size": "all"}, 'batch_size: "all" is not a whole number'),
        ({"learning_rate": 0.3}, 'experiment "batch-size" has no learning rate 0.3. It has: 1/4, 1/2, 1.'),
    ],
)
def test_what_no_study_could_have_is_an_error(page, asked, message):
    assert message in message_of(numbers.accuracy, page, "batch-size", **asked)


def test_a_figure_has_two_schemes_escaped_alternative_text_and_its_numbers(sources):
    html = Page(sources, "evidence/x.md").names["figure"]("neuron")
    assert (
        html.count('src="../../figures/neuron-en-light.svg"')
        == html.count('src="../../figures/neuron-en-dark.svg"')
        == 1
    )
    assert 'alt="It says &#34;a &#60; b&#34; &#42; 2."' in html
    assert 'width="360" height="240"' in html
    assert 'href="../../figures/neuron.csv"' in html
    assert "<figcaption><strong>A neuron.</strong> With $w_1$." in html


def test_a_figure_of_two_widths_has_a_source_for_narrow_screens_and_both_sizes(sources):
    html = Page(sources, "evidence/small.md").names["figure"]("evidence-small")
    narrow, wide = ("../../figures/evidence-small-en-light.svg", "../../figures/evidence-small-en-light-wide.svg")
    assert f'<source media="screen and (max-width: 44.99em)" srcset="{narrow}" width="461" height="200">' in html
    assert f'<img src="{wide}" alt="Estimates." width="860" height="150" loading="lazy"></picture>' in html
    assert f'<a href="{wide}" download>SVG</a>' in html
    assert "<picture>" not in Page(sources, "index.md").names["figure"]("neuron")


@pytest.mark.parametrize(
    ("context_changes", "explained"),
    [
        ([{}], ""),
        ([{"high": math.inf}], "no end"),
        ([dict.fromkeys(("estimate", "low", "high"), math.nan)], "no end"),
        ([{}, {}, {"estimate": 85.0, "low": 70.0, "high": 90.0}], "flatten"),
    ],
)
def test_a_caption_of_evidence_explains_the_marks_that_its_chart_has(sources, context_changes, explained):
    captions = read_yaml("docs/en/figures.yaml")
    contexts = tuple(context("positive", **changes) for changes in context_changes)
    page = with_verdict(with_docs(sources, captions=captions), contexts=contexts)
    text = pictures.text_of(page, "evidence-small", "details")
    assert [word for word in ("no end", "flatten") if word in text] == [explained] * bool(explained)


def test_a_figure_of_a_chapter_has_a_page_to_link_to(sources):
    chapter = '# Neurons\n\n[[ figure("neuron") ]]\n'
    sources = with_docs(sources, pages=sources.docs.pages | {"neurons.md": chapter, "other.md": chapter})
    pages = build_pages(sources)
    assert 'href="figures/neuron.html" data-copied="Copied">Link</a>' in pages["neurons.md"]
    page = pages["figures/neuron.md"]
    assert "\n# A neuron\n" in page
    assert 'href="#figure-neuron" data-copied="Copied">Link</a>' in page
    assert "part of [Neurons](../neurons.md#figure-neuron)" in page
    failed = replace(sources, failed_figures={"neuron": "ValueError"})
    assert "figures/neuron.md" not in build_pages(failed)


def test_a_figure_can_be_cited(sources):
    known = replace(sources, provenance={"packages": {"ontrial": "1.2"}})
    html = unescape(Page(known, "index.md").names["figure"]("neuron"))
    assert "@misc{ontrial-neuron,\n author = {{The Theory on Trial authors}},\n title = {{A neuron}}," in html
    assert "{Theory on Trial 1.2, study tiny}" in html
    assert "{Figure neuron}" in html
    assert "@misc" not in Page(sources, "index.md").names["figure"]("neuron")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_verdict_can_be_cited_with_its_commit_and_date(results, language):
    sources = sources_of(results, language)
    facts = {"packages": {"ontrial": "1.2"}, "commit": "0123456789abcdef", "commit_date": "2026-11-26"}
    page = Page(replace(sources, provenance=facts), "evidence/small.md")
    entry = unescape(verdicts.citation(page, "small"))
    assert "@misc{ontrial-small,\n" in entry
    assert f" note = {{{page.say['citation verdict'].format(page.say['depends'])}}},\n" in entry
    assert " year = {2026},\n date = {2026-11-26},\n version = {commit 0123456789ab},\n}" in entry
    assert verdicts.citation(page, "small") in build_pages(page.sources)["evidence/small.md"]
    changed = Page(replace(sources, provenance=facts | {"changed_since_commit": True}), "evidence/small.md")
    assert " version = {commit 0123456789ab, with changes}," in unescape(verdicts.citation(changed, "small"))
    unknown = Page(replace(sources, provenance={"packages": {"ontrial": "1.2"}}), "evidence/small.md")
    assert "commit" not in verdicts.citation(unknown, "small")
    assert verdicts.citation(Page(sources, "evidence/small.md"), "small") == ""


def test_the_provenance_counts_the_run_files_of_each_version_where_they_differ(sources):
    def table(**versions_of_runs):
        facts = {"python": "3.11.7", "packages": {"numpy": "2.4.5"}, "versions_of_runs": versions_of_runs}
        return tables.provenance(Page(replace(sources, provenance=facts), "how-it-was-made.md"))

    mixed = table(python={"3.11.7": 6}, numpy={"2.4.6": 4, "2.4.5": 2}, blas_kernel={"unknown": 6})
    assert "numpy 2.4.6 (4), 2.4.5 (2); kernel used on this processor unknown (6)" in mixed
    assert "numpy 2.4.6 (6)" in table(numpy={"2.4.6": 6})  # not that of the provenance
    assert "differ" in mixed
    assert "differ" not in table(python={"3.11.7": 6}, numpy={"2.4.5": 6})


def test_a_citation_is_safe_for_pages_and_for_tex(sources):
    captions = sources.docs.captions | {"neuron": sources.docs.captions["neuron"] | {"title": "[a](b) *c* `d`"}}
    cited = replace(with_docs(sources, captions=captions), provenance={"packages": {"ontrial": "1.2"}})
    entry = Page(cited, "index.md").names["figure"]("neuron").split("<pre>")[1].split("</pre>")[0]
    assert not set("[*`") & set(entry)
    assert citations.plain("5% & a_b <i>$</i>") == r"5\% \& a\_b <i>\$</i>"
    assert citations.plain(r"\~^") == r"\textbackslash{}\textasciitilde{}\textasciicircum{}"
    assert citations.plain("{}") == r"\textbraceleft{}\textbraceright{}"


def test_a_figure_names_its_runs_and_how_to_reproduce_it_and_a_cell(sources):
    html = Page(sources, "evidence/small.md").names["figure"]("evidence-small")
    again = "snakemake --cores 2 --config study='config/my tiny.yaml' --force results/tiny/"
    assert '<figure class="figure" id="figure-evidence-small"' in html
    assert "<strong>batch-size</strong>: data set <code>digits</code>; hidden layers <code>16</code>; " in html
    assert "; learning rates (number) 1/4 – 1 (3); confirmatory seeds 11 – 12 (2); " in html
    assert f"{Markdown.escape(f'{again}figures')}</code>" in html
    assert (
        Markdown.escape(f"{again}runs/batch-size/digits/hidden-16/relu/he/softmax/cross_entropy/batch-16.parquet")
        in html
    )


def test_a_missing_figure_is_a_note_that_says_why(sources):
    failed = replace(sources, failed_figures={"neuron": "ValueError: <b>"})
    note = Page(failed, "index.md").names["figure"]("neuron")
    assert 'id="figure-neuron"' in note
    assert "This figure is missing, because it could not be drawn: ValueError: &#60;b&#62;" in note
    assert "<img" not in note
    assert not Page(failed, "index.md").names["has_figure"]("neuron")


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("en", "Its experiment `vanishing` lacks the probe `gradients`."),
        ("ko", "실험 `vanishing`에 없는 것: 탐침 `gradients`."),
    ],
)
def test_a_figure_whose_experiment_lacks_what_it_needs_is_a_note_that_says_so(results, language, note):
    study = configuration.parse(STUDY.replace("batch-size:", "vanishing:"), "tiny.yaml")
    sources = with_findings(sources_of(results, language), study=study)
    captions = {"gradient-norms": {"title": "Gradients", "caption": "By layer.", "alt": "Lines."}}
    assert note in Page(with_docs(sources, captions=captions), "index.md").names["figure"]("gradient-norms")


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"source": ("Said <someone>.",)}, "“Said &#60;someone&#62;.”\n"),
        (
            {"source": ("노트에 있다.",), "chapter": "activations"},
            "“노트에 있다.” <small>the study notes that this site tests</small>",
        ),
        ({"source": ("노트에 없다.",), "chapter": "own"}, "“노트에 없다.”\n"),
        ({"chapter": "own"}, "It belongs to the chapter *Ours &#38; yours*."),
        ({}, '<blockquote class="claim" markdown="1">\n\n“small &#60;b&#62;holds&#60;/b&#62;”\n'),
    ],
)
def test_the_page_of_a_claim_says_whose_words_it_quotes(sources, changes, note):
    claims = {id: replace(claim, **changes) for id, claim in sources.results.claims.items()}
    ours = with_docket(with_findings(sources, claims=claims), from_notes=True, chapters=OWN_CHAPTERS)
    page = build_pages(ours)["evidence/small.md"]
    assert note in page
    assert ("study notes" in page) == ("study notes" in note)


def test_the_page_of_a_claim_quotes_others_with_their_names_and_links_to_who_asks(sources):
    quoted = {"course": {"title": "A course", "author": "Somebody", "url": "https://example.org"}}
    said = {"words": "Small is <better>.", "source": "course"}
    changes = {
        "quotations": (
            said | {"place": "part 1", "url": "https://example.org/1"},
            said | {"place": "part 2", "from_copy": True},
        ),
        "asked_by": ("https://github.com/some/thing/issues/7", "https://example.org/ask"),
    }
    claims = {id: replace(claim, **changes) for id, claim in sources.results.claims.items()}
    ours = with_docket(with_findings(sources, claims=claims), sources=quoted)
    page = build_pages(ours)["evidence/small.md"]
    quoted = '<q lang="en">Small is &#60;better&#62;.</q> <small>Somebody, *A course*, '
    assert f"{quoted}[part 1](https://example.org/1)</small>\n" in page
    assert "[part 2](https://example.org)</small> (Compared with copies only; the source itself was out of" in page
    assert "[some/thing &#35;7](https://github.com/some/thing/issues/7), [example.org/ask](https://" in page


@pytest.mark.parametrize(("language", "tested", "kept"), [
    ("en", True, "Its condition, which the test has: The networks are deep."),
    ("en", False, "Its condition, which the test does not have: The networks are deep."),
    ("ko", True, "조건(시험에서도 지킴): 깊은 신경망이어야 한다."),
])  # fmt: skip
def test_a_quotation_stands_in_its_paragraph_with_its_condition(results, language, tested, kept):
    sources = sources_of(results, language)
    said = {
        "words": "almost always faster", "source": "course", "place": "part 1", "before": "Before <it>.",
        "after": "After it.", "after_ko": "그 뒤.", "condition_tested": tested,
        "condition": {"en": "The networks are deep.", "ko": "깊은 신경망이어야 한다."},
    }  # fmt: skip
    claims = {id: replace(claim, quotations=(said,)) for id, claim in sources.results.claims.items()}
    course = {"course": {"title": "A course", "author": "Somebody", "url": "https://example.org"}}
    page = build_pages(with_docket(with_findings(sources, claims=claims), sources=course))["evidence/small.md"]
    assert kept in page
    after = "After it. (그 뒤.)" if language == "ko" else "After it."
    assert f"Before &#60;it&#62;. **almost always faster** {after}" in page


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("quantifier", "conclusion", "outcomes", "answer"), [
    ("some", "supported", ("positive", "reversed", "negligible"), "seen here in 1 of 3 settings"),
    ("some", "not_seen", ("reversed", "negligible", "below"), "Not seen here, in none of 3 settings."),
    ("most", "supported", ("positive", "positive", "reversed"), "Yes, usually: in 2 of 3 settings"),
    ("most", "refuted", ("positive", "below", "reversed"), "No, not usually: in 1 of 3 settings; 2 exclude it"),
    ("all", "refuted", ("positive", "positive", "reversed"), "No, not always: 1 of 3 settings exclude it"),
    ("all", "inconclusive", ("positive", "undecided", "positive"), "certain in 2 of 3 settings, and excluded in none"),
])  # fmt: skip
def test_a_quantifier_decides_what_a_verdict_says(results, language, quantifier, conclusion, outcomes, answer):
    contexts = [context(outcome, {"depth": i}) for i, outcome in enumerate(outcomes)]
    estimand = replace(ESTIMAND, quantifier=Quantifier(quantifier))
    claims = CLAIMS | {"small": replace(CLAIMS["small"], estimand=estimand)}
    judged = VERDICTS | {"small": verdict("small", conclusion, *contexts)}
    sources = with_findings(sources_of(results, language), claims=claims, verdicts=judged)
    page = Page(sources, "evidence/small.md")
    assert language == "ko" or answer in sentences.answer(page, "small")
    text = build_pages(sources)["evidence/small.md"]
    assert sentences.answer(page, "small") in text
    assert page.say[f"quantifier {quantifier}"] in text
    assert not re.search("opposite|as much|정반대", sentences.answer(page, "small")) or conclusion != "supported"


def test_pages_link_a_claim_to_the_one_that_tries_it_again_and_say_what_pilots_changed(sources):
    newer = replace(CLAIMS["small"], id="newer", replaces="small", short={"en": "Newer"})
    judged = VERDICTS | {"newer": replace(VERDICTS["small"], claim="newer")}
    change = PilotChange({"en": "Old <test>."}, {"en": "New test."}, {"en": "Because."})
    changed = replace(
        with_findings(sources, claims=CLAIMS | {"newer": newer}, verdicts=judged), pilots={"newer": [change]}
    )
    pages = build_pages(changed)
    assert "Tried again, in another way: [Newer](../evidence/newer.md) " in pages["evidence/small.md"]
    assert "This tries again: [small" in pages["evidence/newer.md"]
    assert "Before: Old &#60;test&#62;. After: New test. Why: Because." in pages["evidence/newer.md"]
    assert "Pilots changed" not in pages["evidence/small.md"]


@pytest.mark.parametrize(("language", "shown"), [
    ("en", "**What its author could object:** Not &#60;so&#62;. <small>Our words, not the author's.</small>"),
    ("ko", "**쓴 이가 할 만한 반론:** 아니다. <small>쓴 이의 말이 아니라"),
])  # fmt: skip
def test_the_page_of_a_claim_says_what_its_author_could_object_and_who_wrote_that(results, language, shown):
    sources = sources_of(results, language)
    pages = build_pages(replace(sources, objections={"small": {"en": "Not <so>.", "ko": "아니다."}}))
    assert shown in pages["evidence/small.md"]
    assert shown.partition(":**")[0] not in build_pages(sources)["evidence/small.md"]


@pytest.mark.parametrize(
    ("language", "title", "others"), [("en", "Ours &#38; yours", "Other claims"), ("ko", "우리 것", "그 밖의 주장")]
)
def test_chapters_of_a_docket_group_its_claims_in_lists_and_in_the_navigation(results, language, title, others):
    claims = CLAIMS | {"ours": replace(CLAIMS["small"], id="ours", chapter="own")}
    judged = VERDICTS | {"ours": replace(VERDICTS["small"], claim="ours")}
    sources = with_findings(sources_of(results, language), claims=claims, verdicts=judged)
    pages = build_pages(with_docket(sources, chapters=OWN_CHAPTERS))
    overview = pages["evidence/index.md"]
    assert 0 < overview.index(f"**{title}**") < overview.index("ours.md") < overview.index(f"**{others}**")
    assert json.loads(pages["evidence/.order"]) == [
        "evidence/index.md",
        {title: ["evidence/ours.md"]},
        {others: ["evidence/small.md"]},
        "evidence/not-testable.md",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("neurn", 'unknown figure "neurn". Did you mean "neuron"?'),
        ("dead-units", '[% if has("dying") %]'),
        ("layers", "docs/en/figures.yaml: the figure layers has no alt."),
    ],
)
def test_an_unknown_figure_is_an_error(sources, name, message):
    assert message in message_of(Page(sources, "index.md").names["figure"], name)


def test_a_purpose_is_in_the_language_of_the_page_or_as_configured(results):
    korean = page_of(results, "ko")
    assert tables.purpose(korean, {"en": "Compare.", "ko": "비교한다."}) == "비교한다."
    assert (
        tables.purpose(korean, {"en": "Compare."})
        == '<span lang="en">Compare.</span> (한국어 문장이 없어 영어로 보입니다.)'
    )
    assert tables.purpose(korean, "Compare.") == "Compare."


def test_times_are_shown_with_their_share_and_their_sum(page, sources):
    rules = {"train": Spent(1200, 75.0), "draw": Spent(1, 25.0)}
    timed = Page(with_findings(page.sources, times=rules), "how-it-was-made.md")
    shown = tables.table(timed, "times").splitlines()
    assert "| <code>train</code> | 1,200 | 75.0 | 75.0% |" in shown
    assert shown[-1] == "| sum | 1,201 | 100 | 100.0% |"
    assert tables.table(page, "times").endswith("| sum | 0 | 0 | – |")


@pytest.mark.parametrize(
    ("macro", "values"),
    [
        ("link", {"address": HOSTILE, "text": HOSTILE}),
        ("in_english", {"text": HOSTILE}),
        ("badge", {"verdict": HOSTILE, "sign": HOSTILE, "text": HOSTILE}),
        ("explorer", {"folder": HOSTILE, "words": HOSTILE, "controls": [HOSTILE], "say": {"embed": HOSTILE}}),
    ],
)
def test_no_value_of_a_macro_becomes_markup(macro, values):
    parsed = Parsed(html(macro, **values))
    assert "img" not in parsed.tags
    assert "onload" not in parsed.attributes


def test_a_verdict_is_a_word_a_sign_and_a_link(sources):
    shown = Page(sources, "evidence/index.md").names["verdict"]("small")
    badge = '<span class="badge badge-depends"><span aria-hidden="true">±</span> depends</span>'
    assert shown == f"{badge} [small &#60;b&#62;holds&#60;/b&#62;](../evidence/small.md)"


def with_verdict(sources, **changes) -> Page:
    """Return a page of the study with another verdict on its measured claim."""
    changed = replace(sources.results.verdicts["small"], **changes)
    return Page(with_findings(sources, verdicts=sources.results.verdicts | {"small": changed}), "index.md")


def test_verdicts_are_counted_by_word_and_definitions_apart(page, sources):
    first, second = re.findall(r'badge-(\w+)"><span aria-hidden="true">\S</span> ([^<]+)</span>', verdicts.tally(page))
    assert (first, second) == (("depends", "1 depends"), ("not_testable", "1 not testable here"))
    assert numbers.claims(page) == "2"
    definition = verdict("sums", "depends", kind=Kind.BY_CONSTRUCTION)
    both = with_findings(sources, verdicts=sources.results.verdicts | {"sums": definition})
    measured, definitions, _ = verdicts.tally(Page(both, "index.md")).split("<br>")
    assert [part.partition(": <span")[0] for part in (measured, definitions)] == [
        "1 measured",
        "1 definitions, checked exactly",
    ]
    assert all("1 depends" in part for part in (measured, definitions))
    assert verdicts.tally(Page(both, "index.md"), "measured") == measured


def test_every_claim_with_a_page_has_a_line_with_its_question_its_answer_its_authors_and_its_squares(sources):
    said = {"words": "It is.", "source": "book", "place": "part 1"}
    quoting = replace(CLAIMS["small"], quotations=(said, said, said | {"outside": {"en": "seas", "ko": "바다"}}))
    book = {"book": {"title": "Deep <nets>", "author": "M. Nielsen", "url": "https://example.org"}}
    asked = {"small": {"en": "Are small <batches> better?", "ko": "작은 배치가 나을까?"}}
    changed = with_docket(with_findings(sources, claims=CLAIMS | {"small": quoting}), sources=book)
    text = Page(replace(changed, questions=asked), "index.md").names["verdicts"]()
    (small,) = (line for line in text.splitlines() if "small" in line)
    assert small.startswith("| [Are small &#60;batches&#62; better?](evidence/small.md)")
    assert "<small>Yes at one shared learning rate; no with each at its own learning rate." in small
    work = "M. Nielsen, *Deep &#60;nets&#62;*"
    assert f"<i>Said by {work}; {work}, of seas (outside our range).</i>" in small
    assert (
        'aria-label="of 2 settings: 1 as claimed, 1 not, 0 open"><i class="yes"></i><i class="no"></i></span>' in small
    )
    assert "usual" not in text


def test_without_verdicts_the_overview_is_empty(sources):
    none = Page(with_findings(sources, verdicts={}), "index.md")
    assert (glance.at_a_glance(none), verdicts.tally(none)) == ("", "")


def test_a_verdict_says_why_and_what_flips_it(page):
    assert sentences.reason(page, "small") == (
        "It held in 1 of 2 settings; the others: reversed in 1. What decides it: choice of the learning rate."
    )
    assert sentences.reason(page, "usual") == "Because."


@pytest.mark.parametrize(("outcome", "so"), [("reversed", True), ("undecided", False)])
def test_what_is_certain_one_by_one_and_not_at_once_is_called_so(sources, outcome, so):
    contexts = (context("positive", {"policy": "fixed"}), context(outcome, {"policy": "tuned"}))
    page = with_verdict(sources, conclusion=Conclusion.INCONCLUSIVE, contexts=contexts)
    assert sentences.reason(page, "small").endswith("certain, but not all at once.") is so


@pytest.mark.parametrize(("word", "outcomes", "reason"), [
    ("refuted", ("negligible", "below", "reversed"),
     "It did not hold in any of the 3 settings tested: less than 1\xa0point in 1, reversed in 1, "
     "less than 1\xa0point or reversed in 1."),
    ("depends", ("positive", "negligible", "undecided"),
     "It held in 1 of 3 settings; the others: less than 1\xa0point in 1, undecided in 1."),
])  # fmt: skip
def test_a_reason_counts_every_setting_and_omits_outcomes_that_none_has(sources, word, outcomes, reason):
    contexts = tuple(context(outcome, {"policy": str(i)}) for i, outcome in enumerate(outcomes))
    page = with_verdict(sources, conclusion=Conclusion(word), flipped_by=(), contexts=contexts)
    assert sentences.reason(page, "small") == reason


@pytest.mark.parametrize(("word", "outcome", "changes", "reason"), [
    ("supported", "positive", {}, "As claimed, by at least 1\xa0point: 1.2\xa0points (95% interval 1.0 to 1.6)."),
    ("refuted", "negligible", {"estimate": -0.5, "low": -0.9, "high": -0.2},
     "In the opposite direction, but by less than 1\xa0point: −0.5\xa0points (95% interval −0.9 to −0.2)."),
])  # fmt: skip
def test_the_reason_of_a_single_setting_says_what_is_certain(sources, word, outcome, changes, reason):
    page = with_verdict(sources, conclusion=Conclusion(word), contexts=(context(outcome, **changes),))
    assert sentences.reason(page, "small") == reason


def test_effects_have_their_interval_and_say_when_an_end_is_missing(page):
    assert sentences.effect(page, "small", policy="fixed") == "1.2\xa0points (95% interval 1.0 to 1.6)"
    endless = context("reversed", estimate=-2.0, low=-3.04, high=math.nan)
    assert sized(page, endless) == "−2.0\xa0points (95% interval from −3.0, no upper limit)"
    assert lookup.outcome(page, "small", policy="tuned") == "reversed"
    assert sentences.finding(page, "small", policy="tuned") == "in the opposite direction, by at least 1\xa0point"


def sized(page, example, **changes) -> str:
    """Return an effect in words, where 1 is the smallest effect of interest."""
    return estimates.sized(page, replace(VERDICTS["small"], **changes), example)


@pytest.mark.parametrize(("effect", "english", "korean"), [
    ((1.0, 0.5, 2.0), "a factor of 2.00 (95% interval 1.41 to 4.00)", "2.00배(95% 구간 1.41~4.00)"),
    ((-1.0, -2.0, -0.5), "a factor of 2.00 in the opposite direction (95% interval 1.41 to 4.00)",
     "반대 방향으로 2.00배(95% 구간 1.41~4.00)"),
    ((-math.inf, -math.inf, -1.0),
     "at least a factor of 2.00 in the opposite direction (the lower end of the 95% interval), because one side "
     "never got there before training ended",
     "반대 방향으로 2.00배 이상(95% 구간의 하한, 한쪽은 학습이 끝날 때까지 도달하지 못함)"),
    ((-0.01, -1.0, 1.0), "a factor of 0.993 (95% interval 0.500 to 2.00)", "0.993배(95% 구간 0.500~2.00)"),
])  # fmt: skip
def test_a_ratio_is_a_factor_that_is_never_below_1_in_the_opposite_direction(results, effect, english, korean):
    example = context("positive", unit="log2", **dict(zip(("estimate", "low", "high"), effect, strict=True)))
    for language, expected in (("en", english), ("ko", korean)):
        assert sized(page_of(results, language), example).replace("\xa0", " ") == expected


def test_an_effect_much_smaller_than_what_matters_is_about_0_in_a_sentence(page):
    example = context("negligible", unit="nats", estimate=0.000448, low=-0.0217, high=0.0255)
    about = "about 0\xa0nats (95% interval −0.0217 to 0.0255)"
    assert sized(page, example, smallest_effect=0.05) == about
    assert sized(page, example, smallest_effect=0.001) == about.replace("about 0", "0.000448")
    assert outcomes.estimate_and_interval(page.say, example)[0] == "0.000448\xa0nats"


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ({"of": 1.0, "minus": {}}, "a factor of 16.0 measured (95% interval 8.00 to 32.0)"),
        ({"of": {}, "minus": 1.0}, "a factor of 0.250 measured (95% interval 0.125 to 0.500)"),
        ({"of": 0.0, "minus": {}}, "a factor of 8.00 in the opposite direction (95% interval 4.00 to 16.0)"),
    ],
)
def test_an_arm_that_is_compared_with_a_number_has_its_own_value(page, sides, expected):
    example = context("reversed", unit="log2", estimate=-3.0, low=-4.0, high=-2.0)
    assert sized(page_comparing(page, sides), example).replace("\xa0", " ") == expected


def page_comparing(page, sides: dict) -> Page:
    """Return a page of a study whose measured claim is about the difference between these sides, as a ratio."""
    claims = {"small": replace(CLAIMS["small"], estimand=replace(ESTIMAND, sides=sides, unit="log2"))}
    return Page(with_findings(page.sources, claims=claims), "index.md")


def test_values_at_the_floor_are_counted_and_have_no_factor(results):
    beyond = context("positive", unit="log2", estimate=math.inf, low=math.inf, high=math.inf, n=16, zeros=(3, 16))
    english, korean = (page_of(results, language) for language in ("en", "ko"))
    assert sized(english, beyond) == (
        "beyond any factor, because a value of exactly 0 is at the floor of single precision "
        "(exactly 0 for 3 of 16 seeds on the first side, and for 16 of 16 on the second)"
    )
    assert sized(korean, beyond) == (
        "정확히 0인 값은 단정밀도의 하한이어서 배수로 나타낼 수 없음"
        "(정확히 0인 값은 첫째 대상에서 시드 16개 중 3개, 둘째 대상에서 16개 중 16개)"
    )
    unknown = replace(beyond, effect=replace(beyond.effect, estimate=math.nan, low=-math.inf))
    assert sized(english, unknown).startswith("no finite estimate (exactly 0 for 3 of 16")
    assert "∞" not in sized(english, beyond) + sized(english, unknown)
    assert outcomes.estimate_and_interval(english.say, beyond) == ("exactly 0", "–")
    open_ended = replace(beyond, effect=replace(beyond.effect, low=1.0))
    assert outcomes.estimate_and_interval(english.say, open_ended) == ("exactly 0", "from 2.00, no upper limit")
    estimand = english.results.claims["small"].estimand
    assert evidence.repetitions(english, beyond, estimand) == "16; exactly\xa00:\xa03\xa0/ 16"
    assert "floor of single precision" in evidence.without_end(english, [beyond], estimand)


def test_an_unknown_context_is_reported_with_the_known_ones(page):
    with pytest.raises(InputError, match=r'claim "small": 0 contexts match policy sqrt, expected one\. Contexts:'):
        lookup.outcome(page, "small", policy="sqrt")
    with pytest.raises(InputError, match=r'unknown claim "smal"\. Did you mean "small"\?.*has_claim'):
        lookup.conclusion_on(page, "smal")


def test_pages_are_the_hand_written_and_the_generated_ones_with_evidence_in_order(sources):
    pages = build_pages(sources)
    assert list(pages) == [
        *("index.md", "activations.md", "glossary.md", "references.md"),
        *("evidence/index.md", "evidence/small.md", "evidence/not-testable.md"),
        *("evidence/.order", ".glossary"),
    ]
    assert json.loads(pages["evidence/.order"]) == [
        "evidence/index.md",
        "evidence/small.md",
        "evidence/not-testable.md",
    ]
    assert "# small &#60;b&#62;holds&#60;/b&#62;: is it so? {: #answer }\n" in pages["evidence/small.md"]
    assert "[What we cannot test](not-testable.md)" in pages["evidence/index.md"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_claims_that_hold_by_definition_share_a_page_and_so_do_those_that_nothing_here_can_test(results, language):
    holds, fails = Reading("with a bias", Outcome.HOLDS), Reading("step", Outcome.FAILS)
    found = {"sums": ("by_construction", holds), "wrong": ("refuted", fails), "bent": ("by_construction", holds)}
    judged = {
        id: verdict(id, conclusion, kind=Kind.BY_CONSTRUCTION, readings=(reading,))
        for id, (conclusion, reading) in found.items()
    }
    source = {"source": ("합이다.",), "translation": ("A sum.",)}
    claims = {id: replace(claim(id, Kind.BY_CONSTRUCTION, None), **source) for id in judged}
    citable = replace(sources_of(results, language), provenance={"packages": {"ontrial": "1.2"}})
    sources = with_findings(citable, claims=CLAIMS | claims, verdicts=VERDICTS | judged)
    pages = build_pages(sources)
    assert [path for path in pages if path.startswith("evidence/")] == [
        *("evidence/index.md", "evidence/small.md", "evidence/wrong.md"),
        *("evidence/definitions.md", "evidence/not-testable.md", "evidence/.order"),
    ]
    page = pages["evidence/definitions.md"]
    for id in ("sums", "bent"):
        section = page[re.search(rf"^## .+ {{: #{id} }}$", page, re.MULTILINE).end() :]
        said = "A sum." if language == "en" else "합이다."
        parts = ("badge-by_construction", said, "Because.", "badge-holds", "Wilson", "<details", f"ontrial-{id},")
        assert [*parts] == sorted(parts, key=section.index)
    assert "{: #usual }" in pages["evidence/not-testable.md"]
    small = with_findings(sources, verdicts={"small": VERDICTS["small"]})
    assert not {"evidence/definitions.md", "evidence/not-testable.md"} & set(build_pages(small))


def test_the_page_of_a_measured_claim_has_its_design_its_contexts_and_its_sources(sources):
    page = build_pages(sources)["evidence/small.md"]
    assert "batch size 16 minus batch size 64.</strong> To the right, it is as claimed. In the band, less than" in page
    assert "| smallest effect of interest | 1\xa0point |" in page
    assert 'src="../../figures/evidence-small-en-light-wide.svg"' in page
    assert "as claimed</span> | 1.2\xa0points (1.0\xa0to\xa01.6) | 20 |" in page
    assert "; failed " not in page
    assert "References: [Wilson &#38; Martinez](../references.md#wilson2003)." in page
    assert "rm -r results/tiny/tables results/tiny/runs/batch-size\nsnakemake --cores all" in page
    assert "--config study='config/my tiny.yaml'\n" in page


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_of_a_measured_claim_answers_first_and_has_three_folds_below(results, language):
    changes = {"conclusion": Conclusion.SUPPORTED, "contexts": (context("positive"),)}
    judged = with_verdict(sources_of(results, language), **changes).sources
    citable = replace(judged, provenance=judged.provenance | {"packages": {"ontrial": "1.2"}})
    text = build_pages(citable)["evidence/small.md"]
    assert re.findall(r"^#+ .*$", text, re.MULTILINE) == re.findall(r"^# .*$", text, re.MULTILINE)
    assert re.findall(r'^<details class="part" id="(\w+)"', text, re.MULTILINE) == ["flips", "tested", "numbers"]
    first = ("# ", "<blockquote", "badge-supported", "**", "<figure", '<details class="again"', '<details class="part"')
    assert [*first] == sorted(first, key=text.index)
    shown = re.sub(r'<details class="(?:part|again)".*?\n</details>', "", text, flags=re.DOTALL)
    for folded in ("<code>batch-size</code>", "rm -r", '<div class="context"', "ontrial-small,"):
        assert folded in text
        assert folded not in shown


@pytest.mark.parametrize("form", ["difference", "ratio"])
def test_effects_that_are_factors_are_compared_as_ratios(sources, form):
    claim = sources.results.claims["small"]
    factors = replace(claim, estimand=replace(claim.estimand, form=form, unit="log2"))
    changed = with_findings(sources, claims=sources.results.claims | {"small": factors})
    assert ": batch size 16 divided by batch size 64.</strong>" in build_pages(changed)["evidence/small.md"]


def test_the_design_names_the_networks_and_their_training(page):
    design = unescape(ClaimPage(page, "small").design)
    networks = "data set digits; hidden layers 16; activation ReLU; initialisation He; "
    networks += "output and loss softmax + cross-entropy; optimiser plain gradient descent; training samples 1150"
    assert f"| networks | {networks} |" in design
    assert "| training | 2\xa0epochs |" in design


def test_the_numbers_of_a_cost_are_rounds(sources):
    claim = sources.results.claims["small"]
    cost = replace(claim, kind=Kind.TIMED, estimand=replace(claim.estimand, metric="cost"))
    page = Page(with_findings(sources, claims=sources.results.claims | {"small": cost}), "evidence/small.md")
    assert "(interval, 95% over all looks)" not in ClaimPage(page, "small").contexts
    assert "| rounds |" in ClaimPage(page, "small").contexts


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_failed_run_counts_as_what_suits_the_metric(results, language):
    page = page_of(results, language)
    for name, metric in METRICS.items():
        for text in (f"failed {metric.failure}", "without end", "without end of times"):
            assert page.say[text]
        contexts = [context("positive", failed=(1, 0), high=math.inf)]
        estimand = replace(page.results.claims["small"].estimand, metric=name)
        said = evidence.failure(page, contexts, estimand) + evidence.without_end(page, contexts, estimand)
        times = ("goal", "never", "목표", "도달")
        assert any(word in said for word in times) == (metric.censored or metric.failure == "never"), name
    assert evidence.repetitions(page, contexts[0], estimand).endswith(("failed\xa01\xa0/ 0", "실패\xa01\xa0/ 0"))
    assert evidence.failure(page, [context("positive")], estimand) is None
    assert evidence.without_end(page, [context("positive")], estimand) is None


def test_notes_below_the_numbers_say_what_there_is_to_know(sources):
    contexts = (
        context("negligible", {"policy": "tuned"}, rates=(0.25, 0.5), on_edge=True),
        context("undecided", {"policy": "sqrt"}, n=0, low=math.nan, high=math.nan),
        context("undecided", {"policy": "fixed"}, low=0.5, n=40, look=2, failed=(3, 0), seeds_needed=1234),
    )
    changes = {"conclusion": Conclusion.INCONCLUSIVE, "looks": (20, 40, 80), "contexts": contexts}
    text = build_pages(with_verdict(sources, **changes).sources)["evidence/small.md"]
    assert "(0.5\xa0to\xa01.6) | 40, second\xa0look; failed\xa03\xa0/ 0 |" in text
    assert "estimate (interval, 95% over all looks)" in text
    assert "They diverged, or end at most 2\xa0points above guessing" in text
    assert "a better one may lie outside the grid" in text
    assert "Where a scaled learning rate is off the grid" in text
    assert "by two one-sided tests, and so by the narrower interval of 90%" in text


def test_commands_of_a_study_with_metrics_of_its_own_have_their_switch(sources):
    study = replace(sources.results.study, configuration={"metrics": "ours.py"})
    page = build_pages(with_findings(sources, study=study))["evidence/small.md"]
    assert "--config study='config/my tiny.yaml' trust_code=yes\n" in page


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_study_that_another_workflow_hands_over_names_no_file(results, language):
    handed = replace(sources_of(results, language), provenance={"configuration_file": None})
    page = build_pages(handed)["evidence/small.md"]
    assert "rm -r" not in page
    assert "snakemake --cores" not in page


@pytest.mark.parametrize(
    ("axis", "value", "english", "korean"),
    [
        ("initialisation", "own", "own", "함수별 초기화"),
        ("initialisation", "inverse_n_mean-8", "variance 1/n (mean −8/n)", "분산 1/n (평균 −8/n)"),
        ("objective", "softmax+cross_entropy", "softmax + cross-entropy", "softmax + 교차 엔트로피"),
        ("offset", -1, "one sample less", "하나 적은 쪽"),
    ],
)
def test_a_value_next_to_the_name_of_its_setting(results, axis, value, english, korean):
    assert labels.value(axis, value, page_of(results, "en").texts) == english
    assert labels.value(axis, value, page_of(results, "ko").texts) == korean


def test_every_reading_of_an_identity_has_words(results):
    korean = sources_of(results, "ko")
    readings = {reading for identity in IDENTITIES.values() for reading in identity().readings}
    assert [name for name in readings if not {name, f"value reading {name}"} & korean.texts.keys()] == []


def test_files_that_may_differ_are_a_table_with_reasons(page):
    table = tables.table(page, "differing").splitlines()
    assert table[0] == "| file | why it may differ |"
    assert "| <code>logs/&#42;</code> | what each job said |" in table
    assert len(table) == 2 + len(twice.reasons_by_pattern())
