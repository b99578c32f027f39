"""Does it grow or shrink with size? The published study of sizes, on the pages of the claims that it follows."""

from dataclasses import replace

import pytest
from support.pages import (
    CLAIMS,
    build_pages,
    context,
    page_of,
    sources_of,
    tiny_results,
    verdict,
    with_findings,
)
from support.project import ROOT, read_yaml
from support.sizes import AHEAD, measured, published, slope_of

from ontrial.book.atlas import pages_sizes as sizes
from ontrial.book.atlas.sizes import trends
from ontrial.judge import checks
from ontrial.judge.claims import list_contexts
from ontrial.judge.records import Alternative, Effect, Outcome, Way
from ontrial.report.pages.sources import Sources
from ontrial.report.summaries.findings import DesignedStudy, Findings
from ontrial.study import configuration

BEHIND, MIXED = (-2.0, -1.5, -1.0), (1.0, 0.5, -1.0)  # estimates at growing sizes


def sources_with(size: DesignedStudy | None, language: str = "en") -> Sources:
    sources = sources_of(tiny_results(), language)
    return with_findings(sources, measurements={"size": size} if size else {})


def page_with(size: DesignedStudy | None, language: str = "en"):
    return replace(page_of(tiny_results(), language), sources=sources_with(size, language))


def said(size: DesignedStudy, language: str = "en") -> str:
    """Return the sentence on a claim with plain spaces."""
    return sizes.sentence(page_with(size, language), "small").replace("\N{NO-BREAK SPACE}", " ")


GROWING, SHRINKING = slope_of(0.3, 0.7, "positive"), slope_of(-0.7, -0.3, "reversed")


@pytest.mark.parametrize(
    ("estimates", "slope", "clause"),
    [
        (AHEAD, GROWING, "the lead of batch size 16 over batch size 64 grows by 0.50 points (0.30 to 0.70)."),
        (AHEAD, SHRINKING, "the lead of batch size 16 over batch size 64 shrinks by 0.50 points (0.30 to 0.70)."),
        (BEHIND, GROWING, "the lead of batch size 64 over batch size 16 shrinks by 0.50 points (0.30 to 0.70)."),
        (MIXED, GROWING, "the difference shifts by 0.50 points (0.30 to 0.70) in favour of batch size 16."),
        (AHEAD, slope_of(0.01, 0.2, "negligible"), "the difference changes by less than 0.25 points."),
        (AHEAD, slope_of(-0.1, 0.4, "undecided"), "there is no clear change."),
    ],
)
def test_a_sentence_says_whose_lead_changes_and_how(estimates, slope, clause):
    assert said(measured(estimates, slope)) == f"With each doubling of the width, {clause}"


def test_the_sentence_has_a_clause_for_each_axis_in_each_language():
    size = measured(axes=("width", "samples"))
    lead = "the lead of batch size 16 over batch size 64 shrinks by 0.50 points (0.30 to 0.70)"
    assert said(size) == f"With each doubling of the width, {lead}; with each doubling of the data, {lead}."
    assert said(size, "ko").startswith(
        "은닉층의 너비가 두 배가 될 때마다 배치 크기 16 쪽이 배치 크기 64 쪽을 앞서는 폭이 "
        "0.50퍼센트포인트(0.30~0.70)만큼 줄어든다. 훈련 표본이 두 배가 될 때마다"
    )


@pytest.mark.parametrize(
    ("slope", "clause"),
    [
        (slope_of(0.01, 0.2, "negligible"), "the difference changes by less than 0.25 points"),
        (slope_of(-0.1, 0.4, "undecided"), "there is no clear change"),
    ],
)
def test_what_holds_along_both_axes_is_said_once(slope, clause):
    size = measured(slope=slope, axes=("width", "samples"))
    assert said(size) == f"With each doubling of the width or of the data, {clause}."


def test_effects_are_in_the_order_of_sizes_and_in_the_unit_of_the_claim():
    size = measured()
    (width,) = trends(size.findings, "small")
    assert width.effects["size"].tolist() == [16, 32, 64]
    assert width.effects["estimate"].tolist() == list(AHEAD)
    failing = context("below", {"hidden": "64"}, estimate=40.0, unit="points of failures", counts_failures=True)
    typical = Alternative(Way.TYPICAL, Effect(0.5, 0.1, 0.9, 0.95, "points"), Outcome.UNDECIDED)
    contexts = [replace(failing, alternatives=(typical,)), *size.findings.verdicts["small-width"].contexts[:1]]
    changed = {**size.findings.verdicts, "small-width": verdict("small-width", "inconclusive", *contexts)}
    (width,) = trends(replace(size.findings, verdicts=changed), "small")
    assert width.effects[["size", "estimate", "unit"]].values.tolist() == [[16, 2.0, "points"], [64, 0.5, "points"]]


def test_a_slope_without_its_effects_and_effects_without_their_slope_are_left_out():
    size = measured(axes=("width", "samples"))
    for missing, axes in (("small-width", ["training_samples"]), ("small-samples-slope", ["width"])):
        verdicts = {id: each for id, each in size.findings.verdicts.items() if id != missing}
        assert [trend.axis for trend in trends(replace(size.findings, verdicts=verdicts), "small")] == axes


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_page_has_the_sentence_if_the_study_of_sizes_is_published(language):
    size = measured()
    built = build_pages(sources_with(size, language))["evidence/small.md"]
    assert f"{sizes.sentence(page_with(size, language), 'small')}\n  {{: #size }}\n" in built
    for nothing in (None, published({})):
        assert "#size" not in build_pages(sources_with(nothing, language))["evidence/small.md"]


def test_a_claim_of_the_atlas_has_the_sentence():
    size, sources = measured(), sources_with(measured())
    atlas = replace(sources.results, measurements={})
    both = {"size": size, "atlas": DesignedStudy(atlas, size.docket, {})}
    of_atlas = with_findings(sources, measurements=both).others["atlas"]
    assert sizes.sentence(replace(page_of(tiny_results()), sources=of_atlas), "small")


def test_a_claim_about_something_else_than_was_measured_at_each_size_has_no_sentence():
    page = page_with(measured())
    about_speed = replace(CLAIMS["small"], estimand=replace(CLAIMS["small"].estimand, metric="epochs_to_accuracy"))
    claims = {**page.results.claims, "small": about_speed}
    assert sizes.sentence(page, "small")
    assert sizes.sentence(replace(page, sources=with_findings(page.sources, claims=claims)), "small") == ""


def test_each_shipped_comparison_follows_a_claim_along_both_axes():
    study = configuration.read_study(ROOT / "config/size.yaml")
    claims = checks.read_docket(study.docket, study).claims
    tried = {spec["id"] for name in ("", "atlas-") for spec in read_yaml(f"config/{name}claims.yaml")["claims"]}
    followed = {claim.follows for claim in claims.values()}
    assert len(followed) == 8
    assert followed <= tried
    judged = {
        id: verdict(id, "inconclusive", *(context("below", settings) for settings in list_contexts(claim.estimand)))
        for id, claim in claims.items()
    }
    none = tiny_results().runs.iloc[:0]
    for id in followed:
        width, samples = trends(Findings(study, none, none, judged, claims), id)
        assert width.effects["size"].tolist() == [16, 32, 64, 128, 256]
        assert samples.effects["size"].tolist()[-3:] == [300, 1150, 3323]
