"""Run Django's check, tell how recent the analytics tables are, and report a database that does not respond in one line."""

from datetime import UTC, datetime

from django.core.management.base import SystemCheckError
from django.core.management.commands import check
from django.db import connections

# Importing the module registers its check.
from analytics_data_api.data_sets import duplicates, freshness  # noqa: F401
from analytics_data_api.v0.checks import analytics_aliases, silent_databases


class Command(check.Command):
    def handle(self, *app_labels, **options):
        aliases = options["databases"] or ()
        silent = silent_databases(aliases)
        if silent:
            raise SystemCheckError("\n".join(silent))
        for alias in aliases:
            if alias in analytics_aliases() and not options["list_tags"]:
                self.stdout.write(f"Last day of each table of the database {alias!r}:")
                for line in freshness.lines(connections[alias], datetime.now(UTC).date()):
                    self.stdout.write(f"  {line}")
        return super().handle(*app_labels, **options)
