"""Make a folder for claims of your own.

It has a small study, a docket of three claims, a Snakefile and a GitHub workflow. The study has the name of the folder.
"""

import argparse
import re
import shlex
import tempfile
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import files, machine, shipped
from ontrial.study import editors
from ontrial.study.configuration import RESERVED
from ontrial.study.schema_files import load_schema

STUDY_NAME = "my-claims"  # in the files of the template
SCHEMAS = Path("config/schemas")  # what editors need, without a checkout
REQUIREMENTS = Path("requirements.txt")


def init(folder: Path) -> None:
    """Fill a new or empty folder from the template. Raises InputError if it cannot become a study."""
    target = folder.resolve()
    if target.exists() and not (target.is_dir() and is_empty(target)):
        raise InputError(f"{folder}: it exists and is not an empty folder. Choose another name.")
    require_study_name(target.name)
    contents = fill_template(target.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.", suffix=files.UNFINISHED) as new:
        for path, text in contents.items():
            files.write_text(new / path, text)
        target.mkdir(exist_ok=True)
        for path in Path(new).iterdir():
            path.rename(target / path.name)
    print(
        f"{target.name} has a study with three claims. README.md says what to change first. To run it:\n"
        f"  cd {shlex.quote(str(folder))} && snakemake --cores all"
    )


def is_empty(folder: Path) -> bool:
    """Return whether a folder contains nothing, or only a repository of Git."""
    return all(path.name == ".git" for path in folder.iterdir())


def fill_template(name: str) -> dict[Path, str]:
    """Return the texts of the template for a study of this name, by path, and the schemas that they refer to."""
    texts = {}
    for path in sorted(filter(Path.is_file, shipped.TEMPLATE.rglob("*"))):
        text = path.read_text(encoding="utf-8").replace(STUDY_NAME, name)
        for published, file in editors.SCHEMAS.items():
            schema = f"{SCHEMAS.name}/{published}.schema.json"
            text = text.replace(f"../../src/ontrial/study/schemas/{file}.schema.yaml", schema)
        texts[path.relative_to(shipped.TEMPLATE)] = text
    texts[REQUIREMENTS] = f"{machine.requirement()}\n"
    return texts | {SCHEMAS / file: text for file, text in editors.json_schemas().items()}


def require_study_name(name: str) -> None:
    """Raise InputError unless a study may have this name."""
    schema = load_schema("config")["properties"]["study"]
    if name == RESERVED or not re.fullmatch(schema["pattern"], name):
        raise InputError(f'"{name}" cannot be the name of a study. Choose {schema["title"]}, other than "{RESERVED}".')


def folder_path(text: str) -> Path:
    """Return the path of a folder, as the type of an argument."""
    if not text:
        raise argparse.ArgumentTypeError('"" is not the name of a folder')
    return Path(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the option of the subcommand."""
    parser.add_argument("folder", type=folder_path, help="a new or empty folder, such as my-claims")
    parser.set_defaults(function=init)
