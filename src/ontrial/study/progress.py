"""Lines of progress for output that goes to a file, where no bar can be drawn."""

import logging
import time
from collections import Counter
from collections.abc import Callable

from ontrial.study.estimate import duration

MANY = 8  # jobs of a rule with a line at each quarter
TARGET = "all"  # a rule without work of its own


class ProgressLines(logging.Handler):
    """Print a line at each quarter of a rule with many jobs, and at the end of each rule, from what Snakemake logs."""

    def __init__(self, print_line: Callable[[str], None], clock: Callable[[], float] = time.monotonic):
        """Wait for records.

        clock: Function that returns seconds.
        """
        super().__init__()
        self.print_line, self.clock = print_line, clock
        self.rule_of: dict[int, str] = {}  # of each job that has started
        self.start: dict[str, float] = {}  # of each rule
        self.planned: dict[str, int] = {}
        self.done: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Handle one log record of Snakemake."""
        match getattr(record, "event", None):
            case "run_info":
                self.planned = dict(record.stats)  # type: ignore[attr-defined]
            case "job_info":
                self.rule_of[record.jobid] = record.rule_name  # type: ignore[attr-defined]
                self.start.setdefault(record.rule_name, self.clock())  # type: ignore[attr-defined]
            case "job_finished":
                self._finish(self.rule_of[record.job_id])  # type: ignore[attr-defined]

    def _finish(self, rule: str) -> None:
        """Count a job of a rule that has ended."""
        self.done[rule] += 1
        done, started = self.done[rule], sum(name == rule for name in self.rule_of.values())
        total = max(self.planned.get(rule, 0), started)  # jobs of later looks are not planned
        seconds = self.clock() - self.start[rule]
        if rule == TARGET:
            return
        if done == total:
            jobs = f"{total} jobs, " if total > 1 else ""
            self.print_line(f"{rule}: {jobs}done in {duration(seconds, seconds)}.")
        elif total >= MANY and 4 * done // total > 4 * (done - 1) // total:
            left = seconds / done * (total - done)
            self.print_line(f"{rule}: {done} of {total} jobs, about {duration(left, left)} left.")
