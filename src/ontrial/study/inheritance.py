"""What a study takes from elsewhere: from the study that it extends, and from the defaults of its own experiments."""

import os
from pathlib import Path
from typing import Any

from ontrial.errors import InputError, unknown
from ontrial.storage import project
from ontrial.storage.yaml_files import Mistake, bare, parse, show
from ontrial.study import checking

PATHS = ("csv", "test")  # keys of a data set
MAX_CHAIN = 10  # studies that extend each other; each is checked by itself, with all that it extends
CODE = ("metrics", "components")  # keys of files with the study's own code


def complete(value: Any, folder: Path) -> tuple[Any, list[Mistake]]:
    """Return a configuration that needs no other file and has all settings in its experiments; and mistakes.

    Anything of a wrong type stays as it is, for the schema to report.

    folder: Folder to which the path of the extended study is relative.
    """
    try:
        value = extended(value, folder)
    except InputError as error:
        return value, [(("extends",), str(error))]
    experiments = value.get("experiments") if isinstance(value, dict) else None
    if not isinstance(experiments, dict):
        return value, []
    only = value.get("only", [*experiments])
    if not isinstance(only, list) or not all(isinstance(name, str) for name in only):
        return value, []
    mistakes: list[Mistake] = [
        (("only", i), unknown("experiment", bare(name), experiments))
        for i, name in enumerate(only)
        if name not in experiments
    ]
    defaults = value.get("defaults", {})
    trained = {name: _over(defaults, experiments[name]) for name in only if name in experiments}
    done = [key for key, type in (("defaults", dict), ("only", list)) if isinstance(value.get(key), type)]
    return {key: item for key, item in value.items() if key not in done} | {"experiments": trained}, mistakes


def extended(value: Any, folder: Path, chain: tuple[str, ...] = (), own: Path | None = None) -> Any:
    """Return a configuration with what it takes from the study that it extends, if it extends one.

    Raises InputError if it can't.

    folder: Folder to which the path of that study is relative.
    chain: Real paths of the studies that extend this one.
    own: Folder of the study that is read in the end, whose project all of them must be in. Default: `folder`.
    """
    if not isinstance(value, dict) or "extends" not in value:
        return value
    name = value["extends"]
    if not isinstance(name, str):
        raise InputError(f"{show(name)} is not the path of a YAML file.")
    path = Path(os.path.normpath(folder / name))
    if refusal := project.refusal(path, own or folder):
        raise InputError(refusal)
    if len(chain) == MAX_CHAIN:
        raise InputError(f"{path} is the end of more than {MAX_CHAIN} studies that extend each other. Merge some.")
    if (real := os.path.realpath(path)) in chain:
        raise InputError(f"{path} extends itself, directly or through others.")
    base, _ = parse(checking.read_text(path), str(path))
    if not isinstance(base, dict):
        raise InputError(f"{path} is not a study.")
    base = relocated(extended(base, path.parent, (*chain, real), own or folder), Path(name).parent)
    if isinstance(base.get("docket"), str):
        base["docket"] = os.path.normpath(Path(name).parent / base["docket"])
    return _merged(base, {key: item for key, item in value.items() if key != "extends"})


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration in which keys, and settings of experiments, replace those of another one.

    >>> base = {"study": "a", "experiments": {"grid": {"dataset": ["xor"], "batch_size": [4]}}}
    >>> _merged(base, {"study": "b", "experiments": {"grid": {"batch_size": [16]}}})
    {'study': 'b', 'experiments': {'grid': {'dataset': ['xor'], 'batch_size': [16]}}}
    """
    merged = base | own
    for key in ("datasets", "defaults", "experiments"):
        if key in base and key in own:
            merged[key] = _over(base[key], own[key])
    before, after = base.get("experiments"), own.get("experiments")
    if isinstance(before, dict) and isinstance(after, dict):
        merged["experiments"] |= {name: _over(before[name], after[name]) for name in before if name in after}
    return merged


def _over(base: Any, own: Any) -> Any:
    """Return a mapping with the items of another one that it lacks. Anything but a mapping stays as it is."""
    return base | own if isinstance(base, dict) and isinstance(own, dict) else own


def relocated(value: Any, folder: Path) -> Any:
    """Return a configuration with the paths of data sets and of code prefixed with `folder`.

    Anything else stays as it is.
    """
    for key in CODE:
        if isinstance(value, dict) and isinstance(value.get(key), str):
            value = value | {key: os.path.normpath(folder / value[key])}
    if not isinstance(value, dict) or not isinstance(value.get("datasets"), dict):
        return value
    datasets = {}
    for name, entry in value["datasets"].items():
        paths = [key for key in PATHS if isinstance(entry, dict) and isinstance(entry.get(key), str)]
        datasets[name] = entry | {key: os.path.normpath(folder / entry[key]) for key in paths} if paths else entry
    return value | {"datasets": datasets}
