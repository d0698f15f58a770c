"""Shows what the event store holds."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analytics_data_api.pipeline.status import as_json, describe_status, read_status
from analytics_data_api.pipeline.store import EventStore, StoreError


class Command(BaseCommand):
    help = "Show the days, kinds, events and sizes in the event store, and what has changed since the last computation."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the same as one line of JSON")

    def handle(self, *, json, **options):
        try:
            store = EventStore(settings.EVENTS_DIR)
        except StoreError as error:
            raise CommandError(f"{error}.") from error
        status = read_status(store)
        for line in [as_json(status)] if json else describe_status(store, status):
            self.stdout.write(line)
