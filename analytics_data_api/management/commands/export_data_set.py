"""Write a data set into a file, or to standard output."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from analytics_data_api.data_sets import queries
from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.data_sets.params import ALL_ROWS, Cursor, RowsParameters
from analytics_data_api.data_sets.parquet import export_rows
from analytics_data_api.data_sets.streams import WRITERS
from analytics_data_api.errors import ApiError
from analytics_data_api.management.interrupts import signals_interrupt
from analytics_data_api.sql.conditions import Scope

PARQUET = "parquet"
FORMATS = (*WRITERS, PARQUET)
# Programs would open a file with one of these extensions as what it is not.
SPREADSHEETS = ("xlsx", "xls", "ods")
STANDARD_OUTPUT = "-"
PARAMETERS = ("updated_after", "updated_before", "course_id", "org", "fields", "cursor")


class Command(BaseCommand):
    help = (
        "Write the rows of /api/v0/data_sets/NAME/rows/ into a file, which appears when it is complete. The last line of "
        "the output is the cursor from which to resume. With --output - the rows go to standard output, and the cursor to "
        "standard error."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="NAME", help=f"the data set: {', '.join(DATA_SETS)}")
        parser.add_argument("--output", required=True, metavar="FILE", help="the file to write; - is standard output")
        parser.add_argument("--format", choices=FORMATS, help="default: the extension of the file; without one, csv")
        parser.add_argument("--updated-after", metavar="TIME", help="only rows created after this time")
        parser.add_argument("--updated-before", metavar="TIME", help="only rows created at this time or earlier")
        parser.add_argument("--course-id", metavar="ID", help="only rows of this course")
        parser.add_argument("--org", metavar="NAME", help="only rows of this organization's courses")
        parser.add_argument("--fields", metavar="NAMES", help="the columns to write, separated by commas")
        parser.add_argument("--cursor", help="resume from this cursor of an earlier export or request")
        parser.add_argument(
            "--database", default=settings.ANALYTICS_DATABASE, help="alias of the database (default: %(default)s)"
        )
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *, name, output, database, no_progress, verbosity, **options):
        if database not in settings.DATABASES:
            raise CommandError(f"there is no database {database!r}: choose from {', '.join(settings.DATABASES)}")
        is_stream = output == STANDARD_OUTPUT
        if not is_stream:
            refuse_other_than_file(output)
        kind = format_of(output, options["format"])
        opened = standard_output if is_stream else replaced_when_complete
        # A stream cannot be taken back.
        undone = "The output is incomplete." if is_stream else "Nothing was written."
        try:
            data_set = queries.data_set_named(name)
            query = {key: options[key] for key in PARAMETERS if options[key]}
            pull = RowsParameters.read({**query, "limit": ALL_ROWS}).of(data_set, datetime.now(UTC))
            with tqdm(unit="row", unit_scale=True, desc=name, disable=no_progress or verbosity == 0) as bar:
                page = queries.page(data_set=data_set, pull=pull, scope=Scope(database))
                counts: list[int] = []
                batches = with_progress(page.batches, counts, bar)
                with signals_interrupt(), opened(Path(output)) as file:
                    if kind == PARQUET and is_stream:
                        with tempfile.NamedTemporaryFile(suffix=".parquet") as whole:
                            export_rows(Path(whole.name), page.columns, batches)
                            shutil.copyfileobj(whole, file)
                    elif kind == PARQUET:
                        export_rows(Path(file.name), page.columns, batches)
                    else:
                        file.writelines(WRITERS[kind](page.columns, batches))
        except ApiError as error:
            raise CommandError(str(error.detail)) from error
        except (duckdb.Error, OSError) as error:
            raise CommandError(f"{error}. {undone}") from error
        except DatabaseError as error:
            raise CommandError(f"the database {database} failed: {error}. {undone}") from error
        except KeyboardInterrupt:
            raise CommandError(f"interrupted. {undone}") from None
        self.stderr.write(f"{output}: {sum(counts)} rows of {name}. To resume from here: --cursor")
        cursor = Cursor(data_set.name, page.end).text()
        (self.stderr if is_stream else self.stdout).write(cursor)


def format_of(output: str, chosen: str | None) -> str:
    """Return the format to write. Refuse a file whose extension promises another one."""
    extension = "" if output == STANDARD_OUTPUT else Path(output).suffix[1:].lower()
    kind = chosen or (extension if extension in FORMATS else "csv")
    is_other = extension in (*FORMATS, *SPREADSHEETS) if chosen else extension
    if is_other and extension != kind:
        raise CommandError(
            f"--output {output}: a file of this name would hold {kind.upper()}: expected .{kind} at its end"
            + ("" if chosen else f", or one of .{', .'.join(FORMATS[1:])}")
            + ". Nothing was written."
        )
    return kind


def refuse_other_than_file(output: str) -> None:
    """Refuse a name at which there is something else than a regular file."""
    try:
        is_file = stat.S_ISREG(os.lstat(output).st_mode)
    except FileNotFoundError:
        is_file = Path(output).parent.is_dir()
    except OSError:
        is_file = False
    if not is_file:
        raise CommandError(
            f"--output {output}: expected a new name in an existing directory, or a regular file to replace. "
            "Nothing was written."
        )


def with_progress(batches: Iterator[list], counts: list[int], bar: tqdm) -> Iterator[list]:
    """Yield the batches, and append the number of rows of each to ``counts`` when it has been written."""
    for batch in batches:
        yield batch
        counts.append(len(batch))
        bar.update(len(batch))


@contextmanager
def replaced_when_complete(path: Path):
    """Open a temporary file that replaces ``path`` if the block succeeds, and is deleted if it fails."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        os.close(descriptor)
        with open(name, "r+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


@contextmanager
def standard_output(_path: Path):
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python would flush again when it exits, and complain of the reader that is gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def current_umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
