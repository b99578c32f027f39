"""The versions of what computes runs, which run files keep as metadata."""

import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.metadata import version

import threadpoolctl

PACKAGES = ("numpy", "scipy", "ontrial")
NAMES = ("python", *PACKAGES, "blas_kernel")
UNKNOWN = "unknown"  # version of files without metadata

Counts = dict[str, dict[str, int]]  # number of run files by version, by name of what computed them


def current() -> dict[str, str]:
    """Return the versions of this process by name. The kernel of BLAS is among them if it reports one."""
    versions = {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    kernel = blas_kernel()
    return versions | ({"blas_kernel": kernel} if kernel else {})


def blas_kernel() -> str | None:
    """Return the kernel of the first BLAS library loaded, which is NumPy's; None if it does not report one.

    OpenBLAS has a kernel for each generation of processors, and chooses one on loading unless OPENBLAS_CORETYPE is set.
    """
    for library in threadpoolctl.threadpool_info():
        if library["user_api"] == "blas" and "architecture" in library:
            return library["architecture"]
    return None


def count(versions_of_files: Iterable[Mapping[str, str]]) -> Counts:
    """Return how many files each version computed, by name of what computed them."""
    listed = list(versions_of_files)
    return {name: dict(Counter(versions.get(name, UNKNOWN) for versions in listed)) for name in NAMES}


def changes(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return the packages with another version now than in files, such as "numpy 2.4.6 (4 run files with 2.4.5)".

    Kernels are left out, because jobs on a cluster run on other processors.
    """
    return [
        f"{name} {now} ({number:,} run {'file' if number == 1 else 'files'} with {before})"
        for name, now in current().items()
        if name != "blas_kernel"
        for before, number in counts.get(name, {}).items()
        if number and before not in (now, UNKNOWN)
    ]
