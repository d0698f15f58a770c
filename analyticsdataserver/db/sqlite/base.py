"""Django's SQLite back end for a server: it creates no file, waits briefly for a lock, and notices a replaced file."""

import os
from functools import lru_cache
from urllib.parse import quote

from django.db.backends.sqlite3 import base

from analyticsdataserver.db import limits
from analyticsdataserver.db.breaker import BreakerMixin


class RepeatingCursor(base.SQLiteCursorWrapper):
    """Keeps the form that SQLite wants of the statements that requests repeat."""

    def convert_query(self, query, *, param_names=None):
        return super().convert_query(query, param_names=param_names) if param_names is not None else converted(query)


@lru_cache(maxsize=256)
def converted(query):
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(BreakerMixin, base.DatabaseWrapper):
    # SQLite has to read the first page of the file, so a file that is not a database fails.
    question = "SELECT 1 FROM sqlite_master LIMIT 1"
    # The device and inode of the connection's file.
    file: tuple[int, int] | None = None

    def get_connection_params(self):
        parameters = super().get_connection_params()
        if limits.are_enforced():
            parameters.setdefault("timeout", limits.CONNECT)
            name = str(parameters["database"])
            if not name.startswith((":", "file:")):
                # Otherwise SQLite would create a missing file, and with it a database without tables.
                parameters["database"] = f"file:{quote(os.path.abspath(name))}?mode=rw"
        return parameters

    def get_new_connection(self, conn_params):
        self.file = self.current_file()
        return super().get_new_connection(conn_params)

    def create_cursor(self, name=None):
        return self.connection.cursor(factory=RepeatingCursor)

    def is_usable(self):
        return self.file == self.current_file()

    def current_file(self):
        """Return the device and inode of the file, or None if it is missing."""
        try:
            found = os.stat(self.settings_dict["NAME"])
        except (OSError, ValueError):
            return None
        return found.st_dev, found.st_ino
