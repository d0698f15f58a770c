"""Loads tracking logs into the event store."""

import os
import signal
import sqlite3
import sys
from argparse import ArgumentTypeError
from concurrent.futures.process import BrokenProcessPool

import duckdb
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from analytics_data_api.pipeline.loading import load_logs
from analytics_data_api.pipeline.sources import find_sources
from analytics_data_api.pipeline.status import as_json, describe_load
from analytics_data_api.pipeline.store import EventStore, StoreError

KEPT = "What has been committed stays, and the next load goes on from there."


def number_of_jobs(text):
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def stop_as_by_keyboard(signal_number, frame):
    raise KeyboardInterrupt


class Command(BaseCommand):
    help = (
        "Load tracking logs into the event store. Files are plain or packed with gzip or zstd. A file that was loaded "
        "before is skipped, also under another name, and one that has grown is read on from where it ended."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help="a file, a folder, a URL such as s3://bucket/logs, or - for standard input",
        )
        parser.add_argument(
            "--jobs", type=number_of_jobs, default=os.cpu_count(), help="number of processes (default: %(default)s)"
        )
        parser.add_argument("--json", action="store_true", help="print the counts as one line of JSON")

    def handle(self, *, paths, jobs, json, **options):
        before = signal.signal(signal.SIGTERM, stop_as_by_keyboard)
        try:
            summary = self.load(paths, jobs)
        except StoreError as error:
            raise CommandError(f"{error}.") from error
        except BrokenProcessPool as error:
            raise CommandError(f"a process of the load was killed, perhaps because memory ran out. {KEPT}") from error
        except (OSError, duckdb.Error, sqlite3.Error) as error:
            raise CommandError(f"the load failed: {error}. {KEPT}") from error
        except KeyboardInterrupt:
            raise CommandError(f"interrupted. {KEPT}", returncode=130) from None
        finally:
            signal.signal(signal.SIGTERM, before)
        for line in [as_json(summary)] if json else describe_load(summary):
            self.stdout.write(line)
        if summary.files_failed:
            raise CommandError(f"{summary.files_failed} files could not be read to their end.")

    def load(self, paths, jobs):
        store = EventStore(settings.EVENTS_DIR)
        sources = find_sources(paths, store.path)
        sizes = [source.size for source in sources]
        total = None if None in sizes else sum(sizes)
        # The bar needs a terminal.
        with tqdm(total=total, unit="B", unit_scale=True, disable=None, file=sys.stderr) as bar:
            return load_logs(store, sources, jobs, warn=self.warn(bar), progress=bar.update)

    def warn(self, bar):
        def write(sentence):
            bar.clear()
            self.stderr.write(f"Warning: {sentence}")

        return write
