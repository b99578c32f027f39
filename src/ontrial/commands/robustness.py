"""Repeat a study under other circumstances.

Under some circumstances, sums of floating-point numbers are rounded differently.

The circumstances: other kernels of OpenBLAS, another NumPy, another Python, other seeds. Writes one table (.csv) with
one row per circumstance and claim. Each runs in its own folder, up to its verdicts. Finished runs are kept.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections import deque
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ontrial.errors import InputError
from ontrial.judge.verdicts import Verdicts
from ontrial.report.summaries.robustness import BASELINE, compare_verdicts, count_moved_runs
from ontrial.storage import files, inputs, machine, shipped
from ontrial.study import configuration
from ontrial.study.cell import COLUMNS
from ontrial.study.requested import trust_words
from ontrial.study.study import Study

KERNELS = ("SkylakeX", "Haswell", "Sandybridge", "Nehalem", "Prescott")  # from new processors to old ones
CIRCUMSTANCES = {
    **{f"kernel-{kernel.lower()}": ("kernel", kernel) for kernel in KERNELS},
    "numpy-2.3": ("numpy", "2.3"),
    "python-3.11": ("python", "3.11"),
    "python-3.13": ("python", "3.13"),
    "seeds": ("seeds", "others"),
}
FOLDER = Path(".circumstances")  # each runs in the folder <study>/<circumstance> inside
RUN = (*COLUMNS, "learning_rate", "seed")  # the columns that identify a run
SAME_AS_BASELINE = "this is the same as the baseline."
PROGRESS = re.compile(r"(\d+) of (\d+) steps")  # as Snakemake writes it
PROBE = """
import json, platform, numpy
from ontrial.storage.machine import blas_kernel
square = numpy.ones((300, 300), numpy.float32)
square @ square
print(json.dumps([platform.python_version(), numpy.__version__, blas_kernel()]))
"""


class Setup(NamedTuple):
    """What makes a circumstance: an interpreter, environment variables, and a number added to each seed."""

    python: str = sys.executable
    variables: tuple[tuple[str, str], ...] = ()
    seed_shift: int = 0

    @property
    def environ(self) -> dict[str, str]:
        """All environment variables of its processes."""
        return machine.environment(self.python) | dict(self.variables)


def circumstances(study_file: str, only: list[str], cores: str, *, trust_code: bool = False) -> None:
    """Run the study as it is and under each circumstance, write the table and print what moved.

    trust_code: whether metrics of the study may run.
    """
    study = configuration.read(study_file)
    if study.docket is None:
        raise InputError(f"{study_file}: the study tests no claims, so no verdict can move. Add a docket.")
    rows = []
    baseline = Setup()
    try:
        run_study(BASELINE, Path(), study_file, baseline, cores, trust_code)
        before = read_outcome(Path("results", study.name))
        rows += table_rows(BASELINE, BASELINE, before, before)
        for name in only:
            kind, value = CIRCUMSTANCES[name]
            try:
                setup = prepare_setup(kind, value, study)
                check_setup(setup, baseline)
            except InputError as error:
                log(f"{name}: skipped: {error}")
                continue
            folder = FOLDER / study.name / name
            run_study(name, folder, write_study(study, folder, setup), setup, cores, trust_code)
            rows += table_rows(name, kind, before, read_outcome(folder / "results" / study.name))
    except KeyboardInterrupt:
        raise InputError("Interrupted. Finished runs are kept: run the same command again to continue.") from None
    table = pd.DataFrame(rows)
    output = Path("results", study.name, "circumstances.csv")
    files.write_text(output, table.to_csv(index=False, float_format="%.6g"))
    print(summary(table))
    log(f"{output}: {len(table)} rows.")


def log(message: str) -> None:
    """Print progress to stderr at once."""
    print(message, file=sys.stderr, flush=True)


# Preparing circumstances ----------------------------------------------------------------------------------------------


def prepare_setup(kind: str, value: str, study: Study) -> Setup:
    """Return the setup of a circumstance. Raises InputError with the reason if it is not possible on this machine."""
    if kind == "kernel":
        return Setup(variables=(("OPENBLAS_CORETYPE", value),))
    if kind == "seeds":  # shifted beyond the largest seed of the study, so that no seed is used twice
        cells = [*study.cells.values(), *study.later_cells.values()]
        return Setup(seed_shift=1 + max(seed for cell in cells for seed in cell.seeds))
    current = {"python": platform.python_version(), "numpy": version("numpy")}[kind]
    if current.split(".")[:2] == value.split("."):
        raise InputError(SAME_AS_BASELINE)
    if kind == "python":
        return Setup(python=build_environment(f"python-{value}", find_interpreter(value)))
    return Setup(python=build_environment(f"numpy-{value}", sys.executable, f"numpy=={value}.*"))


def find_interpreter(release: str) -> str:
    """Return the first interpreter of a Python release on PATH that works. Raises InputError if there is none."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = shutil.which(f"python{release}", path=folder)
        if candidate and subprocess.run([candidate, "-c", ""], capture_output=True).returncode == 0:
            return candidate
    raise InputError(f"there is no python{release} on this machine. Install it and run the same command again.")


def build_environment(name: str, python: str, *replacements: str) -> str:
    """Return the interpreter of the environment .venv-<name>, which `make` builds unless it is up to date.

    It has the packages of requirements/run.lock, except for those that `replacements` replace.
    """
    checkout = shipped.CHECKOUT
    if checkout is None:
        raise InputError("a separate environment needs the lock files. Run this in a checkout of the repository.")
    folder = checkout / f".venv-{name}"
    interpreter = str(folder / "bin/python")
    log(f"{name}: building the environment {folder.name}. This takes a few minutes.")
    install = [interpreter, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--no-deps"]
    commands = [
        ["make", "--silent", "-C", str(checkout), "setup", f"VENV={folder.name}", f"PYTHON={python}"],
        *([*install, replacement] for replacement in replacements),
    ]
    for command in commands:
        process = subprocess.run(command, capture_output=True, text=True)
        if process.returncode:
            last_line = (process.stdout + process.stderr).strip().split("\n")[-1]
            raise InputError(f"building the environment {folder.name} failed: {last_line}.")
    return interpreter


def check_setup(setup: Setup, baseline: Setup) -> None:
    """Raise InputError unless a setup works on this machine and differs from the baseline."""
    try:
        versions = probe(setup)
    except subprocess.CalledProcessError as error:
        raise InputError(f"this machine can't run it: a test program ended with code {error.returncode}.") from None
    if versions == probe(baseline) and not setup.seed_shift:
        raise InputError(SAME_AS_BASELINE)


def probe(setup: Setup) -> list[str | None]:
    """Return the versions of Python and NumPy, and the BLAS kernel, that a process with this setup really uses."""
    command = [setup.python, "-c", PROBE]
    return json.loads(subprocess.run(command, env=setup.environ, check=True, capture_output=True).stdout)


# Running --------------------------------------------------------------------------------------------------------------


def write_study(study: Study, folder: Path, setup: Setup) -> str:
    """Write the configuration of a circumstance and return its file name inside the folder.

    Seeds are shifted. Experiments without confirmatory seeds are left out, since no verdict rests on them.
    """
    content = configuration.relocated(json.loads(study.to_json()), Path(os.path.relpath(".", folder)))
    content["experiments"] = {
        name: experiment for name, experiment in content["experiments"].items() if "confirmatory" in experiment["seeds"]
    }
    if study.docket:
        content["docket"] = os.path.relpath(study.docket, folder)
    for experiment in content["experiments"].values():
        for limits in experiment["seeds"].values():
            limits |= {end: limits[end] + setup.seed_shift for end in ("from", "to") if end in limits}
    files.write_text(folder / "study.yaml", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return "study.yaml"


def run_study(name: str, folder: Path, study_file: str, setup: Setup, cores: str, trust_code: bool) -> None:
    """Run a study up to its verdicts. Raises InputError with the end of Snakemake's output if it fails."""
    log(f"{name}:")
    unlock = [setup.python, "-P", "-m", "ontrial", "unlock", "--study", study_file]
    unlocked = subprocess.run(unlock, cwd=folder, env=setup.environ, text=True, stderr=subprocess.PIPE)
    if unlocked.returncode:
        raise InputError(unlocked.stderr.strip())
    results = f"results/{configuration.read(folder / study_file).name}"
    command = [setup.python, "-P", "-m", "snakemake", "--snakefile", str(shipped.SNAKEFILE), "--cores", cores]
    command += [f"{results}/verdicts.json", f"{results}/provenance.json", "--config", f"study={study_file}"]
    command += trust_words(trust_code)
    last_lines: deque[str] = deque(maxlen=60)
    tenths = 0
    with subprocess.Popen(
        command, cwd=folder, env=setup.environ, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        for line in process.stderr or ():
            last_lines.append(line)
            if progress := PROGRESS.match(line):
                done, total = int(progress[1]), int(progress[2])
                if 10 * done // total > tenths:
                    tenths = 10 * done // total
                    log(f"  {done} of {total} jobs")
    if process.returncode:
        output = "".join(last_lines)
        raise InputError(f"{name}: the run failed:\n{output}Run the same command again to continue.")


# Results --------------------------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What a run of a study produced: its verdicts, its provenance, and the table of its runs."""

    verdicts: Verdicts
    provenance: dict[str, Any]
    runs: pd.DataFrame


def read_outcome(results: Path) -> Outcome:
    """Read the results folder of a study."""
    return Outcome(
        inputs.read_verdicts(results / "verdicts.json"),
        files.read_json(results / "provenance.json"),
        pd.read_csv(results / "tables/runs.csv", dtype={"hidden": str}),
    )


def table_rows(name: str, kind: str, before: Outcome, after: Outcome) -> list[dict[str, Any]]:
    """Return one row per claim of a circumstance, with what it ran with. Runs with other seeds are not compared."""
    provenance = after.provenance
    moved = None
    if kind != "seeds":
        moved = count_moved_runs(*matching_runs(before.runs, after.runs))
    circumstance = {
        "study": provenance["study"],
        "circumstance": name,
        "differs": kind,
        "python": provenance["python"],
        "numpy": provenance["packages"]["numpy"],
        "blas": f"{provenance['blas']['name']} {provenance['blas']['version']}",
        "blas_kernel": provenance["blas_kernel"],
        "processor": provenance["processor"],
        "commit": provenance["commit"],
        "runs": len(after.runs),
        "runs_moved": moved,
    }
    return [circumstance | row for row in compare_verdicts(before.verdicts, after.verdicts)]


def matching_runs(before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the runs and columns that both tables have, in the same order.

    A look may have added seeds on one side alone, and `after` has only the experiments that verdicts rest on.
    """
    names = list(RUN)
    old, new = before.set_index(names), after.set_index(names)
    runs, columns = old.index.intersection(new.index), old.columns.intersection(new.columns)
    return old.loc[runs, columns], new.loc[runs, columns]


def summary(table: pd.DataFrame) -> str:
    """Return as text what moved under each circumstance, then each verdict that moved."""
    lines = []
    for name, rows in table.groupby("circumstance", sort=False):
        first = rows.iloc[0]
        moved = first["runs_moved"]
        runs = "other seeds" if pd.isna(moved) else f"{moved:,.0f} of {first['runs']:,} runs"
        contexts = f"{rows['contexts_moved'].sum()} of {rows['contexts'].sum()} contexts"
        verdicts = f"{(rows['verdict'] != rows['verdict_before']).sum()} of {len(rows)} verdicts"
        lines.append(f"{name:20} {first['blas_kernel']:12} moved: {runs}, {contexts}, {verdicts}")
    for row in table[table["verdict"] != table["verdict_before"]].itertuples():
        lines.append(f"{row.circumstance}: {row.claim}: {row.verdict_before} → {row.verdict}")
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    names = ", ".join(CIRCUMSTANCES)
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    parser.add_argument("--only", nargs="+", choices=CIRCUMSTANCES, default=list(CIRCUMSTANCES), metavar="NAME",
                        help=f"some of: {names} (default: all)")  # fmt: skip
    parser.add_argument("--cores", default="all", help="cores to use (default: %(default)s)")
    parser.add_argument("--trust-code", action="store_true", help="allow the study's own metrics, which are code")
    parser.set_defaults(function=circumstances)
