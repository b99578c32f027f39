"""Results of the tiny study, for every test of pages."""

import pytest
from support.pages import tiny_results

from ontrial.report.summaries.findings import Findings


@pytest.fixture(scope="package")
def results() -> Findings:
    return tiny_results()
