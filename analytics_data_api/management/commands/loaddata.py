"""Run Django's loaddata, but refuse to mix demo data into an analytics database that has other courses."""

from django.core.management.commands import loaddata

from analytics_data_api.management.demo_only import add_force, refuse_other_courses
from analytics_data_api.v0.checks import analytics_aliases


class Command(loaddata.Command):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        add_force(parser)

    def handle(self, *fixture_labels, force=False, **options):
        if options["database"] in analytics_aliases():
            refuse_other_courses(options["database"], force=force)
        super().handle(*fixture_labels, **options)
