"""Read workflows of GitHub, and run their commands as GitHub does."""

import os
import subprocess
from pathlib import Path

import yaml


def steps(workflow: Path) -> list[dict]:
    """Return the steps of all jobs of a workflow."""
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def commands(workflow: Path) -> list[str]:
    """Return the commands of a workflow."""
    return [step["run"] for step in steps(workflow) if "run" in step]


def bash(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess:
    """Run a command like a step of a workflow, with these environment variables."""
    environment = os.environ | variables
    return subprocess.run(["bash", "-e", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)
