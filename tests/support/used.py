"""Run a module as a program and log the files in a folder that it and its processes execute or read.

python used.py LOG FOLDER MODULE ARGUMENTS...
"""

import os
import runpy
import sys

log, folder, *sys.argv = sys.argv[1:]
descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def log_file(event: str, arguments: tuple) -> None:
    """Log modules when their code is executed, and other files when they are opened, also in forked processes."""
    if event == "exec":
        path = getattr(arguments[0], "co_filename", "")
    elif (
        event == "open" and isinstance(arguments[0], str | os.PathLike) and ".py" not in os.path.basename(arguments[0])
    ):
        path = arguments[0]
    else:
        return
    path = os.path.realpath(path)
    if path.startswith(folder):
        os.write(descriptor, f"{path}\n".encode())


sys.addaudithook(log_file)
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
