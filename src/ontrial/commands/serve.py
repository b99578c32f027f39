"""Serve the site of a study until interrupted.

Only requests from this machine are answered, and none that a page of another site makes.
"""

import argparse
import functools
import http.server
import os
import re
from pathlib import Path
from typing import Any

from ontrial.commands._study import add_study, site_of
from ontrial.errors import InputError

HOST = re.compile(r"(127\.0\.0\.1|localhost)(:[0-9]+)?", re.IGNORECASE)  # what a browser of this machine asks for
OTHER_SITES = ("cross-site", "same-site")  # as browsers name them; the latter has another port or subdomain


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
    """Handler that serves the files of a site to this machine. It refuses to list folders or follow links out of it.

    A page of another site may link to this one, but neither load nor frame its files: scripts of the site hold data.
    """

    def send_head(self) -> Any:
        """Send the start of an answer. Return the file to send, or None."""
        if not HOST.fullmatch(self.headers.get("Host", "")):  # somebody else's name that resolves to this machine
            self.send_error(http.HTTPStatus.FORBIDDEN, "This server answers as 127.0.0.1 and localhost only")
            return None
        if self._is_for_another_site():
            self.send_error(http.HTTPStatus.FORBIDDEN, "This server answers no pages of other sites")
            return None
        path = self.translate_path(self.path)
        if "\0" in path or not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.directory)):
            self.send_error(http.HTTPStatus.NOT_FOUND, "The site has no such file")
            return None
        return super().send_head()

    def _is_for_another_site(self) -> bool:
        """Return whether a browser says that a page of another site asks for a file, and does not lead its reader here.

        Browsers that say nothing obey the header of `end_headers`.
        """
        purpose = tuple(self.headers.get(f"Sec-Fetch-{name}") for name in ("Mode", "Dest"))
        return self.headers.get("Sec-Fetch-Site") in OTHER_SITES and purpose != ("navigate", "document")

    def end_headers(self) -> None:
        """Send the end of the headers, after one that forbids browsers to give the answer to another site."""
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

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
