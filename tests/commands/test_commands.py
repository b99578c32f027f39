"""What commands say where they have nothing to show."""

import pytest
from support.examples import VALID

from ontrial.commands import serve, verdicts
from ontrial.errors import InputError


@pytest.fixture
def study(tmp_path, monkeypatch) -> str:
    """A study without a docket, whose site is a single page."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(VALID)
    (tmp_path / "results/mine/site").mkdir(parents=True)
    (tmp_path / "results/mine/site/index.html").write_text("")
    return "c.yaml"


def test_a_port_that_does_not_exist_is_reported(study):
    with pytest.raises(InputError, match="Port 80000 is not available: ports go from 0 to 65535"):
        serve.serve(study, 80000)


def test_a_study_without_a_docket_has_no_verdicts(study):
    with pytest.raises(InputError, match=r"c\.yaml: this study tests no claims"):
        verdicts.verdicts(study)
