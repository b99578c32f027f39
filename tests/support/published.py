"""The published studies, and the sources of the pages of their claims."""

import functools
from dataclasses import replace

import pandas as pd

from ontrial.judge import checks
from ontrial.report.pages.sources import Sources
from ontrial.report.summaries import finding_files
from ontrial.report.summaries.findings import Findings
from ontrial.study import configuration
from support.pages import sources_of, tiny_results, with_findings
from support.project import ROOT

REFERENCE = ROOT / "results/reference"
STUDIES = ("default", "atlas", "again", "law")  # of which the site has pages of claims


@functools.cache
def published(language: str, study: str = "default") -> Sources:
    """Return the sources of the pages of a published study, without its runs."""
    sources = sources_of(tiny_results(), language)
    paths = sorted(map(str, REFERENCE.glob("*/verdicts.json"))) + sorted(map(str, REFERENCE.glob("*/tables/tuned.csv")))
    if study != "default":
        files = [str(REFERENCE / study / name) for name in ("design.json", "verdicts.json")]
        return with_findings(sources, measurements=finding_files.read_measurements(files)).others[study]
    read = configuration.read_study(ROOT / "config/config.yaml")
    docket = checks.read_docket(read.docket, read)
    others = finding_files.read_studies(paths)
    none = pd.DataFrame()
    findings = Findings(read, none, none, others["default"].verdicts, docket.claims)
    return replace(sources, results=findings, docket=docket, other_studies=others)


def measured(study: str) -> list[str]:
    """Return the ids of the claims of a study with a measured verdict."""
    return [id for id, verdict in published("en", study).results.verdicts.items() if verdict.is_measured]
