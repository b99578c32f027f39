"""Answers to claims, written by hand in a file beside the docket. The results choose among them and fill them in.

An answer is plain text, in which [[ … ]] is a number: the call of one of a few functions of pages, with constants. It
can do nothing else that templates can, since the docket may be somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes

from ontrial.errors import InputError, unknown
from ontrial.judge.claim import Claim
from ontrial.judge.docket import as_list
from ontrial.judge.estimands import Estimand
from ontrial.report.markdown import Markdown
from ontrial.report.pages import answer_arguments
from ontrial.report.site import parity
from ontrial.report.site.templates import environment, render
from ontrial.report.wording.formatting import NO_VALUE
from ontrial.storage import files, project, yaml_files
from ontrial.storage.yaml_files import KeyPath, Mistake
from ontrial.study import checking
from ontrial.study.schema_files import load_schema
from ontrial_judge.core.statistics import OUTCOMES_OF
from ontrial_judge.core.verdicts import Conclusion, Context, SettingValues, Verdict

NUMBERS = (*answer_arguments.CHECKS,)  # functions for answers, without the id of the claim
MAX_BYTES = 262_144
CALL = re.compile(r"\[\[.*?\]\]")
OTHER_CODE = re.compile(r"\[[\[%#]")  # starts what is not a complete call


@dataclass(frozen=True)
class Premise:
    """Values of settings, and outcomes. It holds if each context with these settings has one of the outcomes."""

    settings: Mapping[str, Sequence[Any]]
    outcomes: Sequence[str]

    def concerns(self, settings: SettingValues) -> bool:
        """Return whether a context with these settings has those of the condition."""
        return all(settings.get(name) in values for name, values in self.settings.items())

    def holds(self, contexts: Iterable[Context]) -> bool:
        """Return whether the condition holds. It does not if no context has the settings."""
        found = [context.outcome for context in contexts if self.concerns(context.settings)]
        return bool(found) and set(found) <= {*self.outcomes}


@dataclass(frozen=True)
class Answer:
    """An answer to a claim by language, and the results that it suits.

    place: Place in its file, for messages.
    then: What a reader should do, by language.
    conclusion: Conclusion of the verdict, None for any.
    """

    claim: str
    place: str
    texts: Mapping[str, str]
    conclusion: Conclusion | None = None
    conditions: tuple[Premise, ...] = ()
    then: Mapping[str, str] = field(default_factory=dict)

    def suits(self, verdict: Verdict) -> bool:
        """Return whether the answer suits a verdict."""
        if self.conclusion not in (None, verdict.conclusion):
            return False
        return all(condition.holds(verdict.contexts) for condition in self.conditions)

    def fill(self, language: str, numbers: Mapping[str, Callable[..., str]]) -> Markdown:
        """Return the text in a language, with its numbers filled in; "" if there is none or the results lack a number.

        numbers: Functions that return numbers of the claim, by name.
        """
        if language not in self.texts:
            return Markdown()
        text = render(_template_of(self.texts[language]), f"{self.place}.{language}", numbers)
        return Markdown() if NO_VALUE in text else text


def without_words(answers: Mapping[str, Sequence[Answer]], verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts on contexts that none of the answers suits, so that pages show the generated answer."""
    return [
        verdict
        for verdict in verdicts
        if verdict.contexts and not any(answer.suits(verdict) for answer in answers.get(verdict.claim, ()))
    ]


def _template_of(text: str) -> str:
    """Return the text of an answer as a template, in which everything but the calls is literal.

    >>> _template_of('By <b>[[ size("largest") ]]</b>.')
    'By &#60;b&#62;[[ size("largest") ]]&#60;/b&#62;.'
    """
    literal = [str(Markdown.escape(part)) for part in CALL.split(text)]
    return "".join(part + call for part, call in zip(literal, [*CALL.findall(text), ""], strict=True))


# Reading --------------------------------------------------------------------------------------------------------------

MistakesIn = Callable[[Mapping[str, list]], Iterable[Mistake]]  # answers by claim, as in the file → mistakes


def read_answers(path: str | Path, *checks: MistakesIn) -> dict[str, tuple[Answer, ...]]:
    """Return the answers of a file by claim. Raises InputError with every mistake in it.

    checks: Further checks of answers that have the right form.
    """

    def find_mistakes(content: Any, mistakes: list[Mistake]) -> list[Mistake]:
        for check in () if mistakes else (_wrong_calls, *checks):
            if found := list(check(content["answers"])):
                return found
        return []

    content, _ = checking.check(files.read_text(path, MAX_BYTES), str(path), load_schema("answers"), {}, find_mistakes)
    return {
        id: tuple(_answer(id, f"{path}: answers.{id}[{i}]", spec) for i, spec in enumerate(specs))
        for id, specs in content["answers"].items()
    }


def read_texts(path: str | Path, part: str) -> dict[str, dict[str, str]]:
    """Return the questions or objections of a checked file of answers, by claim and language.

    part: "questions" or "objections".
    """
    return yaml_files.read_yaml(path).get(part, {})


def _answer(id: str, place: str, spec: Mapping[str, Any]) -> Answer:
    conditions = []
    for item in spec.get("contexts", ()):
        settings = {name: as_list(values) for name, values in item.items()}
        conditions.append(Premise(settings, settings.pop("outcome")))
    conclusion = Conclusion(spec["verdict"]) if "verdict" in spec else None
    return Answer(id, place, _texts_of(spec), conclusion, tuple(conditions), spec.get("then", {}))


def _texts_of(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of an answer by language."""
    return {key: text for key, text in spec.items() if key not in ("verdict", "contexts", "then")}


def _all_texts(answers: Mapping[str, list]) -> Iterator[tuple[KeyPath, str]]:
    """Yield the place and the text of each answer in each language."""
    for id, specs in answers.items():
        for i, spec in enumerate(specs):
            for language, text in _texts_of(spec).items():
                yield ("answers", id, i, language), text


def _wrong_calls(answers: Mapping[str, list]) -> Iterator[Mistake]:
    """Yield a mistake for each code of templates that is not a number."""
    for place, text in _all_texts(answers):
        for call in CALL.findall(text):
            parsed = _parse(call)
            if parsed is None:
                yield place, f'{call} is not a number. Write it as in [[ size("largest", depth=5) ]].'
            elif parsed.node.name not in NUMBERS:
                yield place, unknown("number", parsed.node.name, NUMBERS)
        if NO_VALUE in text:
            yield place, f"{NO_VALUE} stands for a number that results lack. Write another dash."
        if OTHER_CODE.search(CALL.sub("", text)):
            yield place, "an answer is plain text with numbers [[ … ]]. It takes nothing else of templates."


def _parse(call: str) -> Any:
    """Return the node of a call with constants, which a Korean particle may follow; None if it is anything else."""
    try:
        tree = environment().parse(call)
    except (jinja2.TemplateSyntaxError, RecursionError):
        return None
    match tree.body:
        case [nodes.Output(nodes=[nodes.Filter(node=value, name="particle", args=[nodes.Const()], kwargs=[])])]:
            pass
        case [nodes.Output(nodes=[value])]:
            pass
        case _:
            return None
    match value:
        case nodes.Call(node=nodes.Name(), dyn_args=None, dyn_kwargs=None):
            passed = [*value.args, *(pair.value for pair in value.kwargs)]
            return value if all(isinstance(each, nodes.Const) for each in passed) else None
    return None


# Checks against the docket --------------------------------------------------------------------------------------------


def path_of(docket: Path) -> Path:
    """Return the path of the answers to a docket.

    >>> path_of(Path("config/claims.yaml")).name
    'claims.answers.yaml'
    """
    return docket.with_suffix(".answers.yaml")


def find(docket: Path, claims: Mapping[str, Claim]) -> Path | None:
    """Return the file with the answers to a docket, claims.answers.yaml beside claims.yaml; None without one.

    Raises InputError with every mistake in it.

    claims: Claims of the docket that the study tests.
    """
    path = path_of(docket)
    if not path.exists():
        return None
    if reason := project.refusal(path, docket.parent):
        raise InputError(f"{path}: {reason}")
    require(path, claims, {claim["id"] for claim in yaml_files.read_yaml(docket)["claims"]})
    return path


def require(path: Path, claims: Mapping[str, Claim], ids: Collection[str]) -> None:
    """Raise InputError with every mistake in the answers to a docket.

    claims: Claims that the study tests.
    ids: Ids of all claims of the docket.
    """

    def unsuitable(answers: Mapping[str, list]) -> Iterator[Mistake]:
        for id, specs in answers.items():
            if id not in ids:
                yield ("answers", id), unknown("claim", id, ids)
            elif id in claims:
                yield from _unsuitable(("answers", id), specs, claims[id].estimand)

    def impossible(answers: Mapping[str, list]) -> Iterator[Mistake]:
        for id, specs in answers.items():
            yield from _never_chosen(("answers", id), specs)

    read_answers(path, unsuitable, impossible, _differing_languages)
    for part in ("questions", "objections"):
        for id in read_texts(path, part):
            if id not in ids:
                raise InputError(f"{path}: {part}.{id}: {unknown('claim', id, ids)}")


def _unsuitable(path: KeyPath, specs: Sequence[Mapping[str, Any]], estimand: Estimand | None) -> Iterator[Mistake]:
    """Yield a mistake for each outcome, setting and value that no context of a claim has."""
    if estimand is None:
        yield path, "only claims that are measured or timed have answers. Remove these."
        return
    outcomes = list(OUTCOMES_OF[estimand.claimed])
    for i, spec in enumerate(specs):
        for j, item in enumerate(spec.get("contexts", ())):
            for name, values in item.items():
                allowed = estimand.axes | {"outcome": outcomes}
                messages = _unknown_values(name, as_list(values), allowed)
                yield from (((*path, i, "contexts", j, name), message) for message in messages)
        for language, text in _texts_of(spec).items():
            for call in map(_parse, CALL.findall(text)):
                named = {pair.key: pair.value.value for pair in call.kwargs}
                passed = [each.value for each in call.args]
                if message := answer_arguments.problem(call.node.name, estimand, passed, named):
                    yield (*path, i, language), f"{call.node.name}: {message}"
                    continue
                for pair in call.kwargs:
                    if (call.node.name, pair.key) != ("size", "steps"):
                        messages = _unknown_values(pair.key, [pair.value.value], estimand.axes)
                        yield from (((*path, i, language), message) for message in messages)


def _unknown_values(name: str, values: Sequence[Any], allowed: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Yield a message for each value of a setting that is not allowed, or for an unknown setting."""
    gone = "" if name == "outcome" else " The claim has no such context. If it had, change the answer with it."
    if name not in allowed:
        yield unknown("setting of contexts", name, allowed) + gone
        return
    yield from (unknown(name, value, map(str, allowed[name])) + gone for value in values if value not in allowed[name])


def _never_chosen(path: KeyPath, specs: Sequence[Mapping[str, Any]]) -> Iterator[Mistake]:
    """Yield a mistake for each answer that an earlier one hides, whatever the results are."""
    settled: set[str | None] = set()  # verdicts that earlier answers suit in any case; None for all
    for i, spec in enumerate(specs):
        verdict = spec.get("verdict")
        if not settled.isdisjoint({None, verdict}):
            yield (
                (*path, i),
                "an earlier answer suits whatever this one does, so that this one is never shown. Move it.",
            )
        has_size = any(
            _parse(call).node.name == "size" for text in _texts_of(spec).values() for call in CALL.findall(text)
        )
        if "contexts" not in spec and not has_size:  # an answer gives way to the next one where results lack a size
            settled.add(verdict)


def _differing_languages(answers: Mapping[str, list]) -> Iterator[Mistake]:
    """Yield a mistake for each number that an answer has in one language only."""
    for id, specs in answers.items():
        for i, spec in enumerate(specs):
            (language, text), *others = _texts_of(spec).items()
            for other, translation in others:
                messages = parity.compare_texts(text, translation, language, other)
                yield from ((("answers", id, i), message) for message in messages)
