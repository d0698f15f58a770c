"""The tables of the LMS in the event store: staged in parts, and put into place when all of them are whole."""

import filecmp
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from analytics_data_api.pipeline.lms_sources import API, DATABASE, LMSSource, write_sources
from analytics_data_api.pipeline.lms_tables import LMS_TABLES
from analytics_data_api.pipeline.retiring.hashes import RetiredVersion, retired_version
from analytics_data_api.pipeline.retiring.rows import lms_row_replacer
from analytics_data_api.pipeline.store import EventStore, exclusive
from analytics_data_api.sql.parquet import copy_to_parquet, text_literal, write_parquet

BATCH_SIZE = 5_000
# A load that was cut off longer ago than this starts anew, because its first rows are too old for its last ones.
RESUMED_WITHIN = timedelta(days=1)


@dataclass
class StagedTable:
    """A table that is being read. ``last_key`` says where to read on: the key of its last row, or a page of an API."""

    parts: int = 0
    rows: int = 0
    last_key: Any = None
    is_whole: bool = False


@dataclass
class LMSStaging:
    """The staged parts, in ``lms/staging/`` of the event store. Each part is recorded when it is whole.

    ``scope`` names the source with the options of the load, which must be the same for it to be resumed. ``selects`` are
    the statements that make tables out of what is staged; without any, each staged table is put into place as it is.
    """

    folder: Path
    kind: str
    name: str
    scope: str = ""
    # Learners whose rows get a pseudonym.
    retired: RetiredVersion | None = None
    tables: dict[str, StagedTable] = field(default_factory=dict)
    selects: dict[str, str] = field(default_factory=dict)
    # Columns that the source lacks, by table.
    missing: dict[str, list[str]] = field(default_factory=dict)
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat())

    @property
    def file(self) -> Path:
        return self.folder / "staging.json"

    @property
    def source(self) -> str:
        return f"{self.name} {self.scope}"

    def resume(self) -> None:
        """Go on with what an earlier load of the same source has staged, or remove it."""
        try:
            state = json.loads(self.file.read_text(encoding="utf-8"))
            age = datetime.now(UTC) - datetime.fromisoformat(state["started"])
            if state["source"] == self.source and age < RESUMED_WITHIN:
                self.started = state["started"]
                self.tables = {name: StagedTable(**values) for name, values in state["tables"].items()}
                return
        except (OSError, ValueError, KeyError, TypeError):
            pass
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def rows_of(self, name: str) -> str:
        """Return the FROM clause of a staged table's rows."""
        parts = ", ".join(text_literal(self.part(name, number)) for number in range(self.tables[name].parts))
        return f"read_parquet([{parts}])"

    def table(self, name: str) -> StagedTable:
        return self.tables.setdefault(name, StagedTable())

    def part(self, name: str, number: int) -> Path:
        return self.folder / f"{name}-{number:06}.parquet"

    def add(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], last_key: Any) -> None:
        """Stage the next part of a table."""
        table = self.table(name)
        if self.kind == DATABASE:
            # An API names users by their usernames, which are needed until their ids have been found.
            rows = list(map(lms_row_replacer(self.retired, name, columns), rows))
        table.rows += write_parquet(self.part(name, table.parts), columns, rows)
        table.parts += 1
        table.last_key = last_key
        self.save()

    def finish(self, name: str, columns: Mapping[str, str]) -> None:
        """Record that a table is whole."""
        table = self.table(name)
        if not table.parts:
            self.add(name, columns, [], None)
        table.is_whole = True
        self.save()

    def save(self) -> None:
        state = {"source": self.source, "started": self.started}
        state["tables"] = {name: asdict(table) for name, table in self.tables.items()}
        beside = self.file.with_suffix(".new")
        beside.write_text(json.dumps(state), encoding="utf-8")
        os.replace(beside, self.file)

    def replace_retired(self, name: str) -> None:
        """Replace retired learners in a whole table."""
        whole, columns = self.folder / f"{name}.parquet", LMS_TABLES[name]
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT * FROM read_parquet({text_literal(whole)})")
            batches = iter(lambda: found.fetchmany(BATCH_SIZE), [])
            replaced = map(lms_row_replacer(self.retired, name, columns), chain.from_iterable(batches))
            write_parquet(whole.with_suffix(".new"), columns, replaced)
        os.replace(whole.with_suffix(".new"), whole)

    def publish(self, target: Path) -> None:
        """Put all tables into place. A table that has not changed keeps its file, so that nothing is computed for it."""
        selects = self.selects or {name: f"SELECT * FROM {self.rows_of(name)}" for name in self.tables}
        for name, select in selects.items():
            copy_to_parquet(select, self.folder / f"{name}.parquet", self.folder)
            if self.kind == API and self.retired is not None:
                self.replace_retired(name)
        for name in selects:
            whole, file = self.folder / f"{name}.parquet", target / f"{name}.parquet"
            if not (file.exists() and filecmp.cmp(whole, file, shallow=False)):
                os.replace(whole, file)
        day = self.started[:10]
        write_sources(
            target,
            {name: LMSSource(self.kind, self.name, day, tuple(self.missing.get(name, ()))) for name in selects},
        )
        shutil.rmtree(self.folder)


@contextmanager
def staged_tables(store: EventStore, kind: str, name: str, scope: str = "") -> Iterator[LMSStaging]:
    """Provide the staging of a load, and put its tables into place when the block has succeeded.

    Logs can be loaded in the meantime. A block that fails leaves its staging to the next load of the same source.
    """
    target = store.path / "lms"
    target.mkdir(exist_ok=True)
    with exclusive(store.state / "lms_lock", "the LMS's data of this event store"):
        # The staging of another kind of source stays, because one command can load several of them.
        folder = target / "staging" / kind
        staging = LMSStaging(folder, kind, name, scope, retired_version(store.state))
        staging.resume()
        yield staging
        with store.lock():
            staging.publish(target)
        with suppress(OSError):
            (target / "staging").rmdir()
