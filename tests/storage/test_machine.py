"""The address of the repository, from a setting, a CI job or a git remote, and what installs the package again."""

import json
from pathlib import Path
from types import SimpleNamespace

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


@pytest.mark.parametrize(
    ("remote", "changed", "branches", "origin"),
    [
        ("git@example.org:lab/theory.git", "", "origin/main", "git+https://example.org/lab/theory@0123"),
        ("git@example.org:lab/theory.git", " M Makefile", "origin/main", "file:///srv/a%20clone"),
        ("git@example.org:lab/theory.git", "", "", "file:///srv/a%20clone"),  # a commit that was not pushed
        ("/srv/git/theory.git", "", "origin/main", "file:///srv/a%20clone"),
        (None, None, None, "file:///srv/a%20clone"),  # no Git
    ],
)
def test_a_checkout_is_installed_from_its_commit_or_from_its_folder(monkeypatch, remote, changed, branches, origin):
    answers = {"remote": remote, "status": changed, "branch": branches, "rev-parse": "0123"}
    monkeypatch.setattr(machine, "git", lambda command, *_: answers[command])
    assert machine.origin_of(Path("/srv/a clone")) == origin


@pytest.mark.parametrize(("recorded", "requirement"), [
    (None, "ontrial[study]==1.2.3"),  # from an index
    ({"url": "file:///srv/ontrial.whl", "archive_info": {}}, "ontrial[study] @ file:///srv/ontrial.whl"),
    ({"url": "https://me:secret@example.org/theory.git", "vcs_info": {"vcs": "git", "commit_id": "0123"}},
     "ontrial[study] @ git+https://example.org/theory.git@0123"),
])  # fmt: skip
def test_an_installed_package_is_installed_again_from_where_it_came(monkeypatch, recorded, requirement):
    text = recorded and json.dumps(recorded)
    monkeypatch.setattr(machine, "CHECKOUT", None)
    monkeypatch.setattr(machine, "distribution", lambda _: SimpleNamespace(version="1.2.3", read_text=lambda _: text))
    assert machine.requirement() == requirement
    advice = f"Install it with: pip install '{requirement}'"
    assert machine.advice() == (
        advice if recorded else "Install ontrial[study]==1.2.3 from the index or folder that ontrial came from."
    )
