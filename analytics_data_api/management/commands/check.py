"""Run Django's check, but report a database that does not respond in one line."""

from django.core.management.base import SystemCheckError
from django.core.management.commands import check

from analytics_data_api.v0.checks import silent_databases


class Command(check.Command):
    def handle(self, *app_labels, **options):
        silent = silent_databases(options["databases"] or ())
        if silent:
            raise SystemCheckError("\n".join(silent))
        return super().handle(*app_labels, **options)
