"""The machine and the checkout that results come from."""

import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]


def git(*arguments: str) -> str | None:
    """What git says of the checkout, or None outside of one."""
    try:
        answer = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()


def processor() -> str:
    """Name of the processor; Linux knows it better than `platform` does."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
