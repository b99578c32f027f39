"""The jobs that Snakemake would submit to a cluster now, and what they ask for, from a dry run with the profile."""

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import workflow

GROUP = re.compile(r"Group job \S+ \(jobs")
STEP = re.compile(r"^( *)(?:rule|checkpoint) (\w+):$")
RESOURCE = re.compile(r"\b(mem_mb|runtime)=(\d+)")
NOT_SUBMITTED = ("all", "check_figures")  # they run where Snakemake does; names of a module's rules have a prefix
SLURM = Path(sys.prefix, "slurm")  # where `make setup` keeps the plugin for Slurm


@dataclass
class Step:
    """A step that a job runs.

    rule: Name of its rule.
    cell: Path of the cell that it trains; "" for another rule.
    cores: Number of cores.
    resources: Megabytes (mem_mb) and minutes (runtime), if the profile sets them.
    """

    rule: str
    cell: str = ""
    cores: int = 1
    resources: dict[str, int] = field(default_factory=dict)


Job = list[Step]  # more than one if a profile groups them


def submitted_jobs(study_file: str, profile: str, trust_code: bool) -> list[Job]:
    """Return the jobs that Snakemake would submit now. Raises InputError with its message if it would not start.

    The jobs of later looks are not among them: which cells they train depends on the first one.
    """
    if not (Path(profile).is_dir() or Path(profile).is_file()):
        raise InputError(f"{profile}: there is no such profile. Name its folder, such as profiles/slurm.")
    options = ("--profile", profile, "--dry-run", "--quiet", "host", "reason", "progress")
    variables = {"PYTHONPATH": os.pathsep.join(filter(None, (str(SLURM), os.environ.get("PYTHONPATH"))))}
    printed = workflow.run(study_file, *options, trust_code=trust_code, variables=variables)
    return [job for job in _parse(printed) if not job[0].rule.endswith(NOT_SUBMITTED)]


def _parse(printed: str) -> list[Job]:
    """Return the jobs that a dry run of Snakemake printed. The steps of a group are indented."""
    jobs: list[Job] = []
    for line in printed.splitlines():
        if GROUP.search(line):
            jobs.append([])
        elif match := STEP.match(line):
            indentation, rule = match.groups()
            if not indentation:
                jobs.append([])
            jobs[-1].append(Step(rule))
        elif line.lstrip().startswith("wildcards: cell="):
            jobs[-1][-1].cell = line.partition("cell=")[2]
        elif line.lstrip().startswith("threads: "):
            jobs[-1][-1].cores = int(line.partition(": ")[2])
        elif line.lstrip().startswith("resources: "):
            jobs[-1][-1].resources = {name: int(value) for name, value in RESOURCE.findall(line)}
    return jobs
