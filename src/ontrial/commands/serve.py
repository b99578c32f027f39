"""Serve the site of a study until interrupted."""

import argparse
import functools
import http.server
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import shipped
from ontrial.study import configuration


def serve(study_file: str, port: int) -> None:
    """Serve the site of a study on the loopback address."""
    site = Path("results") / configuration.read(study_file).name / "site"
    if not (site / "index.html").exists():
        raise InputError(f"{site}: the site does not exist. Build it with: {shipped.run_command(study_file)}")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=site)
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand."""
    parser.add_argument(
        "--study", dest="study_file", default="config/config.yaml", help="configuration file (default: %(default)s)"
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="port to use, or 0 for any free one (default: %(default)s)"
    )
    parser.set_defaults(function=serve)
