"""Verdicts as records, and how files hold them: verdicts.json, timing/verdicts.json and their .csv."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd

VERSION = 3  # of the form of verdicts.json, study/schemas/verdicts.schema.yaml
LEVEL = 0.95  # of intervals in files of version 1, which had one look
ENDS = ("estimate", "low", "high")
LOTTERY_SIZES = (1, 3, 5, 10)  # seeds in a draw of the lottery

SettingValues = dict[str, Any]  # values by name of the setting


class Kind(StrEnum):
    """The way in which a claim is tried."""

    MEASURED = "measured"
    TIMED = "timed"
    BY_CONSTRUCTION = "by_construction"
    NOT_TESTABLE = "not_testable"


class Conclusion(StrEnum):
    """The conclusion of a verdict.

    NOT_SEEN is that of claims that something happens in some contexts, if it happens in none of those tried.
    """

    SUPPORTED = "supported"
    REFUTED = "refuted"
    DEPENDS = "depends"
    INCONCLUSIVE = "inconclusive"
    NOT_SEEN = "not_seen"
    BY_CONSTRUCTION = "by_construction"
    NOT_TESTABLE = "not_testable"


class Outcome(StrEnum):
    """The outcome of a context.

    EQUAL and APART are those of claims of equality, WITHIN and BEYOND those of claims that an effect is at most the
    smallest one, HOLDS and FAILS those of readings.
    """

    POSITIVE = "positive"
    NEGLIGIBLE = "negligible"
    REVERSED = "reversed"
    BELOW = "below"
    UNDECIDED = "undecided"
    EQUAL = "equal"
    APART = "apart"
    WITHIN = "within"
    BEYOND = "beyond"
    HOLDS = "holds"
    FAILS = "fails"


SMALL = (Outcome.NEGLIGIBLE, Outcome.EQUAL)  # outcomes that two one-sided tests decide
OLD_OUTCOMES = {"unclear": Outcome.UNDECIDED}  # words of version 1


@dataclass(frozen=True)
class Effect:
    """The estimate of a context and its interval, positive in the claimed direction.

    An undefined estimate or end is NaN, an unbounded one infinite.
    """

    estimate: float
    low: float
    high: float
    level: float
    unit: str

    @property
    def numbers(self) -> tuple[float, float, float]:
        """Estimate, low and high."""
        return self.estimate, self.low, self.high

    @property
    def is_finite(self) -> bool:
        """Whether the estimate and both ends are finite."""
        return all(map(math.isfinite, self.numbers))


@dataclass(frozen=True)
class Draw:
    """Shares of the draws of `seeds` seeds with an estimate of the opposite sign, and with another outcome.

    The second share is None if so few seeds give no interval, and therefore no outcome.
    """

    seeds: int
    other_sign: float
    other_outcome: float | None


class Way(StrEnum):
    """Another way to judge a context than that of its verdict."""

    TYPICAL = "typical"  # by the typical seed: where the verdict counts failures, and in tables of runs
    MEAN = "mean"  # Student's interval of the mean
    SIGN = "sign"  # the interval of the median, by the sign test
    IMAGES = "images"  # with other test images, too


@dataclass(frozen=True)
class Alternative:
    """The same context judged in another way."""

    way: Way
    effect: Effect
    outcome: Outcome


@dataclass(frozen=True)
class Stage:
    """The same context judged by an earlier record.

    share: Share of the budget at that record.
    """

    share: float
    effect: Effect
    outcome: Outcome


@dataclass(frozen=True)
class Choice:
    """What the seeds of an arm choose on validation data.

    combinations: Number of combinations of values and learning rates from which each seed chooses.
    values: Value of each tuned setting that most seeds choose; of equally frequent ones, the first of the experiment.
    on_edge: Tuned settings of which at least half of the seeds choose the smallest or largest value, so that a better
        one may lie beyond. 0 is no edge.
    """

    combinations: int
    values: SettingValues
    on_edge: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """A combination of settings in which a claim is tested, and the result.

    n: Number of seeds, or of rounds of timing; 0 if a learning rate is not on its grid.
    look: Look that decided the context, or the last one, counted from 1.
    failed: Number of failed runs of each arm: diverged, no better than guessing, or never at the goal.
    counts_failures: Whether the effect is the difference of the shares of failed runs, in points.
    smallest_effect: Smallest effect of interest, in the unit of the effect. None: that of the verdict.
    zeros: Number of values of each arm that are exactly 0, if their ratio is taken and there are any.
    rates: Typical learning rate of each arm, None if it is not on its grid. Empty if the metric takes all rates.
    on_edge: Whether most rates of an arm are at the edge of their grid.
    choices: Choice of each arm, if an arm has tuned settings.
    detectable: Smallest estimate that this interval would have called positive, None if the interval is not finite or
        the claim is that effects are small.
    seeds_needed: Number of seeds that would decide an undecided context, None if none would.
    lottery: Draws of fewer seeds.
    alternatives: The context judged in other ways.
    decided_by: Ways that had to agree on the outcome, in a table of runs; the first one gives the effect.
    stages: The context judged by earlier records, in their order.
    deciding: The estimate with the interval that decided the outcome, if that is not the one of the effect: for an
        effect that is negligible or equal, by two one-sided tests. None in older files, too.
    """

    settings: SettingValues
    outcome: Outcome
    effect: Effect
    n: int
    look: int = 1
    failed: tuple[int, ...] = ()
    counts_failures: bool = False
    smallest_effect: float | None = None
    zeros: tuple[int, ...] = ()
    rates: tuple[float | None, ...] = ()
    on_edge: bool = False
    choices: tuple[Choice, ...] = ()
    detectable: float | None = None
    seeds_needed: int | None = None
    lottery: tuple[Draw, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    decided_by: tuple[Way, ...] = ()
    stages: tuple[Stage, ...] = ()
    deciding: Effect | None = None

    @property
    def shown(self) -> Effect:
        """The estimate with the interval that decided the outcome, as far as that is known."""
        return self.deciding or self.effect

    @property
    def changes(self) -> bool:
        """Whether an earlier record led to another outcome."""
        return any(stage.outcome is not self.outcome for stage in self.stages)

    def judged_by(self, way: Way) -> Alternative | None:
        """Return the context judged in another way; None if that is not known."""
        return next((each for each in self.alternatives if each.way is way), None)


# Keys of a context in verdicts.json besides its settings, none of which may have such a name
RESULTS = {each.name for record in (Effect, Context) for each in fields(record)} - {"effect", "settings"} | {"censored"}


@dataclass(frozen=True)
class Reading:
    """One way to read a claim by construction, which holds or fails."""

    reading: str
    outcome: Outcome

    @property
    def settings(self) -> SettingValues:
        """The name of the reading, in place of the settings of a context."""
        return {"reading": self.reading}


Case = Context | Reading
AnyCase = TypeVar("AnyCase", bound=Case)


def align(*columns: Iterable[AnyCase]) -> list[tuple[AnyCase | None, ...]]:
    """Return rows of the contexts or readings of several verdicts that have the same settings.

    Rows are in the order of the first column, then in the order of later ones. None means that a column lacks the row.
    """
    by_settings = [{frozenset(case.settings.items()): case for case in column} for column in columns]
    rows = dict.fromkeys(itertools.chain(*by_settings))
    return [tuple(cases.get(settings) for cases in by_settings) for settings in rows]


@dataclass(frozen=True)
class Verdict:
    """The verdict on a claim.

    claim: Id of the claim.
    hash: SHA-256 of the test and its looks.
    test_hash: SHA-256 of the test alone, None in files of version 1.
    unit: Unit of the effects. It is empty unless the claim is measured or timed, and so are the next three.
    looks: Number of seeds at each look.
    smallest_effect: Smallest effect of interest, in the unit. Contexts that count failures have their own.
    flipped_by: Axes that change the outcome, most frequent first.
    same_from, same_to: Multiples of the smallest effects between which the conclusion stays the same. Infinite if it
        does beyond all that are tried.
    contexts: Contexts of a measured or timed claim.
    readings: Readings of a claim by construction.
    """

    claim: str
    kind: Kind
    hash: str
    test_hash: str | None
    conclusion: Conclusion
    unit: str = ""
    looks: tuple[int, ...] = ()
    smallest_effect: float = 0.0
    flipped_by: tuple[str, ...] = ()
    same_from: float = 1.0
    same_to: float = 1.0
    contexts: tuple[Context, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether the verdict rests on measured effects, which may be times."""
        return self.kind in (Kind.MEASURED, Kind.TIMED)

    @property
    def cases(self) -> tuple[Case, ...]:
        """The contexts or the readings, whichever the claim has."""
        return self.contexts or self.readings

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcome of each context or reading."""
        return [case.outcome for case in self.cases]

    def smallest_effect_in(self, context: Context) -> float:
        """Return the smallest effect of interest in a context, which is another one if it counts failures."""
        return self.smallest_effect if context.smallest_effect is None else context.smallest_effect

    def matching(self, settings: SettingValues) -> list[Context]:
        """Return the contexts that have these settings, among others."""
        return [context for context in self.contexts if settings.items() <= context.settings.items()]


@dataclass(frozen=True)
class Verdicts:
    """The verdicts on the claims of a study, in the order of its docket."""

    study: str
    claims: tuple[Verdict, ...] = ()
    version: int = VERSION

    @property
    def by_claim(self) -> dict[str, Verdict]:
        """The verdicts by the id of their claim."""
        return {verdict.claim: verdict for verdict in self.claims}


# From files -----------------------------------------------------------------------------------------------------------


def decode(content: Mapping[str, Any]) -> Verdicts:
    """Return the verdicts of a file that obeys its schema.

    Files of version 1 have other rules for outcomes, and no test hashes.
    """
    return Verdicts(content["study"], tuple(map(decode_verdict, content["claims"])), content.get("version", 1))


def decode_verdict(content: Mapping[str, Any]) -> Verdict:
    """Return an item of the claims of a file."""
    kind = Kind(content["kind"])
    has_readings = kind is Kind.BY_CONSTRUCTION
    return Verdict(
        claim=content["id"],
        kind=kind,
        hash=content["hash"],
        test_hash=content.get("test_hash"),
        conclusion=Conclusion(content["verdict"]),
        unit=content.get("unit", ""),
        looks=tuple(content.get("looks", ())),
        smallest_effect=content.get("smallest_effect", 0.0),
        flipped_by=tuple(content.get("flipped_by", ())),
        same_from=_number(content.get("same_from", 1.0)),
        same_to=_number(content.get("same_to", 1.0)),
        contexts=() if has_readings else tuple(map(decode_context, content["contexts"])),
        readings=tuple(map(decode_reading, content["contexts"])) if has_readings else (),
    )


def decode_context(content: Mapping[str, Any]) -> Context:
    """Return a context of a measured or timed claim. Every key that is not part of its result is a setting."""
    settings = dict(content)
    take = settings.pop
    take("censored", None)  # follows from the effect
    alternatives, stages, deciding = take("alternatives", ()), take("stages", ()), take("deciding", None)
    judged = _judged(settings)
    return Context(
        **judged,
        n=take("n"),
        look=take("look", 1),
        failed=tuple(take("failed", ())),
        counts_failures=take("counts_failures", False),
        smallest_effect=take("smallest_effect", None),
        zeros=tuple(take("zeros", ())),
        rates=tuple(take("rates", ())),
        on_edge=take("on_edge", False),
        decided_by=tuple(map(Way, take("decided_by", ()))),
        choices=tuple(Choice(**each | {"on_edge": tuple(each["on_edge"])}) for each in take("choices", ())),
        detectable=take("detectable", None),
        seeds_needed=take("seeds_needed", None),
        lottery=tuple(Draw(**draw) for draw in take("lottery", ())),
        alternatives=tuple(Alternative(Way(each["way"]), **_judged(dict(each))) for each in alternatives),
        stages=tuple(Stage(each["share"], **_judged(dict(each))) for each in stages),
        deciding=deciding and replace(judged["effect"], **{name: _number(end) for name, end in deciding.items()}),
        settings=settings,
    )


def _judged(content: dict[str, Any]) -> dict[str, Any]:
    """Take the effect and the outcome out of the content of a file."""
    take = content.pop
    estimate, low, high = (_number(take(name)) for name in ENDS)
    effect = Effect(estimate, low, high, take("level", LEVEL), take("unit"))
    return {"effect": effect, "outcome": _outcome(take("outcome"))}


def decode_reading(content: Mapping[str, Any]) -> Reading:
    """Return a reading of a claim by construction."""
    return Reading(content["reading"], _outcome(content["outcome"]))


def _outcome(word: str) -> Outcome:
    return OLD_OUTCOMES.get(word) or Outcome(word)


def _number(value: float | str | None) -> float:
    return math.nan if value is None else float(value)


# To files -------------------------------------------------------------------------------------------------------------


def to_json(verdicts: Verdicts, **others: Any) -> str:
    """Return the text of verdicts.json.

    others: Further keys of the file.
    """
    return json.dumps(encode(verdicts) | others, ensure_ascii=False, indent=1, allow_nan=False)


def encode(verdicts: Verdicts) -> dict[str, Any]:
    """Return the content of verdicts.json."""
    return {
        "version": verdicts.version,
        "study": verdicts.study,
        "claims": [encode_verdict(verdict) for verdict in verdicts.claims],
    }


def encode_verdict(verdict: Verdict) -> dict[str, Any]:
    """Return an item of the claims of a file."""
    content: dict[str, Any] = {
        "id": verdict.claim,
        "kind": verdict.kind,
        "hash": verdict.hash,
        "test_hash": verdict.test_hash,
        "verdict": verdict.conclusion,
    }
    if verdict.is_measured:
        content |= {
            "unit": verdict.unit,
            "looks": list(verdict.looks),
            "smallest_effect": verdict.smallest_effect,
            "flipped_by": list(verdict.flipped_by),
            "same_from": _end(verdict.same_from),
            "same_to": _end(verdict.same_to),
        }
    return content | {"contexts": [encode_case(case) for case in verdict.cases]}


def encode_case(case: Case) -> dict[str, Any]:
    """Return a context or reading of a file. JSON has no infinity, so it is written "inf" or "-inf"."""
    result = _result(case)
    content = {**case.settings, **result, **{name: _end(result[name]) for name in ENDS}}
    if isinstance(case, Context):
        content |= {"alternatives": [{"way": each.way, **_encode_judged(each)} for each in case.alternatives]}
        content |= {"stages": [{"share": each.share, **_encode_judged(each)} for each in case.stages]}
    return content


def _encode_judged(judged: Alternative | Stage) -> dict[str, Any]:
    effect = judged.effect
    ends = {name: _end(end) for name, end in zip(ENDS, effect.numbers, strict=True)}
    return {"outcome": judged.outcome, **ends, "level": effect.level, "unit": effect.unit}


def _encode_deciding(effect: Effect) -> dict[str, Any]:
    return {"level": effect.level, "low": _end(effect.low), "high": _end(effect.high)}


def _end(value: float | None) -> float | str | None:
    """Return a number for a file."""
    if value is None or math.isnan(value):
        return None
    return str(value) if math.isinf(value) else value


def _result(case: Case) -> dict[str, Any]:
    """Return the result of a context or reading by key of a file, in its order."""
    if isinstance(case, Reading):
        undefined = dict.fromkeys((*ENDS, "n", "unit"))
        return {"outcome": case.outcome, **undefined, "censored": False}
    effect = case.effect
    return {
        "outcome": case.outcome,
        **{name: None if math.isnan(end) else end for name, end in zip(ENDS, effect.numbers, strict=True)},
        "level": effect.level,
        "n": case.n,
        "look": case.look,
        "unit": effect.unit,
        "censored": not effect.is_finite,
        "failed": list(case.failed),
        "counts_failures": case.counts_failures,
        **({} if case.smallest_effect is None else {"smallest_effect": case.smallest_effect}),
        **({"zeros": list(case.zeros)} if case.zeros else {}),
        "rates": list(case.rates),
        "on_edge": case.on_edge,
        **(
            {"choices": [vars(each) | {"on_edge": list(each.on_edge)} for each in case.choices]} if case.choices else {}
        ),
        "detectable": case.detectable,
        "seeds_needed": case.seeds_needed,
        "lottery": [vars(draw) for draw in case.lottery],
        **({"decided_by": list(case.decided_by)} if case.decided_by else {}),
        **({"deciding": _encode_deciding(case.deciding)} if case.deciding else {}),
    }


def to_table(verdicts: Verdicts) -> pd.DataFrame:
    """Return the content of verdicts.csv: one row per context or reading, and one for a claim without any.

    The settings of a context are one text. Each size of the lottery has its own columns, and so has the interval that
    decided small effects, if the file has any.
    """
    import pandas as pd

    names = ["study", "id", "kind", "hash", "verdict", "context", "outcome", "estimate", "low", "high", "level", "n"]
    names += ["look", "unit", "censored", "counts_failures", "smallest_effect", "on_edge", "detectable", "seeds_needed"]
    names += [f"{share}_{size}" for share in ("other_sign", "other_outcome") for size in LOTTERY_SIZES]
    if any(context.deciding for verdict in verdicts.claims for context in verdict.contexts):
        names += [f"deciding_{name}" for name in ("level", "low", "high")]
    rows = []
    for verdict in verdicts.claims:
        claim = {"study": verdicts.study, **encode_verdict(verdict)}
        rows += [claim | _row(case) for case in verdict.cases] or [claim | {"context": ""}]
    return pd.DataFrame(rows, columns=names)


def _row(case: Case) -> dict[str, Any]:
    row = {"context": settings_text(case.settings), **_result(case)}
    for draw in row.get("lottery", ()):
        row |= {f"{share}_{draw['seeds']}": draw[share] for share in ("other_sign", "other_outcome")}
    return row | {f"deciding_{name}": value for name, value in row.get("deciding", {}).items()}


def settings_text(settings: SettingValues) -> str:
    """Return the settings of a context as one text.

    >>> settings_text({"policy": "fixed", "budget": "epochs"})
    'policy=fixed; budget=epochs'
    """
    return "; ".join(f"{name}={value}" for name, value in settings.items())
