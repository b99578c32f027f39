"""Run a function as a process, which ends with one message on errors that the user can fix."""

import argparse
import errno
import sys
import traceback
from collections.abc import Callable, Mapping

from ontrial.errors import InputError, legible_lines
from ontrial.storage import system
from ontrial.storage.files import REMEDY

UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


def run(step: Callable[..., None], parser: argparse.ArgumentParser) -> None:
    """Call a step with the options of its command line."""
    call(step, vars(parser.parse_args()))


def call(function: Callable[..., None], options: Mapping[str, object], exit_code: int = 1) -> None:
    """Call a function with its options. Errors that the user can fix end the process with one message.

    Others are mistakes of this program. They end it with a traceback, and with an exit code that means nothing else.

    exit_code: Exit code of the process after an error that the user can fix.
    """
    try:
        function(**options)
    except InputError as error:
        message = str(error)
    except BrokenPipeError:  # whoever reads has enough
        raise
    except Exception as error:
        if not (isinstance(error, OSError) and (error.filename or error.errno in UNWRITABLE)):
            traceback.print_exc()
            sys.exit(system.SOFTWARE)
        message = f"results can't be written: {error.strerror}. {REMEDY}"
        if error.errno not in UNWRITABLE:
            message = f"{error.strerror}."
        if place := error.filename2 or error.filename:  # an error while writing, unlike one while opening, has none
            message = f"{place}: {message}"
    else:
        return
    print(legible_lines(message), file=sys.stderr)
    sys.exit(exit_code)
