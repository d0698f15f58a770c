"""Run Django's migrate, but report a failing database in one line and skip the warnings about tables it will create."""

from django.core.checks.registry import registry
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import Error

from analytics_data_api.v0.checks import TAG, silent_databases


class Command(migrate.Command):
    def get_check_kwargs(self, options):
        return {**super().get_check_kwargs(options), "tags": registry.tags_available() - {TAG}}

    def execute(self, *args, **options):
        silent = silent_databases([options["database"]])
        if silent:
            raise CommandError(silent[0].removeprefix("?: "))
        try:
            return super().execute(*args, **options)
        except Error as error:
            raise CommandError(f"the database {options['database']!r} failed: {error}") from error
