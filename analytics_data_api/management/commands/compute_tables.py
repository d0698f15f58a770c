"""Computes the tables of the analytics database from the event store."""

import json
from datetime import UTC, date, datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from analytics_data_api.pipeline.computing import Computation, StoreBusy, check_request, compute
from analytics_data_api.pipeline.engines.opening import ENGINES
from analytics_data_api.pipeline.store import EventStore, StoreError
from analytics_data_api.pipeline.tables import TABLES

# EX_TEMPFAIL of sysexits.h: try again later.
BUSY = 75
INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Compute the analytics tables from the event store (EVENTS_DIR) into the database of ANALYTICS_WRITE_URL. Without "
        "options it computes what has changed since the last run, up to yesterday (UTC)."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--start", type=day, metavar="DATE", help="first day to compute again, whatever has changed"
        )
        parser.add_argument("--end", type=day, metavar="DATE", help="day after the last day; default: today (UTC)")
        parser.add_argument(
            "--table",
            action="append",
            default=[],
            choices=list(TABLES),
            metavar="NAME",
            help="a table; may be repeated",
        )
        parser.add_argument("--engine", choices=ENGINES, default="duckdb", help="default: %(default)s")
        parser.add_argument("--dry-run", action="store_true", help="say what would be computed, and write nothing")
        parser.add_argument(
            "--adopt",
            action="store_true",
            help="also write courses whose rows another pipeline wrote; its rows from before the first event stay",
        )
        parser.add_argument("--json", action="store_true", help="print the summary as one line of JSON")
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *, start, end, table, dry_run, adopt, no_progress, verbosity, **options):
        today = datetime.now(UTC).date()
        request = Computation(
            end=end or today,
            start=start,
            tables=tuple(table),
            adopts=adopt,
            is_dry_run=dry_run,
            geoip_database=settings.GEOIP_DATABASE,
            engine=options["engine"],
            spark_master=settings.SPARK_MASTER,
            shows_progress=verbosity > 0 and not no_progress and not options["json"],
        )
        try:
            check_request(request, today)
            summary = compute(EventStore(settings.EVENTS_DIR), request, using=settings.ANALYTICS_WRITE_DATABASE)
        except StoreBusy as error:
            raise CommandError(f"{error}", returncode=BUSY) from error
        except StoreError as error:
            raise CommandError(f"{error}") from error
        except DatabaseError as error:
            raise CommandError(
                f"the database {settings.ANALYTICS_WRITE_DATABASE!r} failed: {error}. What was written before is whole; "
                "run the command again."
            ) from error
        except KeyboardInterrupt:
            raise CommandError(
                "interrupted. What was written before is whole; run the command again.", returncode=INTERRUPTED
            ) from None
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json()))
        elif verbosity:
            for line in summary.lines():
                self.stdout.write(line)


def day(text: str) -> date:
    return date.fromisoformat(text)
