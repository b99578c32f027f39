"""Verdicts on a page: words for `[% if %]`, badges, boxes, sizes of effects. A sign and a word, never colour alone."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from ontrial.errors import InputError, unknown
from ontrial.judge.claims import Claim
from ontrial.judge.verdicts import INTERVAL_KEYS, RESULT_KEYS
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
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


@template_name("has_claim")
def has_claim(page: Page, id: str) -> bool:
    """Whether the study has a verdict on a claim."""
    return id in page.results.verdicts


@template_name("verdict_of")
def verdict_of(page: Page, id: str) -> str:
    """The verdict on a claim, one word of the code: supported, refuted, depends, …"""
    return found(page, id)["verdict"]


@template_name("verdict")
def verdict(page: Page, id: str) -> str:
    """Badge and statement of a claim, which leads to its evidence."""
    return f"{badge(page, verdict_of(page, id))} [{statement(page, id)}]({page.root}evidence/{id}.md)"


@template_name("verdict_box")
def verdict_box(page: Page, id: str) -> str:
    """Box with the badge, statement and reason of a verdict, on one line, which leads to the evidence."""
    word = verdict_of(page, id)
    return html(
        "verdict_box",
        verdict=word,
        label=page.say["verdict of"],
        statement=statement(page, id),
        badge=badge(page, word),
        reason=reason(page, id),
        evidence=f"[{page.say['the evidence']}]({page.root}evidence/{id}.md)",
    )


def badge(page: Page, word: str, before: str = "") -> str:
    """A verdict or outcome as a coloured word with its sign, and something before the word."""
    shown = page.say[word] if word in page.say else page.terms[word]
    return html("badge", verdict=word, sign=SIGNS[word], text=before + shown)


def statement(page: Page, id: str) -> str:
    """What a claim says, in the language of the page, or else in English with a note."""
    return translated(page, claim_of(page, id).statement)


def translated(page: Page, texts: Mapping[str, str]) -> str:
    """A text of the docket, as plain text; English stands in for a language that it lacks. "" for none at all."""
    if not texts:
        return ""
    if page.language in texts:
        return formatting.plain(texts[page.language])
    return f"{html('in_english', text=texts['en'])} {page.say['no translation']}".strip()


@template_name("reason")
def reason(page: Page, id: str) -> str:
    """Why the verdict is what it is, in a sentence."""
    word, contexts = verdict_of(page, id), found(page, id)["contexts"]
    if not compared(page, id):
        return translated(page, claim_of(page, id).because)
    counts = Counter(context["outcome"] for context in contexts)
    facts = {outcome: counts[outcome] for outcome in ("positive", "negligible", "reversed", "unclear")}
    facts |= {"n": len(contexts), "against": counts["negligible"] + counts["reversed"]}
    if len(contexts) == 1:
        outcome = page.terms[contexts[0]["outcome"]]
        facts |= {"effect": sized(page, contexts[0]), "Outcome": outcome[:1].upper() + outcome[1:]}
        return page.say[f"why {word} once"].format(**facts)
    told = page.say[f"why {word}"].format(**facts)
    flipping = found(page, id)["flipped_by"]
    if word == "depends" and flipping:
        axes = ", ".join(axis_name(page, axis) for axis in flipping)
        told += " " + page.say["why flips"].format(axis=axes)
    return told


def axis_name(page: Page, axis: str) -> str:
    """Name of a setting of a context."""
    return page.say.get(f"setting {axis}", axis)


@template_name("outcome")
def outcome(page: Page, id: str, **context: Any) -> str:
    """Outcome of a context, one word of the code: positive, negligible, reversed, unclear."""
    return context_of(page, id, context)["outcome"]


@template_name("effect")
def effect(page: Page, id: str, **context: Any) -> str:
    """Estimate of a context with its interval: "1.3 points (95 % interval 0.9 to 1.7)"."""
    return sized(page, context_of(page, id, context))


class Found(NamedTuple):
    """Estimate of a context with the ends of its interval, which may be infinite; NaN is no estimate at all."""

    estimate: float
    low: float
    high: float


def bounds(context: Context) -> Found:
    """Numbers of a context."""
    return Found(*(math.nan if context[name] is None else context[name] for name in INTERVAL_KEYS))


def sized(page: Page, context: Context) -> str:
    """Estimate of a context in words, with its interval; an end without a bound is said to be none."""
    if context["n"] == 0:
        return page.say["off the grid"]
    unit, say, (estimate, low, high) = context["unit"], page.say, bounds(context)
    told = quantity(page, estimate, unit)
    if math.isinf(estimate):
        told = say["effect never"].format(told)
    if math.isinf(low) and low == high:
        return told
    kind = {(True, True): "interval", (True, False): "interval from", (False, True): "interval to"}
    shape = say[kind.get((math.isfinite(low), math.isfinite(high)), "interval without ends")]
    return shape.format(effect=told, low=amount(low, unit), high=amount(high, unit))


def ends(page: Page, context: Context) -> tuple[str, str]:
    """Estimate of a context, and its interval, as two cells of a table."""
    if context["n"] == 0:
        return page.say["off the grid"], formatting.NOTHING
    unit, (estimate, low, high) = context["unit"], bounds(context)
    interval = page.say["range"].format(amount(low, unit), amount(high, unit))
    return (
        f"×\N{NO-BREAK SPACE}{amount(estimate, unit)}" if unit == "log2" else quantity(page, estimate, unit)
    ), interval


def quantity(page: Page, number: float, unit: str) -> str:
    """A number with its unit: "1.3 points", "a factor of 2.00"."""
    if math.isnan(number):
        return page.say["effect without a value"]
    return page.say.get(f"effect {unit}", "{}").format(amount(number, unit))


def amount(number: float, unit: str) -> str:
    """A number of a unit: points with one decimal, log₂ of a ratio as the ratio, others with three digits."""
    if unit == "log2":
        return formatting.significant(2**number)
    with_a_decimal = unit in ("points", "octaves") and math.isfinite(number)
    return formatting.decimals(number) if with_a_decimal else formatting.significant(number)


def compared(page: Page, id: str) -> bool:
    """Whether a verdict rests on measured effects: those of identities, and of claims about people, don't."""
    return found(page, id)["kind"] in ("measured", "timed")


def context_of(page: Page, id: str, wanted: Mapping[str, Any]) -> Context:
    """The one context of a claim with these settings."""
    contexts = found(page, id)["contexts"]
    fitting = [context for context in contexts if all(context.get(name) == value for name, value in wanted.items())]
    if len(fitting) != 1:
        known = "; ".join(label(page, context) for context in contexts)
        asked = ", ".join(f"{name} {value}" for name, value in wanted.items()) or "no setting"
        raise InputError(f'claim "{id}": {len(fitting)} contexts fit {asked}, not one. There are: {known}.')
    return fitting[0]


def label(page: Page, context: Context) -> str:
    """What sets a context apart from the others, in words."""
    settings = {name: value for name, value in context.items() if name not in RESULT_KEYS}
    return formatting.plain(labels.context(settings, page.terms))


def named(page: Page, axis: str, value: Any) -> str:
    """A value of a setting in words beside the name of its axis, if there are some for it."""
    if axis == "learning_rate":
        return formatting.rate(value)
    if isinstance(value, int | float):
        return formatting.signed(str(value))
    if f"{axis} {value}" in page.say:
        return page.say[f"{axis} {value}"]
    if axis == "initialisation":
        base, _, mean = labels.initialisation(value, page.terms).partition(", ")
        return formatting.plain(f"{base} ({mean})" if mean else base)
    if axis == "objective":
        return formatting.plain(" + ".join(page.terms[part] for part in value.split("+")))
    return formatting.plain(page.terms.get(value, value))


def found(page: Page, id: str) -> Mapping[str, Any]:
    """What verdicts.json says of a claim; InputError if nothing."""
    if id not in page.results.verdicts:
        raise InputError(f"{unknown('claim', id, page.results.verdicts)} Ask with has_claim(…) first.")
    return page.results.verdicts[id]


def claim_of(page: Page, id: str) -> Claim:
    """A claim of the docket."""
    return page.results.claims[id]


@template_name("tally")
def tally(page: Page) -> str:
    """How many claims got which verdict, as a line of badges; nothing for a study that judges none."""
    counts = Counter(found["verdict"] for found in page.results.verdicts.values())
    return " ".join(badge(page, word, f"{counts[word]} ") for word in VERDICTS if counts[word])


def heading(text: str) -> str:
    """Text of the first heading of a page."""
    return next(line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# "))
