"""Lines of progress, from records as Snakemake logs them."""

import logging

from ontrial.study.progress import ProgressLines


def run(events):
    """Return the lines for events (second, name, attributes)."""
    lines, now = [], [0.0]
    handler = ProgressLines(lines.append, lambda: now[0])
    for second, name, attributes in events:
        now[0] = second
        handler.emit(logging.makeLogRecord({"event": name, **attributes}))
    return lines


def job(number, rule, start, end):
    yield start, "job_info", {"jobid": number, "rule_name": rule}
    yield end, "job_finished", {"job_id": number}


def test_a_rule_of_many_jobs_has_a_line_at_each_quarter_and_at_its_end():
    jobs = [event for i in range(8) for event in job(i, "train", 30 * i, 30 * i + 30)]
    assert run([(0, "run_info", {"stats": {"train": 8, "total": 8}}), (0, None, {}), *jobs]) == [
        "train: 2 of 8 jobs, about 3 minutes left.",
        "train: 4 of 8 jobs, about 2 minutes left.",
        "train: 6 of 8 jobs, about 60 seconds left.",
        "train: 8 jobs, done in 4 minutes.",
    ]


def test_single_and_unplanned_jobs_have_lines():
    assert run(
        [(0, "run_info", {"stats": {"draw": 1, "all": 1, "total": 2}}), *job(1, "draw", 5, 17), *job(2, "all", 17, 18)]
    ) == ["draw: done in 12 seconds."]
    first, second = job(1, "train", 0, 10), job(2, "train", 10, 20)
    assert run([(0, "run_info", {"stats": {"train": 1, "total": 1}}), *first, *second]) == [
        "train: done in 10 seconds.",
        "train: 2 jobs, done in 20 seconds.",
    ]
