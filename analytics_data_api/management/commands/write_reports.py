"""Writes the report files that the endpoint ``reports/`` serves."""

import json
import sys
from datetime import UTC, datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from analytics_data_api.management.interrupts import signals_interrupt
from analytics_data_api.pipeline.computing import StoreBusy
from analytics_data_api.pipeline.problem_reports import write_reports
from analytics_data_api.pipeline.store import EventStore, StoreError

# EX_TEMPFAIL of sysexits.h: try again later.
BUSY = 75
INTERRUPTED = 130
KEPT = "Files that were written are whole, and the others are as before."


class Command(BaseCommand):
    help = (
        "Write the report problem_response of each course in the event store to the storage of report files: the last "
        "response of each learner to each part of each problem, up to yesterday (UTC). Each file is replaced as a whole."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--course", action="append", default=[], metavar="ID", help="a course; may be repeated; default: all"
        )
        parser.add_argument("--json", action="store_true", help="print the summary as one line of JSON")
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *, course, no_progress, verbosity, **options):
        # The bar needs a terminal.
        is_hidden = True if no_progress or not verbosity or options["json"] else None
        try:
            with signals_interrupt(), tqdm(unit=" files", disable=is_hidden, file=sys.stderr) as bar:

                def progress(file, place, total):
                    bar.total = total
                    bar.set_description(file, refresh=False)
                    bar.update()

                today = datetime.now(UTC).date()
                summary = write_reports(EventStore(settings.EVENTS_DIR), course, today, progress)
        except StoreBusy as error:
            raise CommandError(f"{error}.", returncode=BUSY) from error
        except StoreError as error:
            raise CommandError(f"{error}.") from error
        except (DatabaseError, OSError) as error:
            raise CommandError(f"writing failed: {error}. {KEPT}") from error
        except KeyboardInterrupt:
            raise CommandError(f"interrupted. {KEPT}", returncode=INTERRUPTED) from None
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json()))
        elif verbosity:
            for line in summary.lines():
                self.stdout.write(line)
