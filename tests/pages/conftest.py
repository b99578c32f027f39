"""Results of the tiny study, for every test of pages."""

import pytest
from support.pages import tiny_results

from ontrial.judge.results import Results


@pytest.fixture(scope="package")
def results() -> Results:
    return tiny_results()
