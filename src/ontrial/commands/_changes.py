"""Changes between two folders of results, as Markdown for the people who review them."""

import math
from collections import Counter
from collections.abc import Sequence

from ontrial.errors import legible
from ontrial.report.markdown import Markdown
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.comparison import Change, FileChange, Pair
from ontrial.report.wording import formatting
from ontrial_judge.core.verdicts import Case, Reading, Verdict

MAX_CONTEXTS = 30  # few enough that people read the list to its end
MAX_PLACES = 10  # places per file
MAX_LENGTH = 80  # characters of a value


def summary(
    studies: tuple[str, str],
    judged: list[Change],
    tables: Sequence[FileChange] = (),
) -> str:
    """Return the changes as Markdown.

    studies: Names of the studies before and after.
    judged: Changes of claims.
    tables: Changes of other published files.
    """
    before, after = studies
    title = f"What changed in study {after}{'' if before == after else f' compared with study {before}'}"
    parts: list[str] = [Markdown("## {}").format(legible(title, 200)), _headline(judged), _verdicts_table(judged)]
    parts.append(_effects_section(judged))
    parts += ["### Tables", *map(_file_section, tables)] if any(table.places for table in tables) else []
    return "\n\n".join(filter(None, parts)) + "\n"


def published_summary(changes: Sequence[FileChange]) -> str:
    """Return the differences between two folders of published results, as Markdown."""
    moved = [change for change in changes if change.places]
    of_all = formatting.counted(len(changes), "published file")
    head = f"**{len(moved)} of {of_all} moved.**" if moved else "No published file moved."
    return "\n\n".join(["## What changed in published results", head, *map(_file_section, moved)]) + "\n"


def _file_section(change: FileChange) -> str:
    if not change.places:
        return ""
    rows = [[_code(legible(str(value), MAX_LENGTH)) for value in place] for place in change.places[:MAX_PLACES]]
    table = markdown((_code(change.name), "before", "after"), rows)
    omitted = len(change.places) - len(rows)
    return table + Markdown("\n\n{:,} more places of this file differ.").format(omitted) if omitted else table


def _headline(judged: list[Change]) -> str:
    """Return a few sentences that say how much moved, and in how many contexts the answer to a claim is another one."""
    contexts = [context for change in judged for context in change.contexts]
    moved_verdicts = sum(change.moved for change in judged)
    moved_contexts = sum(context.moved for context in contexts)
    verdicts, tested = formatting.counted(len(judged), "verdict"), formatting.counted(len(contexts), "context")
    if not judged:
        return "Neither side has verdicts to compare: no claims were tested."
    if not moved_verdicts and not moved_contexts:
        return f"No verdict moved: {verdicts} and {tested} are the same."
    sentence = f"{moved_verdicts} of {verdicts} moved, {moved_contexts} of {tested}."
    sentences = [f"**{sentence}**" if moved_verdicts else f"{sentence} The verdicts are the same."]
    answers = Counter(context.agreement for context in contexts if context.outcome_moved)
    words = {"opposite": "the opposite", "open": "open on one side"}
    parts = [
        f"{word} in {formatting.counted(answers[each], 'context')}" for each, word in words.items() if answers[each]
    ]
    if parts:
        sentences.append(f"The answer is {' and '.join(parts)}.")
    return " ".join(sentences)


def _verdicts_table(changes: list[Change]) -> str:
    """Return a row per claim whose verdict or test changed; "" without any."""
    rows = [
        (
            _code(change.id),
            _conclusion(change.before),
            _conclusion(change.after),
            {"changed": "test changed", "same": ""}.get(change.standing, change.standing),
            f"{sum(context.outcome_moved for context in change.contexts)} of {len(change.contexts)}",
        )
        for change in changes
        if change.moved
    ]
    return markdown(("claim", "before", "after", "test", "outcomes that moved"), rows) if rows else ""


def _effects_section(changes: list[Change]) -> str:
    """Return the contexts that moved, of claims on both sides; "" without any.

    Contexts whose outcome changed come first, then those whose estimates moved furthest.
    """
    moved = [
        (change, context)
        for change in changes
        if change.standing in ("same", "changed")
        for context in change.contexts
        if context.moved
    ]
    if not moved:
        return ""
    moved.sort(key=lambda pair: (not pair[1].outcome_moved, -_distance(*pair)))
    rows = [
        (
            _code(change.id),
            _code(context.settings),
            _effect(context.before),
            _effect(context.after),
            _shift(change, context),
        )
        for change, context in moved[:MAX_CONTEXTS]
    ]
    section = Markdown("### Effects\n\n") + markdown(("claim", "context", "before", "after", "shift"), rows)
    omitted = len(moved) - len(rows)
    return section + Markdown("\n\n{:,} more contexts moved less.").format(omitted) if omitted else section


def _distance(change: Change, context: Pair) -> float:
    """Return the shift of an estimate in smallest effects of interest; ∞ if it gained or lost its bound."""
    if context.shift is None:
        return math.inf if context.outcome_moved else 0.0
    return abs(context.shift) / change.smallest_effect_in(context)


def _shift(change: Change, context: Pair) -> str:
    """Return the shift of an estimate in its unit, and the smallest effect of interest."""
    if context.shift is None:
        return formatting.NO_VALUE
    sign = "+" if context.shift > 0 else ""
    of_interest = formatting.significant(change.smallest_effect_in(context))
    return f"{sign}{formatting.significant(context.shift)} (of interest: {of_interest})"


def _conclusion(verdict: Verdict | None) -> str:
    return verdict.conclusion.replace("_", " ") if verdict else formatting.NO_VALUE


def _effect(case: Case | None) -> str:
    """Return the outcome of a context or reading, and the estimate and interval of a context."""
    if case is None:
        return "not tested"
    if isinstance(case, Reading):
        return case.outcome
    estimate, low, high = (
        formatting.significant(number) if math.isfinite(number) else "no bound" for number in case.effect.numbers
    )
    return f"{case.outcome}: {estimate} ({low} to {high}) {legible(case.effect.unit, 20)}"


def _code(name: str) -> Markdown:
    """Return a name as code for a table's cell, in backticks, because people also read it in a terminal."""
    text = legible(name, 200).replace("|", "\\|").replace("`", "'")
    return Markdown(f"`{text}`" if name else formatting.NO_VALUE)
