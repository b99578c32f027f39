"""What pilots changed in the tests of a docket before it was fixed: claims.pilots.yaml beside claims.yaml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ontrial.errors import InputError, unknown
from ontrial.storage import project, yaml_files
from ontrial.storage.yaml_files import Mistake
from ontrial.study import checking
from ontrial.study.schema_files import load_schema


class Change(NamedTuple):
    """A test before and after, and why it was changed, each by language."""

    old: dict[str, str]
    new: dict[str, str]
    why: dict[str, str]


def read_changes(docket: str | Path) -> dict[str, list[Change]]:
    """Return what pilots changed by the id of the claim; nothing without the file.

    Raises InputError with every mistake in it, such as the id of a claim that the docket does not have.
    """
    path = Path(docket).with_suffix(".pilots.yaml")
    if not path.exists():
        return {}
    if reason := project.refusal(path, path.parent):
        raise InputError(f"{path}: {reason}")

    def of_other_claims(content: Any, mistakes: list[Mistake]) -> Iterator[Mistake]:
        ids = [claim["id"] for claim in yaml_files.read_yaml(docket)["claims"]]
        for id in [] if mistakes else content["changes"]:
            if id not in ids:
                yield ("changes", id), unknown("claim", id, ids)

    content, _ = checking.check(checking.read_text(path), str(path), load_schema("pilots"), {}, of_other_claims)
    return {id: [Change(**change) for change in changes] for id, changes in content["changes"].items()}
