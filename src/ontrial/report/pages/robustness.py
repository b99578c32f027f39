"""What moved when the published study ran under other circumstances, in numbers and tables of a page."""

from collections.abc import Iterable

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.report.pages import numbers, verdicts
from ontrial.report.pages.sources import Sources
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.robustness import BASELINE
from ontrial.report.wording import formatting

FACTS = ("study", "processor", "blas", "blas_kernel", "commit")
KINDS = (BASELINE, "kernel", "numpy", "python", "seeds")


def fact(sources: Sources, name: str) -> str:
    """A fact by name: the study that ran, and what it ran with when it ran as it is."""
    if name not in FACTS:
        raise InputError(unknown("fact of the circumstances", name, FACTS))
    rows = of_kinds(sources, [BASELINE])
    return formatting.plain(rows[name].iloc[0])


def tried(sources: Sources, *kinds: str) -> int:
    """How many circumstances of these kinds were tried."""
    return of_kinds(sources, kinds)["circumstance"].nunique()


def moved(sources: Sources, *kinds: str) -> int:
    """How many claims have another verdict under some circumstance of these kinds."""
    rows = of_kinds(sources, kinds)
    return rows.loc[rows["verdict"] != rows["verdict_before"], "claim"].nunique()


def overview(sources: Sources) -> str:
    """Every circumstance: what it ran with, and how many runs, contexts and verdicts moved."""
    say, lines = sources.say, []
    for _, rows in of_kinds(sources, KINDS).groupby("circumstance", sort=False):
        first = rows.iloc[0]
        change = (rows["largest_change"] / rows["smallest_effect"]).max()
        lines.append(
            (
                called(sources, first),
                *(formatting.plain(first[name]) for name in ("python", "numpy", "blas_kernel")),
                numbers.percent(sources, 100 * first["runs_moved"] / first["runs"]),  # none are the same of other seeds
                share(rows["contexts_moved"].sum(), rows["contexts"].sum()),
                share((rows["verdict"] != rows["verdict_before"]).sum(), len(rows)),
                formatting.significant(change, 2),
            )
        )
    heads = ("python", "numpy", "kernel", "runs", "contexts", "verdicts", "change")
    return markdown([say[f"circumstance {head}"] for head in ("what", *heads)], lines)


def moves(sources: Sources, root: str, *kinds: str) -> str:
    """Every claim of which a context moved, with its verdict before and after. root: the way to the language's home."""
    rows, say = of_kinds(sources, kinds), sources.say
    lines = [
        (
            claim(sources, root, row["claim"]),
            called(sources, row),
            verdicts.badge(sources, row["verdict_before"]),
            verdicts.badge(sources, row["verdict"]),
            share(row["contexts_moved"], row["contexts"]),
        )
        for _, row in rows[rows["contexts_moved"] > 0].iterrows()
    ]
    heads = ("claim", "what", "before", "after", "contexts")
    return markdown([say[f"circumstance {head}"] for head in heads], lines) if lines else say["circumstance nothing"]


def called(sources: Sources, row: pd.Series) -> str:
    """A circumstance in words: what differs, and which one it is."""
    _, _, which = row["circumstance"].partition("-")
    return sources.say[f"other {row['differs']}"].format(formatting.plain(which.capitalize()))


def claim(sources: Sources, root: str, id: str) -> str:
    """What a claim says, with the way to its evidence; its id in a study that doesn't try it."""
    if not verdicts.has_claim(sources, id):
        return f"`{id}`"
    return f"[{verdicts.statement(sources, id)}]({root}evidence/{id}.md)"


def share(part: int, whole: int) -> str:
    """So many of so many."""
    return f"{formatting.count(part)}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{formatting.count(whole)}"


def of_kinds(sources: Sources, kinds: Iterable[str]) -> pd.DataFrame:
    """Rows of the published table with circumstances of some kinds; InputError if there is none."""
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(unknown("kind of circumstance", kind, KINDS))
    if sources.results.circumstances is None:
        raise InputError("no circumstances are published. Ask for their numbers where [% if circumstances %].")
    return sources.results.circumstances[sources.results.circumstances["differs"].isin(kinds)]
