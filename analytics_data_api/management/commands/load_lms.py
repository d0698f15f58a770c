"""Loads data of the learning platform into the event store."""

import json
import sys
from contextlib import closing

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from analytics_data_api.management.interrupts import signals_interrupt
from analytics_data_api.pipeline.lms_api_loading import APIRequest, load_lms_api
from analytics_data_api.pipeline.lms_catalog import load_catalog
from analytics_data_api.pipeline.lms_client import APIClient, TokenSource
from analytics_data_api.pipeline.lms_loading import load_lms_database
from analytics_data_api.pipeline.store import EventStore, StoreError

INTERRUPTED = 130
# Each source with the setting that names it, in the order in which they are read.
SOURCES = {"database": "LMS_DATABASE_URL", "url": "LMS_URL", "discovery": "DISCOVERY_URL"}
APPLICATION = ("LMS_URL", "LMS_CLIENT_ID", "LMS_CLIENT_SECRET")


class Command(BaseCommand):
    help = (
        "Load what logs cannot tell, such as names, cohorts and grades, from the LMS into the event store: from its "
        "database, its REST API, or its catalog service. The data are replaced when all of them have been read. A load "
        "that was cut off within the last day is resumed. Without --database, --url and --discovery it reads all that "
        "the environment names."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--database",
            metavar="URL",
            help="the LMS's database, of which only SELECT is asked: mysql://user:password@host:port/name or "
            "sqlite:///FILE; default: LMS_DATABASE_URL, so that no password stands on a command line",
        )
        parser.add_argument(
            "--url",
            metavar="URL",
            help="the LMS, whose REST API is asked with the OAuth application of LMS_CLIENT_ID and LMS_CLIENT_SECRET; "
            "default: LMS_URL. Tables that a database has given stay",
        )
        parser.add_argument(
            "--discovery",
            metavar="URL",
            help="the catalog service, with the same application; default: DISCOVERY_URL",
        )
        parser.add_argument(
            "--course", action="append", metavar="ID", help="with --url: only this course; may be repeated"
        )
        parser.add_argument(
            "--org",
            action="append",
            metavar="ORG",
            help="with --url: only courses of this organization; may be repeated",
        )
        parser.add_argument(
            "--grades",
            action="store_true",
            help="with --url: also grades of courses and scores of problems, which take the LMS long to tell",
        )
        parser.add_argument(
            "--staff",
            action="append",
            metavar="USERNAME",
            help="with --url: also the courses in which this user is staff or instructor; may be repeated. The API tells "
            "the roles of one user at a time",
        )
        parser.add_argument("--json", action="store_true", help="print the summary of each source as one line of JSON")
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *, course, org, grades, staff, no_progress, verbosity, **options):
        sources = chosen_sources(options)
        request = APIRequest(tuple(course or ()), tuple(org or ()), tuple(staff or ()), grades)
        if request != APIRequest() and "url" not in sources:
            raise CommandError(
                "--course, --org, --grades and --staff choose among what --url reads: set LMS_URL or give --url"
            )
        if course and org:
            raise CommandError("--course and --org exclude each other")
        # The bar needs a terminal.
        is_hidden = True if no_progress or not verbosity or options["json"] else None
        try:
            store = EventStore(settings.EVENTS_DIR)
            for source, url in sources.items():
                with (
                    signals_interrupt(),
                    tqdm(unit=" rows", unit_scale=True, disable=is_hidden, file=sys.stderr) as bar,
                ):
                    summary = load(store, source, url, request, bar)
                self.show(summary, options["json"], verbosity)
        except StoreError as error:
            raise CommandError(f"{error}.") from error
        except KeyboardInterrupt:
            raise CommandError(
                "interrupted. Nothing was replaced; the next load reads on from here.", returncode=INTERRUPTED
            ) from None

    def show(self, summary, as_json, verbosity):
        if as_json:
            self.stdout.write(json.dumps(summary.as_json()))
        elif verbosity:
            self.stdout.write(f"From {summary.source}:")
            for line in summary.lines():
                self.stdout.write(line)


def chosen_sources(options):
    """Return the URL of each source that is read: those of the options, or all that the settings name."""
    given = {source: options[source] for source in SOURCES if options.get(source)}
    chosen = given or {source: url for source, setting in SOURCES.items() if (url := getattr(settings, setting))}
    if not chosen:
        raise CommandError(
            "no source is named: set LMS_DATABASE_URL, LMS_URL or DISCOVERY_URL, or give --database, --url or --discovery"
        )
    lms_url = chosen.get("url") or settings.LMS_URL
    if chosen.keys() & {"url", "discovery"}:
        values = {**{name: getattr(settings, name) for name in APPLICATION}, "LMS_URL": lms_url}
        if missing := [name for name, value in values.items() if not value]:
            raise CommandError(f"the API asks for an OAuth application of the LMS: set {', '.join(missing)}")
    return chosen


def load(store, source, url, request, bar):
    def progress(table, rows):
        bar.set_description(table, refresh=False)
        bar.update(rows)

    if source == "database":
        return load_lms_database(store, url, progress)
    lms_url = url if source == "url" else settings.LMS_URL
    tokens = TokenSource(lms_url, settings.LMS_CLIENT_ID, settings.LMS_CLIENT_SECRET)
    with closing(APIClient(url, tokens, bar.set_postfix_str)) as client:
        if source == "url":
            return load_lms_api(store, client, request, progress)
        return load_catalog(store, client, progress)
