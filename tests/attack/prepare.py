"""Fills the databases of the environment: ``python -m tests.attack.prepare``; with ``--small`` without the demo data."""

import io
import sys

import django
from django.core.management import call_command

# How much more each count is in the database of version 1.
MORE = 10_000


def main():
    django.setup()
    from analytics_data_api.simulation.documented import fixture_paths, roster_paths
    from tests.attack.data import fill

    for alias in ("default", "analytics", "analytics_v1"):
        call_command("migrate", database=alias, verbosity=0)
    for alias in ("analytics", "analytics_v1"):
        quiet = {"database": alias, "verbosity": 0, "stdout": io.StringIO()}
        if "--small" not in sys.argv:
            call_command("loaddata", *map(str, fixture_paths()), **quiet)
            call_command("load_roster", *map(str, roster_paths()), no_progress=True, **quiet)
        fill(alias, more=MORE if alias == "analytics_v1" else 0)
    set_keys()


def set_keys():
    from tests.attack.generator import KEYS, RESTRICTIONS

    for user, restriction in RESTRICTIONS.items():
        call_command("set_api_key", user, KEYS[user].split()[1], *restriction, stdout=io.StringIO())


if __name__ == "__main__":
    main()
