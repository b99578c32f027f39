"""What pages print of a context is what its verdict says: the number with its sign, the mark, and the counts.

Pages are those of published studies, from their dockets and verdicts alone. Numbers are read back from the pages.
"""

import functools
import math
import re
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from support.pages import sources_of, tiny_results, with_findings
from support.project import ROOT

from ontrial.book.replications import pages as replications
from ontrial.book.replications import pages_agreement
from ontrial.book.teaching import pages_exam, pages_slides
from ontrial.judge import checks
from ontrial.judge.records import Conclusion, Effect, Outcome
from ontrial.judge.statistics import contradicts, supports
from ontrial.judge.units import Unit
from ontrial.report.pages.assemble_pages import claim_pages
from ontrial.report.pages.claims import claim_lists, estimates, sentences
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Sources
from ontrial.report.summaries import finding_files
from ontrial.report.summaries.evidence import rows_of
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import count_agreements, pairs
from ontrial.study import configuration

REFERENCE = ROOT / "results/reference"
LANGUAGES = ("en", "ko")
NUMBER = r"−?\d[\d,]*(?:\.\d+)?"
BADGE = re.compile(r'class="badge badge-(\w+)')
POWER = re.compile(rf"({NUMBER}) × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
MINUS = str.maketrans({"−": "-", ",": None, "\N{NO-BREAK SPACE}": " "})


@functools.cache
def published(language: str, study: str = "default") -> Sources:
    """Return the sources of the pages of a published study, without its runs."""
    sources = sources_of(tiny_results(), language)
    paths = sorted(map(str, REFERENCE.glob("*/verdicts.json"))) + sorted(map(str, REFERENCE.glob("*/tables/tuned.csv")))
    if study == "atlas":
        files = [str(REFERENCE / "atlas" / name) for name in ("design.json", "verdicts.json")]
        return with_findings(sources, measurements=finding_files.read_measurements(files)).others["atlas"]
    read = configuration.read_study(ROOT / "config/config.yaml")
    docket = checks.read_docket(read.docket, read)
    others = finding_files.read_studies(paths)
    none = pd.DataFrame()
    findings = Findings(read, none, none, others["default"].verdicts, docket.claims)
    return replace(sources, results=findings, docket=docket, other_studies=others)


def measured(study: str) -> list[str]:
    return [id for id, verdict in published("en", study).results.verdicts.items() if verdict.is_measured]


def is_printed(text: str, number: float) -> bool:
    """Return whether a number as printed is a number, rounded to the digits that it shows, with its sign."""
    text = text.translate(MINUS)
    shown = float(text)
    if "." not in text and abs(shown) >= 1000:  # three significant digits
        return math.isclose(shown, number, rel_tol=0.005)
    last = 10.0 ** -len(text.partition(".")[2])
    has_sign = shown == 0 or (shown < 0) == (number < 0)
    return has_sign and abs(shown - number) <= 0.5 * last * (1 + 1e-6)


def without_power(power: re.Match[str]) -> str:
    """Return a number such as 3.70 × 10⁻⁵ in decimals."""
    exponent = int(power[2].translate(RAISED))
    places = max(len(power[1].partition(".")[2]) - exponent, 0)
    return f"{float(power[1].translate(MINUS)) * 10.0**exponent:.{places}f}".replace("-", "−")


def printed_numbers(effect: Effect) -> list[float]:
    """Return the estimate and the interval of an effect as pages print them; NaN for what they say in words."""
    plain = [2**number if Unit.parse(effect.unit).is_factor else number for number in effect.numbers]
    return [number if math.isfinite(exact) else math.nan for number, exact in zip(plain, effect.numbers, strict=True)]


def require_printed(text: str, numbers: list[float], place: object) -> int:
    """Check that the numbers of a text are those given, apart from what it says in words. Return how many it has."""
    shown, expected = (
        re.findall(NUMBER, POWER.sub(without_power, text)),
        [number for number in numbers if not math.isnan(number)],
    )
    assert len(shown) == len(expected), (place, text, numbers)
    assert all(map(is_printed, shown, expected)), (place, text, numbers)
    return len(shown)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", ["default", "atlas"])
def test_each_row_on_the_page_of_a_claim_has_the_numbers_and_the_mark_of_its_context(study, language):
    sources, marks, numbers = published(language, study), 0, 0
    pages, _ = claim_pages(sources)
    for id in measured(study):
        verdict = sources.results.verdicts[id]
        table = pages[f"evidence/{id}.md"].partition('<div class="contexts"')[2].partition("</div>")[0]
        rows = [row.split(" | ") for row in table.splitlines() if "badge badge-" in row]
        assert len(rows) == len(verdict.contexts), id
        for (_, badge, estimate, *_), context in zip(rows, verdict.contexts, strict=True):
            assert BADGE.findall(badge) == [context.outcome], (id, badge)
            marks += 1
            if math.isfinite(context.effect.estimate) and not context.zeros:
                numbers += require_printed(estimate, printed_numbers(context.effect), (id, context.settings))
    assert marks > 150
    assert numbers > 400


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", ["default", "atlas"])
def test_a_page_of_a_claim_has_at_most_a_thousand_words_and_three_folds_and_six_rows_in_its_picture(study, language):
    sources = published(language, study)
    pages, _ = claim_pages(sources)
    for path, page in pages.items():
        text = re.sub(r"\]\([^)]*\)|<[^>]*>|[|*#{}:-]+", " ", page.split("---\n", 2)[2])
        assert len(text.split()) <= 1000, path
        assert len(re.findall("<details class=.part. ", page)) <= 3
    for id in measured(study):
        verdict = sources.results.verdicts[id]
        rows = rows_of(verdict)
        assert len(rows) <= 6
        assert rows == sorted(set(rows))
        shown = {verdict.contexts[i].outcome for i in rows}
        assert (
            len(rows) == len(verdict.contexts)
            or verdict.conclusion is not Conclusion.DEPENDS
            or (any(map(supports, shown)) and any(map(contradicts, shown)))
        ), id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", ["default", "atlas"])
def test_the_line_of_an_extreme_on_a_slide_has_the_number_and_the_mark_of_its_context(study, language):
    page, checked = Page(published(language, study), "slides/some.md"), 0
    for id in measured(study):
        verdict = page.results.verdicts[id]
        for context in pages_slides.extremes(verdict):
            line = pages_slides._context_line(page, verdict, context)
            assert BADGE.findall(line) == [context.outcome]
            checked += 1
            if context.counts_failures or not math.isfinite(context.effect.estimate):
                continue
            first = re.search(NUMBER, POWER.sub(without_power, line.rpartition("</span>")[2]))
            number = printed_numbers(context.effect)[0]
            inverse = 1 / number if Unit.parse(context.effect.unit).is_factor and number < 1 else number
            tiny = abs(context.effect.estimate) < verdict.smallest_effect_in(context) / 20
            arm = estimates.value_of_arm(page, verdict, context.effect)
            allowed = [number, inverse, *([arm.estimate] if arm else []), *([0.0, 1.0] if tiny else [])]
            assert first
            assert any(is_printed(first[0], each) for each in allowed), (id, line, allowed)
    assert checked >= 38


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_line_for_an_exam_has_the_mark_of_the_verdict_and_its_whole_answer(language):
    page = Page(published(language), "exam.md")
    lines = [line for lines in pages_exam.exam_lines(page).values() for _, line in lines]
    judged = [id for id in page.results.verdicts if page.results.verdicts[id].conclusion is not Conclusion.NOT_TESTABLE]
    assert len(lines) == len(judged)
    by_id = {id: next(line for line in lines if f"#{id})" in line or f"/{id}.md" in line) for id in judged}
    for id, line in by_id.items():
        assert BADGE.findall(line)[0] == page.results.verdicts[id].conclusion
        assert sentences.answer(page, id) in line or pages_exam.is_too_close(page.results.verdicts[id])


@pytest.mark.parametrize("study", ["default", "atlas"])
def test_the_counts_of_a_reason_are_those_of_outcomes(study):
    page, checked = Page(published("en", study), "some.md"), 0
    for id in measured(study):
        found = page.results.verdicts[id].outcomes
        text = sentences.reason(page, id).partition(" What decides it")[0]
        if match := re.match(r"It held in (\d+) of (\d+) settings", text):
            held, n = map(int, match.groups())
            assert (held, n) == (sum(map(supports, found)), len(found)), (id, text)
            counts = [int(number) for number in re.findall(r"\bin (\d+) (?!of)", text.partition(";")[2])]
            if counts:
                listed = Counter(outcome for outcome in found if not supports(outcome))
                assert sorted(counts) == sorted(listed.values()) or sum(counts) == listed.total(), (id, text)
            checked += 1 + len(counts)
    assert checked >= 20


def test_the_verdicts_of_which_some_may_be_wrong_are_all_that_the_site_shows():
    files = [str(path) for path in sorted(REFERENCE.glob("*/*.json")) + sorted(REFERENCE.glob("*/tables/*.csv"))]
    sources = with_findings(published("en"), measurements=finding_files.read_measurements(files))
    counted = {}
    for name in ("default", "atlas", "size", "one-curve", "limit", "mish"):
        rows = pd.read_csv(REFERENCE / name / "verdicts.csv")
        counted[name] = rows.loc[rows["kind"] == "measured", "id"].nunique()
    here = counted.pop("default")
    assert claim_lists.shown(Page(sources, "methods.md"))[:2] == (here, sum(counted.values()))


def test_replications_count_an_outcome_as_the_same_only_if_it_is():
    page, checked = Page(published("en"), "evidence/index.md"), 0
    for id in measured("default"):
        for other in pages_agreement.replications(page, id):
            verdict = page.results.verdicts[id]
            cell = replications._agreement_cell(count_agreements(verdict, other.verdict))
            both = [(one.outcome, twin.outcome) for one, twin in pairs(verdict, other.verdict) if twin]
            decided = [pair for pair in both if Outcome.UNDECIDED not in pair]
            same, compatible, different, undecided = map(int, re.findall(r"\d+", cell))
            assert same == sum(one is other for one, other in decided)
            assert same + compatible + different == len(decided)
            ties = sum({*pair} == {Outcome.NEGLIGIBLE, Outcome.REVERSED} for pair in decided)
            assert different == ties + sum(supports(one) != supports(other) for one, other in decided)
            assert undecided == sum(Outcome.UNDECIDED in pair and pair[0] is not pair[1] for pair in both)
            checked += 4
    assert checked >= 20
