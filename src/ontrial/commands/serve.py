"""Serve the site of a study until interrupted.

Only requests from this machine are answered.
"""

import argparse
import functools
import http.server
import os
import re
from pathlib import Path
from typing import Any

from ontrial.commands._results import site_of
from ontrial.commands._study import add_study
from ontrial.errors import InputError

HOST = re.compile(r"(127\.0\.0\.1|localhost)(:[0-9]+)?", re.IGNORECASE)  # what a browser of this machine asks for


def serve(study_file: str, port: int) -> None:
    """Serve the site of a study on the loopback address."""
    site = site_of(study_file)
    handler = functools.partial(SiteHandler, directory=site)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "ports go from 0 to 65535"
        raise InputError(
            f"Port {port} is not available: {reason}. Choose another one: ontrial serve --port 8001"
        ) from None
    print(f"http://127.0.0.1:{server.server_port}/ shows {site}. Press Ctrl-C to stop.")
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Handler that serves the files of a site to this machine. It refuses to list folders or follow links out of it."""

    def send_head(self) -> Any:
        """Send the start of an answer. Return the file to send, or None."""
        if not HOST.fullmatch(self.headers.get("Host", "")):  # somebody else's name that resolves to this machine
            self.send_error(http.HTTPStatus.FORBIDDEN, "This server answers as 127.0.0.1 and localhost only")
            return None
        path = self.translate_path(self.path)
        if "\0" in path or not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.directory)):
            self.send_error(http.HTTPStatus.NOT_FOUND, "The site has no such file")
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        """Refuse to list a folder."""
        self.send_error(http.HTTPStatus.NOT_FOUND, "Folders are not listed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    add_study(parser)
    parser.add_argument(
        "--port", type=int, default=8000, help="port to use, or 0 for any free one (default: %(default)s)"
    )
    parser.set_defaults(function=serve)
