"""Benchmarks. They build their data from a seed in databases of their own, and print ratios measured in one run."""

from argparse import ArgumentParser, Namespace

from tests.support.running import KEY


def counts_of_arguments(description: str | None, **defaults: int) -> Namespace:
    """Return the whole numbers that the command's options name, such as ``--times-others`` for ``times_others``."""
    parser = ArgumentParser(description=description)
    for name, default in defaults.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    return parser.parse_args()


def queries_of(path: str) -> list[list[str]]:
    """Return the statements that a warm process runs for a request: on the analytics database, and on that of users."""
    from django.db import connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"Authorization": f"Token {KEY}", "Host": "127.0.0.1"})
    client.get(path)
    with CaptureQueriesContext(connections["analytics"]) as own, CaptureQueriesContext(connections["default"]) as key:
        status = client.get(path).status_code
    if status != 200:
        raise RuntimeError(f"{path}: {status}")
    return [[query["sql"] for query in captured] for captured in (own, key)]
