"""Pack what a study made, and how each file of it was made, into Snakemake's own report: the audit appendix."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import files
from ontrial.study import configuration


def report(study_file: str) -> None:
    """Write results/<study>/report.zip; InputError if the study isn't made, or with what Snakemake said."""
    results = Path("results") / configuration.read(study_file).name
    if not (results / "site/index.html").exists():
        raise InputError(f"{results}: the study is not made yet. Make it with: make STUDY={study_file}")
    with tempfile.TemporaryDirectory(dir=results, prefix=".report.", suffix=files.UNFINISHED) as folder:
        packed = Path(folder, "report.zip")  # what it unpacks to has its name
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "--report", str(packed)]
        done = subprocess.run([*command, "--config", f"study={study_file}"], capture_output=True, text=True)
        if done.returncode:
            raise InputError(f"{results}: the report can't be made:\n{done.stderr}")
        packed.replace(results / packed.name)
    print(f"{results}/report.zip: unpack it anywhere and open report.html in a browser.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    files.run(report, parser)
