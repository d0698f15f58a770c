"""Engines by name."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from analytics_data_api.pipeline.engines.duckdb import DuckDBEngine
from analytics_data_api.pipeline.engines.engine import Engine
from analytics_data_api.pipeline.store import EventStore, StoreError

ENGINES = ("duckdb", "spark")


@contextmanager
def opened_engine(store: EventStore, name: str, spark_master: str) -> Iterator[Engine]:
    """Provide an engine whose files are gone afterwards, also those that a killed run has left."""
    work = store.state / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    engine: Engine
    if name == "spark":
        try:
            from analytics_data_api.pipeline.engines.spark import SparkEngine
        except ImportError as error:
            raise StoreError("--engine spark needs Spark: run make spark first") from error
        engine = SparkEngine(work, spark_master)
    else:
        engine = DuckDBEngine(work)
    try:
        yield engine
    finally:
        engine.close()
        shutil.rmtree(work, ignore_errors=True)
