"""Read the study that a command line requests: configuration files and overrides, merged as by Snakemake."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ontrial.errors import InputError
from ontrial.storage import files, yaml_files
from ontrial.storage.shipped import ROOT, STUDY_FILE
from ontrial.study import checking, configuration, inheritance
from ontrial.study.study import TRUST, Study


def requested_study(
    config: Mapping[str, Any], paths: Sequence[str], given: Mapping[str, Any], *, is_module: bool
) -> Study:
    """Return the study that a run of Snakemake asks for. Raises InputError with every mistake in it.

    config: Configuration as Snakemake merged it.
    paths: Configuration files that Snakemake has read, later ones overriding earlier ones.
    given: What --config gives, and no file.
    is_module: Whether another workflow has imported ours. Then `config` is what that workflow passes, which may be the
        study itself, `paths` may be those of its own configuration, and the default study is one of its folder.
    """
    values = {key: value for key, value in config.items() if key != TRUST or key not in given}
    if is_module and not are_read(paths, values):
        if "experiments" in values:
            return configuration.parse(values, paths[-1]) if paths else configuration.parse(values)
        paths = []
    default = STUDY_FILE if is_module else os.path.relpath(ROOT / STUDY_FILE)
    return merge_study(paths or [require_study_file(values.get("study", default))], values)


def require_study_file(name: object) -> str:
    """Return the path that `--config study=FILE` gives. Raises InputError unless the file contains a valid study."""
    if not isinstance(name, str) or not name:
        raise InputError(
            f"--config study=FILE needs the path of a configuration file, not {name!r}. "
            "For example: --config study=config/smoke.yaml"
        )
    configuration.read_study(name)
    return name


def require_trust(study: Study, trust: object, switch: str = f"--config {TRUST}=yes") -> None:
    """Raise InputError if a study brings code that the command line does not allow to run.

    trust: Value of `--config trust_code=…`.
    switch: What the command line needs to allow it.
    """
    if trust not in (None, True, False, "yes", "no"):
        raise InputError(f"--config {TRUST}={trust}: write yes or no.")
    for key, path in study.own_code.items():
        if trust not in (True, "yes"):
            raise InputError(
                f"{study.source}: its {key} are Python code, {path}, which can do anything that you can. Read the "
                f"file. If you trust it, add: {switch}"
            )
    if study.needs_trust and trust not in (True, "yes"):
        raise InputError(
            f"{study.source}: its book is Python code, the module {study.book}, which can do anything that you can. "
            f"Read it. If you trust it, add: {switch}"
        )


def _study_name(path: str) -> str | None:
    """Return the name that a configuration file gives to its study; None if it gives none."""
    try:
        content, _ = yaml_files.parse(checking.read_text(path), path)
    except InputError:
        return None
    return content.get("study") if isinstance(content, dict) else None


def public_path(path: str) -> str:
    """Return a path for results: relative to the working folder, or only the file's name if it is elsewhere."""
    relative = os.path.relpath(path)
    return os.path.basename(path) if relative.startswith(os.pardir) else relative


def require_own_name(study: Study, provenance: Mapping[str, Any]) -> None:
    """Raise InputError if the results of this name belong to another configuration file that still exists.

    provenance: Content of provenance.json of the study, if it has been run.
    """
    other, own = provenance.get("configuration_file"), study.source.split(" + ")[0]
    if other and os.path.realpath(other) != os.path.realpath(own) and _study_name(other) == study.name:
        raise InputError(
            f"{study.source}: results/{study.name} has the results of {other}, whose study has the same name. "
            "Change it in one of the two files."
        )


def are_read(paths: Sequence[str], config: Mapping) -> bool:
    """Return whether a configuration has the keys of these files, as after Snakemake has read them into it."""
    keys = (yaml.load(files.read_text(path), Loader=yaml.CSafeLoader).keys() for path in paths)
    return bool(paths) and config.keys() >= set().union(*keys)


def merge_study(paths: Sequence[str], config: Mapping) -> Study:
    """Return the study of one or more files and of `--config key=value`. Later files override earlier ones.

    The files are read again here, because Snakemake reads 1e-3 as text and accepts duplicate keys.

    config: Configuration as Snakemake read and merged it. It differs from the files only in overrides.
    """
    value: dict[str, Any] = {}  # in which paths of data sets are relative to the working folder
    expected: dict[str, Any] = {}  # what Snakemake read from the files
    docket_source = paths[-1]  # the last file that names a docket
    for path in paths:
        text = checking.read_text(path)
        content, _ = yaml_files.parse(text, path)
        if not isinstance(content, dict):
            configuration.parse(text, path)  # which reports it
        folder = Path(path).parent
        content = inheritance.extended(content, folder)
        update_nested(value, inheritance.relocated(content, folder))
        update_nested(expected, yaml.load(text, Loader=yaml.CSafeLoader) if config else {})
        docket_source = path if "docket" in content else docket_source
    overrides = _difference(config, expected)
    if overrides.get("study") in paths:
        del overrides["study"]  # the path of the file, from --config study=FILE
    if len(paths) == 1 and not overrides:
        return configuration.read_study(paths[0])  # reports mistakes with their lines
    update_nested(value, overrides)
    # The path of a docket is relative to the file that names it or, on the command line, to the working folder.
    folder = Path() if "docket" in overrides else Path(docket_source).parent
    names = [Path(path).name for path in paths] + ["--config"] * bool(overrides)
    return configuration.parse(value, str(folder / " + ".join(names)), data_folder=Path())


def _difference(value: Mapping, other: Mapping) -> dict[str, Any]:
    """Return the items of nested mappings that another one lacks or gives a different value.

    >>> _difference({"seeds": {"from": 1, "to": 8}, "hidden": [32]}, {"seeds": {"from": 1, "to": 4}, "hidden": [32]})
    {'seeds': {'to': 8}}
    """
    items = {}
    for key, item in value.items():
        if key not in other or other[key] != item:
            nested = isinstance(item, Mapping) and isinstance(other.get(key), Mapping)
            items[key] = _difference(item, other[key]) if nested else item
    return items


def update_nested(value: dict, other: Mapping) -> None:
    """Update nested mappings in place, like Snakemake's `update_config`. Other values are replaced."""
    for key, item in other.items():
        if isinstance(item, Mapping) and isinstance(value.get(key), dict):
            update_nested(value[key], item)
        else:
            value[key] = item
