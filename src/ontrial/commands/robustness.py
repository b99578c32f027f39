"""Run a study under other circumstances: what moves?

Under some circumstances, sums of floating-point numbers come out otherwise.

The circumstances: other kernels of OpenBLAS, another NumPy, another Python, other seeds. Writes one table (.csv) with a
row for each circumstance and claim. Each runs in a folder of its own, up to its verdicts; what is finished is kept.
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
from ontrial.report.summaries.robustness import BASELINE, compared, runs_moved
from ontrial.storage import files, inputs, machine, shipped
from ontrial.study import configuration
from ontrial.study.study import Study

KERNELS = ("SkylakeX", "Haswell", "Sandybridge", "Nehalem", "Prescott")  # from new processors to old ones
CIRCUMSTANCES = {
    **{f"kernel-{kernel.lower()}": ("kernel", kernel) for kernel in KERNELS},
    "numpy-2.3": ("numpy", "2.3"),
    "python-3.11": ("python", "3.11"),
    "python-3.13": ("python", "3.13"),
    "seeds": ("seeds", "others"),
}
FOLDER = Path(".circumstances")  # of the folders that they run in: <study>/<circumstance>
USUAL = "it is what runs here anyway."
TOLD = re.compile(r"(\d+) of (\d+) steps")
PROBE = """
import json, platform, numpy
from ontrial.storage.machine import blas_kernel
square = numpy.ones((300, 300), numpy.float32)
square @ square
print(json.dumps([platform.python_version(), numpy.__version__, blas_kernel()]))
"""


class Setting(NamedTuple):
    """How a circumstance is brought about: an interpreter, variables of the environment, what is added to each seed."""

    python: str = sys.executable
    variables: tuple[tuple[str, str], ...] = ()
    shift: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of its processes."""
        return machine.environment(self.python) | dict(self.variables)


def circumstances(study_file: str, only: list[str], cores: str) -> None:
    """Run the study as it is and under each circumstance, write the table and print what moved."""
    checked = configuration.read(study_file)
    if checked.docket is None:
        raise InputError(f"{study_file}: no claims are tried, so no verdict can move. Name a docket in it.")
    output = Path("results", checked.name, "circumstances.csv")
    rows, usual = [], Setting()
    try:
        run(BASELINE, Path(), study_file, usual, cores)
        before = found_in(Path("results", checked.name))
        rows += rows_of(BASELINE, BASELINE, before, before)
        for name in only:
            kind, value = CIRCUMSTANCES[name]
            try:
                setting = setting_of(kind, value, checked)
                require_other(setting, usual)
            except InputError as error:
                say(f"{name}: {error} It is left out.")
                continue
            folder = FOLDER / checked.name / name
            run(name, folder, write_study(checked, folder, setting), setting, cores)
            rows += rows_of(name, kind, before, found_in(folder / "results" / checked.name))
    except KeyboardInterrupt:
        raise InputError("Stopped. What is done is kept: the same command goes on from here.") from None
    table = pd.DataFrame(rows)
    files.write_text(output, table.to_csv(index=False, float_format="%.6g"))
    print(summary(table))
    say(f"{output}: {len(table)} rows.")


def say(text: str) -> None:
    """Tell what is going on, at once."""
    print(text, file=sys.stderr, flush=True)


# How each is brought about --------------------------------------------------------------------------------------------


def setting_of(kind: str, value: str, checked: Study) -> Setting:
    """What brings a circumstance about; InputError with the reason if this machine can't."""
    if kind == "kernel":
        return Setting(variables=(("OPENBLAS_CORETYPE", value),))
    if kind == "seeds":  # beyond the largest seed of the study, so that none of them is one of its own
        return Setting(shift=1 + max(seed for cell in checked.cells.values() for seed in cell.seeds))
    here = {"python": platform.python_version(), "numpy": version("numpy")}[kind]
    if here.split(".")[:2] == value.split("."):
        raise InputError(USUAL)
    if kind == "python":
        return Setting(python=environment(f"python-{value}", interpreter(value)))
    return Setting(python=environment(f"numpy-{value}", sys.executable, f"numpy=={value}.*"))


def interpreter(release: str) -> str:
    """An interpreter of a version of Python; InputError if there is none. Some that have the name don't work."""
    for place in os.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = shutil.which(f"python{release}", path=place)
        if candidate and not subprocess.run([candidate, "-c", ""], capture_output=True).returncode:
            return candidate
    raise InputError(f"there is no python{release} on this machine. Install it and run the same command again.")


def environment(name: str, python: str, *others: str) -> str:
    """Interpreter of the environment .venv-<name>, made if it isn't there: the locked packages, but for `others`."""
    checkout = shipped.CHECKOUT
    if checkout is None:
        raise InputError("an environment of its own takes requirements.lock: run this in a checkout.")
    folder, lock = checkout / f".venv-{name}", checkout / "requirements.lock"
    made, ready = str(folder / "bin/python"), folder / "ready"
    if ready.exists() and ready.read_text(encoding="utf-8") == files.sha256(lock):
        return made
    say(f"{name}: making the environment {folder.name}, which takes some minutes.")
    install = [made, *("-m", "pip", "install", "--quiet", "--disable-pip-version-check")]
    steps = [[python, "-m", "venv", "--clear", str(folder)], [*install, "--require-hashes", "-r", str(lock)]]
    steps += [[*install, "--no-deps", other] for other in others]
    steps += [[*install, "--no-deps", "--no-build-isolation", "--editable", str(checkout)]]
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            *_, last = (done.stdout + done.stderr).strip().split("\n")
            raise InputError(f"the environment can't be made: {last}.")
    files.write_text(ready, files.sha256(lock))
    return made


def require_other(setting: Setting, usual: Setting) -> None:
    """Raise InputError unless a setting works on this machine and differs from the usual one."""
    try:
        found = probe(setting)
    except subprocess.CalledProcessError as error:
        raise InputError(f"this machine can't run it (its test ended with {error.returncode}).") from None
    if found == probe(usual) and not setting.shift:
        raise InputError(USUAL)


def probe(setting: Setting) -> list[str | None]:
    """Versions of Python and NumPy, and the kernel, that really run in a setting."""
    command = [setting.python, "-c", PROBE]
    return json.loads(subprocess.run(command, env=setting.environment, check=True, capture_output=True).stdout)


# Running --------------------------------------------------------------------------------------------------------------


def write_study(checked: Study, folder: Path, setting: Setting) -> str:
    """Write the configuration with its seeds shifted and its docket as seen from the folder; the name it has there.

    Experiments that describe and don't judge are left out: no verdict rests on them.
    """
    configuration = json.loads(checked.to_json())
    configuration["experiments"] = {
        name: settings for name, settings in configuration["experiments"].items() if "confirmatory" in settings["seeds"]
    }
    configuration["docket"] = os.path.relpath(checked.docket, folder)
    for experiment in configuration["experiments"].values():
        for limits in experiment["seeds"].values():
            limits |= {end: limits[end] + setting.shift for end in limits}
    files.write_text(folder / "study.yaml", json.dumps(configuration, ensure_ascii=False, indent=1) + "\n")
    return "study.yaml"


def run(name: str, folder: Path, study_file: str, setting: Setting, cores: str) -> None:
    """Run a study up to its verdicts, as far as that isn't done; InputError with what Snakemake said if it fails."""
    say(f"{name}:")
    started = {"cwd": folder, "env": setting.environment, "text": True}
    results = f"results/{configuration.read(folder / study_file).name}"
    unlocked = subprocess.run([setting.python, "-m", "ontrial", "unlock"], stderr=subprocess.PIPE, **started)
    if unlocked.returncode:
        raise InputError(unlocked.stderr.strip())
    command = [setting.python, "-m", "snakemake", "--snakefile", str(shipped.SNAKEFILE), "--cores", cores]
    command += [f"{results}/verdicts.json", f"{results}/provenance.json", "--config", f"study={study_file}"]
    said, tenths = deque(maxlen=60), 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **started) as running:
        for line in running.stderr:
            said.append(line)
            if (done := TOLD.match(line)) and 10 * int(done[1]) // int(done[2]) > tenths:
                tenths = 10 * int(done[1]) // int(done[2])
                say(f"  {done[1]} of {done[2]} jobs")
    if running.returncode:
        raise InputError(f"{name}: the run failed:\n{''.join(said)}The same command goes on from here.")


# What came out --------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """What a run of a study left: its verdicts, what it was made with, and its runs."""

    verdicts: dict[str, Any]
    provenance: dict[str, Any]
    runs: pd.DataFrame


def found_in(results: Path) -> Found:
    """Read the results of a study."""
    return Found(
        inputs.read_verdicts(results / "verdicts.json"),
        files.read_json(results / "provenance.json"),
        pd.read_csv(results / "tables/runs.csv", dtype={"hidden": str}),
    )


def rows_of(name: str, kind: str, before: Found, after: Found) -> list[dict[str, Any]]:
    """One row a claim of a circumstance, each with what it ran with. Runs of other seeds can't be compared."""
    made = after.provenance
    told = {
        "study": made["study"],
        "circumstance": name,
        "differs": kind,
        "python": made["python"],
        "numpy": made["packages"]["numpy"],
        "blas": f"{made['blas']['name']} {made['blas']['version']}",
        "blas_kernel": made["blas_kernel"],
        "processor": made["processor"],
        "commit": made["commit"],
        "runs": made["runs"],
        "runs_moved": None if kind == "seeds" else runs_moved(of_the_same(before.runs, after.runs), after.runs),
    }
    return [told | row for row in compared(before.verdicts, after.verdicts)]


def of_the_same(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The runs of one table that are of the experiments of another, with what these measure."""
    return before.loc[before["experiment"].isin(set(after["experiment"])), after.columns].reset_index(drop=True)


def summary(table: pd.DataFrame) -> str:
    """What moved under each circumstance, and then each verdict that did."""
    lines = []
    for name, rows in table.groupby("circumstance", sort=False):
        first, moved = rows.iloc[0], rows["runs_moved"].iloc[0]
        runs = "other seeds" if pd.isna(moved) else f"{moved:,.0f} of {first['runs']:,} runs"
        contexts = f"{rows['contexts_moved'].sum()} of {rows['contexts'].sum()} contexts"
        verdicts = f"{(rows['verdict'] != rows['verdict_before']).sum()} of {len(rows)} verdicts"
        lines.append(f"{name:20} {first['blas_kernel']:12} moved: {runs}, {contexts}, {verdicts}")
    for row in table[table["verdict"] != table["verdict_before"]].itertuples():
        lines.append(f"{row.circumstance}: {row.claim}: {row.verdict_before} → {row.verdict}")
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    parser.add_argument("--only", nargs="+", choices=CIRCUMSTANCES, default=list(CIRCUMSTANCES), metavar="NAME",
                        help=f"some of: {', '.join(CIRCUMSTANCES)}")  # fmt: skip
    parser.add_argument("--cores", default="all", help="cores to use (default: %(default)s)")
    parser.set_defaults(function=circumstances)
