"""The judgements of several arms against one baseline as one."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ontrial.errors import legible
from ontrial.judge.records import Conclusion
from ontrial.report.pages.judgements.report import LENGTH, Report, report
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases

if TYPE_CHECKING:
    from ontrial.judge.tables import Judgement


def combined(judgements: Sequence[Judgement], say: Phrases) -> Report:
    """Return the judgements of arms in words: a row for each context of each, in the order of the judgements."""
    texts = [report(each, say) for each in judgements]
    question = judgements[0].question
    arms = [legible(each.question.better, LENGTH) for each in judgements]
    conclusions = Counter(text.conclusion for text in texts)
    error = say["percent"].format(f"{100 * len(judgements) * judgements[0].alpha:.6g}")
    counts = ", ".join(f"{formatting.count(n)} {say[conclusion]}" for conclusion, n in conclusions.most_common())
    return Report(
        conclusion=texts[0].conclusion if len(conclusions) == 1 else Conclusion.DEPENDS,
        doubts=_by_arm(arms, [text.doubts for text in texts]),
        sentence=say["judged several"].format(
            count=formatting.count(len(arms)), other=legible(question.other, LENGTH), counts=counts, error=error
        ),
        used=texts[0].used,
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
    """Return the sentences that are said of all arms, and those of each with its name."""
    shared = [each for each in texts[0] if all(each in others for others in texts)]
    own = (f"{arm}: {each}" for arm, said in zip(arms, texts, strict=True) for each in said if each not in shared)
    return [*shared, *own]
