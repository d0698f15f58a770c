"""Write a data set into a file."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from analytics_data_api.data_sets import queries
from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.data_sets.params import ALL_ROWS, Cursor, RowsParameters
from analytics_data_api.data_sets.parquet import ParquetMissing, write_parquet
from analytics_data_api.data_sets.streams import WRITERS
from analytics_data_api.errors import ApiError
from analytics_data_api.sql.conditions import Scope

PARQUET = "parquet"
PARAMETERS = ("updated_after", "updated_before", "course_id", "org", "fields", "cursor")


class Command(BaseCommand):
    help = (
        "Write the rows of /api/v0/data_sets/NAME/rows/ into a file. The file appears when it is complete. The last line "
        "of the output is the cursor from which to resume."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="NAME", help=f"the data set: {', '.join(DATA_SETS)}")
        parser.add_argument("--output", required=True, metavar="FILE", help="the file to write")
        parser.add_argument("--format", choices=[*WRITERS, PARQUET], help="default: the extension of the file, or csv")
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
        path = Path(output)
        if output == "-" or not path.parent.is_dir():
            raise CommandError(f"--output {output}: expected a file in an existing directory. Nothing was written.")
        kind = options["format"] or (path.suffix[1:] if path.suffix[1:] in (*WRITERS, PARQUET) else "csv")
        try:
            data_set = queries.data_set_named(name)
            query = {key: options[key] for key in PARAMETERS if options[key]}
            pull = RowsParameters.read({**query, "limit": ALL_ROWS}).of(data_set, datetime.now(UTC))
            with tqdm(unit="row", unit_scale=True, desc=name, disable=no_progress or verbosity == 0) as bar:
                page = queries.page(data_set=data_set, pull=pull, scope=Scope(database))
                counts: list[int] = []
                batches = with_progress(page.batches, counts, bar)
                with replaced_when_complete(path) as file:
                    if kind == PARQUET:
                        write_parquet(file, page.columns, batches)
                    else:
                        file.writelines(WRITERS[kind](page.columns, batches))
        except ApiError as error:
            raise CommandError(str(error.detail)) from error
        except (ParquetMissing, OSError) as error:
            raise CommandError(f"{error}. Nothing was written.") from error
        except DatabaseError as error:
            raise CommandError(f"the database {database} failed: {error}. Nothing was written.") from error
        except KeyboardInterrupt:
            raise CommandError("interrupted. Nothing was written.") from None
        self.stderr.write(f"{path}: {sum(counts)} rows of {name}. To resume from here: --cursor")
        self.stdout.write(Cursor(data_set.name, page.end).text())


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
    # When the system stops the command, the temporary file must go too.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with os.fdopen(descriptor, "wb") as file:
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
    finally:
        signal.signal(signal.SIGTERM, before)
