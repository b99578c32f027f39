"""The OCI image of the last commit has the same digest in each build, runs the smoke study and contains no compiler."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.project import ROOT

TOOLS = ("buildah", "mmdebstrap")
COMPILERS = ("as", "c++", "cc", "clang", "g++", "gcc", "ld", "rustc", "tcc")
SMOKE = """\
cp -r "$(dirname "$(ontrial snakefile)")/config" .
snakemake --snakefile "$(ontrial snakefile)" --cores 2 --configfile config/smoke.yaml --quiet host reason
"""


def build(folder: Path, **variables: str) -> str:
    """Build the image in a clone of the project, and return its digest."""
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, folder], check=True)
    subprocess.run([".ci/image"], cwd=folder, env=os.environ | variables, check=True)
    return (folder / "dist/image.digest").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)) or os.name != "posix" or os.geteuid() != 0,
    reason="needs root and: apt-get install buildah mmdebstrap netavark",
)
def test_an_image_is_the_same_in_each_build_and_runs_the_smoke_study(tmp_path):
    first = build(tmp_path / "first")
    second = build(tmp_path / "another/second", TZ="Asia/Seoul", LC_ALL="C", PYTHONHASHSEED="7")
    assert first == second

    folder = tmp_path / "study"
    folder.mkdir()
    storage = ["buildah", "--root", tmp_path / "root", "--runroot", tmp_path / "run", "--storage-driver", "vfs"]
    limits = [f"--ulimit={name}={limit}" for name, limit in (("nofile", 1024), ("nproc", 4096))]
    image = f"oci-archive:{tmp_path / 'first/dist/image.tar'}"
    subprocess.run([*storage, "from", "--quiet", "--name", "image", *limits, image], check=True)

    def run(command: str) -> str:
        chroot = [*storage, "run", "--isolation", "chroot", "--volume", f"{folder}:/study", "image"]
        return subprocess.run([*chroot, "sh", "-ec", command], capture_output=True, text=True, check=True).stdout

    assert run("; ".join(f"command -v {name} || true" for name in COMPILERS)) == ""
    assert run("ls -d /etc/pip.conf /etc/apt/sources.list /src 2> /dev/null || true") == ""
    run(SMOKE)
    assert (folder / "results/smoke/site/index.html").stat().st_size
    assert (folder / "results/smoke/verdicts.json").stat().st_size
