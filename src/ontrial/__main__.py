"""The command `ontrial`: each module of ontrial.commands is a subcommand of the same name."""

import argparse
import ast
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from ontrial import commands
from ontrial.storage import files

MODULES = {
    path.stem.replace("_", "-"): path
    for path in sorted(Path(commands.__file__).parent.glob("*.py"))
    if path.stem[0] != "_"
}


def main() -> None:
    """Run the subcommand that the command line names."""
    parser = argparse.ArgumentParser(prog="ontrial", description="Claims about neural networks, put on trial.")
    parser.add_argument("--version", action="version", version=f"ontrial {version('ontrial')}")
    subcommands = parser.add_subparsers(title="commands", metavar="COMMAND [OPTIONS]", required=True)
    for name, path in MODULES.items():
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        subcommand = subcommands.add_parser(
            name,
            help=docstring.splitlines()[0],
            description=docstring,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name in sys.argv[1:2]:  # the others are not imported: some take a second
            load(name).add_arguments(subcommand)
    options = vars(parser.parse_args())
    files.call(options.pop("function"), options, options.pop("wrong", 1))


def load(name: str) -> ModuleType:
    """Import the module of a subcommand, or exit with what to install if it needs more than the engine does."""
    try:
        return import_module(f"{commands.__name__}.{MODULES[name].stem}")
    except ModuleNotFoundError as error:
        sys.exit(f"ontrial {name} needs {error.name}, which is not installed. Get it: pip install 'ontrial[study]'")


if __name__ == "__main__":
    main()
