"""Run the workflow with jobs that share no file system: a store that speaks S3, and a tree and a user for each job.

A job runs in a container that has the operating system, the environment, and a folder of its own. The tests need root.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest
from support.project import PACKAGES, copy_project, make_environment
from support.runs import TIMEOUT, wait_for

from ontrial.commands import verify
from ontrial.storage import machine

pytestmark = pytest.mark.long

ENVIRONMENT = Path(sys.prefix)
PLUGINS = ENVIRONMENT / "store"  # where `make test-long` puts those of Snakemake
TOOLS = ("bwrap", "setpriv", "strace")
STUDY = "config/smoke.yaml"
TRAINING = "*/.snakemake/storage/s3/bucket/study/results/smoke/logs/train/**/*.log"  # in the trees of jobs
KEYS = {"SNAKEMAKE_STORAGE_S3_ACCESS_KEY": "tests", "SNAKEMAKE_STORAGE_S3_SECRET_KEY": "tests"}
# Each job gets a folder, which it sees as /job. What its processes open is in the trace.
SUBMIT = """\
#!/bin/sh
job=$(mktemp -d {jobs}/XXXXXX) && cp "$1" "$job/script" && chown -R nobody "$job" || exit 1
(
  bwrap --ro-bind /usr /usr --ro-bind /etc /etc --symlink usr/bin /bin --symlink usr/lib /lib \\
    --symlink usr/lib64 /lib64 --proc /proc --dev /dev --perms 1777 --tmpfs /tmp {image} \\
    --bind "$job" /job --chdir /job --unshare-pid --die-with-parent \\
    --cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETPCAP --clearenv --setenv PATH "{path}:/usr/bin:/bin" \\
    setpriv --reuid nobody --clear-groups --inh-caps=-all --no-new-privs \\
    strace -f -qq --seccomp-bpf -e trace=%file -o trace sh script >"$job/log" 2>&1 &
  echo $! >"$job/pid"
  wait $!
  echo $? >"$job/status"
) </dev/null >/dev/null 2>&1 &
basename "$job"
"""
STATUS = """\
#!/bin/sh
case $(cat {jobs}/$1/status 2>/dev/null) in '') echo running ;; 0) echo success ;; *) echo failed ;; esac
"""
DOWNLOAD = """\
import boto3, os, sys
address, folder = sys.argv[1:]
keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests", "region_name": "us-east-1"}
for file in boto3.resource("s3", endpoint_url=address, **keys).Bucket("bucket").objects.all():
    path = os.path.join(folder, file.key)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    file.Object().download_file(path)
"""


class Site(NamedTuple):
    """A place where jobs run that share no file system.

    project: Folder from which jobs are submitted.
    jobs: Folder with the trees of the jobs.
    python: Interpreter of an environment that has the package as a wheel.
    address: Address of the store.
    """

    project: Path
    jobs: Path
    python: Path
    address: str

    def start(self) -> subprocess.Popen:
        """Start the smoke study."""
        submit, status = (self.jobs.with_name(name) for name in ("submit", "status"))
        command = (
            f"{self.python} -m snakemake --profile profiles/store --config study={STUDY} --group-components cells=12"
        )
        command += " --default-storage-prefix s3://bucket/study --seconds-between-status-checks 1"
        command += f" --storage-s3-endpoint-url {self.address} --executor cluster-generic"
        command += f" --cluster-generic-submit-cmd {submit} --cluster-generic-status-cmd {status}"
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command.split(), cwd=self.project, env=self.variables, **streams)

    @property
    def variables(self) -> dict[str, str]:
        """Those of this process, without what would choose other code or another BLAS kernel than jobs have."""
        variables = machine.environment(str(self.python)) | KEYS
        return {name: value for name, value in variables.items() if not name.startswith(("PYTHONPATH", "OPENBLAS_"))}

    def download(self, folder: Path) -> Path:
        """Download everything from the store, and return the folder of the study's results."""
        subprocess.run([self.python, "-c", DOWNLOAD, self.address, folder], check=True)
        return folder / "study/results/smoke"


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """The interpreter of an environment with the wheel, the packages of the lock files and the plugins for a store."""
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"needs {', '.join(missing)}: apt-get install bubblewrap strace util-linux")
    if os.geteuid() != 0:
        pytest.skip("needs root, to run jobs as another user")
    if not PLUGINS.exists():
        pytest.skip("needs the storage plugin: make test-long")
    python = make_environment(tmp_path_factory.mktemp("image") / "environment", PACKAGES, str(PLUGINS))
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--force-reinstall", wheel], check=True)
    return python


@pytest.fixture(scope="module")
def store(environment, tmp_path_factory):
    """The address of a server that speaks S3 and has a bucket."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with open(tmp_path_factory.mktemp("store") / "log", "w") as log:
        command = [environment, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: is_open(port), server)
        urllib.request.urlopen(urllib.request.Request(f"{address}/bucket", method="PUT"))
        yield address
    finally:
        server.terminate()
        server.wait()


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def site(environment, store, tmp_path_factory) -> Site:
    """Set up the project, tracked by git as jobs need it, and the commands that submit jobs."""
    folder = tmp_path_factory.mktemp("site")
    jobs, project = folder / "jobs", copy_project(folder / "project")
    jobs.mkdir()
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    image = [Path(sys.base_prefix), ENVIRONMENT, environment.parents[1]]
    parents = {parent for path in image for parent in path.parents}
    words = [f"--dir {parent}" for parent in sorted(parents)[1:]] + [f"--ro-bind {path} {path}" for path in image]
    submit = SUBMIT.format(jobs=jobs, image=" ".join(words), path=environment.parent)
    for name, script in (("submit", submit), ("status", STATUS.format(jobs=jobs))):
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return Site(project, jobs, environment, store)


@pytest.fixture(scope="module")
def output(site) -> str:
    """The output of a run that was finished although one of its jobs was killed."""
    run = site.start()
    log = wait_for(lambda: next(site.jobs.glob(TRAINING), None), run)
    job = site.jobs / log.relative_to(site.jobs).parts[0]
    os.kill(int((job / "pid").read_text()), signal.SIGKILL)
    printed, _ = run.communicate(timeout=TIMEOUT)
    logs = "\n".join(path.read_text()[-3000:] for path in site.jobs.glob("*/log"))
    assert run.returncode == 0, f"{printed[-8000:]}\n{logs}"
    return printed


def test_a_killed_job_is_tried_again(output, site):
    assert output.count("Trying to restart job") == 1
    statuses = [path.read_text().strip() for path in site.jobs.glob("*/status")]
    assert len(statuses) - statuses.count("0") == 1


def test_all_files_have_the_bytes_of_a_run_without_a_store(output, site, tmp_path):
    stored, here = site.download(tmp_path / "stored"), tmp_path / "here"
    code = (
        f"from pathlib import Path; from ontrial.commands.verify import *; second_run({STUDY!r}, Path({str(here)!r}), "
    )
    code += f"Path({str(stored)!r}))"
    subprocess.run([site.python, "-c", code], cwd=site.project, env=site.variables, check=True)
    expected, actual = (verify.digests(folder) for folder in (here / "results/smoke", stored))
    assert verify.differing(expected, actual) == []
    assert {"site/index.html", "tables/runs.parquet", "verdicts.json"} <= {*actual}


def test_jobs_open_only_their_own_files_and_the_environment(output, site):
    own = ("/job/", "/usr/", "/bin/", "/lib", "/etc/", "/proc/", "/dev/", "/tmp/")
    image = (f"{sys.base_prefix}/", f"{ENVIRONMENT}/", f"{site.python.parents[1]}/")
    for trace in site.jobs.glob("*/trace"):
        calls = re.findall(r'open(?:at)?\(.*?"(.+?)".*\) = \d', trace.read_text(errors="replace"))
        names = {os.path.normpath(f"/job/{name}" if name[0] != "/" else name) for name in calls}
        assert len(names) > 1000
        assert [name for name in names if not f"{name}/".startswith((*own, *image))] == []


def test_a_second_run_does_nothing(output, site):
    before = sorted(site.jobs.iterdir())
    run = site.start()
    printed, _ = run.communicate(timeout=TIMEOUT)
    assert "Nothing to be done" in printed
    assert sorted(site.jobs.iterdir()) == before
