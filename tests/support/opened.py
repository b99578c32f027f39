"""Run a module as a program and log the files of a folder that it and its processes open.

python opened.py LOG FOLDER MODULE ARGUMENTS...
"""

import os
import runpy
import sys

log, folder, *sys.argv = sys.argv[1:]
descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def note(event: str, arguments: tuple) -> None:
    """Log an opened file; forked processes inherit this hook and the open log."""
    if event == "open" and isinstance(arguments[0], str | os.PathLike):
        path = os.path.realpath(arguments[0])
        if path.startswith(folder):
            os.write(descriptor, f"{path}\n".encode())


sys.addaudithook(note)
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
