"""Run a function as a process, which ends with one message on errors that the user can fix."""

import argparse
import errno
import os
import sys
from collections.abc import Callable, Mapping

from ontrial.errors import InputError
from ontrial.storage.files import REMEDY

UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


def run(step: Callable[..., None], parser: argparse.ArgumentParser) -> None:
    """Call a step with the options of its command line."""
    call(step, vars(parser.parse_args()))


def call(function: Callable[..., None], options: Mapping[str, object], exit_code: int = 1) -> None:
    """Call a function with its options. Errors that the user can fix end the process with one message.

    exit_code: Exit code of the process after an InputError.
    """
    try:
        function(**options)
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(exit_code)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        location = f"{error.filename}: " if error.filename else ""
        sys.exit(f"{location}results can't be written: {os.strerror(error.errno)}. {REMEDY}")
