"""Verdicts on a page: words for `[% if %]`, badges, boxes, sizes of effects. A sign and a word, never colour alone."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from ontrial.errors import InputError, unknown
from ontrial.judge.claims import Claim
from ontrial.judge.verdicts import ENDS, MEASURES
from ontrial.report.pages.sources import Sources
from ontrial.report.wording import formatting, labels

SIGNS = {
    "supported": "✓",
    "refuted": "✗",
    "depends": "±",
    "inconclusive": "?",
    "by_construction": "≡",
    "not_testable": "○",
    "positive": "+",
    "negligible": "≈",
    "reversed": "−",
    "unclear": "?",
    "holds": "✓",
    "fails": "✗",
}
VERDICTS = tuple(SIGNS)[:6]
Context = Mapping[str, Any]


def has_claim(sources: Sources, id: str) -> bool:
    """Whether the study has a verdict on a claim."""
    return id in sources.results.verdicts


def verdict_of(sources: Sources, id: str) -> str:
    """The verdict on a claim, one word of the code: supported, refuted, depends, …"""
    return found(sources, id)["verdict"]


def verdict(sources: Sources, root: str, id: str) -> str:
    """Badge and statement of a claim, which leads to its evidence. root: the way to the language's home."""
    return f"{badge(sources, verdict_of(sources, id))} [{statement(sources, id)}]({root}evidence/{id}.md)"


def verdict_box(sources: Sources, root: str, id: str) -> str:
    """Box with the badge, statement and reason of a verdict, on one line, which leads to the evidence."""
    word = verdict_of(sources, id)
    return (
        f'<div class="verdict verdict-{word}" role="group" aria-label="{sources.say["verdict of"]}" markdown="span">'
        f"<strong>{statement(sources, id)}</strong> {badge(sources, word)} {reason(sources, id)} "
        f"[{sources.say['the evidence']}]({root}evidence/{id}.md)</div>"
    )


def badge(sources: Sources, word: str, before: str = "") -> str:
    """A verdict or outcome as a coloured word with its sign, and something before the word."""
    shown = sources.say[word] if word in sources.say else sources.terms[word]
    return f'<span class="badge badge-{word}"><span aria-hidden="true">{SIGNS[word]}</span> {before}{shown}</span>'


def statement(sources: Sources, id: str) -> str:
    """What a claim says, in the language of the page, or else in English with a note."""
    return translated(sources, claim_of(sources, id).statement)


def translated(sources: Sources, texts: Mapping[str, str]) -> str:
    """A text of the docket, as plain text; English stands in for a language that it lacks. "" for none at all."""
    if not texts:
        return ""
    if sources.language in texts:
        return formatting.plain(texts[sources.language])
    return f'<span lang="en">{formatting.plain(texts["en"])}</span> {sources.say["no translation"]}'.strip()


def reason(sources: Sources, id: str) -> str:
    """Why the verdict is what it is, in a sentence."""
    word, contexts = verdict_of(sources, id), found(sources, id)["contexts"]
    if not compared(sources, id):
        return translated(sources, claim_of(sources, id).because)
    counts = Counter(context["outcome"] for context in contexts)
    facts = {outcome: counts[outcome] for outcome in ("positive", "negligible", "reversed", "unclear")}
    facts |= {"n": len(contexts), "against": counts["negligible"] + counts["reversed"]}
    if len(contexts) == 1:
        outcome = sources.terms[contexts[0]["outcome"]]
        facts |= {"effect": sized(sources, contexts[0]), "Outcome": outcome[:1].upper() + outcome[1:]}
        return sources.say[f"why {word} once"].format(**facts)
    told = sources.say[f"why {word}"].format(**facts)
    flipping = found(sources, id)["flipped_by"]
    if word == "depends" and flipping:
        axes = ", ".join(axis_name(sources, axis) for axis in flipping)
        told += " " + sources.say["why flips"].format(axis=axes)
    return told


def axis_name(sources: Sources, axis: str) -> str:
    """Name of a setting of a context."""
    return sources.say.get(f"setting {axis}", axis)


def outcome(sources: Sources, id: str, **context: Any) -> str:
    """Outcome of a context, one word of the code: positive, negligible, reversed, unclear."""
    return context_of(sources, id, context)["outcome"]


def effect(sources: Sources, id: str, **context: Any) -> str:
    """Estimate of a context with its interval: "1.3 points (95 % interval 0.9 to 1.7)"."""
    return sized(sources, context_of(sources, id, context))


class Found(NamedTuple):
    """Estimate of a context with the ends of its interval, which may be infinite; NaN is no estimate at all."""

    estimate: float
    low: float
    high: float


def bounds(context: Context) -> Found:
    """Numbers of a context."""
    return Found(*(math.nan if context[name] is None else context[name] for name in ENDS))


def sized(sources: Sources, context: Context) -> str:
    """Estimate of a context in words, with its interval; an end without a bound is said to be none."""
    if context["n"] == 0:
        return sources.say["off the grid"]
    unit, say, (estimate, low, high) = context["unit"], sources.say, bounds(context)
    told = quantity(sources, estimate, unit)
    if math.isinf(estimate):
        told = say["effect never"].format(told)
    if math.isinf(low) and low == high:
        return told
    kind = {(True, True): "interval", (True, False): "interval from", (False, True): "interval to"}
    shape = say[kind.get((math.isfinite(low), math.isfinite(high)), "interval without ends")]
    return shape.format(effect=told, low=amount(low, unit), high=amount(high, unit))


def ends(sources: Sources, context: Context) -> tuple[str, str]:
    """Estimate of a context, and its interval, as two cells of a table."""
    if context["n"] == 0:
        return sources.say["off the grid"], formatting.NOTHING
    unit, (estimate, low, high) = context["unit"], bounds(context)
    interval = sources.say["range"].format(amount(low, unit), amount(high, unit))
    return (
        f"×\N{NO-BREAK SPACE}{amount(estimate, unit)}" if unit == "log2" else quantity(sources, estimate, unit)
    ), interval


def quantity(sources: Sources, number: float, unit: str) -> str:
    """A number with its unit: "1.3 points", "a factor of 2.00"."""
    if math.isnan(number):
        return sources.say["effect without a value"]
    return sources.say.get(f"effect {unit}", "{}").format(amount(number, unit))


def amount(number: float, unit: str) -> str:
    """A number of a unit: points with one decimal, log₂ of a ratio as the ratio, others with three digits."""
    if unit == "log2":
        return formatting.significant(2**number)
    with_a_decimal = unit in ("points", "octaves") and math.isfinite(number)
    return formatting.decimals(number) if with_a_decimal else formatting.significant(number)


def compared(sources: Sources, id: str) -> bool:
    """Whether a verdict rests on measured effects: those of identities, and of claims about people, don't."""
    return found(sources, id)["kind"] in ("measured", "timed")


def context_of(sources: Sources, id: str, wanted: Mapping[str, Any]) -> Context:
    """The one context of a claim with these settings."""
    contexts = found(sources, id)["contexts"]
    fitting = [context for context in contexts if all(context.get(name) == value for name, value in wanted.items())]
    if len(fitting) != 1:
        known = "; ".join(label(sources, context) for context in contexts)
        asked = ", ".join(f"{name} {value}" for name, value in wanted.items()) or "no setting"
        raise InputError(f'claim "{id}": {len(fitting)} contexts fit {asked}, not one. There are: {known}.')
    return fitting[0]


def label(sources: Sources, context: Context) -> str:
    """What sets a context apart from the others, in words."""
    settings = {name: value for name, value in context.items() if name not in MEASURES}
    return formatting.plain(labels.context(settings, sources.terms))


def named(sources: Sources, axis: str, value: Any) -> str:
    """A value of a setting in words beside the name of its axis, if there are some for it."""
    if axis == "learning_rate":
        return formatting.rate(value)
    if isinstance(value, int | float):
        return formatting.signed(str(value))
    if f"{axis} {value}" in sources.say:
        return sources.say[f"{axis} {value}"]
    if axis == "initialisation":
        base, _, mean = labels.initialisation(value, sources.terms).partition(", ")
        return formatting.plain(f"{base} ({mean})" if mean else base)
    if axis == "objective":
        return formatting.plain(" + ".join(sources.terms[part] for part in value.split("+")))
    return formatting.plain(sources.terms.get(value, value))


def found(sources: Sources, id: str) -> Mapping[str, Any]:
    """What verdicts.json says of a claim; InputError if nothing."""
    if id not in sources.results.verdicts:
        raise InputError(f"{unknown('claim', id, sources.results.verdicts)} Ask with has_claim(…) first.")
    return sources.results.verdicts[id]


def claim_of(sources: Sources, id: str) -> Claim:
    """A claim of the docket."""
    return sources.results.claims[id]


def tally(sources: Sources) -> str:
    """How many claims got which verdict, as a line of badges; nothing for a study that judges none."""
    counts = Counter(found["verdict"] for found in sources.results.verdicts.values())
    return " ".join(badge(sources, word, f"{counts[word]} ") for word in VERDICTS if counts[word])


def heading(page: str) -> str:
    """Text of the first heading of a page."""
    return next(line.removeprefix("# ").strip() for line in page.splitlines() if line.startswith("# "))
