"""The command `ontrial`."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Any, NamedTuple

from ontrial.storage import machine, process, system


class Command(NamedTuple):
    """A subcommand, whose module is imported only if the command line names it: some take a second.

    module: Module of ontrial.commands.
    help: Line in the list of commands. Default: left out there, as of interest for rules and releases alone.
    extra: Extra of the package that the command needs.
    on_windows: Whether the command runs on Windows itself.
    """

    module: str
    help: str = ""
    extra: str = "study"
    on_windows: bool = False


COMMANDS = {
    "init": Command("init", "Make a folder for claims of your own."),
    "check": Command("check", "Check a study, its docket and answers, and print a plan."),
    "verdicts": Command("verdicts", "Print the verdicts of a study as a table."),
    "draw": Command("draw", "Draw figures of a study again, to look at them."),
    "serve": Command("serve", "Serve the site of a study until interrupted."),
    "compare": Command("compare", "Print what changed between two folders of results."),
    "report": Command("report", "Pack the results of a study into report.zip."),
    "judge": Command("judge", "Judge a table of your own runs by this project's rules.", "judge", on_windows=True),
    "publish": Command("publish"),
    "snakefile": Command("snakefile"),
}


def main() -> None:
    """Run the subcommand that the command line names."""
    system.write_any_text()
    parser = argparse.ArgumentParser(
        prog="ontrial", description="Claims about neural networks, put on trial.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"ontrial {version('ontrial')}")
    subcommands = parser.add_subparsers(title="commands", metavar="COMMAND [OPTIONS]", required=True)
    for name, command in COMMANDS.items():
        listed: dict[str, Any] = {"help": command.help} if command.help else {}
        subcommand = subcommands.add_parser(
            name, **listed, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
        )
        if name in sys.argv[1:2]:
            module = _load(name)
            subcommand.description = module.__doc__
            module.add_arguments(subcommand)
    options = vars(parser.parse_args())
    function = options.pop("function")
    input_error_code = options.pop("input_error_code", 1)
    try:
        process.call(_needing_its_extra(sys.argv[1])(function), options, input_error_code)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads, such as `ontrial check | head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more at its end
        sys.exit(1)


def _load(name: str) -> ModuleType:
    """Import the module of a subcommand, or exit and say what it needs: another system, or a package."""
    command = COMMANDS[name]
    if not (system.IS_POSIX or command.on_windows):
        print(f"ontrial {name} does not run on Windows itself. Install the project in WSL 2.", file=sys.stderr)
        sys.exit(system.UNAVAILABLE)
    with _needing_its_extra(name):
        return import_module(f"ontrial.commands.{command.module}")


@contextmanager
def _needing_its_extra(name: str) -> Iterator[None]:
    """Exit and say which extra a subcommand needs if a package is missing, at its start or later."""
    command = COMMANDS[name]
    try:
        yield
    except ModuleNotFoundError as error:
        print(
            f'ontrial {name} needs the extra "{command.extra}", but {error.name} is not installed. '
            f"{machine.advice(command.extra)}",
            file=sys.stderr,
        )
        sys.exit(system.UNAVAILABLE)


if __name__ == "__main__":
    main()
