"""Fill a cache with the terms of RO-Crate, so that the validator needs no network: `crate_context.py CACHE`.

It runs in the environment of the validators, whose package rocrate has the terms of that version.
"""

import io
import sys
from importlib.resources import files

import requests
from requests.adapters import BaseAdapter
from requests_cache import CachedSession
from urllib3 import HTTPResponse

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


class Shipped(BaseAdapter):
    def send(self, request, **_):
        body = files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
        raw = HTTPResponse(io.BytesIO(body), {"Content-Type": "application/ld+json"}, 200, preload_content=False)
        return requests.adapters.HTTPAdapter().build_response(request, raw)

    def close(self):
        pass


session = CachedSession(sys.argv[1], backend="sqlite", expire_after=-1)
session.mount(CONTEXT, Shipped())
session.get(CONTEXT, headers={"Accept": "application/ld+json, application/json"}).raise_for_status()
