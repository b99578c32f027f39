"""All of the workflow but its target: an included file has no default one, and so each Snakefile names it."""

import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

try:
    from ontrial.storage.shipped import ROOT  # docs, config and published results; another workflow may use this one
except ModuleNotFoundError:
    raise WorkflowError(
        f"{sys.prefix}: the package of this workflow, ontrial, is not installed here, where Snakemake runs. "
        "Get it: pip install 'ontrial[study]', or in a checkout: make setup"
    ) from None

min_version("9.27")

# Another workflow uses this one, and configures it, if the first Snakefile is not one of the two next to this file.
HERE = Path(str(workflow.current_basedir))
IS_MODULE = Path(workflow.basedir) not in (HERE, HERE.parent)


report: "report/workflow.rst"


include: "rules/common.smk"
include: "rules/data.smk"
include: "rules/train.smk"
include: "rules/judge.smk"
include: "rules/report.smk"


TARGETS = [
    "<results>/site/index.html",
    "<results>/tables/runs.csv",
    "<results>/provenance.json",
    *VERDICTS,
    *TIMED,
]

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
