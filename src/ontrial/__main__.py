"""The command `ontrial`. Each module of ontrial.commands is a subcommand of the same name."""

import argparse
import ast
import os
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from ontrial import commands
from ontrial.storage import machine, process, system

MODULES = {
    path.stem.replace("_", "-"): path
    for path in sorted(Path(commands.__file__).parent.glob("*.py"))
    if path.stem[0] != "_"
}
EXTRAS = {"judge": "judge"}  # of the package, that commands need, other than `study`
ON_WINDOWS = {"judge"}  # commands that run there, too


def main() -> None:
    """Run the subcommand that the command line names."""
    system.write_any_text()
    parser = argparse.ArgumentParser(
        prog="ontrial", description="Claims about neural networks, put on trial.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"ontrial {version('ontrial')}")
    subcommands = parser.add_subparsers(title="commands", metavar="COMMAND [OPTIONS]", required=True)
    for name, path in MODULES.items():
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        subcommand = subcommands.add_parser(
            name,
            help=docstring.splitlines()[0],
            description=docstring,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if name in sys.argv[1:2]:  # import no other command: some take a second
            load(name).add_arguments(subcommand)
    options = vars(parser.parse_args())
    function = options.pop("function")
    input_error_code = options.pop("input_error_code", 1)
    try:
        process.call(function, options, input_error_code)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads, such as `ontrial check | head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more at its end
        sys.exit(1)


def load(name: str) -> ModuleType:
    """Import the module of a subcommand, or exit and say what it needs: another system, or a package."""
    if not (system.IS_POSIX or name in ON_WINDOWS):
        print(f"ontrial {name} does not run on Windows itself. Install the project in WSL 2.", file=sys.stderr)
        sys.exit(system.UNAVAILABLE)
    try:
        return import_module(f"{commands.__name__}.{MODULES[name].stem}")
    except ModuleNotFoundError as error:
        extra = EXTRAS.get(name, "study")
        print(
            f'ontrial {name} needs the extra "{extra}", but {error.name} is not installed. {machine.advice(extra)}',
            file=sys.stderr,
        )
        sys.exit(system.UNAVAILABLE)


if __name__ == "__main__":
    main()
