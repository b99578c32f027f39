"""Pack what a study made, and how each file of it was made, into Snakemake's own report: the audit appendix."""

import argparse
import subprocess
import sys
from pathlib import Path

from ontrial import study
from ontrial.errors import InputError
from ontrial.steps import files


def report(study_file: str) -> None:
    """Write results/<study>/report.zip; InputError if the study isn't made, or with what Snakemake said."""
    results = Path("results") / study.read(study_file).name
    if not (results / "site/index.html").exists():
        raise InputError(f"{results}: the study is not made yet. Make it with: make STUDY={study_file}")
    with files.atomic(results / "report.zip") as temporary:
        packed = temporary.with_suffix(f"{temporary.suffix}.zip")  # Snakemake goes by the ending
        command = [sys.executable, "-m", "snakemake", "--report", str(packed), "--config", f"study={study_file}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            packed.unlink(missing_ok=True)
            raise InputError(f"{results}: the report can't be made:\n{done.stderr}")
        packed.rename(temporary)
    print(f"{results}/report.zip: unpack it anywhere and open report.html in a browser.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    files.run(report, parser)
