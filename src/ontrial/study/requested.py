"""What a command line asks for → the study: configuration files and overrides, merged as Snakemake merges them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from ontrial.errors import InputError
from ontrial.study import checking, configuration
from ontrial.study.study import Study


def require_study_file(name: object) -> str:
    """Return the file that `--config study=FILE` names; raise InputError unless it holds a study."""
    if not isinstance(name, str) or not name:
        what = f"{name!r} is not the name of one" if name else "it is empty"
        raise InputError(f"--config study=FILE needs a file, and {what}. For example: --config study=config/smoke.yaml")
    configuration.read(name)
    return name


def merge_study(paths: Sequence[str], config: Mapping) -> Study:
    """Return the study of one or more files, a later one overriding an earlier one, and of `--config key=value`.

    config: all of it as Snakemake read and merged it. Values of files are read again, because Snakemake takes 1e-3 for
    text and accepts a key given twice; only what the files do not explain is an override.
    """
    value, expected, docket = {}, {}, paths[-1]
    for path in paths:
        text = checking.read_text(path)
        content, _ = checking.parse_yaml(text, path)
        update_nested(value, content)
        update_nested(expected, yaml.safe_load(text))
        docket = path if "docket" in content else docket
    overrides = {key: item for key, item in config.items() if key not in expected or expected[key] != item}
    if overrides.get("study") in paths:
        del overrides["study"]  # it names the file
    if len(paths) == 1 and not overrides:
        return configuration.read(paths[0])  # mistakes with their lines
    update_nested(value, overrides)
    # A docket is looked up in the folder of the file that names it; on a command line, in the working folder.
    folder = Path() if "docket" in overrides else Path(docket).parent
    names = [Path(path).name for path in paths] + ["--config"] * bool(overrides)
    return configuration.from_mapping(value, str(folder / " + ".join(names)))


def update_nested(value: dict, other: Mapping) -> None:
    """Update nested mappings in place, as Snakemake's `update_config` does; anything else is replaced."""
    for key, item in other.items():
        if isinstance(item, Mapping) and isinstance(value.get(key), dict):
            update_nested(value[key], item)
        else:
            value[key] = item
