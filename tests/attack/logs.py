"""What the server's log has to be after an attack: one line of JSON for each request, no crash, no key."""

import json

SHOWN = 3000


def complaints(log, *, requests, secrets):
    """``requests`` is how many were sent; others, such as those that ask whether the server is up, may be there too."""
    if "Traceback (most recent call last)" in log:
        yield f"a crash in the log: {log[log.index('Traceback (most') :][:SHOWN]}"
    for secret in secrets:
        if secret in log:
            yield f"a key in the log: {log[: log.index(secret)].splitlines()[-1][:SHOWN]}…"
    lines = [line for line in log.split("\n") if line.startswith("{")]
    if len(lines) < requests:
        yield f"{len(lines)} lines of requests in the log, for {requests} requests"
    for line in lines:
        try:
            facts = json.loads(line)
        except ValueError:
            facts = {}
        if not {"request_id", "path", "status", "ms", "queries", "user"} <= facts.keys():
            yield f"a line of the log that is broken: {line[:SHOWN]!r}"
            break
