"""The evidence for a verdict on anybody's runs, drawn as that for a claim of a study."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ontrial.judge.measuring import Paired
from ontrial.judge.records import settings_text
from ontrial.judge.units import Unit
from ontrial.report.figures.drawing import drawable
from ontrial.report.figures.evidence import Texts, chart
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.quantities import axis_label

if TYPE_CHECKING:  # the step that draws does not check questions
    from ontrial.judge.tables import Judgement


def judged_runs(judgement: Judgement, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the estimate, interval, pairs and outcome of each context. Runs without pairs have no numbers to draw."""
    verdict = judgement.verdict
    names = [drawable(settings_text(context.settings)) for context in verdict.contexts]
    pairs = [
        each.numbers[: context.n][np.isfinite(each.numbers[: context.n])]
        for each, context in zip(judgement.measured, verdict.contexts, strict=True)
        if isinstance(each, Paired)
    ]
    return chart(verdict, names, pairs, partial(_texts, judgement, words), words, width)


def _texts(judgement: Judgement, words: Phrases, unit: str) -> Texts:
    """Return what an effect to the left and to the right means, and the label of the axis."""
    question = judgement.question
    better = words["lower" if question.lower_is_better else "higher"]
    left, right = (words["side"].format(drawable(arm), better) for arm in (question.other, question.better))
    return Texts(left, right, drawable(question.metric) if unit == "number" else axis_label(words, Unit(unit)))
