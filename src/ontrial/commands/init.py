"""Make a folder for claims of your own.

It has a small study, a docket of three claims, a Snakefile and a GitHub workflow. The study has the name of the folder.
With a battery, it has the claims that compare a part of networks of your own with others of its kind.
"""

import argparse
import re
import shlex
import tempfile
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import files, machine, shipped, workflow
from ontrial.study import editors
from ontrial.study.configuration import RESERVED
from ontrial.study.schema_files import load_schema
from ontrial.study.study import TRUST

EXAMPLE = "claims"
BATTERIES = ("activation",)  # examples with claims about a part of networks, which is code
STUDY_NAME = "my-claims"  # in the files of these examples
SCHEMAS = Path("config/schemas")  # what editors need, without a checkout
GENERATED = {"results", ".snakemake", ".venv", "__pycache__"}  # folders that a run of an example in a clone leaves
REQUIREMENTS = Path("requirements.txt")
RUN = "snakemake --cores all"
TRUSTING = f"{RUN} --config {TRUST}=yes"


def init(folder: Path, battery: str | None = None) -> None:
    """Fill a new or empty folder with an example or a battery. Raises InputError if it cannot become a study."""
    target = folder.resolve()
    if target.exists() and not (target.is_dir() and {path.name for path in target.iterdir()} <= {".git"}):
        raise InputError(f"{folder}: it exists and is not an empty folder. Choose another name.")
    _require_study_name(target.name)
    contents = _rename_example(battery or EXAMPLE, target.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.", suffix=files.UNFINISHED) as new:
        for path, text in contents.items():
            files.write_text(new / path, text)
        target.mkdir(exist_ok=True)
        for path in Path(new).iterdir():
            path.rename(target / path.name)
    started = f"the battery for an {battery}" if battery else "a study with three claims"
    is_local = " @ file:" in contents[REQUIREMENTS]
    note = f" {REQUIREMENTS} names a folder of this machine. README.md says what others need." if is_local else ""
    print(
        f"{target.name} has {started}. README.md says what to change first.{note} To run it:\n"
        f"  cd {shlex.quote(str(folder))} && {TRUSTING if battery else RUN}"
    )
    if not workflow.is_installed():
        print(f'This needs Snakemake, which the extra "study" brings. {machine.advice()}')


def _rename_example(example: str, name: str) -> dict[Path, str]:
    """Return the texts of an example by path, for a study of this name, and the schemas that they refer to."""
    texts = {}
    source = shipped.EXAMPLES / example
    for path in sorted(filter(Path.is_file, source.rglob("*"))):
        if GENERATED.intersection(path.relative_to(source).parts):
            continue
        text = path.read_text(encoding="utf-8").replace(STUDY_NAME, name)
        for published, file in editors.SCHEMAS.items():
            schema = f"$schema={SCHEMAS.name}/{published}.schema.json"
            text = re.sub(rf"\$schema=\S+/{file}\.schema\.yaml", schema, text)
        texts[path.relative_to(source)] = text
    texts[REQUIREMENTS] = f"{machine.requirement()}\n"
    return texts | {SCHEMAS / file: text for file, text in editors.json_schemas().items()}


def _require_study_name(name: str) -> None:
    schema = load_schema("config")["properties"]["study"]
    if name == RESERVED or not re.fullmatch(schema["pattern"], name):
        raise InputError(f'"{name}" cannot be the name of a study. Choose {schema["title"]}, other than "{RESERVED}".')


def _folder_path(text: str) -> Path:
    """Return the path of a folder, as the type of an argument."""
    if not text:
        raise argparse.ArgumentTypeError('"" is not the name of a folder')
    return Path(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument("folder", type=_folder_path, help="a new or empty folder, such as my-claims")
    parser.add_argument(
        "--battery",
        choices=BATTERIES,
        help="kind of your own part of networks that standing claims compare with others",
    )
    parser.set_defaults(function=init)
