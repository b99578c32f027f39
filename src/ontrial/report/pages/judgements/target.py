"""The runs of a table that reach a target, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ontrial.errors import legible
from ontrial.judge import targets
from ontrial.report.pages.judgements.report import LENGTH, Report
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases
from ontrial_judge.core.verdicts import Conclusion

if TYPE_CHECKING:
    from ontrial.judge.targets import Reached, Target


def on_target(target: Target, found: Sequence[Reached], column: str, say: Phrases, *, steps: bool = False) -> Report:
    """Return a row per arm: how many of its runs reach the target, with the interval of their share.

    steps: Whether the table has steps, so that it is known when runs reach it.
    """

    def percent(share: float) -> str:
        return say["percent"].format(f"{100 * share:.3g}")

    bound = legible(f"{target.metric} {target.sign} {target.bound:g}", LENGTH)
    conclusion = targets.conclusion(found)
    head = say["target some" if conclusion is Conclusion.DEPENDS else f"judged holds {conclusion}"].capitalize()
    rows = [
        [
            legible(each.arm, LENGTH),
            say[f"target {each.outcome}"].format(share=percent(target.share)),
            say["target reached"].format(count=formatting.count(each.reached), n=formatting.count(each.runs)),
            say["target share"].format(
                share=percent(each.reached / each.runs), low=percent(each.low), high=percent(each.high)
            ),
            *([formatting.NO_VALUE if each.first is None else f"{each.first:,.12g}"] if steps else []),
        ]
        for each in found
    ]
    return Report(
        conclusion=conclusion,
        doubts=[],
        sentence=say["target sentence"].format(
            verdict=head,
            target=bound,
            share=percent(target.share),
            arms="; ".join(say["target arm"].format(arm=row[0], finding=row[1], reached=row[2]) for row in rows),
        ),
        used=[],
        heads=[
            legible(column, LENGTH),
            say["outcome"],
            bound,
            say["target share head"],
            *([say["target first"]] if steps else []),
        ],
        rows=rows,
        finding=1,
        outcomes=[each.outcome for each in found],
        notes=[say["target note"]],
        arm_heads=[],
        arms=[],
    )
