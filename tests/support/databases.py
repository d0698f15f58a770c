"""Put other databases in place of the tests' own: unreachable, damaged, locked or empty ones."""

import socket
import sqlite3
from contextlib import closing, contextmanager

from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend


@contextmanager
def replaced(alias, **config):
    """Connect an alias to another database while the block runs."""
    own = connections[alias]
    other = load_backend(own.settings_dict["ENGINE"]).DatabaseWrapper({**own.settings_dict, **config}, alias)
    connections[alias] = other
    try:
        yield other
    finally:
        connections[alias] = own
        other.close()


@contextmanager
def unreachable(alias, tmp_path):
    """Replace a database by one that refuses connections."""
    if connections[alias].vendor == "sqlite":
        config = {"NAME": str(tmp_path / "no such folder" / "database.sqlite3")}
    else:
        config = {"HOST": "127.0.0.1", "PORT": port_where_nothing_listens()}
    with replaced(alias, **config) as connection:
        yield connection


@contextmanager
def no_database(alias, tmp_path):
    """Replace a database by a file that is not a database."""
    file = tmp_path / "text.sqlite3"
    file.write_bytes(b"This is not a database. " * 1000)
    with replaced(alias, NAME=str(file)) as connection:
        yield connection


@contextmanager
def damaged(alias, tmp_path):
    """Replace a database by a file of SQLite whose tables are overwritten."""
    file = tmp_path / "damaged.sqlite3"
    with replaced(alias, NAME=str(file)):
        migrate(alias)
        connections[alias].close()
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    with replaced(alias, NAME=str(file)) as connection:
        yield connection


@contextmanager
def locked(alias, tmp_path):
    """Replace a database by a file of SQLite on which another connection holds an exclusive lock."""
    file = tmp_path / "locked.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("CREATE TABLE something (id INTEGER)")
        writer.execute("BEGIN EXCLUSIVE")
        with replaced(alias, NAME=str(file), OPTIONS={"timeout": 0.01}) as connection:
            yield connection


def port_where_nothing_listens():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def empty(alias, tmp_path):
    """Replace a database by one without tables, which is not part of the test's transaction."""
    own = connections[alias]
    if own.vendor == "sqlite":
        with replaced(alias, NAME=str(tmp_path / f"{alias}.sqlite3")) as connection:
            yield connection
        return
    name = f"{own.settings_dict['NAME']}_other"
    with own._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {own.ops.quote_name(name)}")
        cursor.execute(f"CREATE DATABASE {own.ops.quote_name(name)}")
    try:
        with replaced(alias, NAME=name) as connection:
            yield connection
    finally:
        with own._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {own.ops.quote_name(name)}")


def execute(connection, *statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def migrate(alias):
    call_command("migrate", database=alias, verbosity=0, interactive=False)
