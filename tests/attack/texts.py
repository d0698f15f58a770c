"""Texts that do harm where software interprets them, read from hostile.json."""

import json
from pathlib import Path

TEXTS = json.loads(Path(__file__).with_name("hostile.json").read_text(encoding="utf-8"))
# Texts that spreadsheets run as formulas, or that become formulas when a cell or a line is split.
FORMULAS = tuple(TEXTS["formulas"])
MARKUP = tuple(TEXTS["markup"])
LONG = ("a" * 300, "é" * 300, "a" * 3000, "9" * 400, "9" * 5000, "," * 500)
# Texts that a text column of both databases can store.
STORABLE = (*FORMULAS, *MARKUP, *TEXTS["statements"], *TEXTS["letters"])
HOSTILE = (*STORABLE, *TEXTS["paths"], *LONG)
# More than a login may send, and more than any request may send.
LARGE_BODIES = (b"[" * 100_000, b'{"course_ids":"' + b"x" * 3_000_000 + b'"}')
DEEP_BODIES = tuple(b'{"a":' * depth + b"[" * depth + b"]" * depth + b"}" * depth for depth in (51, 500, 5_000))
NUMBER_BODY = b'{"page":' + b"9" * 5_000 + b"}"
BODIES = (*(text.encode("latin-1") for text in TEXTS["bodies"]), *DEEP_BODIES, *LARGE_BODIES, NUMBER_BODY)
# Parameters by name, each with its valid and its invalid values.
PARAMETERS = {name: values for names, values in TEXTS["parameters"].items() for name in names.split()}
# The name of the header that a response has if a line break in a request reaches its headers.
INJECTED = "x-injected"
# Parts of MARKUP that a browser would run.
SCRIPTS = (b"<script>alert(1)", b"<img src=x onerror", b"<svg/onload")
