"""Pack the results of a study into report.zip.

This is Snakemake's own report, the audit appendix: it also shows the rule and the code that made each file.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import files, machine, shipped
from ontrial.study import configuration
from ontrial.study.requested import TRUST


def write_report(study_file: str, *, trust_code: bool = False) -> None:
    """Write results/<study>/report.zip. Raises InputError if the study is not finished or Snakemake fails.

    trust_code: whether metrics of the study may run, which planning its jobs tries out.
    """
    results = Path("results") / configuration.read(study_file).name
    if not (results / "site/index.html").exists():
        raise InputError(f"{results}: the study is not finished. Run it with: {shipped.run_command(study_file)}")
    with tempfile.TemporaryDirectory(dir=results, prefix=".report.", suffix=files.UNFINISHED) as folder:
        packed = Path(folder, "report.zip")  # Snakemake names the folder inside after the file
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "--report", str(packed)]
        command += ["--config", f"study={study_file}", *([f"{TRUST}=yes"] if trust_code else [])]
        done = subprocess.run(command, env=machine.environment(), capture_output=True, text=True)
        if done.returncode:
            raise InputError(f"{results}: Snakemake could not write the report:\n{done.stderr}")
        packed.replace(results / packed.name)
    print(f"{results}/report.zip: unpack it anywhere and open report.html in a browser.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument(
        "--study", dest="study_file", default="config/config.yaml", help="configuration file (default: %(default)s)"
    )
    parser.add_argument("--trust-code", action="store_true", help="allow the study's own metrics, which are code")
    parser.set_defaults(function=write_report)
