"""From docket and results of a study to verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ontrial.judge import measurements, seeds
from ontrial.judge.claim import Claim
from ontrial.judge.claims import list_arms
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Estimand
from ontrial.judge.identities import IDENTITIES
from ontrial.judge.results import Results
from ontrial.judge.verdicts import judge_measured
from ontrial.nn.recipe import evenly_spaced
from ontrial.study.study import Study
from ontrial_judge.core import samples
from ontrial_judge.core.decisions import effect_of
from ontrial_judge.core.statistics import Interval
from ontrial_judge.core.verdicts import Conclusion, Context, Kind, Outcome, Reading, Stage, Verdict, Verdicts

MOST_STAGES = 12  # earlier records by which a context is judged, of which curves may have many more


def judge_claims(results: Results, docket: Docket) -> Verdicts:
    """Return the verdicts on all claims, in docket order."""
    return Verdicts(results.study.name, tuple(_judge_claim(results, docket, claim) for claim in docket.claims.values()))


def _judge_claim(results: Results, docket: Docket, claim: Claim) -> Verdict:
    if claim.kind is Kind.TIMED:  # times have a single look
        measured = seeds.timed(docket, claim)
        return judge_measured(claim, measured, (measured[0].n,))
    if claim.estimand:
        measured = measurements.measure(results, claim.estimand)
        verdict = judge_measured(claim, measured, looks_of(results.study, claim.estimand))
        return replace(verdict, contexts=tuple(add_stages(results, claim.estimand, verdict.contexts)))
    if claim.identity:
        return judge_identity(claim, IDENTITIES[claim.identity]().readings)
    return claim.verdict(Conclusion.NOT_TESTABLE)


def looks_of(study: Study, estimand: Estimand) -> tuple[int, ...]:
    """Return the number of seeds at each look at a measured claim, which all of its experiments share."""
    return study.experiments[estimand.experiments[0]].looks


def judge_identity(claim: Claim, readings: Mapping[str, bool]) -> Verdict:
    """Return the verdict on an identity.

    readings: Whether each reading holds.
    """
    conclusion = Conclusion.REFUTED
    if any(readings.values()):
        conclusion = Conclusion.BY_CONSTRUCTION if all(readings.values()) else Conclusion.DEPENDS
    outcomes = {name: Outcome.HOLDS if holds else Outcome.FAILS for name, holds in readings.items()}
    return claim.verdict(conclusion, readings=tuple(map(Reading, outcomes.keys(), outcomes.values())))


def add_stages(results: Results, estimand: Estimand, contexts: Sequence[Context]) -> list[Context]:
    """Return the contexts of a claim with their stages: the same seeds judged by earlier records.

    Of many records, MOST_STAGES are judged, evenly spaced. The seeds choose their rates by that record, too. Failures
    are counted if the context counts them. Contexts whose cells have different numbers of records have no stages, nor
    have metrics that networks do not record along the way.
    """
    if not estimand.measure.is_curve:
        return list(contexts)
    return [replace(each, stages=tuple(_stages_of(results, estimand, each))) for each in contexts]


def _stages_of(results: Results, estimand: Estimand, context: Context) -> Iterator[Stage]:
    updates, *others = (results.updates_of(arm.cell) for arm in list_arms(results.study, estimand, context.settings))
    earlier = range(2, len(updates))  # the first record is the start
    if not earlier or not context.n or any(len(each) != len(updates) for each in others):
        return
    counts = tuple(earlier[i] for i in evenly_spaced(len(earlier) - 1, MOST_STAGES - 1))
    measured = measurements.measure_context(results.staged(counts, context.n), estimand, context.settings)
    measured = replace(measured, counting=context.counts_failures)
    seeds = np.arange(measured.n).reshape(len(counts), context.n)
    is_known = ~np.isnan(measured.typical(seeds).values).any(axis=-1)
    if not is_known.any():
        return
    alpha = 1 - context.effect.level
    sample = measured.sample(seeds[is_known])
    found = samples.classify(sample, measured.smallest_effect, alpha, estimand.claimed)
    shares = updates[np.array(counts) - 1][is_known] / updates[-1]
    for share, outcome, *interval in zip(shares, found, *sample.interval(1 - alpha), strict=True):
        effect = effect_of(Interval(*interval), 1 - alpha, measured.unit)
        yield Stage(float(share), effect, Outcome(str(outcome)))


def standing(claim: Claim, published: Mapping[str, str]) -> str:
    """Return how a claim compares with published verdicts.

    "published": The same claim is among them.
    "changed": A claim with its id, but another hash, is among them.
    "own": No claim with its id is among them.

    published: Hash of each published claim by its id.
    """
    if claim.id not in published:
        return "own"
    return "published" if published[claim.id] == claim.hash else "changed"
