"""Write an invented course into a database."""

from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from opaque_keys import InvalidKeyError
from tqdm import tqdm

from analytics_data_api.management.demo_only import add_force, refuse_other_courses
from analytics_data_api.management.interrupts import signals_interrupt
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.documented import INVENTED_COURSE
from analytics_data_api.simulation.replace import remove_course, replace_course
from analytics_data_api.simulation.site import write_site
from analytics_data_api.simulation.tables import course_tables

DEFAULT_NUM_WEEKS, MAX_WEEKS = 10, 520
DEFAULT_SEED = 1
FIRST_END_DATE, LAST_END_DATE = date(2000, 1, 1), date(2100, 1, 1)


class Command(BaseCommand):
    help = (
        "Write an invented course with learners, problems and videos, up to yesterday. The command replaces all rows "
        "of the course. The same seed and day give the same rows."
    )

    def add_arguments(self, parser):
        parser.add_argument("--course-id", default=INVENTED_COURSE, help="default: %(default)s")
        parser.add_argument(
            "--num-weeks",
            type=int,
            default=DEFAULT_NUM_WEEKS,
            help=f"weeks of data, 1 to {MAX_WEEKS}; default: %(default)s",
        )
        parser.add_argument(
            "--database", default=settings.ANALYTICS_DATABASE, help="alias of the database; default: %(default)s"
        )
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="a whole number; default: %(default)s")
        parser.add_argument("--end-date", help="the day after the last day of data, YYYY-MM-DD; default: today (UTC)")
        parser.add_argument(
            "--logs",
            metavar="DIR",
            help="write tracking logs and the LMS's data of the course into this folder, from which load_events, load_lms "
            "and compute_tables make the same rows; the database gets only the programs, which no log tells",
        )
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")
        add_force(parser)

    def handle(self, *, course_id, num_weeks, database, seed, end_date, logs, no_progress, force, verbosity, **options):
        if database not in settings.DATABASES:
            raise CommandError(f"there is no database {database!r}: choose one of {', '.join(settings.DATABASES)}")
        if not 1 <= num_weeks <= MAX_WEEKS:
            raise CommandError(f"--num-weeks is {num_weeks}: choose 1 to {MAX_WEEKS}")
        course = FakeCourse(course_id, seed=seed, end=parsed_end_date(end_date), num_weeks=num_weeks)
        refuse_bad_course_id(course)
        refuse_other_courses(database, force=force)
        try:
            if logs:
                lines = write_site(course, Path(logs))
                remove_course(course, using=database)
                if verbosity:
                    self.stdout.write(f"{logs}: {lines} lines in logs/, the LMS's tables and a country database.")
                return
            tables = course_tables(course)
            with (
                signals_interrupt(),
                tqdm(
                    total=sum(map(len, tables.values())),
                    desc=course_id,
                    unit=" rows",
                    disable=no_progress or not verbosity,
                ) as bar,
            ):
                counts = replace_course(course, tables, using=database, progress=bar.update)
        except KeyboardInterrupt as error:
            raise CommandError("interrupted: nothing was changed", returncode=130) from error
        except OSError as error:
            raise CommandError(f"--logs {logs}: {error}") from error
        except Error as error:
            raise CommandError(f"the database {database} failed, nothing was changed: {error}") from error
        if verbosity:
            width = max(map(len, counts))
            for table, count in counts.items():
                self.stdout.write(f"{table:{width}} {count:>8}")


def parsed_end_date(text):
    if text is None:
        return datetime.now(UTC).date()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--end-date is {text!r}: give a date as YYYY-MM-DD") from error
    if not FIRST_END_DATE <= day <= LAST_END_DATE:
        raise CommandError(f"--end-date is {text}: choose {FIRST_END_DATE} to {LAST_END_DATE}")
    return day


def refuse_bad_course_id(course):
    try:
        reason = course.refusal()
    except InvalidKeyError:
        reason = "it is malformed"
    if reason:
        raise CommandError(f"--course-id is {course.course_id!r}: {reason}")
