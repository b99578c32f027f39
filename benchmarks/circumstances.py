"""Repeat a study under other circumstances, in which sums of floating-point numbers are rounded differently.

The circumstances are other kernels of OpenBLAS, another NumPy, another Python, double precision, and the seeds of two
other laboratories. Each runs in its own folder up to its verdicts, and finished runs are kept. Laboratories alone are
compared with the published verdicts of the study, if it has any, so that the study itself need not run again. The
result is a table (.csv) with one row per circumstance and claim.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from ontrial.commands._study import changed_claims
from ontrial.errors import InputError
from ontrial.judge import published, result_files
from ontrial.judge.columns import columns_in
from ontrial.judge.published import DESIGN
from ontrial.judge.records import Context, Verdict, Verdicts
from ontrial.report.pages.studies.robustness import BASELINE
from ontrial.report.summaries.comparison import pair_cases
from ontrial.report.summaries.replications import agree_outcomes
from ontrial.storage import files, machine, process, shipped, workflow
from ontrial.storage.versions import DTYPE
from ontrial.study import configuration, inheritance, study_files
from ontrial.study.study import Study

FOLDER = Path(".circumstances")  # contains the folder <study>/<circumstance> of each run
SEEDS = 100_000  # of a laboratory; those of all published studies are smaller
PROBE = """
import json, platform, numpy
from ontrial.storage.versions import blas_kernel
square = numpy.ones((300, 300), numpy.float32)
square @ square
print(json.dumps([*platform.python_version_tuple()[:2], numpy.__version__, blas_kernel()]))
"""


class Circumstance(NamedTuple):
    """A difference from the baseline.

    differs: Name of the difference in the table.
    variables: Environment variables of the run.
    python: Command that starts the interpreter.
    laboratory: Number of the laboratory, which has seeds of its own. That of the study is 0.
    """

    differs: str
    variables: Mapping[str, str] = MappingProxyType({})
    python: tuple[str, ...] = workflow.PYTHON
    laboratory: int = 0

    @property
    def environ(self) -> dict[str, str]:
        """All environment variables of its processes."""
        return machine.environment() | dict(self.variables)


def of_kernel(name: str) -> Circumstance:
    """Return the circumstance of another kernel of OpenBLAS."""
    return Circumstance("kernel", variables={"OPENBLAS_CORETYPE": name})


def of_numpy(release: str) -> Circumstance:
    """Return the circumstance of another NumPy in this environment."""
    return Circumstance("numpy", python=uv("--python", sys.executable, "--with", f"numpy=={release}.*"))


def of_python(release: str) -> Circumstance:
    """Return the circumstance of another Python with the same packages."""
    packages = (
        "--with-requirements",
        str(shipped.ROOT / "requirements/run.lock"),
        "--with-editable",
        str(shipped.ROOT),
    )
    return Circumstance("python", python=uv("--isolated", "--python", release, *packages))


def of_laboratory(number: int) -> Circumstance:
    """Return the circumstance of the seeds of another laboratory."""
    return Circumstance("seeds", laboratory=number)


def uv(*options: str) -> tuple[str, ...]:
    """Return the command that starts Python in a temporary environment."""
    return ("uv", "run", "--quiet", "--no-project", *options, "python", "-P")


CIRCUMSTANCES = {
    "kernel-skylakex": of_kernel("SkylakeX"),  # from new processors to old ones
    "kernel-haswell": of_kernel("Haswell"),
    "kernel-sandybridge": of_kernel("Sandybridge"),
    "kernel-nehalem": of_kernel("Nehalem"),
    "kernel-prescott": of_kernel("Prescott"),
    "numpy-2.3": of_numpy("2.3"),
    "python-3.11": of_python("3.11"),
    "python-3.13": of_python("3.13"),
    "float64": Circumstance("precision", variables={DTYPE: "float64"}),
    "seeds": of_laboratory(1),
    "seeds-2": of_laboratory(2),
}
PROBED = ("kernel", "numpy", "python")  # what a test program sees of a circumstance


def measure(study_file: str, only: list[str], cores: str, trust_code: bool) -> None:
    """Run the study as it is and under each circumstance, write the table and print what moved."""
    study = configuration.read_study(study_file)
    if study.docket is None:
        raise InputError(f"{study_file}: the study tests no claims, so no verdict can move. Add a docket.")
    baseline = Circumstance(BASELINE)
    alone = all(CIRCUMSTANCES[name].laboratory for name in only)
    before = read_published(study) if alone else None
    rows = []
    try:
        if before is None:
            run_study(BASELINE, Path(), study_file, baseline, cores, trust_code)
            before = read_outcome(Path("results", study.name))
        rows += table_rows(BASELINE, baseline, before, before)
        for name in only:
            circumstance = CIRCUMSTANCES[name]
            try:
                require_difference(circumstance, baseline)
            except InputError as error:
                log(f"{name}: skipped: {error}")
                continue
            folder = FOLDER / study.name / name
            run_study(name, folder, write_study(study, folder, circumstance), circumstance, cores, trust_code)
            rows += table_rows(name, circumstance, before, read_outcome(folder / "results" / study.name))
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


# Running --------------------------------------------------------------------------------------------------------------


def require_difference(circumstance: Circumstance, baseline: Circumstance) -> None:
    """Raise InputError unless a circumstance works on this machine and differs from the baseline."""
    try:
        versions = probe(circumstance)
    except OSError as error:
        raise InputError(f"{error.filename} does not start: {error.strerror}.") from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip() or f"a test program ended with code {error.returncode}"
        raise InputError(f"this machine can't run it: {reason}.") from None
    if versions == probe(baseline) and circumstance.differs in PROBED:
        raise InputError("this is the same as the baseline.")


def probe(circumstance: Circumstance) -> list[str | None]:
    """Return the versions of Python and NumPy, and the BLAS kernel, that a process actually uses."""
    command = [*circumstance.python, "-c", PROBE]
    done = subprocess.run(command, env=circumstance.environ, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def write_study(study: Study, folder: Path, circumstance: Circumstance) -> str:
    """Write the configuration of a circumstance and return its file name inside the folder.

    Experiments without confirmatory seeds are left out, since no verdict rests on them. The seeds of a laboratory lie
    beyond those of the study and of laboratories with smaller numbers, so that no seed is used twice.
    """
    content = inheritance.relocated(json.loads(study.to_json()), Path(os.path.relpath(".", folder)))
    content["experiments"] = {
        name: experiment for name, experiment in content["experiments"].items() if "confirmatory" in experiment["seeds"]
    }
    if study.docket:
        content["docket"] = os.path.relpath(study.docket, folder)
    if circumstance.laboratory:
        cells = [*study.cells.values(), *study.later_cells.values()]
        largest = max(seed for cell in cells for seed in cell.seeds)
        shift = circumstance.laboratory * SEEDS * (1 + largest // SEEDS)
        for experiment in content["experiments"].values():
            for limits in experiment["seeds"].values():
                limits |= {end: limits[end] + shift for end in ("from", "to") if end in limits}
    files.write_text(folder / "study.yaml", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return "study.yaml"


def run_study(
    name: str, folder: Path, study_file: str, circumstance: Circumstance, cores: str, trust_code: bool
) -> None:
    """Run a study up to its verdicts. Raises InputError if it fails."""
    log(f"{name}:")
    results = f"results/{configuration.read_study(folder / study_file).name}"
    options = ["--snakefile", str(shipped.SNAKEFILE), "--cores", cores, "--logger", "rich"]
    workflow.run(
        study_file,
        *(f"{results}/verdicts.json", f"{results}/provenance.json", *options),
        trust_code=trust_code,
        python=circumstance.python,
        folder=folder,
        variables=circumstance.variables,
        show=True,
    )


# Results --------------------------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """The results of a run: its verdicts, its provenance, and the table of its runs. Published ones have no table."""

    verdicts: Verdicts
    provenance: dict[str, Any]
    runs: pd.DataFrame | None


def read_outcome(results: Path) -> Outcome:
    """Read the results folder of a study."""
    return Outcome(
        result_files.read_verdicts(results / "verdicts.json"),
        study_files.read_result(results / "provenance.json", "provenance.json"),
        pd.read_csv(results / "tables/runs.csv", dtype={"hidden": str}),
    )


def read_published(study: Study) -> Outcome | None:
    """Read the published verdicts of a study. None if it has none, or if its claims have changed since."""
    folder = shipped.ROOT / "results/reference" / study.name
    if not (folder / "verdicts.json").exists():
        return None
    verdicts = result_files.read_verdicts(folder / "verdicts.json")
    if moved := changed_claims(study, verdicts.claims):
        log(f"{folder}: the published verdicts are on other claims: {', '.join(moved)}. The study runs again.")
        return None
    origin = published.read_record(folder / DESIGN)["origin"] if (folder / DESIGN).exists() else {}
    return Outcome(verdicts, origin, None)


def table_rows(name: str, circumstance: Circumstance, before: Outcome, after: Outcome) -> list[dict[str, Any]]:
    """Return one row per claim of a circumstance, with its versions and kernel. Other seeds' runs are not compared."""
    moved = None
    if circumstance.differs != "seeds" and before.runs is not None and after.runs is not None:
        moved = count_moved_runs(*matching_runs(before.runs, after.runs))
    what = {
        "study": after.verdicts.study,
        "circumstance": name,
        "differs": circumstance.differs,
        **machine_of(after.provenance),
        "commit": after.provenance.get("commit"),
        "runs": None if after.runs is None else len(after.runs),
        "runs_moved": moved,
    }
    return [what | row for row in compare_verdicts(before.verdicts, after.verdicts)]


def compare_verdicts(before: Verdicts, after: Verdicts) -> list[dict[str, Any]]:
    """Return one row per claim that has contexts. Some of its columns are:

    contexts_moved: Number of contexts whose outcome differs.
    contexts_opposite, contexts_open: Number of contexts whose answer becomes the opposite, and of those that are
        decided on one side only.
    moved: These contexts, as text.
    largest_change: Largest change of an estimate, in the claim's unit, among estimates finite on both sides. Points of
        failures are converted by the smallest effects.
    """
    verdicts = after.by_claim
    return [_compare(verdict, verdicts[verdict.claim]) for verdict in before.claims if verdict.cases]


def _compare(before: Verdict, after: Verdict) -> dict[str, Any]:
    pairs = pair_cases(before, after)
    moved = [f"{pair.settings or 'the only context'}: {pair.outcomes}" for pair in pairs if pair.outcome_moved]
    shifts = [
        abs(pair.shift) * before.smallest_effect / before.smallest_effect_in(pair.before)
        for pair in pairs
        if pair.shift is not None and isinstance(pair.before, Context)
    ]
    changes = [agree_outcomes(pair.before.outcome, pair.after.outcome) for pair in pairs if pair.before and pair.after]
    return {
        "claim": before.claim,
        "kind": before.kind,
        "verdict": after.conclusion,
        "verdict_before": before.conclusion,
        "contexts": len(pairs),
        "contexts_moved": len(moved),
        "contexts_opposite": changes.count("opposite"),
        "contexts_open": changes.count("open"),
        "moved": "; ".join(moved),
        "largest_change": max(shifts, default=None),
        "unit": before.unit or None,
        "smallest_effect": before.smallest_effect or None,
    }


def count_moved_runs(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """Return the number of runs that differ in any digit. Both tables have the same runs in the same order."""
    equal = (before == after) | (before.isna() & after.isna())
    return int((~equal.all(axis="columns")).sum())


def machine_of(provenance: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the columns on the machine of a run. They are empty for published verdicts, which don't name theirs."""
    blas = provenance.get("blas")
    return {
        "python": provenance.get("python"),
        "numpy": provenance["packages"]["numpy"] if "packages" in provenance else None,
        "blas": f"{blas['name']} {blas['version']}" if blas else None,
        "blas_kernel": provenance.get("blas_kernel"),
        "processor": provenance.get("processor"),
    }


def matching_runs(before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the runs and columns that both tables have, in the same order.

    A look may have added seeds on only one side, and `after` has only the experiments on which verdicts rest.
    """
    names = [*columns_in(before), "learning_rate", "seed"]
    old, new = before.set_index(names), after.set_index(names)
    runs, columns = old.index.intersection(new.index), old.columns.intersection(new.columns)
    return old.loc[runs, columns], new.loc[runs, columns]


def summary(table: pd.DataFrame) -> str:
    """Return as text what moved under each circumstance, then each verdict that moved."""
    lines = []
    for name, rows in table.groupby("circumstance", sort=False):
        first = rows.iloc[0]
        moved = first["runs_moved"]
        runs = "no runs compared" if pd.isna(moved) else f"{moved:,.0f} of {first['runs']:,} runs"
        contexts = f"{rows['contexts_moved'].sum()} of {rows['contexts'].sum()} contexts"
        verdicts = f"{(rows['verdict'] != rows['verdict_before']).sum()} of {len(rows)} verdicts"
        kernel = "(published)" if pd.isna(first["blas_kernel"]) else first["blas_kernel"]
        lines.append(f"{name:20} {kernel:12} moved: {runs}, {contexts}, {verdicts}")
    for row in table[table["verdict"] != table["verdict_before"]].itertuples():
        lines.append(f"{row.circumstance}: {row.claim}: {row.verdict_before} → {row.verdict}")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.circumstances", description=__doc__.split("\n")[0])
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    parser.add_argument("--only", nargs="+", choices=CIRCUMSTANCES, default=list(CIRCUMSTANCES), metavar="NAME",
                        help=f"some of: {', '.join(CIRCUMSTANCES)} (default: all)")  # fmt: skip
    parser.add_argument("--cores", default="all", help="cores to use (default: %(default)s)")
    parser.add_argument("--trust-code", action="store_true", help="allow the study's own metrics, which are code")
    process.run(measure, parser)
