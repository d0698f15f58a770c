"""Django's SQLite back end for a server: it makes no file, waits little for a lock, and sees that a file is another one."""

import os
from urllib.parse import quote

from django.db.backends.sqlite3 import base

from analyticsdataserver.db import limits
from analyticsdataserver.db.limited import LimitedDatabase


class DatabaseWrapper(LimitedDatabase, base.DatabaseWrapper):
    # The first page of the file has to be read, so that a file that is no database shows.
    question = "SELECT 1 FROM sqlite_master LIMIT 1"
    # Which file the connection is to.
    file: tuple[int, int] | None = None

    def get_connection_params(self):
        parameters = super().get_connection_params()
        if limits.are_enforced():
            parameters.setdefault("timeout", limits.CONNECT)
            name = str(parameters["database"])
            if not name.startswith((":", "file:")):
                # Otherwise a file that is missing would be made, and be a database without tables.
                parameters["database"] = f"file:{quote(os.path.abspath(name))}?mode=rw"
        return parameters

    def get_new_connection(self, conn_params):
        self.file = self.file_now()
        return super().get_new_connection(conn_params)

    def is_usable(self):
        return self.file == self.file_now()

    def file_now(self):
        """What tells the file of this name from one that takes its place; None if there is none."""
        try:
            found = os.stat(self.settings_dict["NAME"])
        except (OSError, ValueError):
            return None
        return found.st_dev, found.st_ino
