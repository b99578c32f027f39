"""Verdicts on a page: words for `[% if %]`, badges, boxes and effects. They never rely on colour alone."""

import functools
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ontrial.errors import InputError, unknown
from ontrial.judge.claims import Claim, Estimand, arm_axes
from ontrial.judge.docket import SHARED_PAGES
from ontrial.judge.statistics import VERDICTS
from ontrial.judge.verdicts import RESULT_KEYS, matching_contexts
from ontrial.report.markdown import Markdown
from ontrial.report.pages import estimates
from ontrial.report.pages.estimates import Context
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page, template_name
from ontrial.report.wording import answers, formatting, labels, outcomes
from ontrial.study.settings import ObjectiveName

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
    "below": "↓",
    "undecided": "?",
    "holds": "✓",
    "fails": "✗",
}
KINDS = {"measured": ("measured", "timed"), "definitions": ("by_construction",), "not_testable": ("not_testable",)}
ACCURACIES = ("test_accuracy", "validation_accuracy", "train_accuracy")
COLLAPSE = 50  # points by which one accuracy exceeds the other, so that the other is below half
BY_SURPRISE = ("refuted", "depends", "supported", "inconclusive", "by_construction", "not_testable")


@template_name("has_claim")
def has_claim(page: Page, id: str) -> bool:
    """Return whether the study has a verdict on a claim."""
    return id in page.results.verdicts


@template_name("verdict_of")
def verdict_of(page: Page, id: str) -> str:
    """Return the verdict on a claim as one word of the code: supported, refuted, depends, …"""
    return verdict_record(page, id)["verdict"]


@template_name("verdict")
def verdict(page: Page, id: str) -> str:
    """Return the badge of a claim and its statement, which links to the evidence."""
    return badge(page, verdict_of(page, id)) + " " + evidence_link(page, id, statement(page, id))


@template_name("verdict_box")
def verdict_box(page: Page, id: str) -> str:
    """Return a box with the badge, statement and reason of a verdict and a link to the evidence, on one line."""
    word = verdict_of(page, id)
    return html(
        "verdict_box",
        verdict=class_name(word),
        label=page.say["verdict of"],
        statement=statement(page, id),
        badge=badge(page, word),
        reason=reason(page, id),
        evidence=evidence_link(page, id, page.say["the evidence"]),
    )


def evidence_link(page: Page, id: str, text: str) -> Markdown:
    """Return a text as a link to the evidence on a claim."""
    return Markdown("[{}]({}{})").format(text, page.root, evidence_path(page, id, "md"))


def evidence_path(page: Page, id: str, extension: str = "html") -> Markdown:
    """Return where the evidence on a claim is: its page, or its part of the page of all claims with its verdict.

    The path is relative to the home of the language.
    """
    shared = SHARED_PAGES.get(verdict_of(page, id))
    if shared:
        return Markdown("evidence/{}.{}#{}").format(shared, extension, id)
    return Markdown("evidence/{}.{}").format(id, extension)


def badge(page: Page, word: str, number: int | None = None) -> str:
    """Return a verdict as a coloured word with its sign, and how many claims have it if there is a number."""
    text = page.say[word] if number is None else page.say["tally count"].format(n=number, verdict=page.say[word])
    return html("badge", verdict=class_name(word), sign=SIGNS[word], text=text)


def sign(page: Page, word: str) -> str:
    """Return the sign of a verdict in its colour, which screen readers call by the word."""
    return html("sign", verdict=class_name(word), sign=SIGNS[word], text=page.say[word])


def class_name(word: str) -> Markdown:
    """Return a verdict or outcome as part of the name of a class. Raises InputError for any other word."""
    if word not in SIGNS:
        raise InputError(unknown("verdict or outcome", word, SIGNS))
    return Markdown(word)


def outcome_badge(page: Page, record: Context, context: Context) -> str:
    """Return what is certain about a context, or whether a reading holds, coloured and with the outcome's sign."""
    word = context["outcome"]
    return html("badge", verdict=class_name(word), sign=SIGNS[word], text=finding_of(page, record, context))


def finding_of(page: Page, record: Context, context: Context) -> str:
    """Return what is certain about a context of a claim, and what is open."""
    word = context["outcome"]
    if record["kind"] == "by_construction":
        return page.say[f"outcome {word}"]
    if context["n"] == 0:
        return page.say["off the grid"]
    _, low, high = estimates.effect_of(context)
    return outcomes.finding(page.say, word, (low, high), record["smallest_effect"], record["unit"])


def statement(page: Page, id: str) -> str:
    """Return the statement of a claim in the language of the page, or in English with a note."""
    return translated(page, claim_of(page, id).statement)


def short_name(page: Page, id: str) -> str:
    """Return a claim in a few words, which are its statement if the docket has no others."""
    texts = claim_of(page, id).short or claim_of(page, id).statement
    return texts.get(page.language, texts["en"])


def translated(page: Page, texts: Mapping[str, str]) -> str:
    """Return a text of the docket in the language of the page, or in English with a note. No texts: ""."""
    if not texts:
        return ""
    if page.language in texts:
        return texts[page.language]
    return (html("in_english", text=texts["en"]) + " " + page.say["no translation"]).strip()


@template_name("reason")
def reason(page: Page, id: str) -> str:
    """Return a sentence that says why the verdict is what it is."""
    if not is_measured(page, id):
        return translated(page, claim_of(page, id).because)
    record = verdict_record(page, id)
    word, contexts = record["verdict"], record["contexts"]
    if len(contexts) == 1:
        finding = finding_of(page, record, contexts[0])
        values = {
            "effect": estimates.sized(page, record, contexts[0], after_finding=True),
            "Finding": finding[:1].upper() + finding[1:],
        }
        return page.say[f"why {word} once"].format(**values)
    words = [context["outcome"] for context in contexts]
    listed = [outcome for outcome in words if outcome != "positive"] if word == "depends" else words
    counts = outcomes.counts(page.say, listed, record["smallest_effect"], record["unit"])
    text = page.say[f"why {word}"].format(n=len(words), positive=words.count("positive"), counts=counts)
    if word == "depends" and record["flipped_by"]:
        axes = Markdown(", ").join(axis_name(page, axis) for axis in record["flipped_by"])
        text += " " + page.say["why flips"].format(axis=axes)
    return text


@template_name("answer")
def answer(page: Page, id: str) -> str:
    """Return the sentence that a teacher would say: yes or no, where, and how large the opposite effect is.

    "" for a claim that is not testable.
    """
    return answer_of(page, verdict_record(page, id))


def answer_of(page: Page, record: Context) -> str:
    """Return the sentence that answers a claim from its record, of this study or another."""
    contexts = record["contexts"]
    if not contexts:
        return ""
    if record["verdict"] == "refuted" and record["kind"] == "by_construction":
        return page.say["answer any no"].format(translated(page, claim_of(page, record["id"]).because))
    if record["kind"] == "by_construction":
        return answer_readings(page, contexts)
    sentences = (answer_contexts(page, record), collapse_sentence(page, record), contrary_sentence(page, record))
    return Markdown(" ").join(filter(None, sentences))


def answer_readings(page: Page, contexts: list[Context]) -> str:
    """Return which readings of a claim by construction are true, and which are not."""
    say = page.say
    if all(context["outcome"] == "holds" for context in contexts):
        return say["answer any yes"]
    sentences = []
    for outcome, reply in (("holds", "yes"), ("fails", "no")):
        names = [value_name(page, "reading", each["reading"]) for each in contexts if each["outcome"] == outcome]
        sentences += [say[f"answer readings {reply}"].format("; ".join(names))] if names else []
    return Markdown(" ").join(sentences)


def answer_contexts(page: Page, record: Context) -> str:
    """Return whether a measured claim holds, and where."""
    say, contexts = page.say, record["contexts"]
    words = [context["outcome"] for context in contexts]
    clauses = answers.find_clauses([settings_of(context) for context in contexts], words)
    if clauses is None:
        counts = Counter(answers.ANSWERS[word] for word in words)
        return say["answer counts"].format(n=len(words), yes=counts["yes"], no=counts["no"], open=counts["open"])
    if len(clauses) == 1 and clauses[0].answer == "open":
        return say["answer open"]
    if len(clauses) == 1:
        number = {1: "once", 2: "both"}.get(len(words), "all")
        return say[f"answer {number} {clauses[0].answer}"].format(n=len(words))
    rivals = rivals_of(page, record["id"])
    parts = [
        say[f"answer here {reply}"].format(where=where(page, boxes, rivals)) if boxes else say[f"answer rest {reply}"]
        for reply, boxes in clauses
    ]
    text = say["answer joint"].join(parts)
    return text[:1].upper() + text[1:] + "."


def collapse_sentence(page: Page, record: Context) -> str:
    """Return that the other side hardly learns where the claim holds most, as a gap of more than COLLAPSE points shows.

    "" for other metrics than accuracies, and for a claim that only a published study tests.
    """
    estimand = estimates.estimand_of(page, record["id"])
    if not estimand or estimand.metric not in ACCURACIES or len(estimand.arms) < 2:
        return ""
    effects = [estimates.effect_of(context) for context in record["contexts"] if context["outcome"] == "positive"]
    largest = max(effects, key=lambda effect: effect.estimate, default=None)
    if largest is None or largest.estimate <= COLLAPSE:
        return ""
    size = estimates.quantity(page, largest.estimate, record["unit"])
    return page.say["answer collapse"].format(size=size)


def contrary_sentence(page: Page, record: Context) -> str:
    """Return how large the opposite effect is where it is largest, or that all differences are too small to matter.

    "" if neither is certain, or if an arm is compared with a number, from which readers would measure the effect.
    """
    contexts, smallest, unit = record["contexts"], record["smallest_effect"], record["unit"]
    against = [context for context in contexts if answers.ANSWERS[context["outcome"]] == "no"]
    if not against:
        return ""
    clearest = min(against, key=lambda context: estimates.effect_of(context).estimate)
    if estimates.value_of_arm(page, record, estimates.effect_of(clearest)):
        return ""
    estimate, _, high = estimates.effect_of(clearest)
    if high < 0 and estimate <= -smallest and math.isfinite(estimate):
        base, step = outcomes.split_unit(unit)
        text = page.say["answer size log2"] if base == "log2" else page.say.get(f"effect {base}", "{}")
        size = outcomes.per_step(page.say, text.format(estimates.amount(-estimate, unit)), step)
        box = {axis: (value,) for axis, value in settings_of(clearest).items()}
        if not box:
            return page.say["answer opposite once"].format(size=size)
        rivals = rivals_of(page, record["id"])
        return page.say["answer opposite"].format(where=where(page, [box], rivals), size=size)
    if any(context["outcome"] != "negligible" for context in against):
        return ""
    term = "answer small" if len(against) == len(contexts) else "answer small elsewhere"
    return page.say[term].format(margin=outcomes.margin(page.say, smallest, unit))


def settings_of(context: Context) -> dict[str, Any]:
    """Return the settings of a context."""
    return {name: value for name, value in context.items() if name not in RESULT_KEYS}


def where(page: Page, boxes: Iterable[answers.Box], rivals: Collection[str] = ()) -> str:
    """Return conditions in words: "with 5 hidden layers, and also at one shared learning rate for equal epochs".

    A condition with a choice comes last, or readers would have to guess how far the choice reaches. rivals: axes whose
    values are what a claim compares with.
    """
    several = [sorted(box.items(), key=lambda item: len(item[1]) > 1) for box in sorted(boxes, key=len)]
    conditions = [[condition(page, axis, values, axis in rivals) for axis, values in box] for box in several]
    if len(several) == 1 and all(len(values) == 1 for _, values in several[0]):
        return at_once(page, conditions[0])
    both = page.say["answer and" if len(several) > 1 else "answer among"].format
    parts = [functools.reduce(both, texts) for texts in conditions]
    return functools.reduce(page.say["answer also"].format, parts)


def rivals_of(page: Page, id: str) -> set[str]:
    """Return the axes whose values a claim compares with; none for a claim that only a published study tests."""
    estimand = estimates.estimand_of(page, id)
    return rival_axes(estimand) if estimand else set()


def rival_axes(estimand: Estimand) -> set[str]:
    """Return the axes that vary in one arm and are fixed in the other, which is compared with each of their values."""
    arms = estimand.arms.values()
    fixed = {name for arm in arms for name, value in arm.items() if not isinstance(value, list)}
    return arm_axes(arms).keys() & fixed


def at_once(page: Page, conditions: Sequence[str]) -> str:
    """Return conditions that hold together: "with one hidden layer, for equal epochs and with He initialisation"."""
    *others, last = conditions
    noun = page.say["answer condition"]
    shortened = Markdown(", ").join(text.removesuffix(noun) for text in others)
    return page.say["answer at once"].format(shortened, last) if others else last


def condition(page: Page, axis: str, values: Iterable[Any], rival: bool = False) -> str:
    """Return the condition that a setting has one of some values, in words.

    rival: whether a claim compares with these values.
    """
    say = page.say
    texts, names = [], []
    for value in values:
        term = f"where {axis} {value:g}" if isinstance(value, int | float) else f"where {axis} {value}"
        if term in say and not rival:
            texts.append(say[term])
        else:
            names.append(value_name(page, axis, value))
    if names:
        joined = functools.reduce(say["answer value or"].format, names)
        pattern = say["where rival"] if rival else say.get(f"where {axis}")
        texts.append(pattern.format(joined) if pattern else say["where other"].format(axis_name(page, axis), joined))
    *others, last = texts
    return say["answer either"].format(Markdown(", ").join(others), last) if others else last


def axis_name(page: Page, axis: str) -> str:
    """Return the name of a setting of a context."""
    return page.say.get(f"setting {axis}", axis)


@template_name("outcome")
def outcome(page: Page, id: str, **context: Any) -> str:
    """Return the outcome of a context as one word of the code: positive, negligible, reversed, below, undecided."""
    return context_of(page, id, context)["outcome"]


@template_name("finding")
def finding(page: Page, id: str, **context: Any) -> str:
    """Return what is certain about a context, and what is open."""
    return finding_of(page, verdict_record(page, id), context_of(page, id, context))


@template_name("has_context")
def has_context(page: Page, id: str, **context: Any) -> bool:
    """Return whether the study has a verdict on a claim, and the claim one context with these settings."""
    return has_claim(page, id) and len(matching_contexts(verdict_record(page, id), context)) == 1


@template_name("effect")
def effect(page: Page, id: str, **context: Any) -> str:
    """Return the estimate of a context with its interval, such as "1.3 points (95% interval 0.9 to 1.7)"."""
    return estimates.sized(page, verdict_record(page, id), context_of(page, id, context))


def is_measured(page: Page, id: str) -> bool:
    """Return whether a verdict rests on measured effects, unlike those by construction and those not testable."""
    return verdict_record(page, id)["kind"] in ("measured", "timed")


@template_name("counted")
def counted(page: Page, id: str) -> str:
    """Return what the numbers of a claim are counted in: "rounds" of measuring a cost, without a seed, or "seeds"."""
    estimand = claim_of(page, id).estimand
    return "rounds" if estimand and estimand.metric == "cost" else "seeds"


def context_of(page: Page, id: str, wanted: Mapping[str, Any]) -> Context:
    """Return the one context of a claim with these settings. Raises InputError if none or several have them."""
    record = verdict_record(page, id)
    matches = matching_contexts(record, wanted)
    if len(matches) != 1:
        known = "; ".join(label(page, context) for context in record["contexts"])
        asked = ", ".join(f"{name} {value}" for name, value in wanted.items()) or "no setting"
        raise InputError(f'claim "{id}": {len(matches)} contexts match {asked}, expected one. Contexts: {known}.')
    return matches[0]


def label(page: Page, context: Context) -> str:
    """Return the settings that distinguish a context from the others, in words."""
    return labels.context(settings_of(context), page.terms)


def value_name(page: Page, axis: str, value: Any) -> str:
    """Return a value of a setting in words, where the name of its axis stands next to it."""
    if axis == "learning_rate":
        return formatting.rate(value)
    term = f"{axis} {value}"
    if name := page.say.get(term) or page.terms.get(term):
        return name
    if isinstance(value, int | float):
        return formatting.signed(str(value))
    if axis == "initialisation":
        base, _, mean = labels.initialisation(value, page.terms).partition(", ")
        return f"{base} ({mean})" if mean else base
    if axis == "objective":
        return " + ".join(page.terms[part] for part in ObjectiveName(value).parts)
    return page.terms.get(value, value)


def verdict_record(page: Page, id: str) -> Mapping[str, Any]:
    """Return the record of a claim in verdicts.json. Raises InputError if it has none."""
    if id not in page.results.verdicts:
        raise InputError(f"{unknown('claim', id, page.results.verdicts)} Check has_claim(…) first.")
    return page.results.verdicts[id]


def claim_of(page: Page, id: str) -> Claim:
    """Return a claim of the docket."""
    return page.results.claims[id]


@template_name("tally")
def tally(page: Page) -> str:
    """Return the number of claims with each verdict as badges, definitions apart; "" for a study without verdicts."""
    groups = []
    for group, kinds in KINDS.items():
        counts = Counter(record["verdict"] for record in page.results.verdicts.values() if record["kind"] in kinds)
        badges = Markdown(" ").join(badge(page, word, counts[word]) for word in VERDICTS if counts[word])
        groups += [page.say[f"tally {group}"].format(badges)] if badges else []
    return Markdown("<br>").join(groups)


def distance(record: Context) -> float:
    """Return how far a verdict is from what the claim says: the largest gap to the smallest effect, in its multiples.

    0 for a claim without a measured contradiction.
    """
    smallest = record.get("smallest_effect")
    against = [each for each in record["contexts"] if answers.ANSWERS[each["outcome"]] == "no"]
    if not smallest or not against:
        return 0.0
    return max((smallest - estimates.effect_of(context).estimate) / smallest for context in against)


def is_surprising(record: Context) -> bool:
    """Return whether a claim is refuted, or depends on a setting and somewhere its opposite is certain."""
    outcomes_of = {context["outcome"] for context in record["contexts"]}
    return record["verdict"] == "refuted" or (record["verdict"] == "depends" and "reversed" in outcomes_of)


@template_name("by_surprise")
def by_surprise(page: Page, *, taught: bool = False) -> list[str]:
    """Return the ids of the claims that an experiment can decide, the most surprising verdict first.

    taught: whether to return only those that somebody else has made, that were measured, and that are refuted or depend
    on a setting.
    """

    def was_taught(id: str) -> bool:
        is_wrong = verdict_of(page, id) in ("refuted", "depends")
        return is_wrong and is_measured(page, id) and bool(claim_of(page, id).source)

    ids = [id for id, record in page.results.verdicts.items() if record["contexts"] and (not taught or was_taught(id))]

    def rank(id: str) -> tuple[bool, int, float]:
        record = verdict_record(page, id)
        return not is_surprising(record), BY_SURPRISE.index(record["verdict"]), -distance(record)

    return sorted(ids, key=rank)


@template_name("cards")
def cards(page: Page, number: int = 3, without: Collection[str] = ()) -> str:
    """Return the claims that turned out least as taught, each with what was measured, as cards; "" if there are none.

    without: ids of claims to leave out.
    """
    chosen = [id for id in by_surprise(page, taught=True) if id not in without][:number]
    entries = [
        {
            "verdict": class_name(verdict_of(page, id)),
            "badge": badge(page, verdict_of(page, id)),
            "statement": statement(page, id),
            "answer": answer(page, id),
            "link": evidence_link(page, id, page.say["the evidence"]),
        }
        for id in chosen
    ]
    return html("cards", cards=entries, taught=page.say["card taught"], measured=page.say["card measured"])


@template_name("verdict_files")
def verdict_files(page: Page) -> list[str]:
    """Return the names of the files in which the site has the verdicts as data."""
    kinds = {record["kind"] for record in page.results.verdicts.values()}
    return ["verdicts.json", *(["timed-verdicts.json"] if "timed" in kinds else [])]


@template_name("squares")
def squares(page: Page) -> str:
    """Return one square for each claim with a verdict, a link to its evidence."""
    entries = [
        {
            "verdict": class_name(record["verdict"]),
            "sign": SIGNS[record["verdict"]],
            "text": Markdown("{}: {}").format(page.say[record["verdict"]], statement(page, id)).striptags(),
            "link": page.root + evidence_path(page, id),
        }
        for id, record in page.results.verdicts.items()
    ]
    return html("squares", squares=entries)


def heading(text: str) -> Markdown:
    """Return the first heading of a page of the docs."""
    return Markdown(next(line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# ")))
