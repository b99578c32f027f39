"""Judge the claims of a study, and write the accuracy of every cell at its tuned learning rate."""

from typing import Unpack

from ontrial.judge import policies, verdicts
from ontrial.storage import files, inputs


def judge(output: str, csv: str, tuned: str, **paths: Unpack[inputs.Paths]) -> None:
    """Judge every claim of the study that is not timed."""
    results, docket = inputs.read_results(**paths)
    judged = verdicts.judge(results, docket)
    files.write_text(tuned, policies.tuned_accuracies(results).to_csv(index=False, float_format="%.6g"))
    files.write_text(csv, verdicts.to_table(judged).to_csv(index=False))
    files.write_text(output, verdicts.to_json(judged) + "\n")


if __name__ == "__main__":
    parser = inputs.argument_parser(__doc__)
    parser.add_argument("--output", required=True, help="the verdicts to write (.json)")
    parser.add_argument("--csv", required=True, help="the verdicts as a table to write (.csv)")
    parser.add_argument("--tuned", required=True, help="the accuracies at tuned learning rates to write (.csv)")
    files.run(judge, parser)
