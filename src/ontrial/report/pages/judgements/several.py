"""The judgements of several arms against one baseline as one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ontrial.errors import legible
from ontrial.report.pages.judgements.report import (
    LENGTH,
    Report,
    conclusion_of,
    counts_of,
    question_lines,
    report,
    run_lines,
)
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial_judge.core.verdicts import Conclusion

if TYPE_CHECKING:
    from ontrial.judge.tables import Judgement


def combined(judgements: Sequence[Judgement], say: Phrases) -> Report:
    """Return the judgements of arms in words: a row for each context of each, in the order of the judgements."""
    texts = [report(each, say) for each in judgements]
    if len(texts) == 1:
        return texts[0]
    question = judgements[0].question
    arms = [legible(each.question.better, LENGTH) for each in judgements]
    conclusions = {text.conclusion for text in texts}
    error = say["percent"].format(f"{100 * len(judgements) * judgements[0].alpha:.6g}")
    findings = [
        text.rows[0][text.finding].replace("; ", ", ")
        if len(text.rows) == 1
        else f"{conclusion_of(each, say)} ({counts_of(each, say)})"
        for each, text in zip(judgements, texts, strict=True)
    ]
    named = "; ".join(f"{arm}: {finding}" for arm, finding in zip(arms, findings, strict=True))
    asked = [each.question for each in judgements]
    return Report(
        conclusion=texts[0].conclusion if len(conclusions) == 1 else Conclusion.DEPENDS,
        doubts=_by_arm(arms, [text.doubts for text in texts]),
        sentence=say["judged several"].format(
            count=formatting.count(len(arms)), other=legible(question.other, LENGTH), findings=named, error=error
        ),
        used=[
            *question_lines(say, asked, judgements[0].columns, judgements[0].rows),
            *run_lines(say, judgements),
        ],
        heads=[legible(question.column, LENGTH), *texts[0].heads],
        rows=[[arm, *row] for arm, text in zip(arms, texts, strict=True) for row in text.rows],
        finding=texts[0].finding + 1,
        outcomes=list(itertools.chain.from_iterable(text.outcomes for text in texts)),
        notes=_by_arm(arms, [text.notes for text in texts]),
        arm_heads=texts[0].arm_heads,
        arms=[  # the baseline once
            list(row) for row in dict.fromkeys(tuple(row) for text in texts for row in text.arms)
        ],
    )


def _by_arm(arms: Sequence[str], texts: Sequence[Sequence[str]]) -> list[str]:
    """Return sentences once: first those that are said of all arms, then others with the names of their arms."""
    arms_of: dict[str, list[str]] = {}
    for arm, said in zip(arms, texts, strict=True):
        for each in said:
            arms_of.setdefault(each, []).append(arm)
    shared = [each for each, named in arms_of.items() if len(named) == len(arms)]
    return [*shared, *(f"{', '.join(named)}: {each}" for each, named in arms_of.items() if each not in shared)]
