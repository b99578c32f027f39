"""What moved between two results folders → Markdown for the people who review a change."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ontrial.judge.verdicts import INTERVAL_KEYS
from ontrial.report.pages.tables import markdown
from ontrial.report.summaries.comparison import Change, Context, Entry
from ontrial.report.wording import formatting

MOST = 30  # contexts listed: a summary is read to its end


def summary(names: tuple[str, str], judged: list[Change], timed: list[Change], times: tuple[Mapping, Mapping]) -> str:
    """What moved, as Markdown.

    names: of the studies before and after. judged and timed: the claims that are not, and that are, timed. times:
    content of timing/time.json of both sides, empty where there is none.
    """
    before, after = names
    title = f"study {after}" if before == after else f"study {after} beside study {before}"
    parts = [f"## What changed in {title}", headline(judged), verdicts(judged), effects(judged)]
    if timed or any(times):
        parts += ["### Times", "Seconds of two machines, or of a busy one, differ by themselves: nothing here counts."]
        parts += [verdicts(timed), seconds(*times)]
    return "\n\n".join(filter(None, parts)) + "\n"


def headline(judged: list[Change]) -> str:
    """How much moved, in one or two sentences."""
    contexts = [context for change in judged for context in change.contexts]
    moved = sum(change.moved for change in judged)
    effects = sum(context.moved for context in contexts)
    if not judged:
        return "Neither side has verdicts to compare: no claims were tried."
    if not moved and not effects:
        return f"Nothing moved: {counted(judged, 'verdict')} and {counted(contexts, 'context')} are the same."
    sentence = f"{moved} of {counted(judged, 'verdict')} moved, {effects} of {counted(contexts, 'context')}."
    return f"**{sentence}**" if moved else f"{sentence} The verdicts are the same."


def verdicts(changes: list[Change]) -> str:
    """A row for each claim whose verdict or test is another; nothing without one."""
    rows = [
        (
            code(change.id),
            verdict(change.before),
            verdict(change.after),
            {"changed": "tried in another way", "same": ""}.get(change.standing, change.standing),
            f"{sum(context.outcome_moved for context in change.contexts)} of {len(change.contexts)}",
        )
        for change in changes
        if change.moved
    ]
    return markdown(("claim", "before", "after", "test", "outcomes that moved"), rows) if rows else ""


def effects(changes: list[Change]) -> str:
    """The contexts of claims on both sides that moved, most of all those that moved furthest; nothing without one."""
    found = [
        (change, context)
        for change in changes
        if change.standing in ("same", "changed")
        for context in change.contexts
        if context.moved
    ]
    if not found:
        return ""
    found.sort(key=lambda pair: (not pair[1].outcome_moved, -distance(*pair)))
    rows = [
        (code(change.id), code(context.settings), *map(effect, (context.before, context.after)), shift(change, context))
        for change, context in found[:MOST]
    ]
    table = markdown(("claim", "context", "before", "after", "shift"), rows)
    left = len(found) - len(rows)
    return f"### Effects\n\n{table}" + (f"\n\nAnd {left:,} contexts more, which moved less." if left else "")


def distance(change: Change, context: Context) -> float:
    """How far the estimate moved, in smallest effects of interest; beyond all where it gained or lost its bound."""
    if context.shift is None:
        return math.inf if context.outcome_moved else 0.0
    return abs(context.shift) / (change.smallest_effect or 1.0)


def shift(change: Change, context: Context) -> str:
    """How far the estimate moved, in its unit, and which effect would matter."""
    if context.shift is None:
        return formatting.NOTHING
    sign = "+" if context.shift > 0 else ""
    return (
        f"{sign}{formatting.significant(context.shift)} (of interest: {formatting.significant(change.smallest_effect)})"
    )


def verdict(claim: Entry | None) -> str:
    """The verdict on a claim in words."""
    return formatting.NOTHING if claim is None else claim["verdict"].replace("_", " ")


def effect(context: Entry | None) -> str:
    """What was found in a context: outcome, estimate and interval."""
    if context is None:
        return "not tried"
    ends = [context[name] for name in INTERVAL_KEYS]
    if not context["censored"] and None in ends:
        return context["outcome"]  # a reading of a claim by construction
    estimate, low, high = (
        "no bound" if end is None or math.isinf(end) else formatting.significant(end) for end in ends
    )
    return f"{context['outcome']}: {estimate} ({low} to {high}) {context['unit']}"


def seconds(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Seconds of the jobs of each rule on both sides; nothing without any."""
    spent = [side.get("rules", {}) for side in (before, after)]
    rows = [(code(rule), *(took(side.get(rule)) for side in spent)) for rule in dict.fromkeys([*spent[0], *spent[1]])]
    return markdown(("rule", "before", "after"), rows) if rows else ""


def took(rule: Mapping[str, float] | None) -> str:
    """Jobs and seconds of a rule."""
    return (
        formatting.NOTHING
        if rule is None
        else f"{formatting.significant(rule['seconds'])} s in {counted(rule['jobs'], 'job')}"
    )


def counted(what: Iterable | int, noun: str) -> str:
    """How many, with the noun in the right number."""
    number = what if isinstance(what, int) else len(what)
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def code(name: str) -> str:
    """A name as code in a cell of a table."""
    return "`" + name.replace("|", "\\|").replace("`", "'") + "`" if name else formatting.NOTHING
