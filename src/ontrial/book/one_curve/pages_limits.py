"""Numbers and a table of a page on limits of the learning rate that are predicted before training."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ontrial.book.one_curve import predicted_limits as summary
from ontrial.errors import InputError, unknown
from ontrial.report.pages.page import Page
from ontrial.report.pages.studies.robustness import share
from ontrial.report.pages.tables import markdown
from ontrial.report.wording import formatting, labels

NUMBERS: dict[str, Callable[[pd.DataFrame], float]] = {
    "arms": len,
    "close": lambda arms: summary.are_close(arms["factor"]).sum(),
    "typical": lambda arms: arms["factor"].median(),
    "nine in ten": lambda arms: 2 ** np.log2(arms["factor"]).abs().quantile(0.9, interpolation="higher"),
    "worst": lambda arms: 2 ** np.log2(arms["factor"]).abs().max(),
    "span": lambda arms: arms["measured"].max() / arms["measured"].min(),
    "rank correlation": lambda arms: arms["predicted"].corr(arms["measured"], "spearman"),
    "typical with momentum": lambda arms: arms.loc[arms["optimiser"] == "momentum", "factor"].median(),
    "networks": lambda arms: len(_batch_effects(arms)),
    "networks with larger effect": lambda arms: (
        _batch_effects(arms)["measured"] > _batch_effects(arms)["predicted"]
    ).sum(),
    # Both need measured limits, unlike a prediction
    "close if scaled": lambda arms: summary.are_close(arms["factor"] / arms["factor"].median()).sum(),
    "close to one rate": lambda arms: summary.are_close(arms["measured"] / arms["measured"].median()).sum(),
}


def _batch_effects(arms: pd.DataFrame) -> pd.DataFrame:
    """Return by how much the limit of the largest batches exceeds that of the smallest, as predicted and measured.

    There is one row per network with several batch sizes.
    """
    networks = arms.sort_values("batch_size").groupby([*summary.KIND, "dataset", "activation"])
    limits = networks[["predicted", "measured"]]
    return (limits.last() / limits.first())[networks.size() > 1]


@dataclass(frozen=True)
class PredictedLimits:
    """What pages show of the limits that are predicted before training."""

    page: Page

    def number(self, name: str) -> float:
        """Return a number on the arms with a predicted and a measured limit."""
        if name not in NUMBERS:
            raise InputError(unknown("number on predicted limits", name, NUMBERS))
        return float(NUMBERS[name](summary.of_published(self.page.results)))

    def text(self, name: str) -> str:
        """Return the same as text: counts as they are, others with two significant digits."""
        value = self.number(name)
        return formatting.count(int(value)) if value == int(value) else formatting.significant(value, 2)

    @property
    def worst(self) -> str:
        """The name of the arm whose measured limit is farthest from the predicted one."""
        arms = summary.of_published(self.page.results)
        arm = arms.loc[np.log2(arms["factor"]).abs().idxmax()].to_dict()
        kind, activation = labels.kind_of_network(arm, self.page.texts), self.page.texts[arm["activation"]]
        return self.page.say["limit of arm"].format(kind=kind, activation=activation, batch_size=arm["batch_size"])

    @property
    def table(self) -> str:
        """A row per kind of network: how many arms, how many are close, and measured ÷ predicted limits."""
        arms, say = summary.of_published(self.page.results), self.page.say
        kinds = [labels.kind_of_network(arm, self.page.texts) for arm in arms.to_dict("records")]
        rows = [
            (
                kind,
                share(summary.are_close(found["factor"]).sum(), len(found)),
                formatting.significant(found["factor"].median(), 2),
                say["range"].format(
                    *(formatting.significant(end, 2) for end in (found["factor"].min(), found["factor"].max()))
                ),
            )
            for kind, found in arms.groupby(kinds, sort=False)
        ]
        close = say["limit close"].format(f"{summary.CLOSE:g}")
        return markdown([say["limit kind"], close, say["limit factor"], say["limit factors"]], rows)
