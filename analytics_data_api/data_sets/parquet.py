"""Write rows of a data set as a Parquet file. pyarrow is an optional requirement, which only this file needs."""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from analytics_data_api.data_sets.declarations import Column


class ParquetMissing(Exception):
    """pyarrow is not installed."""


def write_parquet(file: BinaryIO, columns: Sequence[Column], batches: Iterable[Sequence[Sequence[Any]]]) -> None:
    """Write the rows, with a row group for each batch."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.parquet
    except ImportError as error:
        raise ParquetMissing("Parquet needs pyarrow: pip install -r requirements/parquet.txt") from error
    schema = pyarrow.schema(
        pyarrow.field(c.name, arrow_type(pyarrow, c), nullable=c.nullable, metadata={"description": c.description})
        for c in columns
    )
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            values = zip(*batch, strict=True)
            arrays = [arrow_array(pyarrow, column, cells) for column, cells in zip(columns, values, strict=False)]
            if arrays:
                writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


def arrow_type(pyarrow, column: Column):
    if column.is_date:
        return pyarrow.date32()
    if column.is_date_time:
        return pyarrow.timestamp("us", tz="UTC")
    types = {
        "array": pyarrow.list_(pyarrow.string()),
        "boolean": pyarrow.bool_(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "string": pyarrow.string(),
    }
    return types[column.type]


def arrow_array(pyarrow, column: Column, values: Sequence[Any]):
    """Return the values of a column. Dates and times leave the database as texts and are parsed here."""
    kind = arrow_type(pyarrow, column)
    if column.is_date:
        return pyarrow.array(values, pyarrow.string()).cast(kind)
    if column.is_date_time:
        times = pyarrow.compute.strptime(pyarrow.array(values, pyarrow.string()), format="%Y-%m-%dT%H%M%S", unit="us")
        return times.cast(kind)
    return pyarrow.array(values, kind)
