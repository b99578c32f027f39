"""Which files a study may read: those of its project, and those of folders that the user allows."""

import os
import shlex
from pathlib import Path

from ontrial.errors import legible

ALLOWED = "ONTRIAL_DATA"  # environment variable with further folders, separated as in PATH
CONFIG = "config"  # folder of configurations within a project


def refusal(path: Path, folder: Path) -> str | None:
    """Return why a study may not read a file, or None if it may. Links are followed.

    folder: Folder of the study's configuration.
    """
    try:
        target = path.resolve()
    except ValueError:  # a zero byte, or half of a surrogate pair
        return f"{legible(str(path), 80)}: no file can have this path."
    allowed = filter(None, os.environ.get(ALLOWED, "").split(os.pathsep))
    project = folder.resolve().parent if folder.resolve().name == CONFIG else folder.resolve()
    if any(map(target.is_relative_to, (Path.cwd(), project, *(Path(name).resolve() for name in allowed)))):
        return None
    return (
        f"{target} is outside the project, which is the working folder and that of the study. If the study may read "
        f"it, allow its folder before the command: {ALLOWED}={shlex.quote(str(target.parent))}"
    )


def allowing(folder: Path) -> dict[str, str]:
    """Return the environment variable that allows a process to read the files of one more folder, too."""
    return {ALLOWED: os.pathsep.join(filter(None, (os.environ.get(ALLOWED), str(folder))))}
