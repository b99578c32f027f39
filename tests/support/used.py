"""Log the files of the packages that a step of the workflow executes or reads, in .venv/used/<step>.

The environment of a copy of the project runs this file whenever its Python starts.
"""

import os
import sys

MODULE = next((word for word in sys.orig_argv if word.startswith("ontrial.steps.")), "")
PACKAGES = os.path.realpath(f"{sys.prefix}/../src") + os.sep


def log_file(event: str, arguments: tuple) -> None:
    """Log modules when their code is executed, and other files when they are opened, also in forked processes."""
    if event == "exec":
        path = getattr(arguments[0], "co_filename", "")
    elif event == "open" and isinstance(arguments[0], str | os.PathLike):
        path = os.fsdecode(arguments[0])
        path = "" if ".py" in os.path.basename(path) else path
    else:
        return
    if "ontrial" in path and (path := os.path.realpath(path)).startswith(PACKAGES):
        os.write(LOG, f"{path}\n".encode())


if MODULE:
    os.makedirs(f"{sys.prefix}/used", exist_ok=True)
    LOG = os.open(f"{sys.prefix}/used/{MODULE.rpartition('.')[2]}", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    sys.addaudithook(log_file)
