"""Requests that schemathesis makes of the description: another reader of it, who knows nothing of what is stored."""

import json
import subprocess
import sys
from pathlib import Path

# Not those of right and wrong values: the description has dates as texts.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
)


def send(url, seed, most, directory):
    """Sends at most so many to each path, and gives the exit status."""
    from tests.attack.generator import KEYS
    from tests.support.description import DESCRIPTION

    description = directory / "swagger.json"
    description.write_text(json.dumps(without_pages(json.loads(DESCRIPTION.read_text(encoding="utf-8")))))
    command = [Path(sys.executable).parent / "schemathesis", "run", description, "--url", url]
    command += ["--header", f"Authorization: {KEYS['unrestricted']}", "--checks", ",".join(CHECKS)]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", most, "--seed", seed]
    command += ["--continue-on-failure", "--generation-database", "none", "--warnings", "off"]
    return subprocess.run(list(map(str, command)), cwd=directory, check=False).returncode


def without_pages(schema):
    """The description without the schemas of lists that come in pages on request: Swagger 2.0 has no words for these."""
    if isinstance(schema, list):
        return [without_pages(item) for item in schema]
    if isinstance(schema, dict):
        return {} if "x-page" in schema else {name: without_pages(value) for name, value in schema.items()}
    return schema
