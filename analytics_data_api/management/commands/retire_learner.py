"""Replaces a learner by a pseudonym in the event store, the tables and the reports."""

import json
import sys

import duckdb
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from analytics_data_api.management.interrupts import signals_interrupt
from analytics_data_api.pipeline.computing import StoreBusy
from analytics_data_api.pipeline.retiring.retirement import retire_learner
from analytics_data_api.pipeline.store import EventStore, StoreError

# EX_TEMPFAIL of sysexits.h: try again later.
BUSY = 75
INTERRUPTED = 130
AGAIN = "The learner is replaced in part: run the command again, which completes it."


class Command(BaseCommand):
    help = (
        "Replace a learner by a pseudonym in the event store, the LMS's data, the analytics tables, the rosters and the "
        "report files. Later loads of the same logs or of the LMS replace the learner, too. This cannot be undone."
    )

    def add_arguments(self, parser):
        parser.add_argument("username", metavar="USERNAME", help="the learner's username in the LMS; case counts")
        parser.add_argument("--json", action="store_true", help="print the summary as one line of JSON")
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *, username, no_progress, verbosity, **options):
        # The bar needs a terminal.
        is_hidden = True if no_progress or not verbosity or options["json"] else None
        try:
            with signals_interrupt(), tqdm(unit=" files", disable=is_hidden, file=sys.stderr) as bar:

                def progress(what, total):
                    bar.set_description(what, refresh=total is None)
                    if total is not None:
                        bar.total = total
                        bar.update()

                summary = retire_learner(EventStore(settings.EVENTS_DIR), username, progress)
        except StoreBusy as error:
            raise CommandError(f"{error}.", returncode=BUSY) from error
        except StoreError as error:
            raise CommandError(f"{error}.") from error
        except (DatabaseError, OSError, duckdb.Error) as error:
            raise CommandError(f"replacing failed: {error}. {AGAIN}") from error
        except KeyboardInterrupt:
            raise CommandError(f"interrupted. {AGAIN}", returncode=INTERRUPTED) from None
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json()))
        elif verbosity:
            for line in summary.lines():
                self.stdout.write(line)
