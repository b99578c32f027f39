"""The numbers of timed claims, measured once on one computer and kept beside the docket: claims.times.json.

The file has the form of seeds.json. A study does not measure again what it costs to compute: the times of another
computer would only say that it is another computer.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ontrial.judge import claims, published
from ontrial.judge.docket import Spec, build_estimand
from ontrial.storage.yaml_files import Mistake

Times = Mapping[str, Any]  # the entry of each claim in the file, by id


def path_of(docket: str | Path) -> Path:
    """Return the path of the times beside a docket.

    >>> path_of("config/claims.yaml").name
    'claims.times.json'
    """
    return Path(docket).with_suffix(".times.json")


def read_times(docket: str | Path) -> Times:
    """Return the times beside a docket, empty without any. Raises InputError if the file violates its schema."""
    path = path_of(docket)
    if not path.exists():
        return {}
    content = published.read_json(path)
    published.check(path, content, published.schema_of(published.SEEDS))
    return {claim["id"]: claim for claim in content["claims"]}


def mistakes(specs: list[Spec], times: Times) -> Iterator[Mistake]:
    """Yield a mistake for each timed claim whose contexts have no times."""
    for i, spec in enumerate(specs):
        if spec.get("kind") != "timed":
            continue
        known = times.get(spec["id"])
        if known is None:
            yield (
                ("claims", i, "kind"),
                "a timed claim needs its times in the file .times.json beside the docket, which has none.",
            )
        elif claims.list_contexts(build_estimand(spec)) != [context["settings"] for context in known["contexts"]]:
            yield ("claims", i), "its times are those of other contexts. Correct either the claim or the times."
