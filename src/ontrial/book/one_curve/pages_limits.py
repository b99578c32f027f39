"""What pages say of limits of the learning rate that are predicted before training."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ontrial.book.one_curve import predicted_limits as summary
from ontrial.errors import InputError, unknown
from ontrial.judge.records import Conclusion
from ontrial.judge.statistics import Interval, contradicts, supports
from ontrial.nn.curvature import CONSTANT, STEP, STEPS
from ontrial.report.pages.page import Page
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting, labels

FIXED = {"constant": CONSTANT, "step": STEP, "steps": STEPS, "close": summary.CLOSE, "share": summary.SHARE}
NUMBERS: dict[str, Callable[[pd.DataFrame], float]] = {
    "arms": len,
    "certain": lambda arms: arms["is_certain"].sum(),
    "medians": lambda arms: summary.are_close(arms).sum(),
    "unknown": lambda arms: arms["ahead"].isna().sum(),
    "nine in ten": lambda arms: 2 ** arms["ahead"].abs().quantile(0.9, interpolation="higher"),
    "worst": lambda arms: 2 ** arms["ahead"].abs().max(),
    "span": lambda arms: arms["measured"].max() / arms["measured"].min(),
    "start": lambda arms: summary.are_close(arms, "start").sum(),
    "range test": lambda arms: summary.are_close(arms, "range_test").sum(),
    "rivalled": lambda arms: (arms["optimiser"] == "sgd").sum(),
    "rivalled close": lambda arms: summary.are_close(arms[arms["optimiser"] == "sgd"]).sum(),
}


@dataclass(frozen=True)
class PredictedLimits:
    """What pages show of the limits that are predicted before training. A part is near, far or plateau."""

    page: Page

    def arms(self, part: str = "near") -> pd.DataFrame:
        """Return the arms of a part of the study."""
        table = summary.arms(self.page.results)
        return table[table["part"] == part]

    def number(self, name: str, part: str = "near") -> float:
        """Return a number of the arms of a part, or one that the prediction is made with."""
        if name in ("passes", "training_samples"):
            table = self.page.results.measurement("limit").predicted_limits
            return float(table.loc[table["momentum"] == 0, name].median())  # with momentum, the distance costs more
        if name not in NUMBERS | FIXED:
            raise InputError(unknown("number on predicted limits", name, NUMBERS | FIXED))
        return float(FIXED[name] if name in FIXED else NUMBERS[name](self.arms(part)))

    def text(self, name: str, part: str = "near") -> str:
        """Return the same as text: counts and fixed numbers as they are, others with two significant digits."""
        value = self.number(name, part)
        if name in FIXED:
            return formatting.exact(value)
        return formatting.count(int(value)) if value == int(value) else formatting.significant(value, 2)

    def conclusion(self, part: str = "near") -> str:
        """Return what came out of "most limits are close": supported, refuted, open, or failed below half."""
        return summary.conclusion(self.arms(part))

    def interval(self, of: str, part: str = "near") -> str:
        """Return the share of arms that are certainly close, or the gain over a rival, with its interval.

        of: "share", or a rival, whose error is divided by that of the prediction.
        """
        found = summary.share_close(self.arms(part)) if of == "share" else summary.gain(self.arms(part), of)
        if found is None:
            return formatting.NO_VALUE
        values = [float(value) if of == "share" else 2 ** float(value) for value in found]
        digits = [f"{value:.0f}%" if of == "share" else formatting.significant(value, 2) for value in values]
        return f"{digits[0]} ({self.page.say['range'].format(*digits[1:])})"

    def is_closer(self, rival: str) -> bool | None:
        """Return whether the prediction is closer than a rival; None if the interval has both, or there is none."""
        found: Interval | None = summary.gain(self.arms("near"), rival)
        return None if found is None or found.ci_low <= 0 <= found.ci_high else bool(found.ci_low > 0)

    def distance(self, fewest: int, most: int) -> str:
        """Return the median of measured ÷ predicted distances to near goals, with momentum and so many layers."""
        table = self.page.results.measurement("limit").predicted_limits
        depth = table["hidden"].str.count("-") + 1
        rows = table[depth.between(fewest, most) & table["claim"].isin(self.arms()["claim"])]
        return formatting.significant((rows["measured_distance"] / rows["predicted_distance"]).median(), 2)

    def claim(self, id: str) -> dict[str, Any]:
        """Return the conclusion of a claim of that study, and how many contexts hold, are broken, and exist."""
        verdict = self.page.results.measurement("limit").verdicts[id]
        found = [context.outcome for context in verdict.contexts]
        counts = {"held": sum(map(supports, found)), "broken": sum(map(contradicts, found)), "contexts": len(found)}
        return {"conclusion": str(Conclusion(verdict.conclusion))} | counts

    @property
    def table(self) -> str:
        """A row per part: arms, those certainly close, medians that are, and how much farther off the rivals are."""
        say = self.page.say
        rows = [
            (
                say[f"limit part {part}"],
                self.text("arms", part),
                self.text("certain", part),
                self.text("medians", part),
                *(self.interval(rival, part) for rival in summary.PREDICTORS[1:]),
            )
            for part in ("near", "far", "plateau")
            if len(self.arms(part))
        ]
        return markdown(
            [say[f"limit head {name}"] for name in ("part", "arms", "certain", "medians", "start", "range")], rows
        )

    @property
    def every_arm(self) -> str:
        """A row per arm: predicted and measured limit, and the estimate of measured ÷ predicted with its interval."""
        say, rows = self.page.say, []
        for arm in summary.arms(self.page.results).to_dict("records"):
            low, high = (arm[f"measured_{end}"] / arm["predicted"] for end in ("low", "high"))
            factor = formatting.significant(arm["factor"], 2)
            ends = (
                ""
                if math.isnan(low)
                else f" ({say['range'].format(*(formatting.significant(end, 2) for end in (low, high)))})"
            )
            limits = (formatting.significant(arm[name], 2) for name in ("predicted", "measured"))
            rows.append((self.name(arm), say[f"limit part {arm['part']}"], *limits, f"{factor}{ends}"))
        return markdown(
            [say[f"limit head {name}"] for name in ("arm", "part", "predicted", "measured", "factor")], rows
        )

    def name(self, arm: dict[str, Any]) -> str:
        """Return the name of an arm, such as "digits, ReLU 3 × 32, batches of 16"."""
        texts = self.page.texts
        kind = f"{texts[arm['activation']]} {labels.layers(arm['hidden'])}"
        term = "limit of momentum" if arm["momentum"] else "limit of arm"
        return self.page.say[term].format(data=texts[arm["dataset"]], kind=kind, batch_size=arm["batch_size"])

    @property
    def worst(self) -> str:
        """The name of the arm with the near goal whose measured limit is farthest from the predicted one."""
        arms = self.arms()
        return self.name(arms.loc[arms["ahead"].abs().idxmax()].to_dict())
