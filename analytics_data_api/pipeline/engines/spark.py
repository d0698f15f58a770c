"""Spark: the computation on a cluster, or on all cores of one machine, for stores that do not fit into one process."""

import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from analytics_data_api.pipeline.engines.engine import write_json_lines
from analytics_data_api.pipeline.engines.spark_sql import spark_schema, spark_type, translated
from analytics_data_api.pipeline.store import COLUMNS, KINDS, EventStore, StoreError

SETTINGS = {
    # As in DuckDB: a day is one in UTC, a time has no zone, and a value that does not fit is an error.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.ui.showConsoleProgress": "false",
}
LOCAL_SETTINGS = {
    "spark.ui.enabled": "false",
    # The machine's own name need not resolve.
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}

# Bytes of the store for each part of a result. The driver holds one part at a time.
PARTITION_SIZE = 32 * 2**20


class SparkEngine:
    """A Spark application of its own. All of its workers have to see the event store under the same path."""

    name = "spark"

    def __init__(self, work: Path, master: str) -> None:
        self.work = work
        self.session = started_session(work, master)
        self.kept: dict[str, DataFrame] = {}
        self.files: dict[str, Path] = {}
        self.numbers = count(1)

    def close(self) -> None:
        self.session.stop()

    def read_events(self, store: EventStore, end: date) -> None:
        size = sum(os.path.getsize(file) for file in store.glob())
        partitions = max(self.session.sparkContext.defaultParallelism, size // PARTITION_SIZE)
        self.session.conf.set("spark.sql.shuffle.partitions", partitions)
        columns = {"kind": "VARCHAR", "date": "DATE"} | COLUMNS
        folders = [store.path / f"kind={kind}" for kind in KINDS]
        paths = [literal_url(folder) for folder in folders if folder.is_dir()]
        if paths:
            reader = self.session.read.schema(spark_schema(columns)).option("basePath", f"file://{store.path}")
            events = reader.parquet(*paths).where(f"date < DATE '{end.isoformat()}'").select(*columns)
        else:
            events = self.empty(columns)
        events.createOrReplaceTempView("events")

    def read_parquet(self, name: str, path: Path, columns: Mapping[str, str]) -> None:
        table = self.empty(columns)
        if path.exists():
            stored = self.session.read.parquet(literal_url(path))
            table = stored.selectExpr(*casts(columns, stored.columns))
        table.createOrReplaceTempView(name)

    def empty(self, columns: Mapping[str, str]) -> DataFrame:
        return self.session.sql(f"SELECT {', '.join(casts(columns, ()))} WHERE FALSE")

    def define(self, name: str, statement: str) -> None:
        self.session.sql(translated(statement)).createOrReplaceTempView(name)

    def keep(self, name: str, statement: str) -> None:
        """Keep the rows where they are computed, from the first time that they are read."""
        self.kept[name] = self.session.sql(translated(statement)).persist()
        self.kept[name].createOrReplaceTempView(name)

    def load(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        # A name of its own for each, since Spark remembers the files that it has read.
        path = self.work / f"{name}-{next(self.numbers)}.jsonl"
        write_json_lines(path, list(columns), rows)
        self.files[name] = path
        reader = self.session.read.schema(spark_schema(columns)).option("lineSep", "\n").option("mode", "FAILFAST")
        reader.json(literal_url(path)).createOrReplaceTempView(name)

    def drop(self, name: str, *, is_view: bool = False) -> None:
        self.session.catalog.dropTempView(name)
        if name in self.kept:
            self.kept.pop(name).unpersist()
        if name in self.files:
            self.files.pop(name).unlink()

    def rows(self, statement: str) -> Iterator[tuple]:
        """Yield the rows of a statement, a partition of the result after the other."""
        yield from map(tuple, self.session.sql(translated(statement)).toLocalIterator())

    def digests(self, name: str, day_column: str) -> list[tuple[str, str]]:
        month = f"date_format(greatest({day_column}, DATE '2000-01-01'), 'yyyy-MM')"
        digest = "concat(count(*), ' ', bit_xor(hash))"
        hashed = f"SELECT {month} AS month, xxhash64(*) AS hash FROM {name}"
        return list(map(tuple, self.session.sql(f"SELECT month, {digest} FROM ({hashed}) GROUP BY month").collect()))

    def columns(self, statement: str) -> list[str]:
        return self.session.sql(translated(statement)).columns


def started_session(work: Path, master: str) -> SparkSession:
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise StoreError("--engine spark needs Java 17: run make spark, or set JAVA_HOME")
    settings = SETTINGS | {"spark.sql.warehouse.dir": f"file://{work}/warehouse"}
    if master.startswith("local"):
        settings |= LOCAL_SETTINGS | {"spark.local.dir": str(work)}
    builder = SparkSession.builder.master(master).appName("compute_tables")
    try:
        session = builder.config(map=settings).getOrCreate()
    except Exception as error:  # PySparkException, or one of Java's
        raise StoreError(f"cannot start Spark with SPARK_MASTER={master}: {error}") from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def casts(columns: Mapping[str, str], found: Collection[str]) -> Iterator[str]:
    """Yield an expression for each column, null for those that are not found."""
    for name, kind in columns.items():
        yield f"CAST({f'`{name}`' if name in found else 'NULL'} AS {spark_type(kind)}) AS `{name}`"


def literal_url(path: Path) -> str:
    """Return the URL pattern that matches only this path, also if it has the characters of patterns in it."""
    return "file://" + re.sub(r"([\\\[\]{}*?])", r"\\\1", str(path))
