"""The page for an exam has what is taught and what is so, in a line for each claim, and calculations by hand."""

import re
from dataclasses import replace

import numpy as np
import pytest
from support.pages import CLAIMS, VERDICTS, claim, sources_of, verdict, with_findings
from support.project import ROOT

from ontrial.report.pages.claims import sentences
from ontrial.report.pages.page import Page
from ontrial.report.site.docs import markdown as read_pages
from ontrial.report.site.templates import render
from ontrial_judge.core.verdicts import Kind, Outcome, Reading

DEFINED = verdict("defined", "by_construction", kind=Kind.BY_CONSTRUCTION, readings=(Reading("one", Outcome.HOLDS),))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_claim_with_an_answer_has_a_line_under_its_chapter(results, language):
    claims = {id: replace(one, chapter="activations") for id, one in CLAIMS.items()}
    claims["defined"] = claim("defined", Kind.BY_CONSTRUCTION, None)
    sources = with_findings(sources_of(results, language), claims=claims, verdicts=VERDICTS | {"defined": DEFINED})
    page = Page(sources, "exam.md")
    lines = render(read_pages(ROOT / "docs" / language)["exam.md"], page.path, page.names).splitlines()
    chapters = re.findall(r"<summary>(.*)</summary>", "\n".join(lines))
    assert chapters == ["Activations", page.say["others"]]
    rows = [line for line in lines if line.startswith("| “")]
    assert [row.count("evidence/") for row in rows] == [1, 1]
    assert "evidence/small.md" in rows[0]
    assert "badge-depends" in rows[0]
    assert sentences.answer(page, "small") in rows[0]  # both halves of it
    assert page.say["answer any yes"] in rows[1]
    assert sentences.reason(page, "defined") in rows[1]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_calculations_by_hand_are_right(language):
    text = (ROOT / f"docs/{language}/exam.md").read_text(encoding="utf-8")
    powers, last = np.exp([2.0, 1.0, 0.0]), {size: 1150 - size * (1150 // size) for size in (16, 256)}
    answers = [
        f"= {0.5 * 1 - 1 * 2 + 2:.1f}$", f"= {1 / (1 + np.exp(-0.5)):.3f}$",
        *(f"{power:.3f}" for power in powers[:2]), f"{powers.sum():.3f}", *(f"{p:.3f}" for p in powers / powers.sum()),
        f"= {-np.log(powers[0] / powers.sum()):.3f}$", " \\to ".join(f"{6 * 0.8**step:g}" for step in range(4)),
        f"0.25^5 = {0.25**5:.5f}", f"2^5 = {2**5}$", f"{-(-1150 // 16)}", f"{last[16]}",
        f"{-(-1150 // 256)}", f"{last[256]}",
    ]  # fmt: skip
    shown = text[text.index("??? success") : text.index("{#sentences}")]
    assert [answer for answer in answers if answer not in shown] == []
