"""Judge tables of runs from Python, by the rules of `ontrial judge`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from ontrial.errors import InputError
from ontrial.judge import questions, tables
from ontrial.report.pages.judgements import figure
from ontrial.report.pages.judgements.report import Report, report
from ontrial.report.site.words import read_words
from ontrial.report.wording.phrases import Phrases
from ontrial.storage import run_tables, shipped
from ontrial_judge.core import verdict_files
from ontrial_judge.core.verdicts import Verdicts

if TYPE_CHECKING:
    import pandas as pd

    from ontrial.judge.questions import TableQuestion
    from ontrial.judge.tables import Judgement

NO_BREAK = "\N{NO-BREAK SPACE}"


class Svg(str):
    """The text of an SVG, which notebooks show as a picture."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Judged:
    """The verdict on a table of runs.

    judgement: The verdict as a record, and what it rests on.
    language: Language of texts, "en" or "ko".
    """

    judgement: Judgement
    language: str = "en"

    @cached_property
    def _report(self) -> Report:
        return report(self.judgement, phrases(self.language))

    @property
    def conclusion(self) -> str:
        """ "supported", "refuted", "depends" or "inconclusive"."""
        return str(self.judgement.verdict.conclusion)

    @property
    def sentence(self) -> str:
        """The verdict in a sentence, with its numbers."""
        return _plain(self._report.sentence)

    @property
    def notes(self) -> list[str]:
        """Sentences on noise, on what would settle undecided contexts, and on what does not count."""
        return list(map(_plain, self._report.notes))

    @property
    def doubts(self) -> list[str]:
        """Sentences on the table that a reader needs before the verdict."""
        return list(map(_plain, self._report.doubts))

    @property
    def arms(self) -> pd.DataFrame:
        """The runs of each arm in numbers, as text: how many, mean, standard deviation, median, worst and failed."""
        import pandas as pd

        return pd.DataFrame(self._report.arms, columns=self._report.arm_heads)

    @property
    def table(self) -> pd.DataFrame:
        """The table that `ontrial judge` prints: a row of texts per context."""
        import pandas as pd

        return pd.DataFrame([list(map(_plain, row)) for row in self._report.rows], columns=self._report.heads)

    def to_frame(self) -> pd.DataFrame:
        """Return the numbers: a row per context with its settings, outcome, estimate, interval and number of pairs.

        Effects are in the unit of the column `unit`: "log2" is the binary logarithm of a factor.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                **context.settings,
                "outcome": str(context.outcome),
                "estimate": context.effect.estimate,
                "low": context.effect.low,
                "high": context.effect.high,
                "level": context.effect.level,
                "unit": context.effect.unit,
                "n": context.n,
            }
            for context in self.judgement.verdict.contexts
        )

    def to_json(self) -> str:
        """Return the form of verdicts.json."""
        return verdict_files.to_json(Verdicts("table", (self.judgement.verdict,)))

    def figure(self) -> Svg:
        """Return the effects and the runs as a picture; an empty one of too many contexts to read."""
        return Svg(figure.figure([self.judgement], phrases(self.language)))

    def __repr__(self) -> str:
        """Return the sentence."""
        return self.sentence

    def _repr_html_(self) -> str:
        def row(cells: Iterable[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        def table(heads: list[str], rows: list[list[str]]) -> str:
            body = "".join(row(cells, "td") for cells in rows)
            return f"<table><thead>{row(heads, 'th')}</thead><tbody>{body}</tbody></table>" if rows else ""

        text = self._report
        doubts, notes = ("".join(f"<p>{escape(each)}</p>" for each in part) for part in (text.doubts, text.notes))
        picture = f'<div style="max-width:34rem">{self.figure()}</div>'
        tables_ = table(text.heads, text.rows) + table(text.arm_heads, text.arms)
        return f"{doubts}<p><strong>{escape(text.sentence)}</strong></p>{picture}{tables_}{notes}"


def judge(
    table: pd.DataFrame | str,
    *,
    metric: str,
    compare: Mapping[str, Sequence[Any]],
    smallest_effect: str | float,
    pair: str | Sequence[str] | None = None,
    contexts: str | Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    language: str = "en",
    **others: Any,
) -> Judged:
    """Return the verdict on a table with one row per run. Raises InputError for a mistake of the table or the question.

    >>> import pandas as pd
    >>> lead = {"adam": 2.0, "sgd": 0.0}
    >>> rows = [{"arm": arm, "seed": n, "accuracy": 90 + n % 4 / 10 + n % 3 * lead[arm] / 20 + lead[arm]}
    ...         for n in range(12) for arm in lead]
    >>> verdict = judge(pd.DataFrame(rows), metric="accuracy", compare={"arm": ("adam", "sgd")}, pair="seed",
    ...                 smallest_effect="0.5 points")
    >>> verdict.conclusion
    'supported'
    >>> verdict.to_frame()[["outcome", "n"]].to_dict("records")
    [{'outcome': 'positive', 'n': 12}]

    table: Table, or the path of one as for `ontrial judge`.
    compare: Column, and two of its values, of which the first is claimed to be better.
    smallest_effect: Smallest effect of interest, such as "0.5 points", "factor 1.2", or a number in the metric's unit.
    pair: Columns of what both runs of a pair share; () if runs share nothing.
    contexts: Columns whose values are judged separately.
    where: Condition on the runs to judge, by column: a value, a list, or {"not": …, "at_least": …, "at_most": …}.
    language: Language of texts, "en" or "ko".
    others: Further keys of a question's file, such as lower_is_better=True, failed="drop" or looks=[20, 40].
    """
    question = question_of(
        metric=metric,
        compare=compare,
        smallest_effect=smallest_effect,
        pair=pair,
        contexts=contexts,
        where=where,
        **others,
    )
    return Judged(tables.judge_table(_read(table), question), language)


def question_of(
    *,
    metric: str,
    compare: Mapping[str, Sequence[Any]],
    smallest_effect: str | float,
    pair: str | Sequence[str] | None = None,
    contexts: str | Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    **others: Any,
) -> TableQuestion:
    """Return the question that `judge` is asked. Raises InputError with every mistake."""
    if pair is None:
        raise InputError('pair: name what both runs of a pair share, as in pair="seed", or use pair=() for nothing.')
    asked: dict[str, Any] = {
        "metric": metric,
        "compare": {column: _scalars(values) for column, values in compare.items()},
        "pair": _list(pair),
        "smallest_effect": _scalar(smallest_effect),
    }
    where = {column: _scalar(value) for column, value in (where or {}).items()}
    lists = {key: _list(value) for key, value in others.items() if key in ("run", "looks", "accept", "over")}
    optional = {"contexts": _list(contexts), "where": where, **others, **lists}
    given = {key: value for key, value in optional.items() if value or key == "overlap"}  # 0 is an answer
    return questions.parse(asked | given, "the question")


def _read(table: pd.DataFrame | str) -> pd.DataFrame:
    if isinstance(table, str):
        return run_tables.read_runs(table)
    return table.reset_index(drop=True).rename(columns=str)


def judge_arms(
    table: pd.DataFrame | str, *, compare: Mapping[str, Sequence[Any]], against: Any, **asked: Any
) -> list[Judged]:
    """Return the verdicts on several arms against one other, the best first. They share the error.

    compare: Column, and the values that are claimed to be better.
    against: Value of the column that each is compared with.
    asked: As for `judge`.
    """
    ((column, arms),) = compare.items()
    language = asked.pop("language", "en")
    questions_ = [question_of(compare={column: (arm, against)}, **asked) for arm in arms]
    return [Judged(each, language) for each in tables.judge_arms(_read(table), questions_)]


@cache
def phrases(language: str = "en") -> Phrases:
    """Return the words of judgements. Raises InputError for a language without any."""
    parts = read_words(shipped.DOCS / "words.yaml")
    words = parts["figures"] | parts["pages"]
    if not any(language in texts for texts in words.values()):
        raise InputError(f'language: there are no words in "{language}". Use en or ko.')
    return Phrases(words, language, "docs/words.yaml")


def _list(value: Any) -> list[Any]:
    return [_scalar(value)] if isinstance(value, str | int) else _scalars(value)


def _scalars(values: Iterable[Any]) -> list[Any]:
    return [_scalar(value) for value in values]


def _scalar(value: Any) -> Any:
    """Return a number of NumPy as one of Python, also in a list."""
    if isinstance(value, list | tuple):
        return _scalars(value)
    return value.item() if hasattr(value, "item") else value


def _plain(text: str) -> str:
    return text.replace(NO_BREAK, " ")
