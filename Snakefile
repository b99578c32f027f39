"""Theory on Trial: configuration → cells → train → collect → judge → draw, explore → write → build.

snakemake --cores N                                       the default study, config/config.yaml
snakemake --cores N --config study=config/smoke.yaml      another study
snakemake --cores N --configfile config/smoke.yaml        the same; several files are merged, a later one overrides
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
        "<results>/site/index.html",
        "<results>/tables/runs.csv",
        "<results>/provenance.json",
        VERDICTS + TIMED,


if rules.plan.output.study != f"{RESULTS}/study.json":
    raise WorkflowError(
        f"the module's prefix would move {rules.plan.output.study} away from the docs and data that are read with it."
        f" Remove prefix and give the study a name of its own: its results are in {RESULTS}."
        "\nNothing was started."
    )


# In a job of a cluster, its rules run right there: Snakemake would start one more Snakemake for each of them, which takes
# longer than most cells. Snakemake has no public means to say so; `localrules:` knows the rules of a module by other names.
if workflow.remote_exec:
    workflow.localrules(*(rule.name for rule in workflow.rules))


onstart:
    print(f"Study {STUDY.name}: {len(STUDY.cells):,} cells, {STUDY.runs:,} runs.", file=sys.stderr)


onsuccess:
    if os.path.exists(f"{RESULTS}/site/index.html"):
        print(f"The site is ready: {RESULTS}/site/index.html", file=sys.stderr)


onerror:
    print(outcome(), file=sys.stderr)
