"""What pilots changed in the tests of a docket before it was fixed: claims.pilots.yaml beside claims.yaml."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ontrial.errors import InputError, unknown
from ontrial.storage import project, yaml_files
from ontrial.storage.yaml_files import Mistake
from ontrial.study import checking
from ontrial.study.schema_files import load_schema


class PilotChange(NamedTuple):
    """A test before and after, and why it was changed, each by language."""

    old: dict[str, str]
    new: dict[str, str]
    why: dict[str, str]


def path_of(docket: str | Path) -> Path:
    """Return the path of what pilots changed in the tests of a docket.

    >>> path_of("config/claims.yaml").name
    'claims.pilots.yaml'
    """
    return Path(docket).with_suffix(".pilots.yaml")


def find(docket: str | Path) -> Path | None:
    """Return the checked file of what pilots changed in the tests of a docket; None without one.

    Raises InputError with every mistake in it, such as the id of a claim that the docket does not have.
    """
    path = path_of(docket)
    if not path.exists():
        return None
    if reason := project.refusal(path, path.parent):
        raise InputError(f"{path}: {reason}")
    read_changes(path, [claim["id"] for claim in yaml_files.read_yaml(docket)["claims"]])
    return path


def read_changes(path: str | Path, ids: Collection[str] | None = None) -> dict[str, list[PilotChange]]:
    """Return what pilots changed by the id of the claim. Raises InputError with every mistake in the file.

    ids: Ids of the claims of the docket, if they are to be checked.
    """

    def of_other_claims(content: Any, mistakes: list[Mistake]) -> Iterator[Mistake]:
        for id in [] if mistakes else content["changes"]:
            if ids is not None and id not in ids:
                yield ("changes", id), unknown("claim", id, ids)

    content, _ = checking.check(checking.read_text(path), str(path), load_schema("pilots"), {}, of_other_claims)
    return {id: [PilotChange(**change) for change in changes] for id, changes in content["changes"].items()}
