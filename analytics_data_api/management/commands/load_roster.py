"""Load rosters from files."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from analytics_data_api.management.interrupts import signals_interrupt
from analytics_data_api.rosters.lines import RosterError
from analytics_data_api.rosters.load import load_roster


class Command(BaseCommand):
    help = (
        "Replace the rosters of all courses in the files, or none if a file has an error. A file holds JSON lines, one "
        "per learner and course, plain or packed with gzip."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", help="a file of JSON lines; - is standard input")
        parser.add_argument(
            "--database", default=settings.ANALYTICS_DATABASE, help="alias of the database (default: %(default)s)"
        )
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *, files, database, no_progress, verbosity, **options):
        if database not in settings.DATABASES:
            raise CommandError(f"there is no database {database!r}: choose from {', '.join(settings.DATABASES)}")
        try:
            with signals_interrupt():
                loaded = load_roster(files, using=database, show_progress=verbosity > 0 and not no_progress)
        except RosterError as error:
            raise CommandError(f"{error}. Nothing has changed.") from error
        except DatabaseError as error:
            raise CommandError(f"the database {database} failed: {error}. The old rosters stay.") from error
        except KeyboardInterrupt:
            raise CommandError("interrupted. The old rosters stay.") from None
        for key, number in sorted(loaded.unknown_keys.items()):
            self.stderr.write(f"Warning: ignored the unknown key {key!r} of {number} lines.")
        for course_id, learners in loaded.courses.items():
            self.stdout.write(f"{course_id}: {learners} learners")
        self.stdout.write(f"Loaded {sum(loaded.courses.values())} learners of {len(loaded.courses)} courses.")
