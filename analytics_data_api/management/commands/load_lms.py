"""Loads data of the learning platform into the event store."""

import json
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from analytics_data_api.pipeline.lms_loading import load_lms_database
from analytics_data_api.pipeline.store import EventStore, StoreError

INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Load what logs cannot tell, such as names, cohorts and grades, from the LMS into the event store. The data are "
        "replaced when all of them have been read. A load that was cut off within the last day is resumed."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--database",
            metavar="URL",
            default=settings.LMS_DATABASE_URL,
            help="the LMS's database, of which only SELECT is asked: mysql://user:password@host:port/name or "
            "sqlite:///FILE; default: LMS_DATABASE_URL, so that no password stands on a command line",
        )
        parser.add_argument("--json", action="store_true", help="print the summary as one line of JSON")
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *, database, no_progress, verbosity, **options):
        if not database:
            raise CommandError("no database is named: set LMS_DATABASE_URL or give --database")
        # The bar needs a terminal.
        is_hidden = True if no_progress or not verbosity or options["json"] else None
        try:
            with tqdm(unit=" rows", unit_scale=True, disable=is_hidden, file=sys.stderr) as bar:

                def progress(table, rows):
                    bar.set_description(table, refresh=False)
                    bar.update(rows)

                summary = load_lms_database(EventStore(settings.EVENTS_DIR), database, progress)
        except StoreError as error:
            raise CommandError(f"{error}.") from error
        except KeyboardInterrupt:
            raise CommandError(
                "interrupted. Nothing was replaced; the next load reads on from here.", returncode=INTERRUPTED
            ) from None
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json()))
        elif verbosity:
            for line in summary.lines():
                self.stdout.write(line)
