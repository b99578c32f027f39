"""The plan of judging: the claims that a run judges, at which looks, and the files that this needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ontrial.judge.claim import Claim
from ontrial.judge.docket import Docket
from ontrial.study import own_code
from ontrial.study.cell import Cell
from ontrial.study.study import Study


@dataclass(frozen=True)
class JudgingPlan:
    """What a run of a study judges. Everything is empty for a study without a docket.

    study: The study.
    docket: Its checked docket.
    """

    study: Study
    docket: Docket | None = None

    @classmethod
    def read(cls, study: Study) -> "JudgingPlan":
        """Return the plan for a study. This runs the study's own metrics on examples, so its code must be trusted.

        Raises InputError with every mistake in the docket. Only studies with one pay for the import, which is slow.
        """
        if not study.docket:
            return cls(study)
        from ontrial.judge import checks

        return cls(study, checks.read_docket(study.docket, study, run_metrics=True))

    @property
    def claims(self) -> Mapping[str, Claim]:
        """The claims by id."""
        return self.docket.claims if self.docket else {}

    @cached_property
    def tested(self) -> list[str]:
        """The paths of the cells on which measured claims with several looks rest."""
        if not self.docket:
            return []
        from ontrial.judge import looks

        return [cell.path for cell in looks.tested_cells(self.study, self.docket)]

    @property
    def looks(self) -> int:
        """The number of looks."""
        return self.study.looks if self.tested else 1

    @property
    def later_cells(self) -> Mapping[str, Cell]:
        """The cells that later looks may add, by path."""
        if not (self.docket and self.tested):
            return {}
        from ontrial.judge import looks

        return looks.later_cells(self.study, self.docket)

    # Files ------------------------------------------------------------------------------------------------------------

    @property
    def source(self) -> list[str]:
        """The file in which the docket was written as a list, empty without one."""
        return [str(self.study.docket)] if self.study.docket else []

    @property
    def docket_file(self) -> list[str]:
        """The file of the checked docket as a list, empty without one."""
        return [f"results/{self.study.name}/docket.json"] if self.study.docket else []

    @property
    def verdicts(self) -> list[str]:
        """The file of the verdicts as a list, empty without claims."""
        return [f"results/{self.study.name}/verdicts.json"] if self.claims else []

    # What a run says --------------------------------------------------------------------------------------------------

    def code_that_runs(self) -> list[str]:
        """Return a line on the study's own metrics, if it has some, since they are code."""
        file = self.docket.metrics if self.docket else None
        return [own_code.notice(file.path, file.sha256, "computes", file.functions)] if file else []
