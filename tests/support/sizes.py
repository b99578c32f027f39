"""A published study of sizes with hand-written verdicts, as pages and figures read it."""

import json
from collections.abc import Mapping, Sequence

from ontrial.judge import checks
from ontrial.judge.records import Verdict
from ontrial.report.summaries.findings import DesignedStudy, Findings
from ontrial.study import configuration
from support.pages import STUDY, context, tiny_results, verdict

AXES = {"width": ("hidden", ["16", "64", "32"]), "samples": ("training_samples", [100, "standard"])}
PAIR = """
  - id: CLAIM-AXIS
    follows: CLAIM
    statement: {en: Small batches are more accurate.}
    experiment: AXIS
    metric: test_accuracy
    difference: {of: {batch_size: 16}, minus: {batch_size: 64}}
    contexts: {SETTING: VALUES}
    where: {policy: tuned}
    smallest_effect: 1 point
  - id: CLAIM-AXIS-slope
    follows: CLAIM
    statement: {en: Small batches gain.}
    experiment: AXIS
    metric: test_accuracy
    slope: {of: {batch_size: 16}, minus: {batch_size: 64}, along: ALONG}
    where: {policy: tuned}
    smallest_effect: 0.25 points
"""
AHEAD = (2.0, 1.5, 1.0)  # estimates at growing sizes


def docket_text(claims: Sequence[str]) -> str:
    """Return a docket with the effect and its slope along both axes for each claim that it follows."""
    texts = ["claims:"]
    for axis, (setting, values) in AXES.items():
        text = PAIR.replace("AXIS", axis).replace("SETTING", setting).replace("VALUES", json.dumps(values))
        text = text.replace("ALONG", "width" if axis == "width" else setting)
        texts += [text.replace("CLAIM", claim) for claim in claims]
    return "".join(texts)


def slope_of(low: float, high: float, outcome: str) -> Verdict:
    """Return a verdict on a slope with its estimate in the middle of its interval."""
    unit = "points per doubling"
    found = context(outcome, estimate=(low + high) / 2, low=low, high=high, unit=unit)
    return verdict("slope", "inconclusive", found, unit=unit, smallest_effect=0.25)


def published(verdicts: Mapping[str, Verdict], claims: Sequence[str] = ("small",)) -> DesignedStudy:
    """Return a published study of sizes with these verdicts.

    claims: Ids of the claims that it follows.
    """
    head, experiment = STUDY.replace("tiny", "size").replace("to: 12", "to: 30").split("  batch-size: ")
    widths = experiment.replace("[[16]]", "[[16], [32], [64]]")
    samples = experiment.replace("batch_size", "training_samples: [100, standard], batch_size")
    text = f"{head}  width: {widths}  samples: {samples.replace('11,', '211,').replace('30}', '230}')}"
    study = configuration.parse(text, "size.yaml")
    docket = checks.parse(docket_text(claims), "size-claims.yaml", study)
    runs = tiny_results().runs.iloc[:0]
    return DesignedStudy(Findings(study, runs, runs, verdicts, docket.claims), docket, {})


def measured(
    estimates: Sequence[float] = AHEAD,
    slope: Verdict | None = None,
    axes: Sequence[str] = ("width",),
    claims: Sequence[str] = ("small",),
) -> DesignedStudy:
    """Return a published study with the same estimates and slope along some axes.

    claims: Ids of the claims that it follows.
    """
    verdicts = {}
    for axis in axes:
        setting, values = AXES[axis]
        at = dict(zip(["16", "32", "64"] if axis == "width" else values, estimates, strict=False))
        contexts = [
            context("positive", {setting: value}, estimate=at[value], low=at[value] - 0.5, high=at[value] + 0.5)
            for value in values
        ]
        for claim in claims:
            verdicts[f"{claim}-{axis}"] = verdict(f"{claim}-{axis}", "supported", *contexts)
            verdicts[f"{claim}-{axis}-slope"] = slope or slope_of(-0.7, -0.3, "below")
    return published(verdicts, claims)
