"""A study published with its design, the atlas: the pages of its claims on the site of another study."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from support.pages import (
    STUDY,
    VERDICTS,
    build_pages,
    context,
    sources_of,
    tiny_results,
    verdict,
    with_findings,
)
from support.project import ROOT

from ontrial.commands.publish import one_line_per_context
from ontrial.errors import InputError
from ontrial.judge import checks
from ontrial.report.figures import evidence
from ontrial.report.pages.sources import Sources
from ontrial.report.summaries import finding_files
from ontrial.report.summaries.replications import Published, cells_of
from ontrial.report.wording.phrases import Phrases
from ontrial.study import configuration
from ontrial_judge.core.verdicts import Conclusion, Verdicts

DOCKET = """
chapters:
  size: {en: Size}
sources:
  course: {title: "A <course>", author: Somebody, url: "https://example.org"}
  unread: {title: Unread, author: Nobody, url: "https://example.com"}
claims:
"""
CLAIM = """\
  - id: NAME
    chapter: size
    quotations:
      - {words: "NAME batches <win>", source: course, place: part 1, ko: "작은 배치가 이긴다"}
    statement: {en: NAME batches are more accurate.}
    experiment: batch-size
    metric: test_accuracy
    difference: {of: {batch_size: 16}, minus: {batch_size: 64}}
    contexts: {policy: [fixed_of, fixed_minus, tuned]}
    smallest_effect: 1 point
"""
JUDGED = {
    "always": verdict("always", "supported", context("positive", {"policy": "tuned"})),
    "never": verdict("never", "refuted", context("reversed", {"policy": "tuned"}, estimate=-2.0, low=-3.0, high=-1.0)),
    "elsewhere": verdict("elsewhere", "refuted", context("negligible", {"policy": "tuned"}, estimate=0.1, low=0)),
}
LANGUAGES = ("en", "ko")
ORIGIN = {
    "configuration_file": "config/atlas.yaml", "commit": "b" * 40, "commit_date": "2026-02-01",
    "docket_sha256": "c" * 64, "docket_commit": "a" * 40, "docket_date": "2026-01-01",
}  # fmt: skip


def design() -> dict:
    """Return the published design of an atlas with a claim that holds, one that fails, and one outside our range."""
    claims = "".join(CLAIM.replace("NAME", name) for name in JUDGED)
    claims = claims.replace('"elsewhere batches <win>"', '"elsewhere batches <win>", outside: {en: <ConvNets>}')
    study = configuration.parse(STUDY.replace("study: tiny", "study: atlas").replace("to: 12", "to: 30"), "atlas.yaml")
    docket = checks.parse(DOCKET + claims, "atlas-claims.yaml", study)
    return {"configuration": json.loads(study.to_json()), "docket": json.loads(docket.to_json()), "origin": ORIGIN}


def published(folder: Path, content: dict) -> list[str]:
    """Write a published atlas, and return the paths of its files."""
    folder = folder / "atlas"
    folder.mkdir()
    (folder / "design.json").write_text(json.dumps(content), encoding="utf-8")
    judged = tuple(replace(each, hash="0" * 64, test_hash="0" * 64) for each in JUDGED.values())
    verdicts = Verdicts("atlas", judged)
    (folder / "verdicts.json").write_text(one_line_per_context(verdicts), encoding="utf-8")
    return [str(folder / name) for name in ("design.json", "verdicts.json")]


@pytest.fixture(scope="module")
def measurements(tmp_path_factory):
    return finding_files.read_measurements(published(tmp_path_factory.mktemp("published"), design()))


def sources_with(measurements, language: str = "en") -> Sources:
    return with_findings(sources_of(tiny_results(), language), measurements=measurements)


@pytest.fixture(scope="module")
def pages(measurements) -> dict[str, str]:
    return build_pages(sources_with(measurements))


def test_a_list_has_the_claims_of_all_studies_and_so_has_the_navigation(pages):
    listed = pages["evidence/index.md"]
    assert [id for id in ("small", *JUDGED) if f"](../evidence/{id}.md)" in listed] == ["small", *JUDGED]
    order = json.loads(pages["evidence/.order"])
    assert order[:2] == ["evidence/index.md", {"Other claims": ["evidence/small.md"]}]
    assert order[2] == {"Size": [f"evidence/{name}.md" for name in JUDGED]}
    assert "Said by Somebody, *A &#60;course&#62;*." in listed
    assert not [path for path in pages if path.startswith("atlas")]


def test_the_page_of_a_claim_has_the_words_the_statement_and_where_the_verdict_applies(pages):
    page = pages["evidence/elsewhere.md"]
    words, statement = page.index('<q lang="en">elsewhere batches &#60;win&#62;</q>'), page.index("in our words:")
    assert words < page.index("Outside our range: the author means &#60;ConvNets&#62;.") < statement
    assert "Outside our range" not in pages["evidence/always.md"]
    no_failure = page.count("badge-refuted") == 0 < page.count("badge-outside")
    assert no_failure  # for an author who means others
    assert "badge-refuted" in pages["evidence/never.md"]
    assert "<small>Somebody, *A &#60;course&#62;*, [part 1](https://example.org)</small>" in page


def test_a_claim_of_a_published_study_has_no_runs(pages):
    page = pages["evidence/always.md"]
    assert "it has no learning rates to use" in page  # as these verdicts name none
    assert "evidence-always-en-light.svg" in page
    assert "rm -r" not in page
    assert "fixed on 2026-01-01 (commit <code>aaaaaaaaaaaa</code>)" in page
    assert "The test was fixed" not in pages["evidence/small.md"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_published_atlas_has_a_page_for_each_claim(language):
    files = [str(ROOT / "results/reference/atlas" / name) for name in ("design.json", "verdicts.json")]
    docket = json.loads(Path(files[0]).read_text(encoding="utf-8"))["docket"]
    built = build_pages(sources_with(finding_files.read_measurements(files), language))
    assert {f"evidence/{claim['id']}.md" for claim in docket["claims"]} < built.keys()


def test_replications_of_the_atlas_are_on_the_pages_of_its_claims(measurements):
    sources, study = sources_with(measurements), measurements["atlas"].findings.study
    judged = {id: replace(each, hash="0" * 64, test_hash="0" * 64) for id, each in JUDGED.items()}
    there = context("negligible", {"policy": "tuned"}, estimate=0.4, low=0.1, high=0.7)
    judged["always"] = replace(judged["always"], conclusion=Conclusion.REFUTED, contexts=(there,))
    letter = Published(judged, cells_of(study).assign(dataset="letter"))
    pages = build_pages(replace(sources, other_studies={"atlas-letter": letter}))
    page = pages["evidence/always.md"]
    assert "the same outcome in 0 of 1 comparisons, a different one in 1." in page
    assert "Supported here, but refuted or not seen on printed letters." in page
    assert "Tried again on other data: the same outcome." in pages["evidence/never.md"]
    assert "letter" not in pages["evidence/small.md"]  # a claim of the study itself


def test_other_laboratories_are_on_the_pages_of_claims_of_the_atlas(measurements):
    row = {"study": "atlas", "circumstance": "seeds", "differs": "seeds", "claim": "never", "verdict": "depends"}
    row |= {"verdict_before": "refuted", "contexts_opposite": 1, "contexts_open": 0}
    for study, is_shown in (("atlas", True), ("tiny", False)):
        table = pd.DataFrame([row | {"study": study}])
        pages = build_pages(sources_with({**measurements, "circumstances": table}))
        assert ("The opposite answer appears in some setting with: " in pages["evidence/never.md"]) is is_shown
    assert "The opposite answer appears" not in pages["evidence/always.md"]


def test_a_claim_of_the_study_keeps_its_page(measurements):
    sources = sources_with(measurements)
    own = {"always": replace(sources.results.claims["small"], id="always"), "usual": sources.results.claims["usual"]}
    judged = {"always": replace(VERDICTS["small"], claim="always"), "usual": VERDICTS["usual"]}
    pages = build_pages(with_findings(sources, claims=own, verdicts=judged))
    assert "small &#60;b&#62;holds" in pages["evidence/always.md"]


def test_the_figure_of_a_claim_is_drawn_from_its_verdict_alone(measurements):
    results = replace(tiny_results(), measurements=measurements)
    words = Phrases(sources_of(results).docs.words, "en", "words.yaml")
    _, numbers = evidence.evidence(results, words, 4.8, claim="never")
    assert numbers["estimate"].tolist() == [-2.0]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (("configuration", "experiments"), "experiments"),
        (("docket", "claims", 0, "statement"), "statement"),
        (("origin", "docket_date"), "docket_date"),
    ],
)
def test_a_damaged_design_is_refused(place, message, tmp_path):
    content = holder = design()
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = "<b>"
    with pytest.raises(InputError, match=rf"design\.json.*{message}"):
        finding_files.read_measurements(published(tmp_path, content))
