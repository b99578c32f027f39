"""The address of the repository, from a setting, a CI job or a git remote."""

import pytest

from ontrial.storage import machine


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://example.org/lab/theory.git", "https://example.org/lab/theory"),
        ("https://user:secret@example.org/lab/theory", "https://example.org/lab/theory"),
        ("git@example.org:lab/theory.git", "https://example.org/lab/theory"),
        ("ssh://git@example.org:2222/lab/theory.git", "https://example.org/lab/theory"),
        ("/srv/git/theory.git", None),
        ("file:///srv/git/theory", None),
        ("../theory", None),
        ("", None),
    ],
)
def test_a_remote_becomes_an_address_without_secrets(remote, address):
    assert machine.web_address(remote) == address


def test_the_setting_comes_before_the_job_and_the_job_before_the_remote(monkeypatch):
    for name in ("ONTRIAL_REPOSITORY", "GITHUB_REPOSITORY", "CI_PROJECT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(machine, "git", lambda *_: "git@example.org:lab/theory.git")
    assert machine.repository() == "https://example.org/lab/theory"
    monkeypatch.setenv("GITHUB_REPOSITORY", "lab/theory")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    assert machine.repository() == "https://github.com/lab/theory"
    monkeypatch.setenv("ONTRIAL_REPOSITORY", "https://example.org/mine")
    assert machine.repository() == "https://example.org/mine"
    monkeypatch.setenv("ONTRIAL_REPOSITORY", "")
    assert machine.repository() is None
