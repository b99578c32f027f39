"""Theory on Trial: configuration → cells → train → collect → judge → draw, explore → write → build.

snakemake --cores N                                       the default study, config/config.yaml
snakemake --cores N --config study=config/smoke.yaml      another study
"""

import os
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")

# Not basedir: another workflow may use this one as a module.
ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True))
SOURCE = ROOT / "src"
if not SOURCE.is_dir():
    sys.exit(f"{ROOT}: this workflow needs its whole repository. Clone it, and name the Snakefile in the clone.")

# Jobs run `python -m ontrial.steps.<rule>`: with this interpreter, and with the package of this very checkout.
sys.path.insert(0, str(SOURCE))
os.environ.update(
    PATH=os.pathsep.join([str(Path(sys.executable).parent), os.getenv("PATH", os.defpath)]),
    PYTHONPATH=str(SOURCE),
    PYTHONDONTWRITEBYTECODE="1",
)


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/judge.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        f"{RESULTS}/site/index.html",
        f"{RESULTS}/tables/runs.csv",
        f"{RESULTS}/provenance.json",
        VERDICTS + TIMED,


# In a job of a cluster, what it was given runs right here: Snakemake would start one more Snakemake for each rule.
if workflow.remote_exec:
    workflow.localrules(*(rule.name for rule in workflow.rules))


onstart:
    print(announcement(), file=sys.stderr)


onsuccess:
    print(f"The site is ready: {RESULTS}/site/index.html", file=sys.stderr)


onerror:
    print(obstacle(), file=sys.stderr)
