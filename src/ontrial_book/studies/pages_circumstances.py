"""Numbers and tables of a page on the published study under other circumstances."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from ontrial.report.markdown import Markdown, code
from ontrial.report.pages import lookup, numbers
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.replications import are_opposite
from ontrial.report.wording import formatting
from ontrial_judge.core.verdicts import Conclusion, Kind

LABORATORY_HEADS = (
    "study",
    "pair",
    "opposite verdicts",
    "different verdicts",
    "opposite contexts",
    "open contexts",
)
NAMED = ("seeds", "kernel", "precision")  # kinds that the page of a claim names
BASELINE = "baseline"  # the unchanged study, with which the others are compared


@dataclass(frozen=True)
class Circumstances:
    """What pages show of the published study under other circumstances."""

    page: Page

    @property
    def baseline(self) -> dict[str, str]:
        """The unchanged study: its name, its number of runs, the commit, and what it ran on."""
        rows = _rows_of(self.page)
        row = rows[rows["differs"] == BASELINE].iloc[0]
        names = {name: row[name] for name in ("study", "processor", "blas", "blas_kernel")}
        return names | {"commit": row["commit"][:12], "runs": formatting.count(row["runs"])}

    @property
    def table(self) -> str:
        """A row per circumstance, with the numbers of runs, contexts and verdicts that moved.

        Claims by construction do not count, because no run can change them.
        """
        say, table = self.page.say, _rows_of(self.page)
        lines = []
        for _, rows in table[table["kind"] == "measured"].groupby("circumstance", sort=False):
            first = rows.iloc[0]
            change = (rows["largest_change"] / rows["smallest_effect"]).max()
            lines.append(
                (
                    _circumstance_name(self.page, first),
                    *(str(first[name]) for name in ("python", "numpy", "blas_kernel")),
                    numbers.percent(self.page, 100 * first["runs_moved"] / first["runs"]),  # NaN if seeds are others
                    share(rows["contexts_moved"].sum(), rows["contexts"].sum()),
                    share((rows["verdict"] != rows["verdict_before"]).sum(), len(rows)),
                    formatting.significant(change, 2),
                )
            )
        heads = ("python", "numpy", "kernel", "runs", "contexts", "verdicts", "change")
        return markdown([say[f"circumstance {head}"] for head in ("what", *heads)], lines)

    @property
    def laboratories(self) -> str:
        """A row per pair of laboratories that trained the same study: how far their measured claims agree.

        The text is "" if no study has been trained again with other seeds.
        """
        table = self.page.results.measurements.get("circumstances")
        if table is None or "contexts_opposite" not in table:
            return ""
        table = table[table["differs"].isin((BASELINE, "seeds")) & (table["kind"] == Kind.MEASURED)]
        rows = [row for study, some in table.groupby("study", sort=False) for row in _pairs(self.page, study, some)]
        return markdown([self.page.say[f"repetitions {head}"] for head in LABORATORY_HEADS], rows) if rows else ""


def sentences(page: Page, id: str) -> str:
    """Return which circumstances change the answers of a claim, in a sentence or two; "" if none was tried."""
    table = page.results.measurements.get("circumstances")
    if table is None or "contexts_opposite" not in table:
        return ""
    is_here = (table["study"] == page.results.study.name) & (table["claim"] == id)
    rows = table[is_here & (table["verdict_before"] == lookup.conclusion_on(page, id))]
    by_change: dict[str, list[str]] = {"same": [], "open": [], "opposite": []}
    for kind in NAMED:
        tried = rows[rows["differs"] == kind]
        if len(tried):
            change = next((each for each in ("opposite", "open") if tried[f"contexts_{each}"].any()), "same")
            by_change[change].append(page.say[f"answers {kind}"])
    texts = (
        page.say[f"answers {change}"].format(Markdown(", ").join(names)) for change, names in by_change.items() if names
    )
    return Markdown(" ").join(texts)


def _pairs(page: Page, study: str, table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the row of each pair of laboratories. Contexts are published as compared with the original study."""
    laboratories = [rows.set_index("claim") for _, rows in table.groupby("circumstance", sort=False)]
    for (i, first), (j, second) in combinations(enumerate(laboratories), 2):
        verdicts = [
            (Conclusion(one), Conclusion(other))
            for one, other in zip(first["verdict"], second["verdict"].reindex(first.index), strict=True)
        ]
        yield (
            code(study),
            page.say["repetitions both"].format(_laboratory(page, i), _laboratory(page, j)),
            share(sum(are_opposite(*pair) for pair in verdicts), len(verdicts)),
            share(sum(one != other for one, other in verdicts), len(verdicts)),
            *(
                share(second[name].sum(), second["contexts"].sum()) if i == 0 else formatting.NO_VALUE
                for name in ("contexts_opposite", "contexts_open")
            ),
        )


def _laboratory(page: Page, number: int) -> str:
    """Return the name of a laboratory: that of the published study, or the number of another one."""
    return page.say["repetitions other" if number else "repetitions original"].format(number)


def _circumstance_name(page: Page, row: pd.Series) -> str:
    """Return a circumstance in words: the thing that differs, and its value."""
    kind, _, value = row["circumstance"].partition("-")
    term = "other seeds again" if kind == "seeds" and value else f"other {row['differs']}"
    return page.say[term].format(value.capitalize())


def share(part: int, whole: int) -> str:
    """Return a part and its whole as text, such as "3 / 28"."""
    return f"{formatting.count(part)}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{formatting.count(whole)}"


def _rows_of(page: Page) -> pd.DataFrame:
    """Return the published rows of this study, or of the first study in the table if this one has none.

    Raises InputError if there is no table.
    """
    table = page.results.measurement("circumstances")
    own = table[table["study"] == page.results.study.name]
    return own if len(own) else table[table["study"] == table["study"].iloc[0]]
