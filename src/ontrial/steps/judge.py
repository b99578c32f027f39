"""Judge the claims of a study, and write the accuracy of every cell at its tuned learning rate."""

from ontrial.judge import policies, result_files, trials
from ontrial.judge.columns import without_defaults
from ontrial.storage import files, options
from ontrial.storage.options import Input, Output
from ontrial_judge.core.verdict_files import to_csv, to_json


def judge(
    study: Input, runs: Input, records: Input, correct: Input, docket: Input, json: Output, csv: Output, tuned: Output
) -> None:
    """Judge every claim of the study.

    study: The study (study.json).
    runs: Table of runs (.parquet).
    records: Table of all records (.parquet).
    correct: Table of the test samples that each run gets right, as bits (.parquet).
    docket: The claims (docket.json).
    json: The verdicts, to write (.json).
    csv: The verdicts as a table, to write (.csv).
    tuned: The accuracies at tuned learning rates, to write (.csv).
    """
    results, checked_docket = result_files.read_results(study, runs, records, docket, correct=correct)
    judged = trials.judge_claims(results, checked_docket)
    accuracies = without_defaults(policies.tuned_accuracies(results))
    files.write_text(tuned, accuracies.to_csv(index=False, float_format="%.6g"))
    files.write_text(csv, to_csv(judged))
    files.write_text(json, to_json(judged) + "\n")


if __name__ == "__main__":
    options.run(judge)
