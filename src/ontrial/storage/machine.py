"""Describe the machine that produces results, the Git checkout, if there is one, and where the package came from."""

import json
import os
import platform
import re
import shlex
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage.shipped import CHECKOUT

REMOTE = re.compile(r"(?:https://|ssh://|git://)?(?:[^@/]*@)?([\w.-]+\.\w+)(?::\d+)?[:/]([\w./~-]+?)(?:\.git)?/?")


def repository() -> str | None:
    """Return the web address of the project's repository; None if it is unknown.

    The address comes from ONTRIAL_REPOSITORY (empty for none), else from the job on GitHub or GitLab, else from the
    remote `origin` of the checkout.
    """
    if (chosen := os.environ.get("ONTRIAL_REPOSITORY")) is not None:
        return chosen or None
    if name := os.environ.get("GITHUB_REPOSITORY"):
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}"
    return os.environ.get("CI_PROJECT_URL") or web_address(git("remote", "get-url", "origin") or "")


def web_address(remote: str) -> str | None:
    """Return the https address of a git remote, without user and password; None for a path or another protocol."""
    match = REMOTE.fullmatch(remote)
    return f"https://{match[1]}/{match[2].lstrip('/')}" if match else None


def git(*arguments: str) -> str | None:
    """Return the output of a git command in the checkout; None if there is no checkout or the command fails."""
    if CHECKOUT is None:
        return None
    try:
        process = subprocess.run(["git", "-C", CHECKOUT, *arguments], capture_output=True, encoding="utf-8", check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return process.stdout.strip()


def requirement(extra: str = "study") -> str:
    """Return the requirement with which pip installs this package again, with an extra.

    No index is assumed to have the package: it names the place that this one came from, which pip records (PEP 610).
    """
    if CHECKOUT:
        return f"ontrial[{extra}] @ {origin_of(CHECKOUT)}"
    installed = distribution("ontrial")
    recorded = json.loads(installed.read_text("direct_url.json") or "{}")
    if not recorded:
        return f"ontrial[{extra}]=={installed.version}"
    address = re.sub(r"(?<=://)[^/@]*:[^/@]*@", "", recorded["url"])  # without a password that an installer kept
    if "vcs_info" in recorded:
        address = f"{recorded['vcs_info']['vcs']}+{address}@{recorded['vcs_info']['commit_id']}"
    return f"ontrial[{extra}] @ {address}"


def advice(extra: str = "study") -> str:
    """Return the sentence that says how to install this package again, with an extra."""
    wanted = requirement(extra)
    if " @ " in wanted:
        return f"Install it with: pip install {shlex.quote(wanted)}"
    return f"Install {wanted} from the index or folder that ontrial came from."  # not every index has our package


def origin_of(checkout: Path) -> str:
    """Return the address of the commit of a checkout, or of its folder if no remote has what it contains."""
    address = web_address(git("remote", "get-url", "origin") or "")
    is_published = git("status", "--porcelain") == "" and git("branch", "--remotes", "--contains", "HEAD")
    return f"git+{address}@{git('rev-parse', 'HEAD')}" if address and is_published else checkout.as_uri()


def environment(python: str = sys.executable) -> dict[str, str]:
    """Return the environment variables as if the environment of a Python interpreter were active."""
    return os.environ | {"PATH": os.pathsep.join([str(Path(python).parent), os.environ.get("PATH", os.defpath)])}


def require_python() -> None:
    """Raise InputError unless jobs, which run `python`, use the environment of this interpreter."""
    command = ["python", "-c", "import sys; print(sys.prefix)"]
    try:
        prefix = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        prefix = ""
    if prefix != sys.prefix:
        problem = f"jobs would run the `python` of {prefix}" if prefix else "jobs would not find `python`"
        raise InputError(
            f"{sys.prefix}: the environment that Snakemake runs in is not active, and {problem}. "
            f"Activate it: source {shlex.quote(sys.prefix)}/bin/activate (with conda: conda activate)."
        )


def site_address() -> str:
    """Return the public address of the site from the variable SITE_URL, without a final slash; "" if it is not set.

    Raises InputError if it is not an address of the web.
    """
    address = os.environ.get("SITE_URL", "").rstrip("/")
    if address and not re.fullmatch(r"https?://[\w.:-]+(/[\w.~-]+)*", address, re.ASCII):
        raise InputError(f"SITE_URL={address}: this is not the address of a site, such as https://example.org/trial.")
    return address


def blas() -> dict[str, str]:
    """Return the name, version and options of NumPy's BLAS library, without paths of the machine that built it."""
    import numpy as np

    library = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {name: library[name] for name in ("name", "version", "openblas configuration") if name in library}


def processor_name() -> str:
    """Return the name of the processor. On Linux, /proc/cpuinfo is more precise than `platform`."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
