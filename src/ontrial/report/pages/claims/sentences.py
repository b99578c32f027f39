"""Sentences on a claim: the finding in each context, the reason for the verdict, and a teacher's answer."""

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ontrial.judge.estimands import EACH, Estimand, arm_axes
from ontrial.judge.policies import TUNED
from ontrial.report.markdown import Markdown
from ontrial.report.pages import lookup
from ontrial.report.pages.claims import answer_numbers, estimates
from ontrial.report.pages.page import Page
from ontrial.report.wording import answers, formatting, labels, outcomes
from ontrial.report.wording.quantities import Quantity
from ontrial_judge.core.statistics import Quantifier, contradicts, supports
from ontrial_judge.core.verdicts import Conclusion, Context, Outcome, Verdict

ACCURACIES = ("test_accuracy", "validation_accuracy", "train_accuracy")
SENTENCE_END = re.compile(r"(?<=[.!?]) ")
FEW_WORDS = 3  # of a sentence that cannot stand alone as a headline, such as "No, the opposite."
COLLAPSE = 50  # difference of accuracies in points, above which the smaller one is below half


def finding_of(page: Page, verdict: Verdict, context: Context) -> str:
    """Return the finding in a context: the part of the outcome that is certain, and the part that is open."""
    if context.n == 0:
        return estimates.no_value(page, verdict.claim)
    claimed = estimates.claimed(page, verdict.claim)
    smallest_effect = verdict.smallest_effect_in(context)
    return outcomes.finding(page.say, context.outcome, context.effect, smallest_effect, claimed)


def reason(page: Page, id: str) -> str:
    """Return the sentence that gives the reason for a verdict."""
    verdict = lookup.verdict_on(page, id)
    if not verdict.is_measured:
        return lookup.translated(page, lookup.claim_of(page, id).because)
    values: dict[str, Any] = {"conclusion": verdict.conclusion, "finding": ""}
    if len(verdict.contexts) == 1:
        (context,) = verdict.contexts
        finding = finding_of(page, verdict, context)
        effect = estimates.sized(page, verdict, context, after_finding=True)
        values |= {"finding": finding[:1].upper() + finding[1:], "effect": effect}
    else:
        found, conclusion = verdict.outcomes, verdict.conclusion
        alike = {Conclusion.SUPPORTED: supports, Conclusion.REFUTED: contradicts}.get(conclusion)
        differ = conclusion is Conclusion.DEPENDS or (alike is not None and not all(map(alike, found)))
        listed = [context for context in verdict.contexts if not (differ and supports(context.outcome))]
        values |= {"n": len(found), "positive": sum(map(supports, found)), "differ": differ}
        values["counts"] = outcomes.counts(page.say, verdict, listed)
        values["one_by_one"] = Outcome.UNDECIDED not in found
        values["axes"] = Markdown(", ").join(_deciding(page, verdict, axis) for axis in verdict.flipped_by)
    return page.fill("reason.md", values).strip()


def _deciding(page: Page, verdict: Verdict, axis: str) -> str:
    """Return the name of an axis that decides: of layers that differ in their width alone, the width."""
    is_width = axis == "hidden" and all(str(each.settings[axis]).isdigit() for each in verdict.contexts)
    return labels.axis("width" if is_width else axis, page.texts)


def answer(page: Page, id: str) -> str:
    """Return the answer to a claim: the one written by hand that suits the verdict, or else the generated one.

    The answer is "" for a claim that is not testable.
    """
    verdict = lookup.verdict_on(page, id)
    return written_answer(page, verdict) or answer_of(page, verdict)


def advice(page: Page, verdict: Verdict) -> str:
    """Return what a reader should do, by the answer that suits the verdict, or else by the verdict alone.

    It is "" for a definition, which nobody follows.
    """
    if not verdict.contexts:
        return ""
    suitable = (answer for answer in page.sources.answers.get(verdict.claim, ()) if answer.suits(verdict))
    written = next((answer.then[page.language] for answer in suitable if answer.then), "")
    if written:
        return Markdown.escape(written)
    estimand = lookup.estimand_of(page, verdict.claim)
    can_be = estimand and estimand.quantifier is Quantifier.SOME and verdict.conclusion is Conclusion.SUPPORTED
    return page.say.get("then supported some" if can_be else f"then {verdict.conclusion}", "")


def written_answer(page: Page, verdict: Verdict) -> str:
    """Return the first answer written by hand that suits the verdict and has all its numbers; "" without one."""
    suitable = (answer for answer in page.sources.answers.get(verdict.claim, ()) if answer.suits(verdict))
    filled = (answer.fill(page.language, answer_numbers.of_claim(page, verdict.claim)) for answer in suitable)
    return next(filter(None, filled), "")


def answer_of(page: Page, verdict: Verdict) -> str:
    """Return the generated answer to a claim by the verdict of this study or another.

    It says yes or no, where, and the size of an opposite effect.
    """
    if verdict.readings:
        return _answer_readings(page, verdict)
    if not verdict.contexts:
        return ""
    return Markdown(" ").join(filter(None, [_answer_contexts(page, verdict), *_further_sentences(page, verdict)]))


def _further_sentences(page: Page, verdict: Verdict) -> tuple[str, str, str]:
    """Return the sentences of an answer after those on where the claim holds; each may be "".

    They are on early training, on failures, and on the opposite effect. What was seen somewhere needs none of them.
    """
    estimand = lookup.estimand_of(page, verdict.claim)
    if estimand and estimand.quantifier is Quantifier.SOME and verdict.conclusion is not Conclusion.NOT_SEEN:
        return "", "", ""
    collapse = _failures_sentence(page, verdict) or _collapse_sentence(page, verdict)
    return _melting_sentence(page, verdict), collapse, contrary_sentence(page, verdict)


def headline(page: Page, id: str) -> str:
    """Return the short answer to a claim as a title, without a full stop. The verdict answers if nothing else can.

    Where the verdict is inconclusive, the title does not answer either, although it may in some settings.
    """
    verdict = lookup.verdict_on(page, id)
    if verdict.conclusion is Conclusion.INCONCLUSIVE:
        return page.say["headline open"]
    if by_hand := written_answer(page, verdict):
        return _split(by_hand)[0].removesuffix(".")
    if verdict.conclusion is Conclusion.REFUTED:
        text = _headline_of_refuted(page, verdict)
    elif verdict.readings:
        text = _answer_readings(page, verdict)
    elif verdict.contexts:
        text = _answer_contexts(page, verdict)
    else:
        text = page.say[verdict.conclusion]
    return Markdown(text[:1].upper() + text[1:]).removesuffix(".")


def first(answer: str) -> str:
    """Return the first sentence of an answer, or two if the first is a word such as "Yes."."""
    return _split(answer)[0]


def _split(answer: str) -> tuple[Markdown, Markdown]:
    """Return a written answer as a headline and the rest. A sentence such as "Yes." needs the next one beside it.

    >>> first, rest = _split("Yes. It led by 2 points. That was all.")
    >>> print(first, "|", rest)
    Yes. It led by 2 points. | That was all.
    """
    sentences = SENTENCE_END.split(answer)
    first = next((i for i, sentence in enumerate(sentences) if len(sentence.split()) > FEW_WORDS), len(sentences))
    return Markdown(" ".join(sentences[: first + 1])), Markdown(" ".join(sentences[first + 1 :]))


def _headline_of_refuted(page: Page, verdict: Verdict) -> str:
    """Return "no" with what is true instead, if that is certain of all settings: the opposite, or hardly any effect."""
    if verdict.readings:
        return page.say["answer once no"]
    contrary = contrary_sentence(page, verdict)
    return page.say["answer any no"].format(contrary) if contrary else _answer_contexts(page, verdict)


def titled(page: Page, id: str) -> str:
    """Return the topic of a claim and its headline, where the claim itself is not in sight: "Powers of two – No"."""
    topic = lookup.short_name(page, id).removesuffix(".")
    return page.say["topic and answer"].format(topic, headline(page, id))


def _answer_readings(page: Page, verdict: Verdict) -> str:
    """Return the sentence on which readings of a claim by construction are true."""
    say = page.say
    if verdict.conclusion is Conclusion.REFUTED:
        return say["answer any no"].format(lookup.translated(page, lookup.claim_of(page, verdict.claim).because))
    if Outcome.FAILS not in verdict.outcomes:
        return say["answer any yes"]
    sentences = []
    for outcome, reply in ((Outcome.HOLDS, "yes"), (Outcome.FAILS, "no")):
        names = [_of_reading(page, each.reading) for each in verdict.readings if each.outcome is outcome]
        if names:
            together = functools.reduce(say["answer at once"].format, names)
            sentences.append(say[f"answer readings {reply}"].format(together))
    return Markdown(" ").join(sentences)


def _of_reading(page: Page, reading: str) -> str:
    """Return a reading as it stands after "true" or "false": "of its value", "as a convention"."""
    of_it = page.say["answer of reading"].format(labels.value("reading", reading, page.texts))
    return page.texts.get(f"answer reading {reading}", of_it)


def clauses_of(verdict: Verdict) -> list[answers.Clause] | None:
    """Return where a measured claim holds and where not; None if that takes too many words: then the answer counts."""
    return answers.find_clauses([context.settings for context in verdict.contexts], verdict.outcomes)


def _answer_contexts(page: Page, verdict: Verdict) -> str:
    """Return the sentences on whether a measured claim holds, and where, after "Open." if it is inconclusive."""
    say, found = page.say, verdict.outcomes
    estimand = lookup.estimand_of(page, verdict.claim)
    if estimand and estimand.quantifier:
        return _answer_quantified(page, verdict, estimand)
    clauses = clauses_of(verdict)
    text = _answer_clauses(page, found, clauses, estimand)
    is_open = verdict.conclusion is Conclusion.INCONCLUSIVE and text != say["answer open"]
    return say["answer inconclusive"].format(text) if is_open else text


def _answer_clauses(
    page: Page, found: Sequence[Outcome], clauses: list[answers.Clause] | None, estimand: Estimand | None
) -> str:
    """Return where a claim without a quantifier holds and where not, or in how many settings, by its outcomes."""
    say = page.say
    if clauses is None:
        counts = Counter(answers.ANSWERS[outcome] for outcome in found)
        order = dict.fromkeys(answers.ANSWERS.values())
        texts = [say[f"answer count {reply}"].format(counts[reply]) for reply in order if counts[reply]]
        return say["answer counts"].format(n=len(found), counts=Markdown(", ").join(texts))
    if len(clauses) == 1 and clauses[0].answer == "open":
        return say["answer open"]
    if len(clauses) == 1:
        number = {1: "once", 2: "both"}.get(len(found), "all")
        return say[f"answer {number} {clauses[0].answer}"].format(n=len(found))
    if clauses[0].answer == "no" and clauses[1:] == [answers.Clause("yes", ())]:
        return say["answer except"].format(where=where(page, clauses[0].boxes, estimand))
    parts = [
        say[f"answer here {reply}"].format(where=where(page, boxes, estimand)) if boxes else say[f"answer rest {reply}"]
        for reply, boxes in clauses
    ]
    text = say["answer joint"].join(parts)
    return text[:1].upper() + text[1:] + "."


def _answer_quantified(page: Page, verdict: Verdict, estimand: Estimand) -> str:
    """Return the sentence on a claim that says in how many settings it holds: seen here in 3 of 9, with 5 layers.

    Settings that do not show it are no answer to a claim that something may be so.
    """
    found = verdict.outcomes
    held, against, n = sum(map(supports, found)), sum(map(contradicts, found)), len(found)
    text = page.say[f"quantified {estimand.quantifier} {verdict.conclusion}"].format(held=held, against=against, n=n)
    boxes = next((clause.boxes for clause in clauses_of(verdict) or () if clause.answer == "yes"), ())
    if 0 < held < n and boxes:
        text = page.say["answer seen where"].format(text.removesuffix("."), where(page, boxes, estimand))
    return text


def _melting_sentence(page: Page, verdict: Verdict) -> str:
    """Return the sentence on the contexts in which a claim is true early in training and not at the end; "" if none."""
    k, n = sum(turn.answer == "no" for turn in answers.turns(verdict)), len(verdict.contexts)
    if not k:
        return ""
    return page.say["answer melting all" if k == n else "answer melting"].format(k=k, n=n)


def _failures_sentence(page: Page, verdict: Verdict) -> str:
    """Return the sentence on how many networks learn nothing where the most do, as the claim has it.

    It is "" if no context that supports the claim counts failures, and for claims that only a published study tests.
    """
    estimand = lookup.estimand_of(page, verdict.claim)
    counting = [context for context in verdict.contexts if context.counts_failures and supports(context.outcome)]
    if not estimand or not counting or len(estimand.arms) < 2:
        return ""
    worst = max(counting, key=lambda context: context.effect.estimate)
    arms = outcomes.own_settings(estimand, worst.settings)
    _, arm = max(zip(worst.failed, arms, strict=True), key=lambda pair: pair[0])
    box = {axis: (value,) for axis, value in arm.items() if axis != EACH}
    text = where(page, [box]) if box else page.say["failures of the other"]
    values = _numbers_failing(worst) | {"arm": text[:1].upper() + text[1:]}
    return page.say["answer failures" if len(verdict.contexts) > 1 else "answer failures once"].format(**values)


def _collapse_sentence(page: Page, verdict: Verdict) -> str:
    """Return the sentence that the other side hardly learns where the largest effect exceeds COLLAPSE points.

    It is "" for smaller effects, for metrics other than accuracy, and for claims that only a published study tests.
    """
    estimand = lookup.estimand_of(page, verdict.claim)
    if not estimand or estimand.metric not in ACCURACIES or len(estimand.arms) < 2:
        return ""
    claimed = [
        context.effect.estimate
        for context in verdict.contexts
        if context.outcome is Outcome.POSITIVE and not context.counts_failures
    ]
    largest = max(claimed, default=0.0)
    if largest <= COLLAPSE:
        return ""
    size = Quantity.of(largest, verdict.unit).in_sentence(page.say)
    return page.say["answer collapse"].format(size=size)


def contrary_sentence(page: Page, verdict: Verdict) -> str:
    """Return the sentence on the largest opposite effect, or that all differences are too small to matter.

    Of an infinite effect, the sentence has the end of the interval that is certain. For a claim that effects are
    small, it is that on the largest difference.

    It is "" if neither is certain, or if an arm is compared with a number, from which readers would measure the effect.
    """
    against = contexts_against(verdict)
    if not against:
        return ""
    if against[0].outcome in (Outcome.APART, Outcome.BEYOND):
        return _largest_difference(page, verdict, max(against, key=lambda context: abs(context.effect.estimate)))
    clearest = min(against, key=lambda context: context.effect.estimate / verdict.smallest_effect_in(context))
    if estimates.value_of_arm(page, verdict, clearest.effect):
        return ""
    effect = clearest.effect
    if -math.inf < effect.high < 0 and effect.estimate <= -verdict.smallest_effect_in(clearest):
        return _opposite(page, verdict, clearest)
    if any(context.outcome is not Outcome.NEGLIGIBLE for context in against):
        return ""
    term = "answer small" if len(against) == len(verdict.contexts) else "answer small elsewhere"
    return page.say[term].format(margin=margins(page, verdict, against))


def _opposite(page: Page, verdict: Verdict, context: Context) -> str:
    """Return the sentence on an opposite effect: how many networks fail, or the size, or what is certain of it."""
    box = {axis: (value,) for axis, value in context.settings.items()}
    there = where(page, [box], lookup.estimand_of(page, verdict.claim)) if box else ""
    if context.counts_failures:
        numbers = _numbers_failing(context)
        term = "answer opposite failures" if box else "answer opposite failures once"
        return page.say[term].format(where=there, **numbers)
    effect = context.effect
    is_finite = math.isfinite(effect.estimate)
    size = Quantity.of(-(effect.estimate if is_finite else effect.high), effect.unit).in_answer(page.say)
    size = size if is_finite else page.say["short at least"].format(size)
    return page.say["answer opposite" if box else "answer opposite once"].format(where=there, size=size)


def _numbers_failing(context: Context) -> dict[str, str]:
    """Return how many networks fail on the side on which more do, and on the other, of how many."""
    numbers = {"failed": max(context.failed), "other": min(context.failed), "n": context.n}
    return {name: formatting.count(number) for name, number in numbers.items()}


def margins(page: Page, verdict: Verdict, contexts: Iterable[Context]) -> str:
    """Return the smallest effects of interest in some contexts: "1 point or 10 failures in 100 networks"."""
    texts = dict.fromkeys(outcomes.margin_in(page.say, verdict, context) for context in contexts)
    return functools.reduce(page.say["answer value or"].format, texts)


def _largest_difference(page: Page, verdict: Verdict, context: Context) -> str:
    """Return the sentence on the context in which the arms of a claim that effects are small differ most."""
    size = Quantity.of(abs(context.effect.estimate), context.effect.unit).in_answer(page.say)
    box = {axis: (value,) for axis, value in context.settings.items()}
    if not box:
        return page.say["answer apart once"].format(size=size)
    estimand = lookup.estimand_of(page, verdict.claim)
    return page.say["answer apart"].format(where=where(page, [box], estimand), size=size)


def contexts_against(verdict: Verdict) -> list[Context]:
    """Return the contexts that contradict a claim."""
    return [context for context in verdict.contexts if contradicts(context.outcome)]


def where(page: Page, boxes: Iterable[answers.Box], estimand: Estimand | None = None) -> str:
    """Return conditions in words: "with 5 hidden layers, or at one shared learning rate for the same images".

    A condition with a choice comes last, because readers would otherwise have to guess how far the choice reaches.

    estimand: Estimand of the claim, None if only a published study tests it.
    """
    several = [sorted(box.items(), key=lambda item: len(item[1]) > 1) for box in sorted(boxes, key=len)]
    conditions = [[condition(page, axis, dict(box), estimand) for axis, _ in box] for box in several]
    if len(several) == 1 and all(len(values) == 1 for _, values in several[0]):
        return _at_once(page, conditions[0])
    both = page.say["answer and" if len(several) > 1 else "answer among"].format
    parts = [functools.reduce(both, texts) for texts in conditions]
    return functools.reduce(page.say["answer also"].format, parts)


def rival_axes(estimand: Estimand) -> set[str]:
    """Return the axes that vary in one arm and are fixed in the other, which is compared with all their values."""
    arms = estimand.arms.values()
    fixed = {name for arm in arms for name, value in arm.items() if not isinstance(value, list)}
    return arm_axes(arms).keys() & fixed


def _at_once(page: Page, conditions: Sequence[str]) -> str:
    """Return conditions that hold together: "with one hidden layer, for the same images and with He initialisation"."""
    *others, last = conditions
    noun = page.say["answer condition"]
    shortened = Markdown(", ").join(text.removesuffix(noun) for text in others)
    return page.say["answer at once"].format(shortened, last) if others else last


def condition(page: Page, axis: str, box: answers.Box, estimand: Estimand | None = None) -> str:
    """Return the condition of a box on one of its axes, such as "with 5 hidden layers"."""
    say = page.say
    rival = estimand is not None and axis in rival_axes(estimand)
    single = {name: values[0] for name, values in box.items() if len(values) == 1}
    texts, names = [], []
    for value in box[axis]:
        if axis == "policy":
            rule, _, side = value.partition("_")
            owner = labels.arm_name(side, page.texts, estimand, single) if side else ""
            texts.append(say[f"where policy {rule} of" if side else f"where policy {rule}"].format(owner))
            continue
        term = f"where {axis} {value:g}" if isinstance(value, int | float) else f"where {axis} {value}"
        if term in say and not rival:
            texts.append(say[term])
        elif axis == "hidden" and value != TUNED:
            names.append(labels.shape(str(value), page.texts))
        else:
            names.append(labels.value(axis, value, page.texts))
    if names:
        joined = functools.reduce(say["answer value or"].format, names)
        pattern = say["where rival"] if rival else say.get(f"where {axis}")
        texts.append(
            pattern.format(joined) if pattern else say["where other"].format(labels.axis(axis, page.texts), joined)
        )
    *others, last = texts
    return say["answer either"].format(Markdown(", ").join(others), last) if others else last


def finding(page: Page, id: str, **settings: str | float) -> str:
    """Return the finding in the context of a claim with these settings."""
    return finding_of(page, lookup.verdict_on(page, id), lookup.context_of(page, id, settings))


def effect(page: Page, id: str, **settings: str | float) -> str:
    """Return the estimate of a context with its interval, such as "1.3 points (95% interval 0.9 to 1.7)"."""
    return estimates.sized(page, lookup.verdict_on(page, id), lookup.context_of(page, id, settings))
