"""Numbers and tables of a page on the published study under other circumstances."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from ontrial.errors import InputError, unknown
from ontrial.report.markdown import Markdown, code
from ontrial.report.pages import lookup, numbers
from ontrial.report.pages.claims import verdicts
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.replications import ORIGINAL
from ontrial.report.summaries.robustness import BASELINE
from ontrial.report.wording import formatting

FACTS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("study", "processor", "blas", "blas_kernel"), str),
    "commit": lambda commit: commit[:12],
    "runs": formatting.count,
}
KINDS = (BASELINE, "kernel", "numpy", "python", "precision", "seeds")


def fact(page: Page, name: str) -> str:
    """Return a fact by name: the study, or a circumstance of the unchanged study (the baseline)."""
    if name not in FACTS:
        raise InputError(unknown("fact of the circumstances", name, FACTS))
    baseline = rows_of(page, [BASELINE])
    return FACTS[name](baseline[name].iloc[0])


def tried(page: Page, *kinds: str) -> int:
    """Return the number of circumstances of these kinds."""
    return rows_of(page, kinds)["circumstance"].nunique()


def moved(page: Page, *kinds: str) -> int:
    """Return the number of claims whose verdict moved under some circumstance of these kinds."""
    rows = rows_of(page, kinds)
    return rows.loc[rows["verdict"] != rows["verdict_before"], "claim"].nunique()


def overview(page: Page) -> str:
    """Return a row per circumstance, with the numbers of runs, contexts and verdicts that moved.

    Claims by construction do not count, because no run can change them.
    """
    say, table = page.say, rows_of(page, KINDS)
    lines = []
    for _, rows in table[table["kind"] == "measured"].groupby("circumstance", sort=False):
        first = rows.iloc[0]
        change = (rows["largest_change"] / rows["smallest_effect"]).max()
        lines.append(
            (
                circumstance_name(page, first),
                *(str(first[name]) for name in ("python", "numpy", "blas_kernel")),
                numbers.percent(page, 100 * first["runs_moved"] / first["runs"]),  # NaN if the seeds are others
                share(rows["contexts_moved"].sum(), rows["contexts"].sum()),
                share((rows["verdict"] != rows["verdict_before"]).sum(), len(rows)),
                formatting.significant(change, 2),
            )
        )
    heads = ("python", "numpy", "kernel", "runs", "contexts", "verdicts", "change")
    return markdown([say[f"circumstance {head}"] for head in ("what", *heads)], lines)


def moves(page: Page, *kinds: str) -> str:
    """Return the verdict before and after, per circumstance and claim with a context that moved; "" without any."""
    rows, say = rows_of(page, kinds), page.say
    lines = [
        (
            claim_link(page, row["claim"]),
            circumstance_name(page, row),
            verdicts.badge(page, row["verdict_before"]),
            verdicts.badge(page, row["verdict"]),
            share(row["contexts_moved"], row["contexts"]),
        )
        for _, row in rows[rows["contexts_moved"] > 0].iterrows()
    ]
    heads = ("claim", "what", "before", "after", "contexts")
    return markdown([say[f"circumstance {head}"] for head in heads], lines) if lines else ""


def circumstance_name(page: Page, row: pd.Series) -> str:
    """Return a circumstance in words: the thing that differs, and its value."""
    kind, _, value = row["circumstance"].partition("-")
    term = "other seeds again" if kind == "seeds" and value else f"other {row['differs']}"
    return page.say[term].format(value.capitalize())


def claim_link(page: Page, id: str) -> str:
    """Return the statement of a claim, linked to its evidence; its id in a study that does not test it."""
    if not lookup.has_claim(page, id):
        return code(id)
    return verdicts.evidence_link(page, id, lookup.statement(page, id))


def share(part: int, whole: int) -> str:
    """Return a part and its whole as text, such as "3 / 28"."""
    return f"{formatting.count(part)}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{formatting.count(whole)}"


def rows_of(page: Page, kinds: Iterable[str]) -> pd.DataFrame:
    """Return the published rows on circumstances of some kinds. Raises InputError if there is no table.

    They are those of this study, or of the default one if this study has none.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(unknown("kind of circumstance", kind, KINDS))
    table = page.results.measurement("robustness")
    studies = table["study"].unique()
    study = next(name for name in (page.results.study.name, ORIGINAL, *studies) if name in studies)
    return table[(table["study"] == study) & table["differs"].isin(kinds)]


def moved_note(page: Page, id: str) -> str:
    """Return a note on a claim's verdicts under other circumstances; "" if it kept its verdict, or is new."""
    table, here = page.results.measurements.get("robustness"), lookup.conclusion_on(page, id)
    if table is None:
        return ""
    rows = table[(table["claim"] == id) & (table["verdict_before"] == here) & (table["differs"] != BASELINE)]
    rows = rows[(rows["study"] == page.results.study.name) & (rows["verdict"] != here)]
    if rows.empty:
        return ""
    names = [
        Markdown("{}: {}").format(circumstance_name(page, row), verdicts.badge(page, row["verdict"]))
        for _, row in rows.iterrows()
    ]
    return page.say["moved elsewhere"].format(Markdown("; ").join(names))
