"""Requests sent a second time, among others and in another format: the responses must have the same rows."""

import csv
import io
import json
from dataclasses import replace
from random import Random

# Headers that a repeated response must repeat.
HEADERS = ("content-type", "link", "resume-cursor", "etag")
MAX_REPEATED = 200


def differences(exchanges, fetch_all):
    """Yield each request whose second response differs, with a message. ``fetch_all`` sends many at the same time."""
    # Another order brings other requests together, on other threads and processes of the server.
    exchanges = Random(1).sample(exchanges, min(MAX_REPEATED, len(exchanges)))
    repeated = fetch_all([request for request, _response in exchanges])
    for (request, first), second in zip(exchanges, repeated, strict=True):
        if comparable(first) != comparable(second):
            yield request, "the response differs when the request is sent again"
    tables = [(request, response) for request, response in exchanges if response.media_type == "text/csv"]
    lists = fetch_all([in_json(request) for request, _table in tables])
    for (request, table), other in zip(tables, lists, strict=True):
        rows = json.loads(other.body) if other.status == 200 else []
        count = len(list(csv.reader(io.StringIO(table.body.decode(), newline="")))) - 1
        if other.status != 200 or (isinstance(rows, list) and len(rows) != count):
            yield request, f"CSV has {count} rows, and JSON is {other.status} with {len(rows)}"


def comparable(response):
    # Compression makes an ETag weak, and depends on random bytes of its own.
    headers = [response.headers.get(name, "").removeprefix("W/") for name in HEADERS]
    return response.status, response.body, headers


def in_json(request):
    path, _mark, query = request.target.partition("?")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith("format=")]
    # Headers such as If-None-Match would change the response.
    return replace(request, target=f"{path}?{'&'.join([*kept, 'format=json'])}", headers=())
